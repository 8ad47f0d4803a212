"""The sweep: the whole register against every policy in force. Columns move, rows do not."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from applications.gathering import (
    PORTION,
    complete_lists,
    may_stand_apart,
    portions,
    put_together,
    together_of,
)
from applications.gathering.copying import copy_in
from applications.gathering.coverage import Covered
from applications.models import Sweep
from audit.actor import Actor
from audit.door import record
from programs.language import Program
from programs.language.columns import Column
from programs.queries import Loaded, active_on

Longs = npt.NDArray[Any]  # whole numbers of any width
Bools = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]
VERDICTS = ("no", "not_known", "yes")
SWEEP_LOCK = 610_124_013  # any fixed number: a second sweep waits, then finds nothing to change


def ask(*, on: date, by: Actor) -> Sweep:
    """Ask for a sweep of the business day ``on``; the worker finds the row."""
    with transaction.atomic():
        sweep = Sweep.objects.create(day=on, asked_by=by.number)
        record("assess", sweep, by=by, on=on)
    return sweep


def assess(sweep: Sweep, *, progress: Progress = lambda done, total: None, size: int = PORTION) -> Sweep:
    """Judge everybody and keep the newest verdict of each subject; writes only what changed.

    ``sweep.counts`` becomes {program: {"yes", "not_known", "no", "changed"}}. One transaction per program, so a
    worker that dies leaves whole programs, and the next one starts again. ``size``: subjects in memory at a time.
    """
    counts: dict[str, Any] = {}
    with _one_at_a_time(), _judging_beside() as beside:
        programs = _in_turn(active_on(sweep.day))
        for loaded, found in _judged(programs, sweep.day, size, beside):
            with transaction.atomic():
                in_bulk()
                changed = write(loaded, sweep, found)
            tally = np.bincount(found.verdict, minlength=3).tolist()
            counts[loaded.version.code] = {
                **dict(zip(VERDICTS, tally, strict=True)),
                "changed": changed,
            }
            progress(len(counts), len(programs))
            del found  # the next may be as large
    sweep.counts = dict(sorted(counts.items()))
    sweep.finished_at = timezone.now()
    sweep.save(update_fields=["counts", "finished_at"])
    return sweep


def _in_turn(programs: Sequence[Loaded]) -> list[Loaded]:
    """The order in which least waits while one is written and the next are judged (Johnson's rule for two machines): first
    what is judged faster than written, which asks for nobody's relatives, the smallest first; then the others, the
    largest first. How many subjects a program has is what the newest sweep counted."""
    last = Sweep.objects.exclude(finished_at=None).order_by("-finished_at").first()
    counts = last.counts if last else {}

    def turn(one: Loaded) -> tuple[bool, int]:
        counted = counts.get(one.version.code, {})
        subjects = sum(counted.get(name, 0) for name in VERDICTS)
        relatives = bool(one.program.needed.sets)
        return relatives, -subjects if relatives else subjects

    return sorted(programs, key=turn)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A second sweep waits: else it could keep what it judged on a newer register before the first keeps what is older."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWEEP_LOCK])
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [SWEEP_LOCK])
    try:
        yield
    finally:
        with suppress(OperationalError), connection.cursor() as cursor:  # a lost connection has let it go
            cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])


@contextmanager
def _judging_beside() -> Iterator[Executor | None]:
    """A thread with a connection of its own, which is opened while the caller goes on. None inside a transaction of the
    caller, which nobody else can look into."""
    if connection.in_atomic_block:
        yield None
        return
    with ThreadPoolExecutor(1, "judging") as beside:
        beside.submit(_open)
        try:
            yield beside
        finally:
            beside.submit(_close).result()


def _open() -> None:
    """Open the connection of this thread: named here, for ``connection.ensure_connection`` is the one of who names it."""
    connection.ensure_connection()


def _close() -> None:
    """Close the connection of this thread."""
    connection.close()


def _judged(
    programs: Sequence[Loaded], on: date, size: int, beside: Executor | None
) -> "Iterator[tuple[Loaded, Found]]":
    """Each program with its answers. The first is judged here, for until then there is nothing to write; meanwhile, and
    while the caller writes the answers of one, ``beside`` judges the next. Without it one comes after the other."""
    with transaction.atomic():
        in_bulk()
        covered, apart = complete_lists(), may_stand_apart()

    def judged(loaded: Loaded) -> Found:
        with transaction.atomic():
            in_bulk()
            return judge_in_portions(loaded.program, on=on, covered=covered, apart=apart, size=size)

    if beside is None:
        yield from ((loaded, judged(loaded)) for loaded in programs)
        return
    coming = deque(beside.submit(judged, loaded) for loaded in programs[1:])
    try:
        for loaded in programs[:1]:
            yield loaded, judged(loaded)
        for loaded in programs[1:]:
            yield loaded, coming.popleft().result()
    finally:
        for one in coming:
            one.cancel()


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for every subject of a program. ``failing`` and ``unsettled`` are numbers of the names in
    ``failing_names`` and ``unsettled_names``."""

    records: Longs
    people: Longs
    households: Longs
    divisions: Longs
    days: Column
    verdict: Longs
    amount_fen: Longs
    failing: Longs
    failing_names: list[tuple[str, ...]]
    unsettled: Longs
    unsettled_names: list[tuple[str, ...]]


def judge_in_portions(
    program: Program, *, on: date, covered: Covered, apart: Sequence[int], size: int
) -> Found:
    """Everybody whom ``program`` looks at: ``size`` subjects at a time each for themselves, so that their facts never
    stand in memory together; then limits, places and the ceiling of all. ``covered`` and ``apart`` are what every program
    of a county asks: :func:`complete_lists`, :func:`may_stand_apart`. Inside a transaction."""
    together = together_of(program, on)
    verdicts, fens, mosts = [], [], []
    failing, unsettled = Patterns(), Patterns()
    for table in portions(program, together, on=on, covered=covered, apart=apart, size=size):
        alone = program.judge_alone(table)
        verdicts.append(alone.verdict)
        fens.append(alone.amount_fen)
        mosts.append(alone.most_fen)
        failing.add(table.n, {name: each == 0 for name, each in alone.needs.items()})
        unsettled.add(table.n, alone.unknown)
    gathered = put_together(together, on=on, covered=covered)
    beside = program.judge_beside(_joined(verdicts), _joined(mosts), gathered.table)
    n, maybe = gathered.table.n, beside.verdict == 1
    failing.beside(n, {name: each == 0 for name, each in beside.needs.items()})
    unsettled.beside(n, beside.unknown, only=maybe)
    amounts_fen = _joined(fens)
    amounts_fen[beside.verdict == 0] = 0
    return Found(
        gathered.records,
        gathered.people,
        gathered.households,
        gathered.divisions,
        gathered.table.judged_on,
        beside.verdict.astype(np.int64),
        amounts_fen,
        failing.numbers,
        failing.names,
        unsettled.numbers,
        [tuple(program.in_order(set(names))) for names in unsettled.names],
    )


def _joined(parts: list[Longs]) -> Longs:
    """All ``parts`` as one column; they are let go, for a county's would need twice the room."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


class Patterns:
    """Which names are true in each row, as a number for each different set of names."""

    def __init__(self) -> None:
        self.names: list[tuple[str, ...]] = []
        self._number: dict[tuple[str, ...], int] = {}
        self._parts: list[Longs] = []

    @property
    def numbers(self) -> Longs:
        """One number a row, in the order in which rows came."""
        return np.concatenate(self._parts) if self._parts else np.zeros(0, np.int64)

    def add(self, n: int, rows: dict[str, Bools]) -> None:
        """Another ``n`` rows after those before."""
        found, number = _different(n, rows)
        self._parts.append(np.array([self._of(names) for names in found], np.int32)[number])

    def beside(self, n: int, rows: dict[str, Bools], *, only: Bools | None = None) -> None:
        """More names for the ``n`` rows there are; where ``only`` is not true a row has none at all."""
        found, more = _different(n, rows)
        both = self.numbers * np.int64(len(found)) + more + 1
        if only is not None:
            both[~only] = 0
        of = np.zeros(len(self.names) * len(found) + 1, np.int32)
        for pair in np.flatnonzero(np.bincount(both, minlength=len(of))).tolist():
            own, other = divmod(pair - 1, len(found))
            of[pair] = self._of((*self.names[own], *found[other]) if pair else ())
        self._parts = [of[both]]

    def _of(self, names: tuple[str, ...]) -> int:
        if names not in self._number:
            self._number[names] = len(self.names)
            self.names.append(names)
        return self._number[names]


def _different(n: int, rows: dict[str, Bools]) -> tuple[list[tuple[str, ...]], Longs]:
    """The different sets of names that are true in a row, and which of them each row has."""
    number, found = np.zeros(n, np.int64), [tuple[str, ...]()]
    for name, flags in rows.items():
        pair = number * 2 + flags
        there = np.bincount(pair, minlength=2 * len(found)) > 0  # few sets: counting beats sorting
        found = [
            (*found[one // 2], name) if one % 2 else found[one // 2] for one in np.flatnonzero(there).tolist()
        ]
        number = (np.cumsum(there) - 1)[pair]
    return found, number


def in_bulk() -> None:
    """To the end of the transaction whole tables are joined by hash, whatever the statistics say.

    A nested loop over a table that was just filled took 50 times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")


def write(loaded: Loaded, sweep: Sweep, found: Found) -> int:
    """Keep the verdicts of one program, inside a transaction; gives how many rows changed."""
    day = np.where(found.days.known, found.days.values, 0)
    names = {
        "failing": [json.dumps(names) for names in found.failing_names],
        "unsettled": [json.dumps(names) for names in found.unsettled_names],
    }
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY)
        copy_in(cursor, "judged", [found.records, found.people, found.households, found.divisions, found.verdict,
                                    found.amount_fen, day, found.failing, found.unsettled])  # fmt: skip
        return _keep(cursor, loaded, sweep, names)


