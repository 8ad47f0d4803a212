"""What is paid: exact integers, rounded once, half up; -1 nowhere: known or not known stands apart."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import lcm

import numpy as np

from programs.language.columns import MAYBE, NO, NO_NUMBER, YES, Bools, Column, Longs, Verdict8
from programs.language.evaluating import fact_column, figure_column, judge_test
from programs.language.forms import (
    Amount,
    Band,
    ByTable,
    Flat,
    Fund,
    Instalment,
    Part,
    Parts,
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
    whole = whole_of(amount, view)
    fen = np.where(whole.known, whole.top, -1).astype(np.int64)
    return fen, np.where(whole.known, np.where(fen > 0, YES, NO), MAYBE).astype(np.int8)


def judge_band(amount: Amount, view: View) -> tuple[Longs, Longs] | None:
    """The least and the most fen of every row that has a band (-1 not known); None for a policy without one."""
    if not has_band(amount.shape):
        return None
    ends = [whole_of(amount, view, band=end) for end in ("least", "most")]
    least, most = (np.where(end.known, end.top, -1).astype(np.int64) for end in ends)
    return least, most


def has_band(shape: Shape) -> bool:
    """Whether an official sets a part of this amount."""
    if isinstance(shape, Parts):
        return any(has_band(part.amount.shape) for part in shape.parts)
    return isinstance(shape, Band)


def whole_of(amount: Amount, view: View, *, band: str = "set") -> Sum:
    """Whole fen after rounding and bounds. ``band``: what a band gives, the sum set, its ``least`` or its ``most``."""
    whole = sum_of(amount.shape, view, band=band)
    rounded = Sum(_round(whole, 100 if amount.round_to_yuan else 1), 1, whole.known)
    return _within_columns(_bounded(rounded, amount, view))


def _within_columns(whole: Sum) -> Sum:
    """A sum that no column holds is not known: whatever gave it is a slip of the pen in a list."""
    if whole.top.dtype != object:
        return whole
    fits = np.abs(whole.top) < WIDEST
    return Sum(np.where(fits, whole.top, 0).astype(np.int64), whole.bottom, whole.known & fits.astype(bool))


def _bounded(whole: Sum, amount: Amount, view: View) -> Sum:
    """Within floor and cap: the floor a whole fen upwards, the cap one downwards, so that no rounding passes them."""
    top, known = whole.top, whole.known
    if amount.at_least is not None:
        least = sum_of(amount.at_least, view)
        floor = _times(-(-least.top // least.bottom), whole.bottom)
        top = np.where(top > 0, np.maximum(top, floor), top)
        known = known & (least.known | (top == 0))  # nothing is lifted by no floor
    if amount.at_most is not None:
        most = sum_of(amount.at_most, view)
        known = known & (most.known | (top == 0))  # nor cut by any cap
        top = np.minimum(top, np.where(most.known, _times(most.top // most.bottom, whole.bottom), top))
    return Sum(top, whole.bottom, known)


def _round(whole: Sum, unit: int) -> Longs:
    step = whole.bottom * unit
    if step == 1:
        return whole.top
    return (whole.top * 2 + step) // (2 * step) * unit


def sum_of(shape: Shape, view: View, *, band: str = "set") -> Sum:
    """One shape of an amount over all rows."""
    if isinstance(shape, Parts):
        return _parts(shape, view, band)
    if isinstance(shape, Band):
        return _band(shape, view, band)
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


def part_of(part: Part, view: View, *, band: str = "set") -> Sum:
    """One part of an amount, exact within its bounds: the whole is rounded, once. Rounded by itself where it says so."""
    own = part.amount
    if own.round_to_yuan:
        return whole_of(own, view, band=band)
    return _bounded(sum_of(own.shape, view, band=band), own, view)


def _parts(shape: Parts, view: View, band: str) -> Sum:
    found = [part_of(part, view, band=band) for part in shape.parts]
    whens = [applies(part, view) for part in shape.parts]
    bottom = lcm(*(one.bottom for one in found))
    tops = [_times(np.where(one.known, one.top, 0), bottom // one.bottom) for one in found]
    if sum(int(np.abs(top).max(initial=0)) for top in tops) >= WIDEST:
        tops = [top.astype(object) for top in tops]
    together = _added if shape.kind == "sum" else _first
    top, known = together(tops, [one.known for one in found], whens)
    return Sum(top, bottom, known)


def applies(part: Part, view: View) -> Verdict8:
    """Whether a part is for each row."""
    return np.full(view.n, YES, dtype=np.int8) if part.when is None else judge_test(part.when, view)


def _added(tops: list[Longs], knowns: list[Bools], whens: list[Verdict8]) -> tuple[Longs, Bools]:
    """A part that may or may not apply leaves the sum open, unless it is 0 either way."""
    top, known = tops[0] * 0, np.ones(len(tops[0]), dtype=bool)
    for one, is_known, when in zip(tops, knowns, whens, strict=True):
        top = top + np.where(when == YES, one, 0)
        known &= (when == NO) | (is_known & ((when == YES) | (one == 0)))
    return top, known


def _first(tops: list[Longs], knowns: list[Bools], whens: list[Verdict8]) -> tuple[Longs, Bools]:
    """Known where every part that may be the first gives the same; where none applies it is 0."""
    top, clash = tops[0] * 0, np.zeros(len(tops[0]), dtype=bool)
    open_, seen = np.ones(len(clash), dtype=bool), np.zeros(len(clash), dtype=bool)
    for one, is_known, when in zip(tops, knowns, whens, strict=True):
        reach = open_ & (when != NO)
        clash |= reach & (~is_known | (seen & (one != top)))
        top = np.where(reach & ~seen, one, top)
        seen |= reach
        open_ &= when != YES
    clash |= open_ & seen & (top != 0)
    return top, ~clash


def _band(shape: Band, view: View, band: str) -> Sum:
    """What the official has set; a sum outside the band counts as not set."""
    least, most = sum_of(shape.least, view), sum_of(shape.most, view)
    if band != "set":
        end = least if band == "least" else most
        whole = -(-end.top // end.bottom) if band == "least" else end.top // end.bottom
        return Sum(whole, 1, least.known & most.known)
    if view.set_fen is None:
        return Sum(np.zeros(view.n, dtype=np.int64), 1, np.zeros(view.n, dtype=bool))
    fen = view.set_fen.values.astype(np.int64)
    inside = (_times(fen, least.bottom) >= least.top) & (_times(fen, most.bottom) <= most.top)
    return Sum(fen, 1, view.set_fen.known.astype(bool) & least.known & most.known & inside)


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
        parts.append(fen * 0 if share is None else _share_of(fen, share))
    rest = next((at for at, each in enumerate(instalments) if each.share is None), len(parts) - 1)
    if parts:
        parts[rest] = parts[rest] + fen - sum(parts)
    return [np.where(fen >= 0, part, -1) for part in parts]


def _share_of(fen: Longs, share: Fraction) -> Longs:
    """A share, cut to the fen."""
    return (_times(fen, share.numerator) // share.denominator).astype(np.int64)


def split_funds(fen: Longs, funds: tuple[Fund, ...]) -> dict[str, Longs]:
    """The fen of each source: shares of the amount, fixed sums as far as it reaches, then the rest."""
    left = np.maximum(fen, 0)
    parts: dict[str, Longs] = {}
    for fund in funds:
        if fund.share is not None:
            part = _share_of(np.maximum(fen, 0), fund.share)
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
