"""What can be promised once: claims held before, and the other rows of the same table.

Within a holder and period rows queue by the policy's day, then by their place in the table. A claim not
known keeps its place: whom it could push out is not known until it is settled.
"""

import numpy as np

from programs.language.columns import MAYBE, NO, YES, Bools, Longs, Table, Verdict8
from programs.language.evaluating import fact_column
from programs.language.forms import Limit
from programs.language.views import View, year_of

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
    """One limit's queues over one table: who stands before whom."""

    def __init__(self, limit: Limit, view: View, table: Table) -> None:
        self.times = limit.times
        none = np.zeros(table.n, dtype=np.int64)
        self.claims: Longs = table.claims.get(limit.name, none)
        holders = table.holders.get(limit.name)
        self.alone = holders is None
        if holders is not None:
            self.holders: Longs = holders
            self._line_up(limit, holders, view)

    def _line_up(self, limit: Limit, holders: Longs, view: View) -> None:
        keys: list[Longs] = [holders]
        loose: Bools = ~view.day.known.astype(bool)  # nobody can say where in the queue
        if limit.period == "year":
            keys.append(year_of(view.day.values))
        for name in limit.same:
            column = fact_column(name, view)
            keys.append(column.values.astype(np.int64))
            loose = loose | ~column.known.astype(bool)
        self.loose = loose
        place = np.arange(len(holders))
        self.order = np.lexsort((place, view.day.values, *reversed(keys)))
        changed = np.zeros(len(holders), dtype=bool)
        for key in keys:
            ordered = key[self.order]
            changed[1:] |= ordered[1:] != ordered[:-1]
        if len(changed):
            changed[0] = True
        self.starts = np.maximum.accumulate(np.where(changed, place, 0))
        self.holder_at = np.unique(holders, return_inverse=True)[1]

    def judge(self, final: Verdict8) -> Verdict8:
        held = np.maximum(self.claims, 0)
        sure, maybe = held, held + (self.claims < 0) * self.times
        if not self.alone:
            placed = ~self.loose
            doubtful = maybe + self._loose(final)
            sure = np.where(placed, held + self._before((final == YES) & placed), held)
            ahead = np.where(placed, self._before((final >= MAYBE) & placed), self._others(final))
            maybe = doubtful + ahead
        full, could_be = sure >= self.times, maybe >= self.times
        return np.where(full, NO, np.where(could_be, MAYBE, YES)).astype(np.int8)

    def _before(self, counts: Bools) -> Longs:
        """How many of ``counts`` stand before each row in its queue."""
        ordered = counts[self.order].astype(np.int64)
        running = np.cumsum(ordered) - ordered
        before = np.empty(len(ordered), dtype=np.int64)
        before[self.order] = running - running[self.starts] if len(ordered) else running
        return before

    def _loose(self, final: Verdict8) -> Longs:
        """How many of the holder's other rows have no known place and could stand before."""
        counts = (final >= MAYBE) & self.loose
        return self._of_holder(counts) - counts

    def _others(self, final: Verdict8) -> Longs:
        counts = (final >= MAYBE) & ~self.loose
        return self._of_holder(counts)

    def _of_holder(self, counts: Bools) -> Longs:
        total = np.bincount(self.holder_at, weights=counts, minlength=1).astype(np.int64)
        return total[self.holder_at]


def any_unknown(claims: Longs) -> Bools:
    """Rows whose earlier claims are not known."""
    unknown: Bools = claims < 0
    return unknown
