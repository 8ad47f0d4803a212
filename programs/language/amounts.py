"""What is paid: exact integers, rounded once, half up; -1 nowhere: known or not known stands apart."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from programs.language.columns import MAYBE, NO, NO_NUMBER, YES, Bools, Column, Longs, Verdict8
from programs.language.evaluating import fact_column, figure_column
from programs.language.forms import (
    Amount,
    ByTable,
    Flat,
    Fund,
    Instalment,
    Percent,
    PerQuantity,
    Reference,
    Shape,
    Stepped,
)
from programs.language.views import View

WIDEST = 2**62  # products beyond it leave int64: worked out with Python's own integers


@dataclass(slots=True)
class Sum:
    """Fen of every row as ``top / bottom``; ``known`` False leaves ``top`` without meaning."""

    top: Longs
    bottom: int
    known: Bools


def judge_amount(amount: Amount, view: View) -> tuple[Longs, Verdict8]:
    """Fen of every row (-1 not known), and the verdict: 2 above 0, 0 for none, 1 not known."""
    whole = sum_of(amount.shape, view)
    fen = _round(whole, 100 if amount.round_to_yuan else 1)
    known = whole.known
    if amount.at_least is not None:
        least = sum_of(amount.at_least, view)
        fen = np.where(fen > 0, np.maximum(fen, -(-least.top // least.bottom)), fen)
        known = known & least.known
    if amount.at_most is not None:
        most = sum_of(amount.at_most, view)
        fen = np.minimum(fen, most.top // most.bottom)  # cut, so that no rounding passes the cap
        known = known & most.known
    fen = np.where(known, fen, -1).astype(np.int64)
    return fen, np.where(known, np.where(fen > 0, YES, NO), MAYBE).astype(np.int8)


def _round(whole: Sum, unit: int) -> Longs:
    step = whole.bottom * unit
    if step == 1:
        return whole.top
    return (whole.top * 2 + step) // (2 * step) * unit


def sum_of(shape: Shape, view: View) -> Sum:
    """One shape of an amount over all rows."""
    if isinstance(shape, Flat):
        return Sum(np.full(view.n, shape.fen, dtype=np.int64), 1, np.ones(view.n, dtype=bool))
    if isinstance(shape, ByTable):
        return _by_table(shape, view)
    if isinstance(shape, PerQuantity):
        column = fact_column(shape.fact, view)
        count = np.maximum(column.values.astype(np.int64), 0)  # NO_NUMBER is below 0
        if shape.count_at_most is not None:
            count = np.minimum(count, shape.count_at_most)
        return Sum(_times(count, shape.fen_each), 1, column.known.astype(bool))
    if isinstance(shape, Stepped):
        return _stepped(shape, view)
    column = base_column(shape.of, view)
    base = np.where(column.values == NO_NUMBER, 0, column.values).astype(np.int64)
    known = column.known.astype(bool)
    if isinstance(shape, Percent):
        return Sum(_times(base, shape.percent.numerator), shape.percent.denominator, known)
    return Sum(base, 1, known)


def _stepped(shape: Stepped, view: View) -> Sum:
    column = fact_column(shape.fact, view)
    count = np.maximum(column.values.astype(np.int64), 0)  # NO_NUMBER is below 0
    top = np.zeros(view.n, dtype=np.int64)
    begins = 0
    for step in shape.steps:
        top = top + _times(np.clip(count - begins, 0, step.upto - begins), step.fen_each)
        begins = step.upto
    return Sum(top, 1, column.known.astype(bool))


def base_column(of: Reference, view: View) -> Column:
    return figure_column(of.name, view) if of.kind == "figure" else fact_column(of.name, view)


def _times(values: Longs, factor: int) -> Longs:
    """A product that cannot overflow unnoticed."""
    if int(np.abs(values).max(initial=0)) * factor * 4 >= WIDEST:
        values = values.astype(object)
    return values * factor


def _by_table(shape: ByTable, view: View) -> Sum:
    """One or two words to fen. The axes end in *other* (no amount: 0) and *not known*."""
    axes = [tuple(dict.fromkeys(key[at] for key in shape.fen)) for at in range(len(shape.facts))]
    positions = [
        _position(fact_column(name, view), axis) for name, axis in zip(shape.facts, axes, strict=True)
    ]
    derived = [view.names.derived.get(name) for name in shape.facts]
    closed = [table.values if table else () for table in derived]
    matrix = np.empty([len(axis) + 2 for axis in axes], dtype=np.int64)
    choices = [_possible(axis, codes) for axis, codes in zip(axes, closed, strict=True)]
    for at in product(*(range(len(axis) + 2) for axis in axes)):
        open_ends = [choices[k] if each == len(axes[k]) + 1 else (each,) for k, each in enumerate(at)]
        fen = {
            shape.fen.get(tuple((*axes[k], "")[each] for k, each in enumerate(one)), 0)
            for one in product(*open_ends)
        }
        matrix[at] = fen.pop() if len(fen) == 1 else -1
    top = matrix[tuple(positions)]
    return Sum(top, 1, top >= 0)


def _possible(axis: tuple[str, ...], codes: tuple[str, ...]) -> tuple[int, ...]:
    """Where a fact not known may land: every amount, and *other* (a code too may prove to be absent),
    unless it is a word of the policy's own table and each of those has its amount."""
    others = () if codes and set(codes) <= set(axis) else (len(axis),)
    return (*range(len(axis)), *others)


def _position(column: Column, axis: tuple[str, ...]) -> Longs:
    lookup = np.full(len(column.words) + 1, len(axis), dtype=np.int64)  # the last entry is NO_WORD's
    for index, word in enumerate(column.words):
        if word in axis:
            lookup[index] = axis.index(word)
    return np.where(column.known.astype(bool), lookup[column.values], len(axis) + 1)


def split_instalments(fen: Longs, instalments: tuple[Instalment, ...]) -> list[Longs]:
    """The fen of each instalment: shares cut to the fen, the residue to the rest (else to the last)."""
    parts: list[Longs] = []
    for each in instalments:
        share = each.share
        parts.append(fen * 0 if share is None else fen * share.numerator // share.denominator)
    rest = next((at for at, each in enumerate(instalments) if each.share is None), len(parts) - 1)
    if parts:
        parts[rest] = parts[rest] + fen - sum(parts)
    return [np.where(fen >= 0, part, -1) for part in parts]


def split_funds(fen: Longs, funds: tuple[Fund, ...]) -> dict[str, Longs]:
    """The fen of each source: shares of the amount, fixed sums as far as it reaches, then the rest."""
    left = np.maximum(fen, 0)
    parts: dict[str, Longs] = {}
    for fund in funds:
        if fund.share is not None:
            part = np.maximum(fen, 0) * fund.share.numerator // fund.share.denominator
        elif fund.fen is not None:
            part = np.minimum(left, fund.fen)
        else:
            continue
        part = np.minimum(part, left)
        parts[fund.source] = part
        left = left - part
    for fund in funds:
        if fund.share is None and fund.fen is None:
            parts[fund.source] = left
    return {fund.source: np.where(fen >= 0, parts[fund.source], -1) for fund in funds}
