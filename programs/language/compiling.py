"""A policy compiled once and judged over any number of rows: one family, a county, an example."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from programs.language.amounts import judge_amount, judge_band, split_funds, split_instalments
from programs.language.asking import Asked, ask_amount, ask_fact, ask_queue, ask_test
from programs.language.columns import (
    MAYBE,
    NO,
    NO_DAY,
    YES,
    Alone,
    Beside,
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
from programs.language.facts_named import names_to_ask, needed_of, span_facts
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
        view = self.view(table)
        alone = self._alone(table, view)
        beside = self._beside(alone.verdict, alone.most_fen, table, view)
        return Verdicts(
            beside.verdict,
            alone.amount_fen,
            alone.needs | beside.needs,
            self._unknown(alone.unknown, beside),
            self._instalments(alone.amount_fen, view),
            split_funds(alone.amount_fen, self.policy.funds),
            alone.band,
            beside.queue,
        )

    def judge_alone(self, table: Table) -> Alone:
        """What every row says for itself: a county is judged so in portions. Claims, holders and the list are not read."""
        return self._alone(table, self.view(table))

    def judge_beside(self, verdict: Verdict8, most_fen: Longs, table: Table) -> Beside:
        """The rest, for all rows together: ``table`` holds of their facts those of ``needed.beside`` at least."""
        return self._beside(verdict, most_fen, table, self.view(table))

    def _alone(self, table: Table, view: View) -> Alone:
        policy = self.policy
        needs = {need.name: judge_test(need.test, view) for need in policy.needs}
        needs["in_force"] = _in_force(policy.in_force, policy.cohort, view.day, self._dayless(table))
        fen, needs["amount"] = judge_amount(policy.amount, view)
        needs["apply"] = _apply(policy.apply, table, view)
        verdict: Verdict8 = np.minimum.reduce(list(needs.values()))
        band = judge_band(policy.amount, view)
        most = fen if band is None else np.where(fen < 0, band[1], fen)
        return Alone(verdict, fen, most, needs, self._open(verdict, needs, view), band)

    def _beside(self, base: Verdict8, most_fen: Longs, table: Table, view: View) -> Beside:
        policy = self.policy
        limits = judge_limits(policy.limits, base, view, table)
        needs = {f"limit.{name}": verdict for name, verdict in limits.items()}
        verdict: Verdict8 = np.minimum.reduce([base, *limits.values()])
        queue: QueueColumns | None = None
        if policy.queue is not None:
            places, queue = judge_queue(policy.queue, verdict, most_fen, view, table)
            needs |= places
            verdict = np.minimum.reduce([verdict, *places.values()])
        open_ = {name: (verdict == MAYBE) & (each == MAYBE) for name, each in needs.items()}
        asked = Asked()
        for name in limits:
            asked.mark(f"limit.{name}", open_[f"limit.{name}"])
        if policy.queue is not None:
            ask_queue(policy.queue, view, open_, asked)
        return Beside(verdict, needs, asked.facts, queue)

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

    def _dayless(self, table: Table) -> Bools:
        """Who is known to have no such day: no certificate, no day of its issue. That is no, and asks for nothing."""
        if self.policy.judged_on not in self.names.catalogue.facts:
            return np.zeros(table.n, dtype=bool)
        dayless: Bools = table.judged_on.known.astype(bool) & (table.judged_on.values == NO_DAY)
        return dayless

    def _open(self, verdict: Verdict8, needs: dict[str, Verdict8], view: View) -> dict[str, Bools]:
        """What would settle the rows that are not known for themselves."""
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
        return asked.facts

    def _unknown(self, alone: dict[str, Bools], beside: Beside) -> dict[str, Bools]:
        """What would settle each row that is not known in the end, in the order of the policy's page."""
        rows: Bools = beside.verdict == MAYBE
        asked = Asked()
        for name in self.in_order({*alone, *beside.unknown}):
            for facts in (alone, beside.unknown):
                if name in facts:
                    asked.mark(name, rows & facts[name])
        return asked.facts

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names of what is not known in the order of the policy's page."""
        return sorted(names, key=lambda name: (self._ranks.get(name, len(self._ranks)), name))

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {name: rank for rank, name in enumerate(names_to_ask(self.policy))}

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


def _in_force(in_force: Period, cohort: Period | None, day: Column, dayless: Bools) -> Verdict8:
    inside = np.zeros(len(day.values), dtype=bool)
    for period in (in_force, cohort):
        if period is not None:
            inside |= (day.values >= period.start) & (day.values <= period.end)
    known = day.known.astype(bool) | dayless
    return np.where(known, np.where(inside & ~dayless, YES, NO), MAYBE).astype(np.int8)


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
