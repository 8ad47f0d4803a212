"""Conditions judged over columns: 0 no, 1 not known, 2 yes; AND is min, OR is max, NOT is 2 - x."""

from collections.abc import Callable

import numpy as np

from programs.language.columns import ABSENT, MAYBE, NO, YES, Bools, Column, Members, Values, Verdict8
from programs.language.forms import Compare, Group, Quantified, Test, Value
from programs.language.names import Meaning
from programs.language.tables import judge_table
from programs.language.views import View, shift, verdict_of

Ordering = Callable[[Values, Values], Bools]

ORDER: dict[str, Ordering] = {
    "is": np.equal,
    "at_least": np.greater_equal,
    "at_most": np.less_equal,
    "less_than": np.less,
    "on_or_before": np.less_equal,
    "on_or_after": np.greater_equal,
}


def judge_test(test: Test, view: View) -> Verdict8:
    """The verdict of every row of ``view``; worked out once per condition and view."""
    found = view.memo.get(id(test))
    if found is None:
        if isinstance(test, Compare):
            found = _compare(test, view)
        elif isinstance(test, Group):
            found = _group(test, view)
        else:
            found = _quantified(test, view)
        view.memo[id(test)] = found
    return found


def fact_column(name: str, view: View) -> Column:
    """A fact, or a word worked out by one of the policy's tables."""
    table = view.names.derived.get(name)
    if table is not None and not view.has(name):
        for each in table.inputs:
            fact_column(each, view)
        view.put(name, judge_table(table, view))
    return view.column(name)


def figure_column(name: str, view: View) -> Column:
    """A number of the policy's own tables, else of the shared register."""
    return fact_column(name, view) if name in view.names.derived else view.figure(name)


def _group(test: Group, view: View) -> Verdict8:
    parts = [judge_test(part, view) for part in test.parts]
    if test.kind == "not":
        return negated(parts[0])
    by = np.minimum if test.kind == "all_of" else np.maximum
    result: Verdict8 = by.reduce(parts)
    return result  # any_of; unless: the exception or the rule


def negated(verdict: Verdict8) -> Verdict8:
    """NOT is 2 - x."""
    return np.int8(2) - verdict


def _compare(test: Compare, view: View) -> Verdict8:
    column = fact_column(test.fact, view)
    meaning = view.names[test.fact]
    if test.op == "has_any":
        return _held(column, test.values)
    here = column.values != ABSENT[meaning.type]
    if test.span is not None:
        anchor = fact_column(test.span.anchor, view)
        end = shift(anchor.values, test.span)
        low, high = (end, anchor.values) if test.span.backwards else (anchor.values, end)
        hit = here & (anchor.values != ABSENT["date"]) & (column.values >= low) & (column.values <= high)
        return verdict_of(hit, _both_known(column, anchor, here, anchor.values != ABSENT["date"]))
    if test.other is not None:
        return _against(test, column, here, view)
    if meaning.type in ("text", "code"):
        return verdict_of(_is_word(column, test.values), column.known)
    if test.op == "in":
        return verdict_of(here & np.isin(column.values, np.array(test.values)), column.known)
    return verdict_of(here & ORDER[test.op](column.values, np.asarray(test.values[0])), column.known)


def _against(test: Compare, column: Column, here: Bools, view: View) -> Verdict8:
    assert test.other is not None
    name = test.other.name
    other = figure_column(name, view) if test.other.kind == "figure" else fact_column(name, view)
    meaning: Meaning | None = view.names.fact(test.fact)
    assert meaning is not None
    there = other.values != ABSENT[meaning.type]
    hit = here & there & ORDER[test.op](column.values, other.values)
    return verdict_of(hit, _both_known(column, other, here, there))


def _both_known(one: Column, two: Column, here: Bools, there: Bools) -> Bools:
    """A known absence on either side settles a comparison, whatever the other side is."""
    first, second = one.known.astype(bool), two.known.astype(bool)
    settled: Bools = (first & second) | (first & ~here) | (second & ~there)
    return settled


def _is_word(column: Column, wanted: tuple[Value, ...]) -> Bools:
    hits = np.zeros(len(column.words) + 1, dtype=bool)  # the last entry is NO_WORD's
    for index, word in enumerate(column.words):
        hits[index] = word in wanted
    found: Bools = hits[column.values]
    return found


def held_mask(column: Column, codes: tuple[Value, ...]) -> int:
    """The bits of ``codes`` in this column; a code it does not list is never held nor known."""
    return sum(1 << index for index, word in enumerate(column.words) if word in codes)


def _held(column: Column, codes: tuple[Value, ...]) -> Verdict8:
    mask = np.int64(held_mask(column, codes))
    any_held = (column.values & column.known & mask) != 0
    all_known = (column.known & mask) == mask
    return np.where(any_held, YES, np.where(all_known, NO, MAYBE)).astype(np.int8)


def member_verdicts(test: Quantified, view: View) -> tuple[Verdict8, Verdict8, View]:
    """Of every member of the set: does it belong, does the test hold, and the members' view."""
    members = view.members(test.set)
    belongs = np.full(members.n, YES, dtype=np.int8)
    if test.where is not None:
        belongs = np.minimum(belongs, judge_test(test.where, members))
    if test.set == "parents":  # one dead by that day is none
        alive = members.column("alive")
        belongs = np.minimum(belongs, verdict_of(alive.values == 1, alive.known))
    holds = belongs if test.test is None else judge_test(test.test, members)
    return belongs, holds, members


def _quantified(test: Quantified, view: View) -> Verdict8:
    belongs, holds, _ = member_verdicts(test, view)
    found = view.sets[test.set]
    if test.quantifier == "count":
        return _count(test, belongs, found)
    if test.quantifier == "every":
        every = _reduce(np.minimum, np.maximum(2 - belongs, holds), found, YES)
        return np.where(found.complete, every, np.minimum(every, MAYBE)).astype(np.int8)
    some = _reduce(np.maximum, np.minimum(belongs, holds), found, NO)
    some = np.where(found.complete, some, np.maximum(some, MAYBE)).astype(np.int8)
    return some if test.quantifier == "any" else 2 - some


def _reduce(by: np.ufunc, members: Values, found: Members, empty: int) -> Verdict8:
    """``reduceat`` over the segments; an empty segment gives ``empty`` (reduceat itself would not)."""
    full = np.diff(found.offsets) > 0
    result = np.full(len(full), empty, dtype=members.dtype)
    starts = found.offsets[:-1][full]
    if len(starts):
        result[full] = by.reduceat(members, starts)
    return result


def _count(test: Quantified, belongs: Verdict8, found: Members) -> Verdict8:
    sure = _reduce(np.add, (belongs == YES).astype(np.int64), found, 0)
    most = _reduce(np.add, (belongs >= MAYBE).astype(np.int64), found, 0) + ~found.complete
    order, number = ORDER[test.op], np.asarray(test.number)
    least_holds, most_holds = order(sure, number), order(most, number)
    if test.op == "is":
        possible = (sure <= number) & (most >= number)
        return np.where(sure == most, np.where(least_holds, YES, NO), np.where(possible, MAYBE, NO)).astype(
            np.int8
        )
    settled = least_holds == most_holds  # an ordering that holds at both ends holds between them
    return np.where(settled, np.where(least_holds, YES, NO), MAYBE).astype(np.int8)
