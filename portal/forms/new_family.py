"""A family that no list names, as its booklet and identity cards say it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.services import BookletRow
from standards import citizen_id, phone
from standards.characters import clean
from standards.code_lists import RELATION
from standards.words import Refusal, Words
from web.forms import HouseForm

MEMBERS_MAX = 8
HEAD = "02"
# What a booklet of a family with a girl usually holds, first; every other code of GB/T 4761 after them.
USUAL = ("10", "11", "12", "20", "30", "27", "37", "51", "52", "41", "42")
EMPTY_ROW = Words(
    "这一行没有填完：姓名、身份证号和关系要一起填",
    "This row is unfinished: name, ID number and relation go together",
)
TWICE = Words("这个身份证号在上面已经填过", "This ID number stands in a row above")


class NewFamilyForm(HouseForm):
    """The booklet, then up to eight members; the first is the head. Sex and birth date come from the ID number."""

    def __init__(
        self, data: Any = None, *, villages: list[tuple[str, str]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        text = {"autocomplete": "off"}
        self.fields["village"] = forms.ChoiceField(label=_("Village"), choices=[("", "—"), *villages])
        self.fields["number"] = forms.CharField(
            label=_("Number of the booklet"), max_length=30, widget=forms.TextInput(text)
        )
        self.fields["rural"] = forms.ChoiceField(
            label=_("Rural resident, by the booklet"), choices=[("", "—"), ("yes", _("yes")), ("no", _("no"))]
        )
        self.fields["phone"] = forms.CharField(
            label=_("Phone of the head"),
            max_length=20,
            required=False,
            widget=forms.TextInput(text | {"inputmode": "tel"}),
        )
        relations = [("", "—"), *((code, RELATION.names[code]) for code in relation_codes())]
        for n in range(MEMBERS_MAX):
            self._add_member(n, relations)

    def _add_member(self, n: int, relations: list[tuple[str, str]]) -> None:
        def attributes(label: Any) -> dict[str, Any]:
            return {"autocomplete": "off", "aria-label": f"{label} {n + 1}"}

        for name, label, length in ((f"name_{n}", _("Name"), 60), (f"id_{n}", _("ID number"), 30)):
            self.fields[name] = forms.CharField(
                label=label, max_length=length, required=n == 0, widget=forms.TextInput(attributes(label))
            )
        if n:
            label = _("Relation to the head")
            self.fields[f"relation_{n}"] = forms.ChoiceField(
                label=label, choices=relations, required=False, widget=forms.Select(attributes(label))
            )

    def members(self) -> list[list[Any]]:
        """The bound fields of each row, for the page."""
        return [[self[name] for name in _names(n)] for n in range(MEMBERS_MAX)]

    def head_fields(self) -> list[Any]:
        """The fields of the booklet, for the page."""
        return [self[name] for name in ("village", "number", "rural", "phone")]

    def clean_phone(self) -> str:
        text: str = self.cleaned_data["phone"]
        if not text:
            return ""
        return self._read("phone", phone.read, text)

    def clean_number(self) -> str:
        return clean(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        seen: set[str] = set()
        for n in range(MEMBERS_MAX):
            values = [given.get(name) for name in _names(n)]
            if not any(values) or f"id_{n}" not in given:
                continue
            if not all(values):
                self.refuse(f"name_{n}", Refusal(EMPTY_ROW.zh, EMPTY_ROW.en, code="unfinished_row"))
                continue
            number = self._read(
                f"id_{n}", lambda text: citizen_id.read(text, self.today).number, given[f"id_{n}"]
            )
            if number and number in seen:
                self.refuse(f"id_{n}", Refusal(TWICE.zh, TWICE.en, code="number_twice"))
            seen.add(number)
            given[f"id_{n}"] = number
        return given

    def _read(self, field: str, reader: Any, text: str) -> str:
        try:
            return str(reader(text))
        except Refusal as refusal:
            self.refuse(field, refusal)
            return ""

    def rows(self) -> list[BookletRow]:
        """The members as the booklet states them, the head first."""
        given = self.cleaned_data
        return [
            BookletRow(
                citizen_id=given[f"id_{n}"],
                name=clean(given[f"name_{n}"]),
                relation=given.get(f"relation_{n}", HEAD),
                phone=given["phone"] if n == 0 else "",
            )
            for n in range(MEMBERS_MAX)
            if given.get(f"id_{n}")
        ]


def _names(n: int) -> list[str]:
    return [f"name_{n}", f"id_{n}", *([f"relation_{n}"] if n else [])]


def relation_codes() -> list[str]:
    """The codes of GB/T 4761 for a member who is not the head, the usual ones first."""
    return [*USUAL, *(code for code in RELATION.names if code not in (*USUAL, "01", HEAD))]
