"""Shapes of what can be known: kinds, facts, columns, papers. ``facts/__init__.py`` tells their files."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from standards.words import Refusal, Words

ABOUT = ("person", "household")
DATED = ("event", "status", "yearly", "never")
TYPES = ("text", "code", "codes", "bool", "integer", "quantity", "money", "date", "person")
WHEN_ABSENT = ("not_known", "no_if_listed", "declared")
STORES = ("facts", "register", "accounts")
COVERAGE = ("none", "month", "year")
SEXES = ("female", "male")
ENTERED = ("never", "confirmed", "alone")  # the first: what a file does not offer, nobody may enter
HELD_BY = ("", "parents")
CHECKS = ("citizen_id", "phone", "cnaps", "account", "name", "village", "relation", "text")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a code: its name in policies, its words, and how lists print it (its Chinese word too)."""

    code: str
    words: Words
    printed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact that can be known; ``name`` is the full name ("admission.batch", "sex"), ``key`` the short."""

    name: str
    key: str
    kind: str
    about: str
    dated: str
    type: str
    words: Words
    ask: Words
    headers: tuple[str, ...]
    values: tuple[Value, ...]
    settled_by: tuple[str, ...]
    when_absent: str
    required: bool = False
    derived: bool = False
    from_presence: bool = False
    from_period: bool = False
    entered: bool = True
    at_least: int | None = None
    at_most: int | None = None
    printed_yes: tuple[str, ...] = ()
    printed_no: tuple[str, ...] = ()
    sex: str = ""
    of_one: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of a code or codes fact, in the order of its file (bit 0 of a mask is the first)."""
        return tuple(value.code for value in self.values)

    def value(self, code: str) -> Value:
        """The value named ``code``; KeyError where the fact has none."""
        for value in self.values:
            if value.code == code:
                return value
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list that is not a fact (a number, a name); ``check`` says how a cell is read."""

    key: str
    words: Words
    headers: tuple[str, ...]
    check: str
    required: bool = False
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of evidence. ``fields`` and ``columns`` go by short name, in the order of the file."""

    name: str
    about: str
    dated: str
    words: Words
    stores: str
    coverage: str
    entered: str
    is_once: bool
    day: str
    until: str
    list_of: str
    subject: Column
    subject_name: Column | None
    fields: Mapping[str, Field]
    columns: Mapping[str, Column]
    papers: Mapping[str, Words]
    proves: Mapping[str, Mapping[str, bool]]  # paper → what it says by being there
    apart: tuple[str, ...] = ()  # fields that tell two records of one subject on the same days apart
    is_open_after: bool = False  # what ended says nothing of the days after it
    mutual: str = ""  # the field of type person about whom the same holds the other way round (a spouse)
    held_by: str = ""  # of a household: "parents", whose it is for their child on another booklet too
    is_only_elsewhere: bool = False  # of nobody but who is registered in another county; in no list
    rules_out: str = ""  # the kind of which no record can be before a day that a record of this one holds for
    lasts_months: int = 0  # how long after its day a record rules that out

    @cached_property
    def people(self) -> tuple[Field, ...]:
        """The fields that name another person: in a list by ID number, on record by the person's key."""
        return tuple(field for field in self.fields.values() if field.type == "person")

    @cached_property
    def asked(self) -> tuple[Field, ...]:
        """What is read off a paper of this kind at the counter; nothing where entering is not offered."""
        if self.entered == "never":
            return ()
        return tuple(
            field
            for field in self.fields.values()
            if field.entered and not field.derived and not field.from_presence
            and (self.stores == "facts" or field.dated != "never")
        )  # fmt: skip

    @cached_property
    def listed(self) -> tuple[Field | Column, ...]:
        """Everything a list of this kind may hold a column for: the subject first."""
        names = (self.subject, self.subject_name) if self.subject_name else (self.subject,)
        return (*names, *self.columns.values(), *(field for field in self.fields.values() if field.headers))

    @property
    def is_absence_no(self) -> bool:
        """Whether not standing on a complete list means no, for at least one fact."""
        return any(field.when_absent == "no_if_listed" for field in self.fields.values())


@dataclass(frozen=True)
class Catalogue:
    """All kinds by name, all papers by name, and by full name all facts that a policy may ask for.

    Who the other person is, no policy asks: it asks for the facts of that person, by a set (parents, guardians, spouse).
    """

    kinds: Mapping[str, Kind]
    facts: Mapping[str, Field]
    papers: Mapping[str, Words]

    def nearest(self, name: str) -> str | None:
        """The fact whose name is most like ``name``, or None."""
        close = get_close_matches(name, self.facts, n=1, cutoff=0.6)
        if close:
            return close[0]
        short = {field.key: full for full, field in reversed(list(self.facts.items()))}
        close = get_close_matches(name.rsplit(".", 1)[-1], short, n=1, cutoff=0.7)
        return short[close[0]] if close else None

    def ruling_out(self, name: str) -> tuple[Kind, ...]:
        """The kinds of which a record says that none of kind ``name`` is."""
        return tuple(kind for kind in self.kinds.values() if kind.rules_out == name)

    def papers_ruling_out(self, name: str) -> list[str]:
        """The papers that prove such a record."""
        return [paper for kind in self.ruling_out(name) for paper in kind.papers]

    def kind(self, name: str) -> Kind:
        """The kind named ``name``; a Refusal that names all kinds where there is none."""
        if name in self.kinds:
            return self.kinds[name]
        known = "、".join(f"{kind.name}（{kind.words.zh}）" for kind in self.kinds.values())
        raise Refusal(
            f"没有叫“{name}”的名单种类。可用的有：{known}",
            f"There is no kind of list named “{name}”. Known kinds: {', '.join(self.kinds)}",
            code="kind_unknown",
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one kind file, at one key ("field.batch.type")."""

    file: str
    key: str
    words: Words

    def __str__(self) -> str:
        return f"{self.file}, {self.key}: {self.words.en}"


class WrongKinds(Refusal):
    """The kind files cannot be used; ``problems`` holds every reason found in all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "名单种类文件有错：" + "；".join(f"{p.file} 的 {p.key}：{p.words.zh}" for p in problems),
            "Wrong kind files: " + "; ".join(map(str, problems)),
            code="kinds_wrong",
        )
        self.problems = problems

    def __str__(self) -> str:
        return self.words.en
