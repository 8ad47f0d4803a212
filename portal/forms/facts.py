"""A fact from a paper at the counter: one form for every kind of evidence, made from its file in facts/kinds."""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.lists.figures import BORN_FROM
from beneficiaries.services.elsewhere import Elsewhere, nameable
from facts.catalogue import Field, Kind
from standards import citizen_id, money, names
from standards.characters import clean
from standards.words import Refusal, Words
from web.forms import HouseForm, say

TEXT_MAX = 120  # a school's or an employer's name
COUNTY_MAX = 60
UNFINISHED = Words(
    "外县的人要写全：身份证号、姓名和户籍所在县",
    "Of somebody of another county all three are needed: ID number, name and county",
)
NO_PERSON = 0  # where nobody is asked about whom it is
DAY = forms.DateInput({"type": "date"})


class FactForm(HouseForm):
    """About whom, by which paper, and the kind's own fields. What the paper proves by being there is never asked."""

    def __init__(
        self,
        kind: Kind,
        data: Any = None,
        *,
        people: Mapping[int, str],
        born: Mapping[int, date],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.kind, self.born, self.today = kind, born, today
        if kind.about == "person":
            everybody = [(str(pk), name) for pk, name in people.items()]
            self.fields["person"] = forms.TypedChoiceField(
                label=_("About"), coerce=int, choices=_to_choose(everybody)
            )
        papers = [(name, say(words)) for name, words in kind.papers.items()]
        self.fields["paper"] = forms.ChoiceField(label=_("Proved by"), choices=_to_choose(papers))
        for field in kind.asked:
            self.fields[field.key] = _widget(field, kind.papers.keys())
            if field.key in nameable(kind):
                self.fields |= _of_another_county(field)
        if kind.dated == "status" and not kind.day:
            help_text = _("Any day of that month.") if kind.coverage == "month" else _(
                "The day from which the paper says so. A right is judged on its own day, not today."
            )  # fmt: skip
            self.fields["valid_from"] = forms.DateField(
                label=_("Valid from"), help_text=help_text, widget=DAY
            )
        if not self.is_bound:  # a refused form gives the focus to what was refused
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        days = {name: value for name, value in given.items() if isinstance(value, date)}
        whose = given.get("person", NO_PERSON) if self.kind.about == "person" else NO_PERSON
        born = self.born.get(whose)
        for name, day in days.items():
            if day > self.today:
                self.refuse(name, not_yet(day))
            elif day < BORN_FROM:
                self.refuse(name, _long_ago(day))
            elif born and day < born:
                self.refuse(
                    name, _unborn(day, born) if self.kind.about == "person" else _nobody_yet(day, born)
                )
        for field in self.kind.asked:
            is_open = field.type == "bool" and field.key not in self.errors and given.get(field.key) is None
            if is_open and given.get("paper") in field.settled_by:
                self.refuse(field.key, _unanswered(field))
        others = [field for field in self.kind.people if given.get("paper") in field.settled_by]
        told = {one.key for one in others} & {
            *self.errors,
            *(key.removesuffix("_name") for key in given if given[key]),
        }
        if others and not told:
            self.refuse(others[0].key, _nobody_named(others))
        if self._lacks_end(given):
            named = self.kind.papers[given["paper"]]
            self.refuse(self.kind.until, _ended(named))
        start, end = days.get(self.kind.day), days.get(self.kind.until)
        if start and end and end < start:
            self.refuse(self.kind.until, _turned(self.fields[self.kind.day], start, end))
        return given

    def _lacks_end(self, given: Mapping[str, Any]) -> bool:
        """Whether the paper is one that only an end has (a divorce paper) and the day of the end is missing."""
        until = self.kind.fields.get(self.kind.until or "")
        if until is None or given.get(until.key) or until.key in self.errors:
            return False
        return given.get("paper") in until.settled_by and set(until.settled_by) < set(self.kind.papers)

    def clean_money(self, field: Field) -> int | None:
        """Fen of a money field; a refusal stands at the field."""
        text = self.cleaned_data.get(field.key)
        if not text:
            return None
        try:
            return money.fen_from_yuan(text)
        except Refusal as refusal:
            self.refuse(field.key, refusal)
            return None

    def another_person(self, field: Field) -> str | None:
        """The ID number of another person, as it is kept; a refusal stands at the field."""
        text = self.cleaned_data.get(field.key)
        if not text:
            return None
        try:
            return citizen_id.read(text, self.today).number
        except Refusal as refusal:
            self.refuse(field.key, refusal)
            return None

    def elsewhere(self) -> dict[str, Elsewhere]:
        """By field, who is of another county; a refusal stands at the field."""
        told: dict[str, Elsewhere] = {}
        for key in sorted(nameable(self.kind)):
            name, county = (self.cleaned_data.get(f"{key}_{part}", "") for part in ("name", "county"))
            if not name and not county:
                continue
            if not (name and county and self.cleaned_data.get(key)):
                self.refuse(f"{key}_name", Refusal(UNFINISHED.zh, UNFINISHED.en, code="unfinished_person"))
                continue
            try:
                told[key] = Elsewhere(names.read(name), clean(county))
            except Refusal as refusal:
                self.refuse(f"{key}_name", refusal)
        return told

    def values(self) -> dict[str, Any]:
        """The kind's fields as a fact keeps them: dates as text, money in fen, nothing that was left empty."""
        kept: dict[str, Any] = dict(self.kind.proves.get(self.cleaned_data.get("paper", ""), {}))
        for field in self.kind.asked:
            readers = {"money": self.clean_money, "person": self.another_person}
            value = readers[field.type](field) if field.type in readers else self.cleaned_data.get(field.key)
            if isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, str):
                value = clean(value)
            if value not in (None, "", []):
                kept[field.key] = value
        return kept


