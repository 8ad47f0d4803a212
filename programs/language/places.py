"""What a calendar year has for all together: places, and a ceiling of money, given in the order of one list.

Whoever judges hands in what was given before (``Table.places_given``, ``fen_given``) and who stands in the list
(``queued``); without it nobody's place is known. A row not known keeps its place: whom it could push out is not known
until it is settled. Rows of the same rank are one: none of them stands before another, whatever the order of the table.
"""

from dataclasses import dataclass

import numpy as np

from programs.language.columns import (
    ABSENT,
    MAYBE,
    NO,
    YES,
    Bools,
    Column,
    Longs,
    QueueColumns,
    Table,
    Verdict8,
)
from programs.language.evaluating import fact_column
from programs.language.forms import Order, Queue
from programs.language.views import View, year_of

LAST = 2**62  # a known absence stands behind every value
YEARS = 10_000  # list and year as one number


def judge_queue(
    queue: Queue, settled: Verdict8, fen: Longs, view: View, table: Table
) -> tuple[dict[str, Verdict8], QueueColumns]:
    """``places`` and ``ceiling`` of every row, given what the rest says (``settled``) and each one's ``fen``: the most
    where an official still sets it (-1 not known)."""
    line = _Line(queue, view, table)
    found: dict[str, Verdict8] = {}
    places = _before(queue, line, settled, table.places_given)
    could = settled
    if queue.places is not None:
        found["places"] = _places(queue.places, places)
        could = np.minimum(settled, found["places"])
    spent = _spent(line, could, fen, table.fen_given)
    if queue.ceiling_fen is not None:
        reaches = (spent >= 0) & (fen >= 0) & (spent + np.maximum(fen, 0) <= queue.ceiling_fen)
        found["ceiling"] = np.where(reaches, YES, MAYBE).astype(np.int8)  # who waits for money is not refused
    return found, QueueColumns(places.rank, places.tied, places.most, spent)


@dataclass(frozen=True, slots=True)
class _Count:
    """Of the others: those who stand before each row, and those who share its rank."""

    ahead: Longs
    tied: Longs


class _Line:
    """One list a year. ``loose`` rows could stand anywhere: their day or one of their keys is not known."""

    def __init__(self, queue: Queue, view: View, table: Table) -> None:
        keys = [_key(each, view, table) for each in queue.order]
        has_year = view.day.known.astype(bool)
        self.n = view.n
        self.queued = np.ones(view.n, dtype=bool) if table.queued is None else table.queued
        self.loose: Bools = ~(np.logical_and.reduce([known for _, known in keys]) & has_year)
        lists = np.zeros(view.n, dtype=np.int64) if table.lists is None else table.lists
        self.has_year = has_year
        self.years = _numbered(lists * YEARS + np.where(has_year, year_of(view.day.values), 0))
        self.lists = _numbered(lists)
        columns = [self.years, *(np.where(self.loose, LAST, values) for values, _ in keys)]
        self.order = np.lexsort(columns[::-1])
        first = np.ones(view.n, dtype=bool)
        changes = [each[self.order][1:] != each[self.order][:-1] for each in columns]
        self.year_begins, self.rank_begins = first, first.copy()
        self.year_begins[1:], self.rank_begins[1:] = changes[0], np.logical_or.reduce(changes)

    def count(self, weights: Longs) -> _Count:
        """The weights of rows with a known place, the row's own left out of its rank."""
        ordered = np.where(self.loose, 0, weights)[self.order]
        running = np.cumsum(ordered) - ordered
        ahead = running[_since(self.rank_begins)] - running[_since(self.year_begins)]
        shared = np.add.reduceat(ordered, np.flatnonzero(self.rank_begins)) if self.n else ordered
        return _Count(self._back(ahead), self._back(shared[np.cumsum(self.rank_begins) - 1] - ordered))

    def anywhere(self, weights: Longs) -> Longs:
        """The weights of others who could stand before each row though nobody knows where they stand."""
        return self.everybody(np.where(self.loose, weights, 0))

    def everybody(self, weights: Longs) -> Longs:
        """The weights of all others in the row's year, or of its whole list where its year is not known."""
        of_year = _total(weights, self.years) + _total(np.where(self.has_year, 0, weights), self.lists)
        return np.where(self.has_year, of_year, _total(weights, self.lists)) - weights

    def _back(self, ordered: Longs) -> Longs:
        found = np.empty(self.n, dtype=np.int64)
        found[self.order] = ordered
        return found