def _keep(cursor: Any, loaded: Loaded, sweep: Sweep, names: dict[str, list[str]]) -> int:
    """Bring the kept verdicts of one program in line with what was judged; gives how many rows changed."""
    named = {"program": loaded.version.code, "version": loaded.version.pk, "sweep": sweep.pk, **names}
    cursor.execute("SELECT EXISTS (SELECT FROM applications_assessment WHERE program = %(program)s)", named)
    if not cursor.fetchone()[0]:
        cursor.execute(f"{_INTO} SELECT {_NEW} FROM {_JUDGED}", named)
        return int(cursor.rowcount)
    cursor.execute(_CHANGES, named)
    changed = int(cursor.rowcount)
    if changed:
        cursor.execute(_GONE)
        cursor.execute(_OTHER, named)
        cursor.execute(f"{_INTO} SELECT {_NEW} FROM changes j WHERE j.kept IS NULL", named)
    cursor.execute("DROP TABLE changes")
    return changed


# One for the connection: making tables costs more than judging a small program.
_EMPTY = """CREATE TEMPORARY TABLE IF NOT EXISTS judged (record bigint NOT NULL, person bigint NOT NULL,
        household bigint NOT NULL, division bigint NOT NULL, verdict bigint NOT NULL, amount_fen bigint NOT NULL,
        day bigint NOT NULL, failing bigint NOT NULL, unsettled bigint NOT NULL) ON COMMIT DELETE ROWS;
    TRUNCATE judged"""
