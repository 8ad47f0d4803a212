"""The amount changed in every single way: a part, row, bound or cap left out, a sum or share moved by one step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar, cast

from programs.language.forms import (
    Amount,
    Band,
    ByTable,
    Flat,
    Parts,
    Percent,
    PerQuantity,
    Shape,
    Stepped,
)
from programs.language.lines import Path
from programs.language.mutating_tests import (
    DROPPED,
    MOVED,
    SWAPPED,
    as_written,
    changed_tests,
    moved_to,
    said_moved,
)
from programs.language.names import Names
from standards.words import Words

YUAN = 100  # money moves by a yuan: an example that states the amount sees the fen as well
POINT = Fraction(1, 100)
ROUNDED = Words("取整到元", "rounded to the yuan")
BOUNDS = ("at_least_yuan", "at_most_yuan", "least", "most")
Piece = TypeVar("Piece")


@dataclass(frozen=True, slots=True)
class Slip:
    """A change of one part of the policy, before it is put back into the whole."""

    path: Path
    words: Words
    is_step: bool
    part: Any


def step_of(path: Path, now: object, then: object, part: object) -> Slip:
    return Slip(path, said_moved(now, then), True, part)


def without(parts: tuple[Piece, ...], at: int) -> tuple[Piece, ...]:
    return (*parts[:at], *parts[at + 1 :])


def with_part(parts: tuple[Piece, ...], at: int, part: Piece) -> tuple[Piece, ...]:
    return (*parts[:at], part, *parts[at + 1 :])


def put(whole: Piece, field: str, part: object) -> Piece:
    """``whole`` with one field by its name."""
    found: Piece = replace(whole, **{field: part})  # type: ignore[type-var]  # every part of a policy is a dataclass
    return found


def steps_of(path: Path, now: int, put: Callable[[int], object], unit: int) -> Iterator[Slip]:
    for step in (-unit, unit):
        if now + step >= 0:
            words = moved_to(step, now + step, "money" if unit == YUAN else "integer")
            yield Slip(path, words, True, put(now + step))


def of_amount(amount: Amount, names: Names, here: Path = ("amount",)) -> Iterator[Slip]:
    """Every change of an amount, or of one of its parts; ``here`` is the table it is written in."""
    for slip in _of_shape(amount.shape, names, here):
        yield replace(slip, part=replace(amount, shape=slip.part))
    flipped = replace(amount, round_to_yuan=not amount.round_to_yuan)
    if amount.round_to_yuan:
        yield Slip((*here, "round_to_yuan"), DROPPED, False, flipped)
    elif _may_give_fen(amount.shape, names):
        yield Slip((*here, "round_to_yuan"), ROUNDED, True, flipped)
    for key, field in (("at_least_yuan", "at_least"), ("at_most_yuan", "at_most")):
        bound: Shape | None = getattr(amount, field)
        if bound is None:
            continue
        path: Path = (*here, key)
        yield Slip(path, DROPPED, False, put(amount, field, None))
        for slip in _of_shape(bound, names, path):
            yield replace(slip, part=put(amount, field, slip.part))


def _may_give_fen(shape: Shape, names: Names) -> bool:
    """Whether rounding to the yuan could change it: a percentage, but of the file's own table whose parts are whole."""
    if not isinstance(shape, Percent):
        return False  # every other shape gives what the file says, to the fen
    table = names.derived.get(shape.of.name) if shape.of.kind == "figure" else None
    return table is None or any(cast(int, row.result) * shape.percent % YUAN for row in table.rows)


def _of_shape(shape: Shape, names: Names, path: Path) -> Iterator[Slip]:
    own = path if path[-1] in BOUNDS else (*path, "yuan")
    if isinstance(shape, Parts):
        yield from _of_parts(shape, names, path)
        return
    if isinstance(shape, Band):
        for end in ("least", "most"):
            for slip in _of_shape(getattr(shape, end), names, (*path, "band", end)):
                yield replace(slip, part=put(shape, end, slip.part))
        return
    if isinstance(shape, Flat):
        yield from steps_of(own, shape.fen, Flat, YUAN)
    elif isinstance(shape, ByTable):
        for key, fen in shape.fen.items():
            left = {each: value for each, value in shape.fen.items() if each != key}
            if left:
                yield Slip((*own, *key), DROPPED, False, replace(shape, fen=left))
            yield from steps_of((*own, *key), fen, partial(_with_entry, shape, key), YUAN)
    elif isinstance(shape, PerQuantity):
        yield from steps_of(
            (*path, "yuan_per"), shape.fen_each, lambda fen: replace(shape, fen_each=fen), YUAN
        )
        if shape.count_at_most is not None:
            cap = (*path, "count_at_most")
            yield Slip(cap, DROPPED, False, replace(shape, count_at_most=None))
            yield from steps_of(cap, shape.count_at_most, lambda most: replace(shape, count_at_most=most), 1)
    elif isinstance(shape, Stepped):
        yield from _of_steps(shape, (*path, "steps"))
    elif isinstance(shape, Percent):
        for step in (-POINT, POINT):
            if shape.percent + step > 0:
                moved = replace(shape, percent=shape.percent + step)
                yield Slip((*path, "percent"), MOVED[1 if step > 0 else -1], True, moved)


def _of_parts(shape: Parts, names: Names, path: Path) -> Iterator[Slip]:
    for at, part in enumerate(shape.parts):
        here: Path = (*path, shape.kind, at)
        if len(shape.parts) > 1:
            yield Slip(here, DROPPED, False, replace(shape, parts=without(shape.parts, at)))
        if at and shape.kind == "first" and part.when is not None:
            # Two conditions that exclude each other have no order: then it may be accepted.
            turned = (*shape.parts[: at - 1], part, shape.parts[at - 1], *shape.parts[at + 1 :])
            yield Slip(here, SWAPPED, True, replace(shape, parts=turned))
        changed = [
            replace(slip, part=replace(part, amount=slip.part))
            for slip in of_amount(part.amount, names, here)
        ]
        if part.when is not None:
            changed.append(Slip((*here, "when"), DROPPED, False, replace(part, when=None)))
            for where, words, is_step, test in changed_tests(part.when, (*here, "when"), names):
                changed.append(Slip(where, words, is_step, replace(part, when=test)))
        for slip in changed:
            yield replace(slip, part=replace(shape, parts=with_part(shape.parts, at, slip.part)))


def _of_steps(shape: Stepped, path: Path) -> Iterator[Slip]:
    for at, step in enumerate(shape.steps):
        if len(shape.steps) > 1:
            yield Slip((*path, at), DROPPED, False, replace(shape, steps=without(shape.steps, at)))
        changes = [replace(step, upto=step.upto + by) for by in (-1, 1)]
        changes += [replace(step, fen_each=max(0, step.fen_each + by)) for by in (-YUAN, YUAN)]
        for moved in changes:
            yield step_of(
                (*path, at), f"{step.upto}, {as_written(step.fen_each, 'money')}",
                f"{moved.upto}, {as_written(moved.fen_each, 'money')}",
                replace(shape, steps=with_part(shape.steps, at, moved)),
            )  # fmt: skip


def _with_entry(shape: ByTable, key: tuple[str, ...], fen: int) -> ByTable:
    return replace(shape, fen={**shape.fen, key: fen})
