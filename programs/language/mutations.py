"""Every single slip of the pen a policy could hold: a need, row, cap or limit dropped, a comparison turned,
a value moved by one step. An example has to notice each; ``gate.py`` names those that none does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar, cast

from programs.language.columns import day_of
from programs.language.forms import (
    Amount,
    ByTable,
    Cell,
    Compare,
    Derived,
    Flat,
    Fund,
    Limit,
    Need,
    Percent,
    Period,
    PerQuantity,
    Policy,
    Shape,
    Span,
    Stepped,
    TableRow,
)
from programs.language.lines import Path
from programs.language.mutating_tests import DROPPED, MOVED, changed_tests, said_moved
from standards.words import Words

YUAN = 100  # money moves by a yuan: an example that states the amount sees the fen as well
POINT = Fraction(1, 100)
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change: where it stands, what was done, and whether it may be accepted in writing (a value's step)."""

    path: Path
    words: Words
    is_step: bool
    policy: Policy


@dataclass(frozen=True, slots=True)
class _Slip:
    """A change of one part of the policy, before it is put back into the whole."""

    path: Path
    words: Words
    is_step: bool
    part: Any


def mutations(policy: Policy) -> Iterator[Mutation]:
    """All single changes of ``policy`` that its examples must tell from it."""
    yield from _of_periods(policy)
    yield from _of_needs(policy)
    yield from _of_tables(policy)
    for slip in _of_amount(policy.amount):
        yield _mutant(slip, replace(policy, amount=slip.part))
    yield from _of_limits(policy)
    yield from _of_instalments(policy)
    yield from _of_funds(policy)
    yield from _of_window(policy)


def _mutant(slip: _Slip, policy: Policy) -> Mutation:
    return Mutation(slip.path, slip.words, slip.is_step, policy)


def _step(path: Path, now: object, then: object, part: object) -> _Slip:
    return _Slip(path, said_moved(now, then), True, part)


def _without(parts: tuple[Part, ...], at: int) -> tuple[Part, ...]:
    return (*parts[:at], *parts[at + 1 :])


def _with(parts: tuple[Part, ...], at: int, part: Part) -> tuple[Part, ...]:
    return (*parts[:at], part, *parts[at + 1 :])


def _put(whole: Part, field: str, part: object) -> Part:
    """``whole`` with one field by its name."""
    found: Part = replace(whole, **{field: part})  # type: ignore[type-var]  # every part of a policy is a dataclass
    return found


def _of_periods(policy: Policy) -> Iterator[Mutation]:
    for key in (
        () if isinstance(policy.judged_on, int) else ("in_force", "cohort")
    ):  # a fixed day moves itself
        period: Period | None = getattr(policy, key)
        if period is None:
            continue
        if key == "cohort":
            yield Mutation((key,), DROPPED, False, replace(policy, cohort=None))
        for end, field in (("from", "start"), ("until", "end")):
            now = getattr(period, field)
            for step in (-1, 1):
                moved = _put(policy, key, _put(period, field, now + step))
                yield Mutation((key, end), MOVED[step], True, moved)
    if isinstance(policy.judged_on, int):
        for step in (-1, 1):
            yield Mutation(
                ("judged_on",), MOVED[step], True, replace(policy, judged_on=policy.judged_on + step)
            )


def _of_needs(policy: Policy) -> Iterator[Mutation]:
    for at, need in enumerate(policy.needs):
        path: Path = ("need", need.name)
        yield Mutation(path, DROPPED, False, replace(policy, needs=_without(policy.needs, at)))
        for where, words, is_step, test in changed_tests(need.test, path):
            changed: tuple[Need, ...] = _with(policy.needs, at, replace(need, test=test))
            yield Mutation(where, words, is_step, replace(policy, needs=changed))


def _of_tables(policy: Policy) -> Iterator[Mutation]:
    for table in policy.derived:
        heading = "derive" if table.type == "code" else "figure"
        for slip in _of_rows(table, (heading, table.name, "rows"), policy):
            names = policy.names.with_table(replace(table, rows=slip.part))
            yield _mutant(slip, replace(policy, names=names))


