"""What a name in a policy means: a fact of the catalogue, a fact worked out with a day, a derived word,
a figure. One place, so that reader, evaluator and words cannot differ."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

from facts.catalogue import Catalogue, Field
from programs.language.columns import NO_DAY, day_of
from programs.language.forms import Derived, Figure, Value
from standards.money import yuan
from standards.words import Words

SETS: dict[str, Words] = {
    "parents": Words("父母", "parents"),
    "guardians": Words("监护人", "guardians"),
    "spouse": Words("配偶", "spouse"),
    "children": Words("子女", "children"),
    "siblings": Words("兄弟姐妹", "siblings"),
    "members": Words("家庭成员", "household members"),
    "head": Words("户主", "head of the household"),
}
HOUSEHOLD_SETS = ("members", "head")  # kin are a person's: a household has none
NUMBERS = ("integer", "quantity", "money")
WITH_A_DAY = ("age", "alive")  # worked out from these on the policy's day:
BEHIND = {"age": "born_on", "alive": "death.died_on"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """One name. ``behind``: the facts it is worked out from (itself for a fact of the catalogue)."""

    name: str
    type: str
    about: str  # person | household | policy (derived words and figures)
    dated: str
    kind: str
    words: Words
    codes: tuple[str, ...]  # empty: not a closed list
    behind: tuple[str, ...]
    field: Field | None = None
    says: Mapping[str, Words] | None = None

    def say(self, value: Value) -> Words:
        """One value in plain words."""
        if self.type == "bool":
            return Words("是", "yes") if value else Words("否", "no")
        if self.type == "money":
            return Words(f"{yuan(int(value))} 元", f"{yuan(int(value))} yuan")
        if self.type == "date":
            return say_day(int(value))
        if self.says is not None and str(value) in self.says:
            return self.says[str(value)]
        if self.field is not None and str(value) in self.field.codes:
            return self.field.value(str(value)).words
        return Words(str(value), str(value))


def say_day(number: int) -> Words:
    """
    >>> say_day(0).zh
    '2000年1月1日'
    """
    if number == NO_DAY:
        return Words("没有", "none")
    day = day_of(number)
    return Words(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


class Names:
    """All names one policy may use: the catalogue, its figures, and its own tables (added as read)."""

    def __init__(self, catalogue: Catalogue, figures: Mapping[str, Figure]) -> None:
        self.catalogue = catalogue
        self.figures = figures
        self.derived: dict[str, Derived] = {}
        self.broken: set[str] = set()  # tables that could not be read: said once, not at every use
        self._meanings: dict[str, Meaning] = {
            name: _meaning_of_field(field) for name, field in catalogue.facts.items()
        }
        for name in WITH_A_DAY:
            if BEHIND[name] in self._meanings:
                self._meanings[name] = self._with_a_day(name)

    def _with_a_day(self, name: str) -> Meaning:
        words = {"age": Words("年龄", "Age"), "alive": Words("健在", "Alive")}[name]
        kind = "integer" if name == "age" else "bool"
        return Meaning(name, kind, "person", "status", "register", words, (), (BEHIND[name],))

    def add(self, table: Derived) -> None:
        """A table of the policy becomes a name that what follows may use."""
        self.derived[table.name] = table
        behind: list[str] = []
        for name in table.inputs:
            found = self.fact(name)
            behind += found.behind if found else ()
        self._meanings[table.name] = Meaning(
            table.name,
            table.type,
            "policy",
            "derived",
            "policy",
            table.words,
            table.values if table.type == "code" else (),
            tuple(dict.fromkeys(behind)),
            says=table.says,
        )

    def with_table(self, table: Derived) -> "Names":
        """The same names with one table in the place of the one of its name."""
        found = copy(self)
        found.derived, found._meanings = dict(self.derived), dict(self._meanings)
        found.add(table)
        return found

    def fact(self, name: str) -> Meaning | None:
        return self._meanings.get(name)

    def __getitem__(self, name: str) -> Meaning:
        return self._meanings[name]

    def all(self) -> tuple[str, ...]:
        return tuple(self._meanings)

    def figure(self, name: str) -> Meaning | None:
        """A figure of the policy itself, else one of the shared register."""
        own = self.derived.get(name)
        if own is not None and own.type != "code":
            return self._meanings[name]
        shared = self.figures.get(name)
        if shared is None:
            return None
        return Meaning(name, shared.type, "policy", "status", "figure", shared.words, (), ())

    def all_figures(self) -> tuple[str, ...]:
        own = tuple(name for name, table in self.derived.items() if table.type != "code")
        return own + tuple(self.figures)

    def paper(self, name: str) -> Words:
        """The words of a paper; its name where no kind describes it."""
        return self.catalogue.papers.get(name, Words(name, name))


def _meaning_of_field(field: Field) -> Meaning:
    return Meaning(
        field.name,
        field.type,
        field.about,
        field.dated,
        field.kind,
        field.words,
        field.codes if field.type in ("code", "codes") else (),
        (field.name,),
        field,
    )
