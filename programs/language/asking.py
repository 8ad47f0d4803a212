"""Which facts would settle what is not known yet: only those that still matter are asked."""

from collections.abc import Mapping

import numpy as np

from programs.language.amounts import applies, base_column, part_of, sum_of
from programs.language.columns import MAYBE, NO, YES, Bools, Verdict8
from programs.language.evaluating import (
    fact_column,
    held_mask,
    judge_test,
    member_verdicts,
)
from programs.language.forms import (
    Amount,
    Band,
    ByTable,
    FromFigure,
    Group,
    Parts,
    Percent,
    PerQuantity,
    Quantified,
    Queue,
    Reference,
    Shape,
    Stepped,
    Test,
)
from programs.language.names import BEHIND
from programs.language.tables import walk
from programs.language.views import View


class Asked:
    """Facts by name, each with the rows of one view in which it would help."""

    def __init__(self) -> None:
        self.facts: dict[str, Bools] = {}

    def mark(self, name: str, rows: Bools) -> None:
        if rows.any():
            held = self.facts.get(name)
            self.facts[name] = rows if held is None else held | rows


def ask_test(test: Test, view: View, rows: Bools, asked: Asked) -> None:
    """Mark the facts that would settle ``test`` in those of ``rows`` where it is not known."""
    rows = rows & (judge_test(test, view) == MAYBE)
    if not rows.any():
        return
    if isinstance(test, Group):
        for part in test.parts:
            ask_test(part, view, rows, asked)
    elif isinstance(test, Quantified):
        _ask_set(test, view, rows, asked)
    elif test.op == "has_any":
        column = fact_column(test.fact, view)
        mask = np.int64(held_mask(column, test.values))
        asked.mark(test.fact, rows & ((column.known & mask) != mask))
    else:
        ask_fact(test.fact, view, rows, asked)
        if test.span is not None:
            ask_fact(test.span.anchor, view, rows, asked)
        if test.other is not None:
            ask_reference(test.other, view, rows, asked)


def ask_reference(reference: Reference, view: View, rows: Bools, asked: Asked) -> None:
    if reference.kind == "fact" or reference.name in view.names.derived:
        ask_fact(reference.name, view, rows, asked)
    else:
        asked.mark(f"figure.{reference.name}", rows & ~view.figure(reference.name).known.astype(bool))


def ask_fact(name: str, view: View, rows: Bools, asked: Asked) -> None:
    """A fact itself, or what stands behind a derived word or an age. The policy's day is asked once,
    for the whole policy."""
    column = fact_column(name, view)
    if name in view.names.derived:
        _ask_table(name, view, rows & ~column.known.astype(bool), asked)
        return
    behind = BEHIND.get(name, name)
    raw = view.raw(behind)
    if raw.values.dtype == np.int64 and view.names[behind].type == "codes":
        asked.mark(behind, rows & (raw.known != (1 << len(raw.words)) - 1))
    else:
        asked.mark(behind, rows & ~raw.known.astype(bool))


def _ask_table(name: str, view: View, rows: Bools, asked: Asked) -> None:
    """The cells that are open; where every fact is known and no row takes them, all of them are doubtful."""
    if not rows.any():
        return
    table = view.names.derived[name]
    open_ = np.zeros(view.n, dtype=bool)
    for hit in walk(table, view):
        for cell, fact in zip(hit.cells, table.inputs, strict=True):
            here = rows & hit.reach & (cell == MAYBE)
            open_ |= here
            ask_fact(fact, view, here, asked)
    for fact in table.inputs:
        asked.mark(fact, rows & ~open_)


def _ask_set(test: Quantified, view: View, rows: Bools, asked: Asked) -> None:
    found = view.sets[test.set]
    asked.mark(test.set, rows & ~found.complete)
    belongs, holds, members = member_verdicts(test, view)
    owner = np.repeat(np.arange(view.n), np.diff(found.offsets))
    inner = Asked()
    open_rows = rows[owner] & (belongs != 0)
    if test.where is not None:
        ask_test(test.where, members, open_rows, inner)
    if test.set == "parents":
        alive = members.column("alive")
        inner.mark(BEHIND["alive"], open_rows & ~alive.known.astype(bool) & _undecided(test, holds))
    if test.test is not None:
        ask_test(test.test, members, open_rows, inner)
    for name, member_rows in inner.facts.items():
        subjects = np.zeros(view.n, dtype=bool)
        subjects[owner[member_rows]] = True
        asked.mark(f"{test.set}.{name}", subjects)


def _undecided(test: Quantified, holds: Verdict8) -> Bools:
    """Members for whom being alive still matters: those who would not pass anyway as they stand."""
    if test.test is None:
        return np.ones(len(holds), dtype=bool)
    passing = 2 if test.quantifier == "every" else 0
    undecided: Bools = holds != passing
    return undecided


def ask_amount(amount: Amount, view: View, rows: Bools, asked: Asked) -> None:
    """Mark what keeps an amount open: a shape that is known asks for nothing, though a fact of it may not be."""
    for shape in (amount.shape, amount.at_least, amount.at_most):
        if shape is not None:
            _ask_shape(shape, view, rows & ~sum_of(shape, view).known, asked)


def ask_queue(queue: Queue, view: View, rows: Mapping[str, Bools], asked: Asked) -> None:
    """Mark what keeps a place open: the row's own keys, then the list of all the others."""
    for name in ("places", "ceiling"):
        if name not in rows:
            continue
        for order in queue.order:
            if order.fact == "applied_on":
                continue
            ask_fact(order.fact, view, rows[name] & ~fact_column(order.fact, view).known.astype(bool), asked)
        asked.mark(name, rows[name])


def _ask_parts(shape: Parts, view: View, rows: Bools, asked: Asked) -> None:
    """What is for whom, as far as it matters, and what keeps a part's own sum open."""
    open_ = rows.copy()
    for part in shape.parts:
        when, worth = applies(part, view), part_of(part, view)
        nothing = worth.known & (worth.top == 0) if shape.kind == "sum" else np.zeros(view.n, dtype=bool)
        here = open_ & (when != NO) & ~nothing
        if part.when is not None:
            ask_test(part.when, view, here, asked)
        ask_amount(part.amount, view, here & ~worth.known, asked)
        if shape.kind == "first":
            open_ &= when != YES


def _ask_shape(shape: Shape, view: View, rows: Bools, asked: Asked) -> None:
    if isinstance(shape, Parts):
        _ask_parts(shape, view, rows, asked)
    elif isinstance(shape, Band):
        for end in (shape.least, shape.most):
            _ask_shape(end, view, rows, asked)
        asked.mark("band", rows)
    elif isinstance(shape, ByTable):
        for name in shape.facts:
            ask_fact(name, view, rows, asked)
    elif isinstance(shape, PerQuantity | Stepped):
        ask_fact(shape.fact, view, rows, asked)
    elif isinstance(shape, Percent | FromFigure):
        base_column(shape.of, view)
        ask_reference(shape.of, view, rows, asked)
