"""Which facts would settle what is not known yet: only those that still matter are asked."""

import numpy as np

from programs.language.amounts import base_column
from programs.language.columns import MAYBE, Bools, Verdict8
from programs.language.evaluating import (
    fact_column,
    held_mask,
    judge_test,
    member_verdicts,
)
from programs.language.forms import (
    Amount,
    ByTable,
    FromFigure,
    Group,
    Percent,
    PerQuantity,
    Quantified,
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
    """Mark what keeps an amount open."""
    for shape in (amount.shape, amount.at_least, amount.at_most):
        if shape is not None:
            _ask_shape(shape, view, rows, asked)


def _ask_shape(shape: Shape, view: View, rows: Bools, asked: Asked) -> None:
    if isinstance(shape, ByTable):
        for name in shape.facts:
            ask_fact(name, view, rows, asked)
    elif isinstance(shape, PerQuantity | Stepped):
        ask_fact(shape.fact, view, rows, asked)
    elif isinstance(shape, Percent | FromFigure):
        base_column(shape.of, view)
        ask_reference(shape.of, view, rows, asked)
