"""A policy compiled once and judged over any number of rows: one family, a county, an example."""

from functools import cached_property

import numpy as np

from programs.language.amounts import judge_amount, judge_band, split_funds, split_instalments
from programs.language.asking import Asked, ask_amount, ask_fact, ask_queue, ask_test
from programs.language.columns import (
    MAYBE,
    NO,
    NO_DAY,
    YES,
    Bools,
    Column,
    InstalmentColumns,
    Longs,
    QueueColumns,
    Table,
    Verdict8,
    Verdicts,
)
from programs.language.evaluating import fact_column, judge_test
from programs.language.explaining import Explanation, explain_row
from programs.language.facts_named import needed_of, span_facts
from programs.language.forms import Apply, Instalment, Period, Policy
from programs.language.limits import judge_limits
from programs.language.places import judge_queue
from programs.language.sentences import InWords, policy_in_words
from programs.language.views import View, shift


class Program:
    """A policy ready to judge. Immutable; share it between threads."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.names = policy.names
        self.needed = needed_of(policy)

    def judge(self, table: Table) -> Verdicts:
        """Verdicts of every row. KeyError where the table lacks a fact of ``needed``."""
        policy, view = self.policy, self.view(table)
        needs = {need.name: judge_test(need.test, view) for need in policy.needs}
        needs["in_force"] = _in_force(policy.in_force, policy.cohort, view.day)
        fen, needs["amount"] = judge_amount(policy.amount, view)
        needs["apply"] = _apply(policy.apply, table, view)
        base: Verdict8 = np.minimum.reduce(list(needs.values()))
        limits = judge_limits(policy.limits, base, view, table)
        needs |= {f"limit.{name}": verdict for name, verdict in limits.items()}
        verdict: Verdict8 = np.minimum.reduce([base, *limits.values()])
        band = judge_band(policy.amount, view)
        queue: QueueColumns | None = None
        if policy.queue is not None:
            most = fen if band is None else np.where(fen < 0, band[1], fen)
            places, queue = judge_queue(policy.queue, verdict, most, view, table)
            needs |= places
            verdict = np.minimum.reduce([verdict, *places.values()])
        return Verdicts(
            verdict,
            fen,
            needs,
            self._unknown(verdict, needs, view, table),
            self._instalments(fen, view),
            split_funds(fen, policy.funds),
            band,
            queue,
        )

    def explain(self, verdicts: Verdicts, table: Table, row: int) -> Explanation:
        """One row in plain words. ``verdicts`` must come from ``judge(table)``."""
        return explain_row(self.policy, verdicts, self.view(table.one(row)), row)

    @cached_property
    def in_words(self) -> InWords:
        """The whole policy in plain words, made when it is first asked for."""
        return policy_in_words(self.policy)

    def sentences(self) -> InWords:
        """The whole policy in plain words, in both languages."""
        return self.in_words

    def view(self, table: Table) -> View:
        """The table as the policy sees it; a fixed day of the policy rules over the table's."""
        kinds = self.names.catalogue.kinds
        day = table.judged_on
        if isinstance(self.policy.judged_on, int):
            fixed = np.full(table.n, self.policy.judged_on, dtype=np.int32)
            day = Column(fixed, np.ones(table.n, dtype=bool))
        day = Column(day.values, day.known.astype(bool) & (day.values != NO_DAY))
        own = self.policy.for_each if self.policy.for_each in kinds else ""
        return View(table.n, day, table.facts, self.names, own, table.sets, table.set_fen)

    def _unknown(
        self, verdict: Verdict8, needs: dict[str, Verdict8], view: View, table: Table
    ) -> dict[str, Bools]:
        rows: Bools = verdict == MAYBE
        asked = Asked()
        if not rows.any():
            return asked.facts
        for need in self.policy.needs:
            ask_test(need.test, view, rows, asked)
        ask_amount(self.policy.amount, view, rows & (needs["amount"] == MAYBE), asked)
        if isinstance(self.policy.judged_on, str):
            asked.mark(self.policy.judged_on, rows & (needs["in_force"] == MAYBE))
        for name in span_facts(self.policy.apply.within):
            ask_fact(name, view, rows & (needs["apply"] == MAYBE), asked)
        for limit in self.policy.limits:
            asked.mark(f"limit.{limit.name}", rows & (needs[f"limit.{limit.name}"] == MAYBE))
        if self.policy.queue is not None:
            ask_queue(
                self.policy.queue, view, {name: rows & (each == MAYBE) for name, each in needs.items()}, asked
            )
        return asked.facts

    def _instalments(self, fen: Longs, view: View) -> list[InstalmentColumns]:
        planned = self.policy.instalments
        parts = split_instalments(fen, planned)
        return [_instalment(each, part, view) for each, part in zip(planned, parts, strict=True)]


def compile(policy: Policy) -> Program:
    """The policy ready to judge."""
    return Program(policy)


def _instalment(each: Instalment, fen: Longs, view: View) -> InstalmentColumns:
    due = np.full(view.n, YES, dtype=np.int8) if each.need is None else judge_test(each.need, view)
    by_day = np.full(view.n, NO_DAY, dtype=np.int64)
    if each.within is not None:
        anchor = fact_column(each.within.anchor, view)
        known = anchor.known.astype(bool) & (anchor.values != NO_DAY)
        by_day = np.where(known, shift(anchor.values, each.within), by_day)
    return InstalmentColumns(each.name, fen, due, by_day.astype(np.int32))


def _in_force(in_force: Period, cohort: Period | None, day: Column) -> Verdict8:
    inside = np.zeros(len(day.values), dtype=bool)
    for period in (in_force, cohort):
        if period is not None:
            inside |= (day.values >= period.start) & (day.values <= period.end)
    return np.where(day.known.astype(bool), np.where(inside, YES, NO), MAYBE).astype(np.int8)


def _apply(apply: Apply, table: Table, view: View) -> Verdict8:
    """In time, where there is an application; where there is none nobody is late."""
    verdict = np.full(table.n, YES, dtype=np.int8)
    if table.applied_on is None:
        return verdict
    applied, day = table.applied_on.known.astype(bool), table.applied_on.values
    late = np.zeros(table.n, dtype=bool)
    if apply.from_day is not None:
        late |= day < apply.from_day
    if apply.until_day is not None:
        late |= day > apply.until_day
    open_ = np.zeros(table.n, dtype=bool)
    if apply.within is not None:
        anchor = fact_column(apply.within.anchor, view)
        known = anchor.known.astype(bool)
        end = shift(anchor.values, apply.within)
        late |= known & ((day < np.minimum(anchor.values, end)) | (day > np.maximum(anchor.values, end)))
        open_ = ~known
    verdict[applied & open_] = MAYBE
    verdict[applied & late] = NO
    return verdict
