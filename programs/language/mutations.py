"""Every single slip of the pen a policy could hold: a need, row, cap or limit dropped, a comparison turned,
a value moved by one step. An example has to notice each; ``gate.py`` names those that none does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import cast

from programs.language.checking_tables import says_the_same
from programs.language.columns import day_of
from programs.language.forms import (
    Cell,
    Compare,
    Derived,
    Fund,
    Instalment,
    Limit,
    Need,
    Period,
    Policy,
    Queue,
    TableRow,
)
from programs.language.lines import Path
from programs.language.mutating_amounts import (
    YUAN,
    Slip,
    of_amount,
    put,
    step_of,
    steps_of,
    with_part,
    without,
)
from programs.language.mutating_tests import (
    DROPPED,
    MOVED,
    SWAPPED,
    TURNED,
    changed_spans,
    changed_tests,
    moved_to,
    said_moved,
)
from programs.language.names import Names
from standards.words import Words


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change: where it stands, what was done, and whether it may be accepted in writing (a value's step)."""

    path: Path
    words: Words
    is_step: bool
    policy: Policy


def mutations(policy: Policy) -> Iterator[Mutation]:
    """All single changes of ``policy`` that its examples must tell from it."""
    yield from _of_periods(policy)
    yield from _of_needs(policy)
    yield from _of_tables(policy)
    for slip in of_amount(policy.amount, policy.names):
        yield _mutant(slip, replace(policy, amount=slip.part))
    yield from _of_limits(policy)
    yield from _of_queue(policy)
    yield from _of_instalments(policy)
    yield from _of_funds(policy)
    yield from _of_window(policy)


def _mutant(slip: Slip, policy: Policy) -> Mutation:
    return Mutation(slip.path, slip.words, slip.is_step, policy)


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
                moved = put(policy, key, put(period, field, now + step))
                yield Mutation((key, end), moved_to(step, now + step, "date"), True, moved)
    if isinstance(policy.judged_on, int):
        for step in (-1, 1):
            day = policy.judged_on + step
            words = moved_to(step, day, "date")
            yield Mutation(("judged_on",), words, True, replace(policy, judged_on=day))


def _of_needs(policy: Policy) -> Iterator[Mutation]:
    for at, need in enumerate(policy.needs):
        path: Path = ("need", need.name)
        yield Mutation(path, DROPPED, False, replace(policy, needs=without(policy.needs, at)))
        for where, words, is_step, test in changed_tests(need.test, path, policy.names):
            changed: tuple[Need, ...] = with_part(policy.needs, at, replace(need, test=test))
            yield Mutation(where, words, is_step, replace(policy, needs=changed))


def _of_tables(policy: Policy) -> Iterator[Mutation]:
    for table in policy.derived:
        heading = "derive" if table.type == "code" else "figure"
        for slip in _of_rows(table, (heading, table.name, "rows"), policy):
            names = policy.names.with_table(replace(table, rows=slip.part))
            yield _mutant(slip, replace(policy, names=names))


def _of_rows(table: Derived, path: Path, policy: Policy) -> Iterator[Slip]:
    for at, row in enumerate(table.rows):
        here = (*path, at)
        if len(table.rows) > 1:
            yield Slip(here, DROPPED, False, without(table.rows, at))
        if at and _may_both_match(table.rows[at - 1], row):
            swapped = (*table.rows[: at - 1], row, table.rows[at - 1], *table.rows[at + 1 :])
            yield Slip(here, SWAPPED, False, swapped)
        for place, cell in enumerate(row.cells):
            there = (*here, place)  # each cell has its own key: what is accepted of one is not of the next
            unit = YUAN if policy.names[table.inputs[place]].type == "money" else 1
            for moved in _moved_cells(cell, unit):
                cells = with_part(row.cells, place, moved)
                moved_rows = with_part(table.rows, at, replace(row, cells=cells))
                yield step_of(there, _said(cell), _said(moved), moved_rows)
            if cell.kind == "value" and not _is_number(cell.value):  # a number's steps say it already
                cells = with_part(row.cells, place, Cell("any"))
                freed = with_part(table.rows, at, replace(row, cells=cells))
                if not says_the_same(table, replace(table, rows=freed), policy):
                    yield Slip(there, said_moved(cell.value, "*"), True, freed)
        if isinstance(row.result, int):
            unit = YUAN if table.type == "money" else 1
            for step in (-unit, unit):
                moved_row = replace(row, result=row.result + step)
                yield step_of(here, row.result, row.result + step, with_part(table.rows, at, moved_row))


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


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
        if _is_number(cell.value):
            yield replace(cell, value=cast(int, cell.value) + step)
        if cell.low is not None and (cell.high is None or cell.low + step <= cell.high):
            yield replace(cell, low=cell.low + step)
        if cell.high is not None and (cell.low is None or cell.low <= cell.high + step):
            yield replace(cell, high=cell.high + step)


