"""A draft policy on the real register, beside the version in force: who would gain, who would lose, what it costs.

The register is read in a transaction that the database holds to reading and that is rolled back at its end: a simulation
cannot touch an application. Both sides see today's register with what was promised already: the figures are what is
still to be promised. Each side is judged in portions, as the sweep does it; only the columns that are compared are kept.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from applications.gathering import PORTION, complete_lists, may_stand_apart
from applications.gathering.coverage import Covered
from applications.services.as_if import as_if_today
from applications.services.sweep import Found, in_bulk, judge_in_portions
from ledger.queries import available
from programs import language
from programs.language.amounts import split_funds
from programs.language.explaining import policy_frame_words
from programs.language.forms import Policy
from programs.queries import Loaded, active, compiled
from programs.queries.said import fact_in_words
from programs.queries.simulated import Side
from standards.words import Words

YES, UNKNOWN, NO = 2, 1, 0
KINDS = 4  # a subject as one number: its record's, person's or household's id with which of them it is
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
    ``lost_by`` counts, by condition, the rights that it would take away, ``gained_by`` what kept the new ones out before,
    ``kept_out`` what keeps out everybody to whom the draft gives no right, ``open_facts`` what is not known of those of
    them (``not_known``) who are neither in nor out.
    ``changes`` are the first KEPT_MAX of those who lose, gain, or get another amount; ``words`` says the conditions.
    ``as_if``: the draft begins later, and was judged as if it were in force already (:mod:`applications.services.as_if`).
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
    kept_out: dict[str, int]
    not_known: int
    open_facts: dict[str, int]
    available_fen: dict[str, int]
    words: dict[str, Words]
    changes: list[Changed]
    as_if: bool = False

    @property
    def amounts_changed(self) -> int:
        """Rights that stay and get another amount."""
        return self.more + self.less


@dataclass(frozen=True, slots=True)
class _Judged:
    """Columns of equal length over every subject. ``failing``: number of the names in ``failing_names``."""

    keys: Ints
    records: Ints
    people: Ints
    families: Ints
    divisions: Ints
    verdict: Ints
    fen: Ints
    failing: Ints
    failing_names: Sequence[tuple[str, ...]]
    open_facts: dict[str, int]
    policy: Policy

    @property
    def is_yes(self) -> Bools:
        found: Bools = self.verdict == YES
        return found

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


def simulate(
    source: bytes, *, on: date, progress: Progress = lambda done, total: None, size: int = PORTION
) -> Simulated:
    """Judge everybody by ``source`` as of ``on``; its examples may still be missing. Raises PolicyErrors.

    ``size``: subjects whose facts stand in memory at a time.
    """
    file = compiled(source)
    with _reading_only():
        in_force = active(file.policy.code, on)
        program = as_if_today(file, in_force, on)
        covered, apart = complete_lists(), may_stand_apart()
        after = _judge(program, on, covered, apart, size)
        progress(2, STEPS)
        before = _judge(in_force.program, on, covered, apart, size) if in_force else _nobody(after)
        progress(4, STEPS)
        found = _compared(program, in_force, _matched(before, after), on, as_if=program is not file)
    progress(STEPS, STEPS)
    return found


@contextmanager
def _reading_only() -> Iterator[None]:
    """Hold the database to reading, join whole tables by hash (as the sweep does), and roll back at the end."""
    with transaction.atomic():
        in_bulk()
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
        transaction.set_rollback(True)


def _compared(
    program: language.Program, in_force: Loaded | None, both: _Matched, on: date, *, as_if: bool
) -> Simulated:
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
            for source in sorted({fund.source for side in (before, after) for fund in side.policy.funds})
        },
        lost_by=_failed(after, both.in_after[lost]),
        gained_by=_failed(before, both.in_before[gained]),
        kept_out=_failed(after, np.flatnonzero(after.verdict == NO)),
        not_known=int((after.verdict == UNKNOWN).sum()),
        open_facts=after.open_facts,
        available_fen=available(program.policy.code, on.year),
        words={NOT_KNOWN: UNKNOWN_WORDS}
        | (words_of(in_force.program) if in_force else {})
        | words_of(program)
        | {name: fact_in_words(name) or Words(name, name) for name in after.open_facts},
        changes=[
            *_changes("lost", before, lost, after, both.in_after),
            *_changes("gained", after, gained, before, both.in_before),
            *_amounts(both, more),
        ][:KEPT_MAX],
        as_if=as_if,
    )


def _matched(before: _Judged, after: _Judged) -> _Matched:
    if np.array_equal(before.keys, after.keys):  # nearly always: the same records in the same order
        same = np.arange(after.keys.size)
        return _Matched(before, after, same, same)
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
    column = split_funds(judged.fen[judged.is_yes], judged.policy.funds).get(source)
    return int(column.sum()) if column is not None else 0


def _changes(change: str, side: _Judged, rows: Bools, other: _Judged, there: Ints) -> Iterator[Changed]:
    """Those of ``rows`` to whom ``side`` says yes and the other no, with what fails there."""
    for row in _first(side, rows):
        fen = int(side.fen[row])
        before, after = (fen, 0) if change == "lost" else (0, fen)
        yield _changed(change, side, row, before, after, _failing(other, int(there[row])))


def _amounts(both: _Matched, more: Ints) -> Iterator[Changed]:
    for row in _first(both.after, more != 0):
        change, after = "more" if more[row] > 0 else "less", int(both.after.fen[row])
        yield _changed(change, both.after, row, after - int(more[row]), after, [])


def _first(side: _Judged, rows: Bools) -> list[int]:
    """The first of ``rows`` by their subjects, as many as are kept: those of a portion come in no order."""
    at = np.flatnonzero(rows)
    found: list[int] = at[np.argsort(side.keys[at])][:KEPT_MAX].tolist()
    return found


def _changed(change: str, side: _Judged, row: int, before: int, after: int, failing: list[str]) -> Changed:
    return Changed(
        change, int(side.people[row]), int(side.families[row]), int(side.records[row]), int(side.divisions[row]),
        before, after, failing,
    )  # fmt: skip


def _failing(judged: _Judged, row: int) -> list[str]:
    """The conditions that fail; nothing where the side has no such subject."""
    if row < 0:
        return []
    return list(judged.failing_names[int(judged.failing[row])]) or [NOT_KNOWN]


def _judge(program: language.Program, on: date, covered: Covered, apart: Sequence[int], size: int) -> _Judged:
    found = judge_in_portions(program, on=on, covered=covered, apart=apart, size=size)
    kind = np.where(found.records > 0, 0, np.where(found.people > 0, 1, 2))
    subject = np.choose(kind, [found.records, found.people, found.households])
    return _Judged(
        keys=subject * KINDS + kind,
        records=found.records,
        people=found.people,
        families=found.households,
        divisions=found.divisions,
        verdict=found.verdict,
        fen=found.amount_fen,
        failing=found.failing,
        failing_names=found.failing_names,
        open_facts=_open_facts(found),
        policy=program.policy,
    )


def _nobody(like: _Judged) -> _Judged:
    none = np.zeros(0, dtype=np.int64)
    return _Judged(none, none, none, none, none, none, none, none, [], {}, like.policy)


def _side(judged: _Judged, rows: Bools) -> Side:
    return Side(int(rows.sum()), int(np.unique(judged.families[rows]).size), int(judged.fen[rows].sum()))


def _open_facts(found: Found) -> dict[str, int]:
    """How many of those of whom it is not known wait for which fact; one may wait for several. The most frequent first."""
    waiting = np.bincount(found.unsettled[found.verdict == UNKNOWN], minlength=len(found.unsettled_names))
    counted: Counter[str] = Counter()
    for names, count in zip(found.unsettled_names, waiting.tolist(), strict=True):
        counted.update(dict.fromkeys(names, count))
    return {name: count for name, count in counted.most_common() if count}


def _failed(judged: _Judged, rows: Ints) -> dict[str, int]:
    """How many of ``rows`` (-1: not there) fail on which condition; one may fail on several. The most frequent first."""
    at = rows[rows >= 0]
    failing = np.bincount(judged.failing[at], minlength=len(judged.failing_names)).tolist()
    counted = dict.fromkeys(_conditions(judged.policy), 0)
    for names, count in zip(judged.failing_names, failing, strict=True):
        for name in names:
            counted[name] += count
    counted[NOT_KNOWN] = int((judged.verdict[at] == UNKNOWN).sum())
    return {name: count for name, count in Counter(counted).most_common() if count}


def _conditions(policy: Policy) -> list[str]:
    """Every condition in the order of a judgement: what fails equally often stands in it."""
    limits = [f"limit.{one.name}" for one in policy.limits]
    return [
        *(need.name for need in policy.needs),
        "in_force",
        "amount",
        "apply",
        *limits,
        "places",
        "ceiling",
    ]
