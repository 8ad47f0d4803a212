"""Filters of the worklist: all of them stand in the URL."""

from collections.abc import Iterable

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from officials.models import Division
from standards import receipt_number
from standards.characters import clean
from standards.words import Words
from web.forms import HouseForm, say

ALL = ("", _("All"))
TEXT_MAX = 40
ORIGINS = {
    "counter": _("Counter"),
    "village": _("From the village"),
    "lists": _("From lists"),
    "supplement": _("By a rule that reaches back"),
}


class WorklistFilters(HouseForm):
    """Program, township, origin, and a name or receipt number."""

    queue = forms.CharField(required=False, widget=forms.HiddenInput)
    program = forms.ChoiceField(label=_("Program"), required=False)
    township = forms.ChoiceField(label=_("Township or subdistrict"), required=False)
    origin = forms.ChoiceField(
        label=_("Origin"),
        required=False,
        choices=[ALL, *ORIGINS.items()],
    )
    text = forms.CharField(
        label=_("Name, receipt number"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.TextInput({"type": "search"}),
    )

    def __init__(self, data: object, *, programs: dict[str, Words], townships: Iterable[Division]) -> None:
        super().__init__(data)
        offer_choices(self, programs, townships)

    @property
    def narrows(self) -> bool:
        """Whether something is filtered at all: which queue is open is no filter."""
        return any(name != "queue" for name in self.changed_data)

    def condition(self) -> Q:
        """What the filters keep; a filter that is not valid keeps everything."""
        self.is_valid()
        chosen = self.cleaned_data
        kept = Q()
        if chosen.get("program"):
            kept &= Q(program=chosen["program"])
        if chosen.get("township"):
            kept &= Q(division__startswith=chosen["township"][:9])
        if chosen.get("origin"):
            kept &= Q(origin=chosen["origin"])
        return kept & _text(clean(chosen.get("text") or ""))


class MissedFilters(HouseForm):
    """Who has not applied: by program, township, and whether the right is clear or a fact is missing."""

    show = forms.ChoiceField(
        label=_("Right"),
        required=False,
        choices=[
            ("", _("Has a right")),
            ("paper", _("One paper short")),
            ("unknown", _("A fact is not known")),
        ],
    )
    program = forms.ChoiceField(label=_("Program"), required=False)
    township = forms.ChoiceField(label=_("Township or subdistrict"), required=False)

    def __init__(self, data: object, *, programs: dict[str, Words], townships: Iterable[Division]) -> None:
        super().__init__(data)
        offer_choices(self, programs, townships)

    def condition(self) -> Q:
        """What the filters keep; a filter that is not valid keeps everything."""
        self.is_valid()
        chosen = self.cleaned_data
        kept = Q(program=chosen["program"]) if chosen.get("program") else Q()
        if chosen.get("township"):
            kept &= Q(division__startswith=chosen["township"][:9])
        return kept

    @property
    def wants_paper(self) -> bool:
        """Those whom one paper would settle."""
        return self.is_valid() and self.cleaned_data.get("show") == "paper"

    @property
    def chosen_program(self) -> str:
        """The program's code, empty for all."""
        return str(self.cleaned_data.get("program", "")) if self.is_valid() else ""

    @property
    def wants_unknown(self) -> bool:
        """Those whose right is not known yet, instead of those who have one."""
        return self.is_valid() and self.cleaned_data.get("show") == "unknown"


def offer_choices(form: forms.Form, programs: dict[str, Words], townships: Iterable[Division]) -> None:
    """Programs and townships to choose from; an official of one township has none to choose."""
    form.fields["program"].choices = [ALL, *((code, say(title)) for code, title in programs.items())]  # type: ignore[attr-defined]  # a ChoiceField
    places = [ALL, *((division.code, division.name) for division in townships)]
    form.fields["township"].choices = places  # type: ignore[attr-defined]  # a ChoiceField
    if len(places) <= 2:
        del form.fields["township"]


def _text(text: str) -> Q:
    if not text:
        return Q()
    number = receipt_number.normal_form(text)
    if number.isdecimal():
        return Q(receipt_number__startswith=number)
    return Q(person__name__contains=text) | Q(household__head__name__contains=text)


def origin_words(origin: str) -> str:
    """Origin as the table prints it."""
    return str(ORIGINS.get(origin, origin))