def _said(cell: Cell) -> object:
    if cell.kind == "value":
        return cell.value
    return f"{'' if cell.low is None else cell.low}..{'' if cell.high is None else cell.high}"


def _of_limits(policy: Policy) -> Iterator[Mutation]:
    for at, limit in enumerate(policy.limits):
        path: Path = ("limit", at)
        yield Mutation(path, DROPPED, False, replace(policy, limits=without(policy.limits, at)))
        for slip in _of_limit(limit, path, policy):
            yield _mutant(slip, replace(policy, limits=with_part(policy.limits, at, slip.part)))


def is_of_people(policy: Policy) -> bool:
    """Whether the right is a person's: a household's own has nobody else to be counted for."""
    kind = policy.names.catalogue.kinds.get(policy.for_each)
    return (kind.about if kind else policy.for_each) == "person"


def _lies_in_one_year(policy: Policy) -> bool:
    if isinstance(policy.judged_on, int):
        return True
    periods = [each for each in (policy.in_force, policy.cohort) if each is not None]
    return len({day_of(day).year for each in periods for day in (each.start, each.end)}) == 1


def _of_limit(limit: Limit, path: Path, policy: Policy) -> Iterator[Slip]:
    for step in (-1, 1):
        if limit.times + step:
            moved = replace(limit, times=limit.times + step)
            yield Slip((*path, "times"), moved_to(step, moved.times), True, moved)
    turned = "year" if limit.period == "life" else "life"
    # Where no two rows lie in different years no example can tell a year from a life: it may be accepted.
    is_one_year = _lies_in_one_year(policy)
    yield Slip((*path, "in"), said_moved(limit.period, turned), is_one_year, replace(limit, period=turned))
    if is_of_people(policy):
        other = ("self",) if "household" in limit.holds else ("household",)
        yield Slip((*path, "holds"), said_moved(limit.holds[0], other[0]), False, replace(limit, holds=other))
    for place in range(len(limit.same)):
        yield Slip((*path, "same"), DROPPED, False, replace(limit, same=without(limit.same, place)))


def _of_queue(policy: Policy) -> Iterator[Mutation]:
    queue = policy.queue
    if queue is None:
        return
    found: list[Slip] = []
    if queue.places is not None:
        found.append(Slip(("places",), DROPPED, False, replace(queue, places=None)))
        found += steps_of(("places",), queue.places, partial(_with_places, queue), 1)
        other = {"all": "none", "none": "all"}[queue.ties]
        found.append(Slip(("ties",), said_moved(queue.ties, other), False, replace(queue, ties=other)))
    if queue.ceiling_fen is not None:
        found.append(Slip(("ceiling_yuan",), DROPPED, False, replace(queue, ceiling_fen=None)))
        found += steps_of(("ceiling_yuan",), queue.ceiling_fen, partial(_with_ceiling, queue), YUAN)
    for at, order in enumerate(queue.order):
        path: Path = ("order_by", at)
        if len(queue.order) > 1:
            found.append(Slip(path, DROPPED, False, replace(queue, order=without(queue.order, at))))
        if at:
            swapped = (*queue.order[: at - 1], order, queue.order[at - 1], *queue.order[at + 1 :])
            found.append(Slip(path, SWAPPED, False, replace(queue, order=swapped)))
        turned = replace(order, first="lowest" if order.first == "highest" else "highest")
        found.append(Slip(path, TURNED, False, replace(queue, order=with_part(queue.order, at, turned))))
    for slip in found:
        left = slip.part if slip.part.places is not None or slip.part.ceiling_fen is not None else None
        yield Mutation(slip.path, slip.words, slip.is_step, replace(policy, queue=left))


