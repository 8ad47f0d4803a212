"""One condition changed in every single way: turned, a value taken out or moved, a quantifier made another."""

from collections.abc import Iterator
from dataclasses import replace

from programs.language.columns import day_of
from programs.language.forms import Compare, Group, Quantified, Span, Test
from programs.language.lines import Path
from programs.language.names import Names
from standards.words import Words

DROPPED = Words("去掉了", "left out")
TURNED = Words("反过来了", "turned round")
SWAPPED = Words("和上一行对调", "swapped with the one above")
MOVED = {-1: Words("调低一步", "moved one step down"), 1: Words("调高一步", "moved one step up")}
OTHER_QUANTIFIER = {"every": "any", "any": "every", "none": "every"}
STRICTER = {"at_least": "at_most", "on_or_after": "on_or_before", "on_or_before": "on_or_after"}
ONE_STEP = {"at_most": "less_than", "less_than": "at_most"}
OTHER_SIDE = Words("前后对调", "before and after exchanged")
Change = tuple[
    Path, Words, bool, Test
]  # where, what was done, whether it is a value's step, what stands then


def as_written(value: object, type_: str = "integer") -> str:
    """A value as the file has it: a day as a date, money in yuan, anything else as it is."""
    if isinstance(value, int) and type_ == "date":
        return day_of(value).isoformat()
    if isinstance(value, int) and type_ == "money":
        return f"{value // 100}" if value % 100 == 0 else f"{value // 100}.{value % 100:02d}"
    return str(value)


def moved_to(step: int, value: object, type_: str = "integer") -> Words:
    """One step up or down, and what then stands in the file: the example that is missing goes by it."""
    moved, then = MOVED[1 if step > 0 else -1], as_written(value, type_)
    return Words(f"{moved.zh}（到 {then}）", f"{moved.en} (to {then})")


def said_moved(now: object, then: object) -> Words:
    """ "3 改成 4" """
    return Words(f"“{now}”改成“{then}”", f"“{now}” made “{then}”")


def changed_tests(test: Test, path: Path, names: Names) -> Iterator[Change]:
    """Every change of one condition; ``path`` is the table it is written in, ``names`` know the codes of a closed list."""
    if isinstance(test, Compare):
        yield from _compared(test, (*path, test.op), names)
    elif isinstance(test, Group):
        yield from _grouped(test, path, names)
    else:
        yield from _quantified(test, path, names)


def changed_spans(span: Span, path: Path) -> Iterator[tuple[Path, Words, bool, Span]]:
    """A stretch of time moved by one step, and laid on the other side of its day."""
    for step in (-1, 1):
        if span.count + step >= 0:
            yield path, moved_to(step, span.count + step), True, replace(span, count=span.count + step)
    if span.count:
        yield path, OTHER_SIDE, False, replace(span, backwards=not span.backwards)


def _compared(test: Compare, path: Path, names: Names) -> Iterator[Change]:
    yield path, TURNED, False, Group("not", (test,))
    if test.span is not None:
        for where, words, is_step, span in changed_spans(test.span, path):
            yield where, words, is_step, replace(test, span=span)
    elif test.other is not None:
        if test.op in STRICTER:
            yield path, MOVED[1], True, Group("not", (replace(test, op=STRICTER[test.op]),))
        elif test.op in ONE_STEP:
            yield path, MOVED[-1], True, replace(test, op=ONE_STEP[test.op])
    elif test.op in ("in", "has_any"):
        for at, value in enumerate(test.values):
            if len(test.values) > 1:
                left = (*test.values[:at], *test.values[at + 1 :])
                words = Words(f"去掉了“{value}”", f"“{value}” left out")
                yield path, words, False, replace(test, values=left)
        for code in names[test.fact].codes:
            if code not in test.values:
                words = Words(f"加上了“{code}”", f"“{code}” added")
                yield path, words, True, replace(test, values=(*test.values, code))
    else:
        (value,) = test.values
        if isinstance(value, int) and not isinstance(value, bool):
            for step in (-1, 1):
                then = moved_to(step, value + step, names[test.fact].type)
                yield path, then, True, replace(test, values=(value + step,))


def _grouped(test: Group, path: Path, names: Names) -> Iterator[Change]:
    for at, part in enumerate(test.parts):
        if test.kind == "unless":
            where = (*path, "unless") if at == 0 else path
        else:
            where = (*path, test.kind) if test.kind == "not" else (*path, test.kind, at)
        if len(test.parts) > 1:
            left = (*test.parts[:at], *test.parts[at + 1 :])
            rest: Test = left[0] if test.kind == "unless" else Group(test.kind, left)
            if not (test.kind == "unless" and at == 1):  # without its rule an exception says nothing
                yield where, DROPPED, False, rest
        for inner, words, is_step, changed in changed_tests(part, where, names):
            yield (
                inner,
                words,
                is_step,
                replace(test, parts=(*test.parts[:at], changed, *test.parts[at + 1 :])),
            )


def _quantified(test: Quantified, path: Path, names: Names) -> Iterator[Change]:
    here = (*path, test.quantifier)
    if test.quantifier == "count":
        yield here, TURNED, False, Group("not", (test,))
        for step in (-1, 1):
            if test.number + step >= 0:
                number = test.number + step
                yield (*path, test.op), moved_to(step, number), True, replace(test, number=number)
    else:
        other = OTHER_QUANTIFIER[test.quantifier]
        yield here, said_moved(test.quantifier, other), False, replace(test, quantifier=other)
        if test.quantifier == "none":  # the slip of who reads "not all of them"
            all_of_them = Group("not", (replace(test, quantifier="every"),))
            yield here, said_moved("none", "not every"), False, all_of_them
    if test.where is not None:
        yield (*path, "where"), DROPPED, False, replace(test, where=None)
        for inner, words, is_step, changed in changed_tests(test.where, (*path, "where"), names):
            yield inner, words, is_step, replace(test, where=changed)
    if test.test is not None:
        for inner, words, is_step, changed in changed_tests(test.test, path, names):
            yield inner, words, is_step, replace(test, test=changed)
