"""The facts of n rows as the policy sees them: on the policy's day, derived words worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from programs.language.columns import (
    ABSENT,
    EPOCH,
    MAYBE,
    NO_DAY,
    Bools,
    Column,
    Longs,
    Members,
    Values,
    Verdict8,
)
from programs.language.forms import Figure, Span
from programs.language.names import Names

ON_A_DAY = ("status", "yearly")
FIRST, LAST = -80_000, 60_000  # day numbers of 1780 and 2164: nobody in a register lives outside


@dataclass
class View:
    """Subjects, or the members of a set of theirs. Every column has ``n`` entries.

    ``own_kind``: the for_each record's kind, whose facts are known whatever the day. ``set_fen``: what an official
    has set within a band.
    """

    n: int
    day: Column
    facts: Mapping[str, Column]
    names: Names
    own_kind: str = ""
    sets: Mapping[str, Members] = field(default_factory=dict)
    set_fen: Column | None = None
    memo: dict[int, Verdict8] = field(default_factory=dict)
    _columns: dict[str, Column] = field(default_factory=dict)
    _members: dict[str, "View"] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """A fact by name; derived words must have been put in by ``put``."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = self._make(name)
        return found

    def has(self, name: str) -> bool:
        return name in self._columns

    def put(self, name: str, column: Column) -> None:
        self._columns[name] = column

    def raw(self, name: str) -> Column:
        """A fact as handed in. KeyError with its name where the gatherer left it out."""
        if name not in self.facts:
            raise KeyError(f"the table lacks the fact {name}")
        return self.facts[name]

    def _make(self, name: str) -> Column:
        if name == "age":
            return self._age()
        if name == "alive":
            return self._alive()
        meaning = self.names[name]
        column = self.raw(name)
        if meaning.dated not in ON_A_DAY or (meaning.kind == self.own_kind != ""):
            return column
        if self.day.known.all():
            return column
        blank = np.zeros_like(column.known)
        return Column(column.values, np.where(self.day.known.astype(bool), column.known, blank), column.words)

    def _age(self) -> Column:
        """Full years on the policy's day; one born on 29 February completes a year on 1 March."""
        born = self.raw("born_on")
        known = born.known.astype(bool) & self.day.known.astype(bool)
        years = (_calendar(self.day.values) - _calendar(born.values)) // 10_000
        absent = known & (born.values == NO_DAY)
        return Column(np.where(absent, ABSENT["integer"], years).astype(np.int64), known)

    def _alive(self) -> Column:
        died = self.raw("death.died_on")
        never = died.values == NO_DAY
        known = died.known.astype(bool) & (self.day.known.astype(bool) | never)
        return Column((died.values > self.day.values).astype(np.int8) | never.astype(np.int8), known)

    def figure(self, name: str) -> Column:
        """A shared figure on each row's day; not known before its first day."""
        key = f"figure.{name}"
        if key not in self._columns:
            self._columns[key] = self._figure(self.names.figures[name])
        return self._columns[key]

    def _figure(self, figure: Figure) -> Column:
        from_days = np.array([(each.valid_from - EPOCH).days for each in figure.values], dtype=np.int64)
        values = np.array([0, *(each.value for each in figure.values)], dtype=np.int64)
        at = np.searchsorted(from_days, self.day.values, side="right")
        return Column(values[at], (at > 0) & self.day.known.astype(bool))

    def members(self, name: str) -> "View":
        """The members of a set as a view of their own, each on its subject's day."""
        if name not in self._members:
            found = self.sets[name]
            assert found.offsets[0] == 0, "offsets begin at 0"
            assert len(found.offsets) == self.n + 1, "one segment for each subject"
            owner = np.repeat(np.arange(self.n), np.diff(found.offsets))
            self._members[name] = View(len(owner), self.day.take(owner), found.facts, self.names)
        return self._members[name]


@lru_cache(maxsize=1)
def _calendar_table() -> Longs:
    """yyyymmdd of every day from FIRST to LAST: looked up, because converting dates is the slow part."""
    day = np.datetime64("2000-01-01") + np.arange(FIRST, LAST + 1).astype("timedelta64[D]")
    months, years = day.astype("datetime64[M]"), day.astype("datetime64[Y]")
    year = years.astype(np.int64) + 1970
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    of_month = (day - months.astype("datetime64[D]")).astype(np.int64) + 1
    table: Longs = year * 10_000 + month * 100 + of_month
    return table


@lru_cache(maxsize=64)
def _shift_table(months: int) -> Longs:
    """The day so many months away from every day from FIRST to LAST: the same day, or the month's last."""
    day = np.datetime64("2000-01-01") + np.arange(FIRST, LAST + 1).astype("timedelta64[D]")
    month = day.astype("datetime64[M]")
    of_month = (day - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.timedelta64(months, "M")
    first = target.astype("datetime64[D]")
    length = ((target + np.timedelta64(1, "M")).astype("datetime64[D]") - first).astype(np.int64)
    shifted = first + np.minimum(of_month, length - 1).astype("timedelta64[D]")
    table: Longs = (shifted - np.datetime64("2000-01-01")).astype(np.int64)
    return table


def _looked_up(table: Longs, days: Values) -> Longs:
    found: Longs = table[np.clip(days, FIRST, LAST) - FIRST]
    return found


def _calendar(days: Values) -> Longs:
    """Day numbers as yyyymmdd, so that a difference divided by 10,000 is full years."""
    return _looked_up(_calendar_table(), days)


def year_of(days: Values) -> Longs:
    """The calendar year of day numbers."""
    return _calendar(days) // 10_000


def shift(days: Values, span: Span) -> Longs:
    """The other end of a stretch. Months and years keep the day, or take the month's last one."""
    count = -span.count if span.backwards else span.count
    if span.unit == "days":
        return days.astype(np.int64) + count
    return _looked_up(_shift_table(count * (12 if span.unit == "years" else 1)), days)


def verdict_of(hit: Bools, known: Values) -> Verdict8:
    """2 where it holds, 0 where not, 1 where not known."""
    verdict: Verdict8 = hit.astype(np.int8) << np.int8(1)
    if known.dtype != np.bool_:
        known = known.astype(bool)
    verdict[~known] = MAYBE
    return verdict