def _with_places(queue: Queue, places: int) -> Queue:
    return replace(queue, places=places)


def _with_ceiling(queue: Queue, fen: int) -> Queue:
    return replace(queue, ceiling_fen=fen)


def _of_instalments(policy: Policy) -> Iterator[Mutation]:
    for at, each in enumerate(policy.instalments):
        for slip in _of_instalment(each, ("instalment", at), policy.names):
            yield _mutant(slip, replace(policy, instalments=with_part(policy.instalments, at, slip.part)))


def _of_instalment(each: Instalment, path: Path, names: Names) -> Iterator[Slip]:
    if each.need is not None:
        yield Slip((*path, "need"), DROPPED, False, replace(each, need=None, within=None))
    if each.within is not None and each.need is not None:
        for where, words, is_step, span in changed_spans(each.within, (*path, "within")):
            need = replace(cast(Compare, each.need), span=span)  # with a period it is a comparison
            yield Slip(where, words, is_step, replace(each, within=span, need=need))
    elif each.need is not None:
        for where, words, is_step, test in changed_tests(each.need, (*path, "need"), names):
            yield Slip(where, words, is_step, replace(each, need=test))
    if each.share is not None:
        for words, share in _moved_shares(each.share):
            yield Slip((*path, "share"), words, True, replace(each, share=share))


def _moved_shares(share: Fraction) -> Iterator[tuple[Words, Fraction]]:
    """A hundredth of itself less and more; the rest makes up for it."""
    for step in (-1, 1):
        yield MOVED[step], share * (100 + step) / 100


def _of_funds(policy: Policy) -> Iterator[Mutation]:
    for at, fund in enumerate(policy.funds):
        path: Path = ("fund", at)
        found = []
        if fund.share is not None or fund.fen is not None:  # the rest has nowhere to go
            yield Mutation(path, DROPPED, False, replace(policy, funds=without(policy.funds, at)))
        if fund.share is not None:
            for words, share in _moved_shares(fund.share):
                found.append(Slip((*path, "share"), words, True, replace(fund, share=share)))
        if fund.fen is not None:
            found += steps_of((*path, "yuan"), fund.fen, partial(_with_fen, fund), YUAN)
        for slip in found:
            yield _mutant(slip, replace(policy, funds=with_part(policy.funds, at, slip.part)))


def _with_fen(fund: Fund, fen: int) -> Fund:
    return replace(fund, fen=fen)


def _of_window(policy: Policy) -> Iterator[Mutation]:
    apply = policy.apply
    for key, field in (("from", "from_day"), ("until", "until_day")):
        day: int | None = getattr(apply, field)
        if day is None:
            continue
        changes: list[tuple[Words, bool, int | None]] = [(DROPPED, False, None)]
        changes += [(moved_to(step, day + step, "date"), True, day + step) for step in (-1, 1)]
        for words, is_step, moved in changes:
            window = put(apply, field, moved)
            yield Mutation(("apply", key), words, is_step, replace(policy, apply=window))
    if apply.within is not None:
        path: Path = ("apply", "within")
        yield Mutation(path, DROPPED, False, replace(policy, apply=replace(apply, within=None)))
        for where, words, is_step, span in changed_spans(apply.within, path):
            yield Mutation(where, words, is_step, replace(policy, apply=replace(apply, within=span)))
