"""A draft policy on the real register, beside the version in force: who would gain, who would lose, what it costs.

The register is read in a transaction that the database holds to reading and that is rolled back at its end: a simulation
cannot touch an application. Both sides see today's register with what was promised already: the figures are what is
still to be promised.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from applications.gathering import Gathered, gather
from ledger.queries import available
from programs import language
from programs.language.columns import Verdicts
from programs.language.explaining import policy_frame_words
from programs.queries import Loaded, active, compiled
from programs.queries.simulated import Side
from standards.words import Words

YES, UNKNOWN, NO = 2, 1, 0
KEY = [("record", np.int64), ("person", np.int64), ("household", np.int64)]
STEPS = 5  # of the progress: two policies gathered and judged, then compared
KEPT_MAX = (
    50_000  # changes kept one by one: a page of twenty for each of 2,500 working days; the sums hold all
)
NOT_KNOWN = "not_known"  # stands beside the conditions that fail
UNKNOWN_WORDS = Words("有事实还不清楚", "a fact is not known")
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Changed:
    """One subject for whom the two sides differ; ids of the register, 0 for none."""

    change: str
    person: int
    household: int
    record: int
    division: int
    before_fen: int
    after_fen: int
    failing: list[str]


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a draft would mean. ``before`` is the version in force (nothing where there is none).

    ``judged`` counts the draft's subjects; ``by_township`` goes by the 12-digit code; ``by_fund`` holds each side's fen;
    ``lost_by`` counts, by condition, the rights that it would take away, ``gained_by`` what kept the new ones out before.
    ``changes`` are the first KEPT_MAX of those who lose, gain, or get another amount; ``words`` says the conditions.
    """

    program: str
    judged: int
    before: Side
    after: Side
    gained: int
    lost: int
    more: int
    less: int
    by_township: dict[str, tuple[Side, Side]]
    by_fund: dict[str, tuple[int, int]]
    lost_by: dict[str, int]
    gained_by: dict[str, int]
    available_fen: dict[str, int]
    words: dict[str, Words]
    changes: list[Changed]

    @property
    def amounts_changed(self) -> int:
        """Rights that stay and get another amount."""
        return self.more + self.less


@dataclass(frozen=True, slots=True)
class _Judged:
    """Columns of equal length over every subject."""

    keys: npt.NDArray[np.void]
    is_yes: Bools
    fen: Ints
    families: Ints
    divisions: Ints
    verdicts: Verdicts

    @property
    def townships(self) -> Ints:
        return self.divisions // 1000


@dataclass(frozen=True, slots=True)
class _Matched:
    """Both sides, and for each row of one the row of the same subject on the other (-1: it is not there)."""

    before: _Judged
    after: _Judged
    in_after: Ints
    in_before: Ints

    @property
    def lost(self) -> Bools:
        return self.before.is_yes & ~_there(self.in_after, self.after.is_yes)

    @property
    def gained(self) -> Bools:
        return self.after.is_yes & ~_there(self.in_before, self.before.is_yes)

    @property
    def more_fen(self) -> Ints:
        """For each row after: what a right that stays gets more (negative: less)."""
        stays = self.after.is_yes & _there(self.in_before, self.before.is_yes)
        earlier = np.append(self.before.fen, 0)[self.in_before]
        return np.where(stays, self.after.fen - earlier, 0)


def simulate(source: bytes, *, on: date, progress: Progress = lambda done, total: None) -> Simulated:
    """Judge everybody by ``source`` as of ``on``; its examples may still be missing. Raises PolicyErrors."""
    program = compiled(source)
    with _reading_only():
        in_force = active(program.policy.code, on)
        after = _judge(program, gather(program, on=on))
        progress(2, STEPS)
        before = _judge(in_force.program, gather(in_force.program, on=on)) if in_force else _nobody(after)
        progress(4, STEPS)
        found = _compared(program, in_force, _matched(before, after), on)
    progress(STEPS, STEPS)
    return found