def _numbered(keys: Longs) -> Longs:
    found: Longs = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    return found


def _total(weights: Longs, groups: Longs) -> Longs:
    """The whole of each row's group, in exact integers."""
    total = np.zeros(int(groups.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(total, groups, weights)
    return total[groups]


def _since(begins: Bools) -> Longs:
    """The place at which each row's stretch begins."""
    found: Longs = np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
    return found


def _key(order: Order, view: View, table: Table) -> tuple[Longs, Bools]:
    """One key as numbers that rise down the list, and where it is known."""
    if order.fact == "applied_on":
        nobody = Column(np.zeros(view.n, np.int32), np.zeros(view.n, bool))
        column, absent = table.applied_on or nobody, ABSENT["date"]
    else:
        column, absent = fact_column(order.fact, view), ABSENT[view.names[order.fact].type]
    there = column.values != absent
    values = np.where(there, column.values, 0).astype(np.int64)
    if order.first == "highest":
        values = -values
    return np.where(there, values, LAST), column.known.astype(bool)


def _ahead(line: _Line, sure: Longs, maybe: Longs) -> tuple[Longs, Longs, Longs, Longs]:
    """The least and the most that stands before each row, and the least and the most that shares its rank."""
    certain, possible = line.count(sure), line.count(maybe)
    least = np.where(line.loose, 0, certain.ahead)
    most = np.where(line.loose, line.everybody(maybe), possible.ahead + line.anywhere(maybe))
    tied_least, tied_most = np.where(line.loose, 0, certain.tied), np.where(line.loose, 0, possible.tied)
    return least, most, tied_least, tied_most


@dataclass(frozen=True, slots=True)
class _Before:
    """How many places are gone before each row, for certain and at most (-1 not known), and its rank."""

    least: Longs
    most: Longs
    rank: Longs
    tied: Longs


def _before(queue: Queue, line: _Line, settled: Verdict8, given: Longs | None) -> _Before:
    sure = ((settled == YES) & line.queued).astype(np.int64)
    maybe = ((settled != NO) & line.queued).astype(np.int64)
    least, most, tied_least, tied_most = _ahead(line, sure, maybe)
    had = np.full(line.n, -1, dtype=np.int64) if given is None else given
    is_ranked = (least == most) & (had >= 0)
    rank, tied = np.where(is_ranked, had + least + 1, -1), np.where(is_ranked, tied_most, 0)
    if queue.ties == "none":  # all of a rank find a place, or none of them does
        least, most = least + tied_least, most + tied_most
    if given is None:  # nobody has said who stands in the list: nobody is refused
        least = least * 0
    return _Before(np.maximum(had, 0) + least, np.where(had >= 0, had + most, -1), rank, tied)


def _places(places: int, before: _Before) -> Verdict8:
    verdict = np.full(len(before.most), MAYBE, dtype=np.int8)
    verdict[(before.most >= 0) & (before.most < places)] = YES
    verdict[before.least >= places] = NO
    return verdict


def _spent(line: _Line, could: Verdict8, fen: Longs, given: Longs | None) -> Longs:
    """The most money that is gone before each row, those of its rank counted; -1 not known."""
    if given is None:
        return np.full(line.n, -1, dtype=np.int64)
    maybe = (could != NO) & line.queued
    _, most, _, tied = _ahead(line, fen * 0, np.where(maybe, np.maximum(fen, 0), 0))
    _, open_, _, open_tied = _ahead(line, fen * 0, (maybe & (fen < 0)).astype(np.int64))
    return np.where((given >= 0) & (open_ + open_tied == 0), given + most + tied, -1)
