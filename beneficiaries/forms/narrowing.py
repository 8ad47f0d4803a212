"""Filters of doubts and accounts: which work, of which township. What is chosen stands in the URL."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.queries.doubts import GROUPS
from officials.models import Division, Official
from web.forms import HouseForm

TOWNSHIP_DIGITS = 9
GROUP_WORDS = {
    "contradict": _("Facts that contradict"),
    "entries": _("Entries for a second person"),
}


class TownshipFilter(HouseForm):
    """One township of a county; an official of a township has none to choose."""

    PLACE = "division"
    township = forms.ChoiceField(label=_("Township or subdistrict"), required=False)

    def __init__(self, data: Any, *, official: Official) -> None:
        super().__init__(data)
        towns = Division.objects.filter(
            code__startswith=official.scope[:TOWNSHIP_DIGITS], code__endswith="000"
        )
        chosen = towns.exclude(code__endswith="000000").order_by("code").values_list("code", "name")
        field = self.fields["township"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *chosen]
        if official.is_township:
            del self.fields["township"]

    def condition(self) -> Q:
        """What the filters keep; a filter that is not valid keeps everything."""
        self.is_valid()
        town = self.cleaned_data.get("township")
        return Q(**{f"{self.PLACE}__startswith": town[:TOWNSHIP_DIGITS]}) if town else Q()


class AccountFilters(TownshipFilter):
    """The same for accounts, which stay in the state that is looked at."""

    PLACE = "owner__division"
    state = forms.CharField(required=False, widget=forms.HiddenInput)


class DoubtFilters(TownshipFilter):
    """The same, and which kind of work."""

    show = forms.ChoiceField(
        label=_("What to settle"), required=False, choices=[("", _("All")), *GROUP_WORDS.items()]
    )

    field_order = ("show", "township")

    def condition(self) -> Q:
        """What the filters keep; a filter that is not valid keeps everything."""
        place = super().condition()
        show = self.cleaned_data.get("show")
        return place & Q(kind__in=GROUPS[show]) if show else place
