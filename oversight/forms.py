"""Filters of the trail: all of them stand in the URL."""

from datetime import date

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from officials.models import Official
from oversight.searching import about
from oversight.words import TABLES
from standards.characters import clean
from web.forms import HouseForm, say


class TrailFilters(HouseForm):
    """Who did it, what about, about whom or which thing by its name or number, which business day.

    ``number`` is a row's key: no page asks for it, links from one row of the trail to all of the same thing carry it.
    """

    who = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": _("name or staff number")}),
    )
    table = forms.ChoiceField(label=_("About"), required=False)
    of = forms.CharField(
        label=_("Called"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"placeholder": _("full name or number")}),
    )
    number = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())
    day = forms.DateField(label=_("Business day"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: object, *, official: Official) -> None:
        super().__init__(data)
        self.official = official
        tables = [("", _("All")), *((name, say(words)) for name, words in TABLES.items())]
        self.fields["table"].choices = tables  # type: ignore[attr-defined]  # a ChoiceField

    def condition(self) -> Q:
        """What the filters keep; a filter that is not valid keeps everything."""
        self.is_valid()
        chosen = self.cleaned_data
        kept = Q()
        who = clean(chosen.get("who") or "")
        if who:
            kept &= Q(actor_number=who) | Q(actor_name__startswith=who)
        if chosen.get("table"):
            kept &= Q(table=chosen["table"])
        if chosen.get("of"):
            kept &= about(chosen["of"], self.official)
        if chosen.get("number"):
            kept &= Q(object_id=chosen["number"])
        if chosen.get("day"):
            kept &= Q(day=chosen["day"])
        return kept


class DayFilter(HouseForm):
    """One business day; the page of no day in the address shows which one it is of."""

    on = forms.DateField(
        label=_("Business day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def day(self, otherwise: date) -> date:
        """The day that was asked for; where none was, or none that is a day, another."""
        is_asked = self.is_valid() and self.cleaned_data["on"]
        return self.cleaned_data["on"] if is_asked else otherwise