def _of_rows(table: Derived, path: Path, policy: Policy) -> Iterator[_Slip]:
    for at, row in enumerate(table.rows):
        here = (*path, at)
        if len(table.rows) > 1:
            yield _Slip(here, DROPPED, False, _without(table.rows, at))
        if at and _may_both_match(table.rows[at - 1], row):
            swapped = (*table.rows[: at - 1], row, table.rows[at - 1], *table.rows[at + 1 :])
            yield _Slip(here, Words("和上一行对调", "swapped with the row above"), False, swapped)
        for place, cell in enumerate(row.cells):
            unit = YUAN if policy.names[table.inputs[place]].type == "money" else 1
            for moved in _moved_cells(cell, unit):
                cells = _with(row.cells, place, moved)
                yield _step(here, _said(cell), _said(moved), _with(table.rows, at, replace(row, cells=cells)))
        if isinstance(row.result, int):
            unit = YUAN if table.type == "money" else 1
            for step in (-unit, unit):
                moved_row = replace(row, result=row.result + step)
                yield _step(here, row.result, row.result + step, _with(table.rows, at, moved_row))


def _may_both_match(upper: TableRow, lower: TableRow) -> bool:
    """Whether the order of the two rows could matter: some facts hit both, and they say different things."""
    return upper.result != lower.result and all(
        _meet(one, two) for one, two in zip(upper.cells, lower.cells, strict=True)
    )


def _meet(one: Cell, two: Cell) -> bool:
    if "any" in (one.kind, two.kind):
        return True
    if one.kind == two.kind == "value":
        return one.value == two.value
    ends = [
        (cell.value, cell.value) if cell.kind == "value" else (cell.low, cell.high) for cell in (one, two)
    ]
    lows = [low for low, _ in ends if isinstance(low, int)]
    highs = [high for _, high in ends if isinstance(high, int)]
    return max(lows, default=0) <= min(highs, default=max(lows, default=0))


def _moved_cells(cell: Cell, unit: int) -> Iterator[Cell]:
    for step in (-unit, unit):
        if isinstance(cell.value, int) and not isinstance(cell.value, bool):
            yield replace(cell, value=cell.value + step)
        if cell.low is not None and (cell.high is None or cell.low + step <= cell.high):
            yield replace(cell, low=cell.low + step)
        if cell.high is not None and (cell.low is None or cell.low <= cell.high + step):
            yield replace(cell, high=cell.high + step)


def _said(cell: Cell) -> object:
    if cell.kind == "value":
        return cell.value
    return f"{'' if cell.low is None else cell.low}..{'' if cell.high is None else cell.high}"


def _of_amount(amount: Amount) -> Iterator[_Slip]:
    for slip in _of_shape(amount.shape, ("amount",)):
        yield replace(slip, part=replace(amount, shape=slip.part))
    flipped = replace(amount, round_to_yuan=not amount.round_to_yuan)
    if amount.round_to_yuan:
        yield _Slip(("amount", "round_to_yuan"), DROPPED, False, flipped)
    for key, field in (("at_least_yuan", "at_least"), ("at_most_yuan", "at_most")):
        bound: Shape | None = getattr(amount, field)
        if bound is None:
            continue
        path: Path = ("amount", key)
        yield _Slip(path, DROPPED, False, _put(amount, field, None))
        for slip in _of_shape(bound, path):
            yield replace(slip, part=_put(amount, field, slip.part))


def _of_shape(shape: Shape, path: Path) -> Iterator[_Slip]:
    own = path if path[-1] != "amount" else (*path, "yuan")
    if isinstance(shape, Flat):
        yield from _moved(own, shape.fen, Flat, YUAN)
    elif isinstance(shape, ByTable):
        for key, fen in shape.fen.items():
            left = {each: value for each, value in shape.fen.items() if each != key}
            if left:
                yield _Slip((*own, *key), DROPPED, False, replace(shape, fen=left))
            yield from _moved((*own, *key), fen, partial(_with_entry, shape, key), YUAN)
    elif isinstance(shape, PerQuantity):
        yield from _moved((*path, "yuan_per"), shape.fen_each, lambda fen: replace(shape, fen_each=fen), YUAN)
        if shape.count_at_most is not None:
            cap = (*path, "count_at_most")
            yield _Slip(cap, DROPPED, False, replace(shape, count_at_most=None))
            yield from _moved(cap, shape.count_at_most, lambda most: replace(shape, count_at_most=most), 1)
    elif isinstance(shape, Stepped):
        yield from _of_steps(shape, (*path, "steps"))
    elif isinstance(shape, Percent):
        for step in (-POINT, POINT):
            if shape.percent + step > 0:
                moved = replace(shape, percent=shape.percent + step)
                yield _Slip((*path, "percent"), MOVED[1 if step > 0 else -1], True, moved)


def _of_steps(shape: Stepped, path: Path) -> Iterator[_Slip]:
    for at, step in enumerate(shape.steps):
        if len(shape.steps) > 1:
            yield _Slip((*path, at), DROPPED, False, replace(shape, steps=_without(shape.steps, at)))
        changes = [replace(step, upto=step.upto + by) for by in (-1, 1)]
        changes += [replace(step, fen_each=max(0, step.fen_each + by)) for by in (-YUAN, YUAN)]
        for moved in changes:
            yield _step(
                (*path, at), f"{step.upto}, {step.fen_each}", f"{moved.upto}, {moved.fen_each}",
                replace(shape, steps=_with(shape.steps, at, moved)),
            )  # fmt: skip