@contextmanager
def _reading_only() -> Iterator[None]:
    """Hold the database to reading, join whole tables by hash (as the sweep does), and roll back at the end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
            )
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
        transaction.set_rollback(True)


def _compared(program: language.Program, in_force: Loaded | None, both: _Matched, on: date) -> Simulated:
    before, after, lost, gained, more = both.before, both.after, both.lost, both.gained, both.more_fen
    townships = np.union1d(before.townships[before.is_yes], after.townships[after.is_yes])
    return Simulated(
        program=program.policy.code,
        judged=int(after.is_yes.size),
        before=_side(before, before.is_yes),
        after=_side(after, after.is_yes),
        gained=int(gained.sum()),
        lost=int(lost.sum()),
        more=int((more > 0).sum()),
        less=int((more < 0).sum()),
        by_township={
            f"{int(one):09d}000": (
                _side(before, before.is_yes & (before.townships == one)),
                _side(after, after.is_yes & (after.townships == one)),
            )
            for one in townships
        },
        by_fund={
            source: (_fen_of(before, source), _fen_of(after, source))
            for source in sorted({*before.verdicts.funds, *after.verdicts.funds})
        },
        lost_by=_failed(after, both.in_after[lost]),
        gained_by=_failed(before, both.in_before[gained]),
        available_fen=available(program.policy.code, on.year),
        words={NOT_KNOWN: UNKNOWN_WORDS}
        | (words_of(in_force.program) if in_force else {})
        | words_of(program),
        changes=[
            *_changes("lost", before, lost, after, both.in_after),
            *_changes("gained", after, gained, before, both.in_before),
            *_amounts(both, more),
        ][:KEPT_MAX],
    )


def _matched(before: _Judged, after: _Judged) -> _Matched:
    _, old, new = np.intersect1d(before.keys, after.keys, assume_unique=True, return_indices=True)
    in_after, in_before = np.full(before.keys.size, -1, np.int64), np.full(after.keys.size, -1, np.int64)
    in_after[old], in_before[new] = new, old
    return _Matched(before, after, in_after, in_before)


def _there(at: Ints, is_yes: Bools) -> Bools:
    """For each row whether the other side says yes to the same subject; one that is not there (-1) has no yes."""
    return np.append(is_yes, False)[at]


def words_of(program: language.Program) -> dict[str, Words]:
    """What each condition says where it is not met."""
    policy = program.policy
    frame = {name: words[1] for name, words in policy_frame_words(policy).items()}
    return frame | {need.name: need.otherwise for need in policy.needs}


def _fen_of(judged: _Judged, source: str) -> int:
    column = judged.verdicts.funds.get(source)
    return int(column[judged.is_yes].sum()) if column is not None and judged.is_yes.any() else 0


def _changes(change: str, side: _Judged, rows: Bools, other: _Judged, there: Ints) -> Iterator[Changed]:
    """Those of ``rows`` to whom ``side`` says yes and the other no, with what fails there."""
    for row in np.flatnonzero(rows)[:KEPT_MAX]:
        fen = int(side.fen[row])
        before, after = (fen, 0) if change == "lost" else (0, fen)
        yield _changed(change, side, int(row), before, after, _failing(other, int(there[row])))


def _amounts(both: _Matched, more: Ints) -> Iterator[Changed]:
    for row in np.flatnonzero(more)[:KEPT_MAX]:
        change, after = "more" if more[row] > 0 else "less", int(both.after.fen[row])
        yield _changed(change, both.after, int(row), after - int(more[row]), after, [])


def _changed(change: str, side: _Judged, row: int, before: int, after: int, failing: list[str]) -> Changed:
    key = side.keys[row]
    return Changed(
        change, int(key["person"]), int(side.families[row]), int(key["record"]), int(side.divisions[row]),
        before, after, failing,
    )  # fmt: skip


def _failing(judged: _Judged, row: int) -> list[str]:
    """The conditions that fail; nothing where the side has no such subject."""
    if row < 0:
        return []
    failing = [name for name, values in judged.verdicts.needs.items() if values[row] == NO]
    return failing or [NOT_KNOWN]


def _judge(program: language.Program, gathered: Gathered) -> _Judged:
    verdicts = program.judge(gathered.table)
    keys = np.zeros(gathered.records.size, dtype=KEY)
    keys["record"], keys["person"] = gathered.records, gathered.people
    keys["household"] = np.where(gathered.people > 0, 0, gathered.households)
    return _Judged(
        keys=keys,
        is_yes=verdicts.verdict == YES,
        fen=verdicts.amount_fen,
        families=gathered.households,
        divisions=gathered.divisions,
        verdicts=verdicts,
    )


def _nobody(like: _Judged) -> _Judged:
    none = np.zeros(0, dtype=np.int64)
    return _Judged(like.keys[:0], np.zeros(0, dtype=bool), none, none, none, like.verdicts)


def _side(judged: _Judged, rows: npt.NDArray[np.bool_]) -> Side:
    return Side(int(rows.sum()), int(np.unique(judged.families[rows]).size), int(judged.fen[rows].sum()))


def _failed(judged: _Judged, rows: Ints) -> dict[str, int]:
    """How many of ``rows`` (-1: not there) fail on which condition; one may fail on several."""
    at = rows[rows >= 0]
    counted: Counter[str] = Counter()
    for name, values in judged.verdicts.needs.items():
        if at.size and (failing := int((values[at] == NO).sum())):
            counted[name] = failing
    if at.size and (unknown := int((judged.verdicts.verdict[at] == UNKNOWN).sum())):
        counted[NOT_KNOWN] = unknown
    return dict(counted.most_common())
