"""Filters of a simulation's differences: they stand in the URL."""

from collections.abc import Iterable

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from officials.models import Division
from portal.forms.worklist import ALL
from portal.queries.simulated import CHANGES
from web.forms import HouseForm, say


class ChangeFilters(HouseForm):
    """Gained, lost, more or less; and the township."""

    change = forms.ChoiceField(label=_("What changes"), required=False)
    township = forms.ChoiceField(label=_("Township or subdistrict"), required=False)

    def __init__(self, data: object, *, townships: Iterable[Division]) -> None:
        super().__init__(data)
        self.fields["change"].choices = [ALL, *((code.value, say(words)) for code, words in CHANGES.items())]  # type: ignore[attr-defined]  # a choice field
        self.fields["township"].choices = [ALL, *((each.code, each.name) for each in townships)]  # type: ignore[attr-defined]  # a choice field

    def condition(self) -> Q:
        """What the filters keep; a filter that is not valid keeps everything."""
        self.is_valid()
        chosen = self.cleaned_data
        kept = Q(change=chosen["change"]) if chosen.get("change") else Q()
        if chosen.get("township"):
            kept &= Q(division__startswith=chosen["township"][:9])
        return kept
