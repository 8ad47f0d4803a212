"""Filters of the decisions that a later version reaches, and why money is asked back or not."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from officials.models import Division
from payments.models import Recovery
from portal.forms.worklist import ALL
from portal.queries.retroactive import CHANGES
from web.forms import HouseForm, say


class AgainstFilters(HouseForm):
    """What becomes otherwise; and the township."""

    change = forms.ChoiceField(label=_("What changes"), required=False)
    township = forms.ChoiceField(label=_("Township or subdistrict"), required=False)

    def __init__(self, data: object, *, townships: Iterable[Division]) -> None:
        super().__init__(data)
        self.fields["change"].choices = [ALL, *((code, say(words)) for code, words in CHANGES.items())]  # type: ignore[attr-defined]  # a choice field
        self.fields["township"].choices = [ALL, *((each.code, each.name) for each in townships)]  # type: ignore[attr-defined]  # a choice field

    def chosen(self) -> dict[str, str]:
        """Change and township, empty where nothing valid was chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in ("change", "township")}


class RecoveryForm(HouseForm):
    """The reason, in writing."""

    is_step = True
    reason = forms.CharField(
        label=_("Why?"),
        max_length=Recovery._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
