"""Tables of a policy looked at before anybody is judged by them: idle rows, gaps in their numbers."""

from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from math import prod

from programs.language.forms import Cell, Derived, Policy, TableRow, Value
from programs.language.names import NUMBERS, Meaning
from programs.language.problems import Problem
from standards.words import Words

WORK_MAX = (
    2_000_000  # rows held against rows at every combination: a larger table is looked at row against row only
)
OTHER_WORD = "\x00"  # a word that no cell names


def check_table(table: Derived, policy: Policy) -> Iterator[Problem]:
    """Rows that no facts reach, and numbers that no row takes."""
    heading = "derive" if table.type == "code" else "figure"
    for at, row in enumerate(table.rows):
        for above in table.rows[:at]:
            if all(_covers(upper, lower) for upper, lower in zip(above.cells, row.cells, strict=True)):
                yield Problem(
                    row.line,
                    f"{heading}.{table.name}.rows.{at + 1}",
                    Words(
                        f"这一行永远轮不到：第 {above.line} 行已经包括它",
                        f"never reached: line {above.line} covers it",
                    ),
                )
                break
        else:
            if _is_taken(table, at, policy):
                yield Problem(
                    row.line,
                    f"{heading}.{table.name}.rows.{at + 1}",
                    Words(
                        "这一行永远轮不到：上面几行合起来已经包括它",
                        "never reached: the rows above cover it together",
                    ),
                )
    for at, name in enumerate(table.inputs):
        if policy.names[name].type in NUMBERS:
            for low, high in _gaps(row.cells[at] for row in table.rows):
                last, first = (policy.names[name].say(end) for end in (low, high))
                yield Problem(
                    table.line,
                    f"{heading}.{table.name}",
                    Words(
                        f"“{name}”在 {last.zh} 和 {first.zh} 之间没有一行",
                        f"no row of “{name}” between {last.en} and {first.en}",
                    ),
                )


def wordless(table: Derived) -> Iterator[Problem]:
    """Words of a table that a guide or a letter would print as the file names them."""
    if table.type != "code":
        return
    for word in dict.fromkeys(str(row.result) for row in table.rows):
        if word not in table.says:
            yield Problem(
                table.line,
                f"derive.{table.name}.value",
                Words(
                    f"“{word}”还没有给家庭看的词：写在 [derive.{table.name}.value] 下面",
                    f"“{word}” has no words for families yet: write them under [derive.{table.name}.value]",
                ),
            )


def _covers(upper: Cell, lower: Cell) -> bool:
    if upper.kind == "any":
        return True
    if lower.kind == "any":
        return False
    if upper.kind == "value":
        return lower.kind == "value" and lower.value == upper.value
    low, high = _ends(lower)
    return (upper.low is None or (low is not None and low >= upper.low)) and (
        upper.high is None or (high is not None and high <= upper.high)
    )


def _ends(cell: Cell) -> tuple[int | None, int | None]:
    if cell.kind == "value":
        assert isinstance(cell.value, int)
        return cell.value, cell.value
    return cell.low, cell.high


def _gaps(cells: Iterable[Cell]) -> Iterator[tuple[int, int]]:
    """Numbers between two ranges of a column that no row takes."""
    found = list(cells)
    if any(cell.kind == "any" for cell in found):
        return
    ends = sorted((_ends(cell) for cell in found), key=lambda each: (each[0] is not None, each[0] or 0))
    reached: int | None = None
    for (_, high), (low, _) in pairwise(ends):
        if high is None:
            return
        reached = high if reached is None else max(reached, high)
        if low is not None and low > reached + 1:
            yield reached, low


def _is_taken(table: Derived, at: int, policy: Policy) -> bool:
    """Whether whatever lands on the row lands on one above it: tried on every value that a cell tells apart."""
    columns = [_values(table, place, policy.names[name]) for place, name in enumerate(table.inputs)]
    if None in columns or prod(len(each or ()) for each in columns) * len(table.rows) ** 2 > WORK_MAX:
        return False
    points = product(*(each or () for each in columns))
    return not any(
        _takes(table.rows[at], point) and not any(_takes(above, point) for above in table.rows[:at])
        for point in points
    )


def says_the_same(table: Derived, changed: Derived, policy: Policy) -> bool:
    """Whether both tables give the same for every value there can be, a known absence aside."""
    columns = [_values(table, place, policy.names[name]) for place, name in enumerate(table.inputs)]
    if None in columns or prod(len(each or ()) for each in columns) * len(table.rows) > WORK_MAX:
        return False
    values = [[value for value in each or () if value is not None] for each in columns]
    return all(_given(table, point) == _given(changed, point) for point in product(*values))


def _given(table: Derived, point: tuple[Value | None, ...]) -> Value | None:
    return next((row.result for row in table.rows if _takes(row, point)), None)


def _values(table: Derived, place: int, meaning: Meaning) -> list[Value | None] | None:
    """Every value of one column that its cells could tell apart, and a known absence; None for several codes at once."""
    if meaning.type == "codes":
        return None
    cells = [row.cells[place] for row in table.rows]
    found: dict[Value | None, None] = {None: None}
    if meaning.type in NUMBERS:
        ends = [end for cell in cells if cell.kind != "any" for end in _ends(cell) if end is not None]
        found |= dict.fromkeys(number + step for number in (ends or [0]) for step in (-1, 0, 1))
    else:
        named = [cell.value for cell in cells if cell.kind == "value"]
        found |= dict.fromkeys([*named, *(meaning.codes or (OTHER_WORD,))])
    return list(found)


def _takes(row: TableRow, point: tuple[Value | None, ...]) -> bool:
    return all(_holds(cell, value) for cell, value in zip(row.cells, point, strict=True))


def _holds(cell: Cell, value: Value | None) -> bool:
    if cell.kind == "any":
        return True
    if value is None or cell.kind == "value":
        return value is not None and value == cell.value
    number = int(value)
    return (cell.low is None or number >= cell.low) and (cell.high is None or number <= cell.high)