_INTO = """INSERT INTO applications_assessment (program, version_id, person_id, household_id, record_id, division, verdict,
    amount_fen, judged_on, failing, unsettled, sweep_id)"""
_NEW = """%(program)s, %(version)s, nullif(j.person, 0), nullif(j.household, 0), nullif(j.record, 0),
    lpad(j.division::text, 12, '0'), j.verdict, j.amount_fen, CASE WHEN j.day <> 0 THEN DATE '2000-01-01' + j.day::int END,
    j.failing_names, j.unsettled_names, %(sweep)s"""
_JUDGED = """(SELECT j.*, f.names AS failing_names, u.names AS unsettled_names FROM judged j
    JOIN unnest(%(failing)s::jsonb[]) WITH ORDINALITY AS f(names, n) ON f.n = j.failing + 1
    JOIN unnest(%(unsettled)s::jsonb[]) WITH ORDINALITY AS u(names, n) ON u.n = j.unsettled + 1) j"""
# What differs between what was judged (j) and what is kept (a). A record that was corrected or whose list was withdrawn
# is kept and not judged: it gives no right any more.
_CHANGES = f"""
    CREATE TEMPORARY TABLE changes ON COMMIT DROP AS
    SELECT a.id AS kept, j.* FROM {_JUDGED} FULL JOIN (
        SELECT *, coalesce(record_id, 0) AS r, coalesce(person_id, 0) AS p, coalesce(household_id, 0) AS h
        FROM applications_assessment WHERE program = %(program)s) a
      ON a.r = j.record AND a.p = j.person AND a.h = j.household
    WHERE a.id IS NULL OR j.verdict IS NULL OR (a.version_id, a.verdict, a.amount_fen, a.failing, a.unsettled)
        IS DISTINCT FROM (%(version)s, j.verdict, j.amount_fen, j.failing_names, j.unsettled_names)
       OR a.division <> lpad(j.division::text, 12, '0')
       OR a.judged_on IS DISTINCT FROM CASE WHEN j.day <> 0 THEN DATE '2000-01-01' + j.day::int END
"""
_GONE = "DELETE FROM applications_assessment a USING changes j WHERE a.id = j.kept AND j.verdict IS NULL"
_OTHER = """
    UPDATE applications_assessment a SET version_id = %(version)s, division = lpad(j.division::text, 12, '0'),
        verdict = j.verdict, amount_fen = j.amount_fen, failing = j.failing_names, unsettled = j.unsettled_names,
        judged_on = CASE WHEN j.day <> 0 THEN DATE '2000-01-01' + j.day::int END, sweep_id = %(sweep)s
    FROM changes j WHERE a.id = j.kept AND j.verdict IS NOT NULL
"""