class ReasonForm(HouseForm):
    """Why an entry is taken back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )


def _to_choose(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Nothing is chosen before somebody chooses, except where there is no choice."""
    return choices if len(choices) == 1 else [("", "—"), *choices]


def _ended(paper: Words) -> Refusal:
    return Refusal(
        f"“{paper.zh}”说的是已经终止了，写上是哪一天",
        f"“{paper.en}” says that it ended: write on which day",
        code="end_missing",
    )


def _widget(field: Field, papers: Set[str]) -> forms.Field:
    common: dict[str, Any] = {
        "label": say(field.words),
        "help_text": say(field.ask),
        "required": field.required,
    }
    choices = [(value.code, say(value.words)) for value in field.values]
    if field.type == "codes":
        common["required"] = True  # a paper that says none of them proves nothing
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if field.type == "code" or (field.type == "text" and choices):
        return forms.ChoiceField(choices=[("", "—"), *choices], **common)
    if field.type == "bool":
        common["required"] = field.required or papers <= set(field.settled_by)  # left open it says nothing
        words = [("", "—"), ("yes", _("yes")), ("no", _("no"))]
        return forms.TypedChoiceField(
            choices=words, coerce=lambda text: text == "yes", empty_value=None, **common
        )
    if field.type in ("integer", "quantity"):
        return forms.IntegerField(min_value=field.at_least, max_value=field.at_most, **common)
    if field.type == "date":
        return forms.DateField(widget=DAY, **common)
    return forms.CharField(max_length=TEXT_MAX, **common)


def _of_another_county(field: Field) -> dict[str, forms.Field]:
    """What is asked of a person whom the county's register does not have."""
    who = say(field.words)
    name, county = _("%(who)s: name, where of another county"), _("%(who)s: county of registration")
    return {
        f"{field.key}_name": forms.CharField(
            label=name % {"who": who},
            help_text=_("Only for somebody who is not on this county's register; as the paper has it."),
            required=False,
            max_length=names.LENGTH_MAX,
            widget=forms.TextInput({"autocomplete": "off"}),
        ),
        f"{field.key}_county": forms.CharField(
            label=county % {"who": who},
            help_text=_("Province, city and county, as the booklet or the identity card has them."),
            required=False,
            max_length=COUNTY_MAX,
        ),
    }


def _nobody_named(fields: Sequence[Field]) -> Refusal:
    zh, en = "或".join(one.words.zh for one in fields), " or ".join(one.words.en.lower() for one in fields)
    return Refusal(
        f"材料上写的{zh}，至少填一位",
        f"Of {en}, as the paper names them, give at least one",
        code="nobody_named",
    )


def _unanswered(field: Field) -> Refusal:
    return Refusal(
        f"这份材料上写着“{field.words.zh}”：选“是”或“否”",
        f"This paper says “{field.words.en}”: choose yes or no",
        code="unanswered",
    )


def _long_ago(day: date) -> Refusal:
    return Refusal(
        f"日期 {day.isoformat()} 太早：年份写四位，从 {BORN_FROM.year} 年起",
        f"The day {day.isoformat()} is too early: write the year with four digits, {BORN_FROM.year} or later",
        code="too_early",
    )


def _unborn(day: date, born: date) -> Refusal:
    return Refusal(
        f"日期 {day.isoformat()} 早于本人出生的 {born.isoformat()}：核对日期，或在上面换一个人",
        f"The day {day.isoformat()} is before she was born on {born.isoformat()}: check the day, or choose whom it is about",
        code="before_birth",
    )


def _nobody_yet(day: date, born: date) -> Refusal:
    return Refusal(
        f"日期 {day.isoformat()} 早于本户最年长的人出生的 {born.isoformat()}：核对日期",
        f"The day {day.isoformat()} is before the eldest of the household was born on {born.isoformat()}: check the day",
        code="before_birth",
    )


def _turned(field: forms.Field, start: date, end: date) -> Refusal:
    name = field.label
    return Refusal(
        f"日期 {end.isoformat()} 早于“{name}”的 {start.isoformat()}：核对这两个日期",
        f"The day {end.isoformat()} is before “{name}”, {start.isoformat()}: check the two days",
        code="turned_days",
    )


def not_yet(day: date) -> Refusal:
    """What is said of a day that has not come."""
    return Refusal(
        f"日期 {day.isoformat()} 还没到", f"The day {day.isoformat()} has not come yet", code="day_in_future"
    )
