"""The shapes that go into the evaluator and come out: columns of one length, never rows.

Days are counted from 2000-01-01, money is whole fen, text and codes are positions in ``words``.
A fact that is *known to be absent* (a complete list does not hold her) is a known value of its own:
``NO_WORD``, ``NO_TRUTH``, ``NO_DAY`` or ``NO_NUMBER``; every comparison with it is *no*.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Verdict8 = npt.NDArray[np.int8]
Longs = npt.NDArray[np.int64]
Values = npt.NDArray[Any]  # the dtype of a fact's type

NO, MAYBE, YES = 0, 1, 2

EPOCH = date(2000, 1, 1)
NO_WORD = -1  # text and code
NO_TRUTH = -1  # bool
NO_DAY = 2**31 - 1  # date, int32
NO_NUMBER = -(2**63)  # integer, quantity, money, int64

ABSENT: dict[str, int] = {
    "text": NO_WORD,
    "code": NO_WORD,
    "bool": NO_TRUTH,
    "date": NO_DAY,
    "integer": NO_NUMBER,
    "quantity": NO_NUMBER,
    "money": NO_NUMBER,
}
DTYPES: dict[str, type[np.generic]] = {
    "text": np.int32,
    "code": np.int32,
    "codes": np.int64,
    "bool": np.int8,
    "date": np.int32,
    "integer": np.int64,
    "quantity": np.int64,
    "money": np.int64,
}


def day_number(day: date) -> int:
    """
    >>> day_number(date(2000, 1, 2))
    1
    """
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """
    >>> day_of(1)
    datetime.date(2000, 1, 2)
    """
    return EPOCH + timedelta(days=int(number))


@dataclass(slots=True)
class Column:
    """One fact of every row.

    ``codes`` hold a bit mask in ``values`` and, in ``known``, the mask of the codes that are known
    (int64); every other type holds a bool there. ``words`` names the positions (text, code) or bits.
    """

    values: Values
    known: Values
    words: tuple[str, ...] = ()

    def take(self, rows: npt.NDArray[np.intp]) -> "Column":
        return Column(self.values[rows], self.known[rows], self.words)


@dataclass(slots=True)
class Members:
    """A set of relatives: row ``i`` holds members ``offsets[i]`` to ``offsets[i + 1]``.

    ``complete`` False: besides those on record there may be one of whom nothing is known.
    """

    offsets: Longs
    facts: dict[str, Column]
    complete: Bools

    def one(self, row: int) -> "Members":
        """The members of one row."""
        at = np.arange(self.offsets[row], self.offsets[row + 1])
        facts = {name: column.take(at) for name, column in self.facts.items()}
        return Members(np.array([0, len(at)]), facts, self.complete[row : row + 1])


@dataclass(slots=True)
class Table:
    """All that one judgement looks at.

    ``claims`` per limit: how many the holder already has in the period, -1 = not known (no entry: none).
    ``holders`` per limit: a number for who is blocked, so that rows of one table see each other
    (no entry: every row is its own holder). Hand rows in a stable order: it settles equal days.

    Where the policy has places or a ceiling: ``places_given`` and ``fen_given`` say what its year has given before
    (-1 not known), ``queued`` which rows stand in the list (None: all); a row that does not is told what it would get
    if it did; ``lists`` keeps lists apart (None: one list). ``set_fen`` is the sum an official has set within a band.
    """

    n: int
    judged_on: Column
    applied_on: Column | None = None
    facts: dict[str, Column] = field(default_factory=dict)
    sets: dict[str, Members] = field(default_factory=dict)
    claims: dict[str, Longs] = field(default_factory=dict)
    holders: dict[str, Longs] = field(default_factory=dict)
    places_given: Longs | None = None
    fen_given: Longs | None = None
    queued: Bools | None = None
    lists: Longs | None = None
    set_fen: Column | None = None

    def one(self, row: int) -> "Table":
        """The table of this row alone (limits then see no other rows)."""
        at = np.array([row])
        return Table(
            1,
            self.judged_on.take(at),
            None if self.applied_on is None else self.applied_on.take(at),
            {name: column.take(at) for name, column in self.facts.items()},
            {name: members.one(row) for name, members in self.sets.items()},
            {name: claims[at] for name, claims in self.claims.items()},
            places_given=None if self.places_given is None else self.places_given[at],
            fen_given=None if self.fen_given is None else self.fen_given[at],
            queued=None if self.queued is None else self.queued[at],
            lists=None if self.lists is None else self.lists[at],
            set_fen=None if self.set_fen is None else self.set_fen.take(at),
        )


@dataclass(slots=True)
class InstalmentColumns:
    """One instalment of every row: fen (-1 not known), whether it is due (0, 1, 2), and the last day on
    which its evidence may come about (``NO_DAY`` where there is none or it is not known)."""

    name: str
    fen: Longs
    due: Verdict8
    by_day: npt.NDArray[np.int32]


@dataclass(slots=True)
class QueueColumns:
    """Where each row stands in its year's list (from 1, what was given before counted; -1 not known), and how many
    others share that rank. ``before`` and ``fen_before``: the most places and money that stand before it, with those of
    its rank where they share its fate (-1 not known): a table of the row alone, with these given, judges it as here."""

    rank: Longs
    tied: Longs
    before: Longs
    fen_before: Longs


@dataclass(slots=True)
class Alone:
    """What every row says for itself, before limits, places and ceilings look at the rows beside it.

    ``verdict`` is that of its needs, day, amount and window; ``most_fen`` the amount, the most where an official still
    sets it (-1 not known); ``needs``, ``unknown`` and ``band`` as in :class:`Verdicts`.
    """

    verdict: Verdict8
    amount_fen: Longs
    most_fen: Longs
    needs: dict[str, Verdict8]
    unknown: dict[str, Bools]
    band: tuple[Longs, Longs] | None


@dataclass(slots=True)
class Beside:
    """The verdict with what rows are to each other: ``needs`` of limits, places and the ceiling, what of them is not known
    (whatever else the row says), and the list."""

    verdict: Verdict8
    needs: dict[str, Verdict8]
    unknown: dict[str, Bools]
    queue: QueueColumns | None


@dataclass(slots=True)
class Verdicts:
    """What a judgement says. ``amount_fen`` counts only where ``verdict`` is 2; -1 = not known.

    ``needs`` holds every need by name, then ``in_force``, ``amount``, ``apply``, ``limit.NAME``, ``places``, ``ceiling``.
    ``unknown`` holds, for rows whose verdict is 1, each fact that would settle it (``parents.rural`` for
    a relative's fact, ``parents`` where the set is not complete, ``limit.NAME`` for earlier claims, ``band`` for a sum
    to be set, ``places`` and ``ceiling`` for the list of all who apply).
    ``band``: the least and the most fen where an official sets the sum. ``queue``: the place in the list.
    """

    verdict: Verdict8
    amount_fen: Longs
    needs: dict[str, Verdict8]
    unknown: dict[str, Bools]
    instalments: list[InstalmentColumns]
    funds: dict[str, Longs]
    band: tuple[Longs, Longs] | None = None
    queue: QueueColumns | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """The facts a program looks at, so that a gatherer copies no others; ``beside``: those of them that limits and the
    list look at when rows are put beside each other."""

    subject: tuple[str, ...]
    household: tuple[str, ...]
    sets: dict[str, tuple[str, ...]]
    claims: tuple[str, ...]
    beside: tuple[str, ...] = ()