def _with_entry(shape: ByTable, key: tuple[str, ...], fen: int) -> ByTable:
    return replace(shape, fen={**shape.fen, key: fen})


def _moved(path: Path, now: int, put: Callable[[int], object], unit: int) -> Iterator[_Slip]:
    for step in (-unit, unit):
        if now + step >= 0:
            yield _Slip(path, MOVED[1 if step > 0 else -1], True, put(now + step))


def _of_limits(policy: Policy) -> Iterator[Mutation]:
    for at, limit in enumerate(policy.limits):
        path: Path = ("limit", at)
        yield Mutation(path, DROPPED, False, replace(policy, limits=_without(policy.limits, at)))
        for slip in _of_limit(limit, path, is_one_year=_lies_in_one_year(policy)):
            yield _mutant(slip, replace(policy, limits=_with(policy.limits, at, slip.part)))


def _lies_in_one_year(policy: Policy) -> bool:
    if isinstance(policy.judged_on, int):
        return True
    periods = [each for each in (policy.in_force, policy.cohort) if each is not None]
    return len({day_of(day).year for each in periods for day in (each.start, each.end)}) == 1


def _of_limit(limit: Limit, path: Path, *, is_one_year: bool) -> Iterator[_Slip]:
    for step in (-1, 1):
        if limit.times + step:
            moved = replace(limit, times=limit.times + step)
            yield _Slip((*path, "times"), MOVED[step], True, moved)
    turned = "year" if limit.period == "life" else "life"
    # Where no two rows lie in different years no example can tell a year from a life: it may be accepted.
    yield _Slip((*path, "in"), said_moved(limit.period, turned), is_one_year, replace(limit, period=turned))
    for place in range(len(limit.same)):
        yield _Slip((*path, "same"), DROPPED, False, replace(limit, same=_without(limit.same, place)))


def _of_instalments(policy: Policy) -> Iterator[Mutation]:
    for at, each in enumerate(policy.instalments):
        path: Path = ("instalment", at)
        found = []
        if each.need is not None:
            found.append(_Slip((*path, "need"), DROPPED, False, replace(each, need=None, within=None)))
        if each.within is not None and each.need is not None:
            for step in (-1, 1):
                span = replace(each.within, count=each.within.count + step)
                need = replace(cast(Compare, each.need), span=span)  # with a period it is a comparison
                moved = replace(each, within=span, need=need)
                found.append(_Slip((*path, "within"), MOVED[step], True, moved))
        if each.share is not None:
            found.append(_Slip((*path, "share"), MOVED[-1], True, replace(each, share=each.share * 99 / 100)))
        for slip in found:
            yield _mutant(slip, replace(policy, instalments=_with(policy.instalments, at, slip.part)))


def _of_funds(policy: Policy) -> Iterator[Mutation]:
    for at, fund in enumerate(policy.funds):
        path: Path = ("fund", at)
        found = []
        if fund.share is not None:
            found.append(_Slip((*path, "share"), MOVED[-1], True, replace(fund, share=fund.share * 99 / 100)))
        if fund.fen is not None:
            found += _moved((*path, "yuan"), fund.fen, partial(_with_fen, fund), YUAN)
        for slip in found:
            yield _mutant(slip, replace(policy, funds=_with(policy.funds, at, slip.part)))


def _with_fen(fund: Fund, fen: int) -> Fund:
    return replace(fund, fen=fen)


def _of_window(policy: Policy) -> Iterator[Mutation]:
    apply = policy.apply
    for key, field in (("from", "from_day"), ("until", "until_day")):
        day: int | None = getattr(apply, field)
        if day is None:
            continue
        changes: list[tuple[Words, bool, int | None]] = [(DROPPED, False, None)]
        changes += [(MOVED[step], True, day + step) for step in (-1, 1)]
        for words, is_step, moved in changes:
            window = _put(apply, field, moved)
            yield Mutation(("apply", key), words, is_step, replace(policy, apply=window))
    if apply.within is not None:
        path: Path = ("apply", "within")
        yield Mutation(path, DROPPED, False, replace(policy, apply=replace(apply, within=None)))
        for step in (-1, 1):
            span: Span = replace(apply.within, count=apply.within.count + step)
            yield Mutation(path, MOVED[step], True, replace(policy, apply=replace(apply, within=span)))
