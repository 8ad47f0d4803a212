"""What can be promised once: claims held before, and the other rows of the same table.

Within a holder and period rows queue by the policy's day, then by their place in the table. A claim not
known keeps its place: whom it could push out is not known until it is settled.
"""

import numpy as np

from programs.language.columns import MAYBE, NO, YES, Bools, Longs, Table, Verdict8
from programs.language.evaluating import fact_column
from programs.language.forms import Limit
from programs.language.views import View, year_of

COUNTED_SPREAD = 50  # slots a row: 100,000 rows count in 40 MB at most
ROUNDS_MAX = 1_000  # more claims of one holder in one period than any family has


def judge_limits(limits: tuple[Limit, ...], base: Verdict8, view: View, table: Table) -> dict[str, Verdict8]:
    """Each limit's verdict for every row, given what the rest of the policy says (``base``).

    A row that a limit refuses claims nothing, so the verdicts depend on those before them in the queue;
    each round settles at least the next in every queue, and two rounds settle nearly all.
    """
    found = {limit.name: np.full(table.n, YES, dtype=np.int8) for limit in limits}
    queues = {limit.name: _Queue(limit, view, table) for limit in limits}
    final = base
    for _ in range(ROUNDS_MAX):
        found = {name: queue.judge(final) for name, queue in queues.items()}
        now: Verdict8 = np.minimum.reduce([base, *found.values()])
        if np.array_equal(now, final):
            break
        final = now
    return found


class _Queue:
    """One limit's queues over one table: who stands before whom. Only holders with two rows or more queue."""

    def __init__(self, limit: Limit, view: View, table: Table) -> None:
        self.times = limit.times
        self.claims: Longs = table.claims.get(limit.name, np.zeros(table.n, dtype=np.int64))
        holders = table.holders.get(limit.name)
        self.rows = np.zeros(0, dtype=np.int64) if holders is None else _shared(holders)
        if holders is not None and len(self.rows):
            self._line_up(limit, holders[self.rows], view)

    def _line_up(self, limit: Limit, holders: Longs, view: View) -> None:
        day = view.day.take(self.rows)
        keys: list[Longs] = [holders]
        loose: Bools = ~day.known.astype(bool)  # nobody can say where in the queue
        if limit.period == "year":
            keys.append(year_of(day.values))
        for name in limit.same:
            column = fact_column(name, view).take(self.rows)
            keys.append(column.values.astype(np.int64))
            loose = loose | ~column.known.astype(bool)
        self.loose = loose
        self.order = np.lexsort((day.values, *reversed(keys)))  # stable: equal days by their place
        first = np.ones(len(holders), dtype=bool)
        first[1:] = np.logical_or.reduce([key[self.order][1:] != key[self.order][:-1] for key in keys])
        self.starts = np.maximum.accumulate(np.where(first, np.arange(len(holders)), 0))
        self.holder_at = np.unique(holders, return_inverse=True)[1]

    def judge(self, final: Verdict8) -> Verdict8:
        """The limit's verdict of every row, where ``final`` says what each comes to so far."""
        sure = np.maximum(self.claims, 0)
        maybe = sure + (self.claims < 0) * self.times
        if len(self.rows):
            ahead, doubtful = self._ahead(final[self.rows])
            sure[self.rows] += ahead
            maybe[self.rows] += doubtful
        verdict = np.full(len(sure), YES, dtype=np.int8)
        verdict[maybe >= self.times] = MAYBE
        verdict[sure >= self.times] = NO
        return verdict

    def _ahead(self, final: Verdict8) -> tuple[Longs, Longs]:
        """How many of the holder's rows stand before each for certain, and how many may."""
        placed, could = ~self.loose, final >= MAYBE
        sure = np.where(placed, self._before((final == YES) & placed), 0)
        maybe = self._before(could & placed)
        if self.loose.any():
            unplaced = could & self.loose
            maybe = np.where(placed, maybe, self._of_holder(could & placed))
            maybe = maybe + self._of_holder(unplaced) - unplaced
        return sure, maybe

    def _before(self, counts: Bools) -> Longs:
        """How many of ``counts`` stand before each row in its queue."""
        ordered = counts[self.order].astype(np.int64)
        running = np.cumsum(ordered) - ordered
        before = np.empty(len(ordered), dtype=np.int64)
        before[self.order] = running - running[self.starts]
        return before

    def _of_holder(self, counts: Bools) -> Longs:
        total: Longs = np.bincount(self.holder_at, weights=counts).astype(np.int64)
        return total[self.holder_at]


def _shared(holders: Longs) -> Longs:
    """Rows whose holder has another row."""
    if not len(holders):
        return holders
    low, high = int(holders.min()), int(holders.max())
    if high - low < COUNTED_SPREAD * len(holders):  # ids lie close together: counting beats sorting
        return np.flatnonzero(np.bincount(holders - low)[holders - low] > 1)
    _, back, counts = np.unique(holders, return_inverse=True, return_counts=True)
    return np.flatnonzero(counts[back] > 1)
