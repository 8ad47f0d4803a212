"""What a check is, and what it finds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from standards.words import Words

#: More culprits of one check than a person reads; the count is always the whole one.
LISTED_MAX = 100


@dataclass(frozen=True, slots=True)
class Culprit:
    """One row that does not hold together: where it stands, and what is wrong with it. Names no family."""

    table: str
    id: int | str
    words: Words

    def as_json(self) -> dict[str, Any]:
        """For ``verify --json``."""
        return {"table": self.table, "id": self.id, "zh": self.words.zh, "en": self.words.en}


@dataclass(frozen=True, slots=True)
class Check:
    """A name, what it asserts, and the search for rows that contradict it."""

    name: str
    words: Words
    find: Callable[[], Iterable[Culprit]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``culprits`` holds the first of ``count``."""

    check: Check
    culprits: tuple[Culprit, ...]
    count: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether there was nothing to find."""
        return self.count == 0

    def as_json(self) -> dict[str, Any]:
        """For ``verify --json``."""
        return {
            "check": self.check.name,
            "ok": self.holds,
            "count": self.count,
            "culprits": [culprit.as_json() for culprit in self.culprits],
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One SELECT over ``table``: the key of each row that breaks the rule, then what stands in the sentence.

    ``{0}``, ``{1}`` … in the words are the further columns. The SELECT is our own text, no parameter in it.
    """

    table: str
    words: Words
    select: str

    def culprits(self) -> Iterator[Culprit]:
        """The rows that break it."""
        for key, *values in rows_of(self.select):
            said = ["—" if value is None else value for value in values]
            yield Culprit(self.table, key, Words(self.words.zh.format(*said), self.words.en.format(*said)))


def rows_of(select: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(select, list(parameters) or None)
        return list(cursor.fetchall())


def all_of(rules: Iterable[Rule]) -> Iterator[Culprit]:
    """The culprits of several rules, one after the other."""
    for rule in rules:
        yield from rule.culprits()
