"""Control totals: what the totals rows of a list state, beside what its rows add up to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from beneficiaries.lists.columns import Checked
from beneficiaries.lists.figures import read_integer
from beneficiaries.lists.sheets import cell_name
from beneficiaries.lists.table import PARTS, Layout, Total
from beneficiaries.lists.units import in_yuan, scale_of
from facts.catalogue import Field
from standards import money
from standards.words import Refusal, Words

SUMS = ("money", "integer", "quantity")
ROWS = Words("行数", "Rows")


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """One number of a totals row. ``stated`` and ``found`` are as people write them."""

    cell: str
    words: Words
    stated: str
    found: str

    @property
    def agrees(self) -> bool:
        return self.stated == self.found


def control_totals(checked: Checked) -> list[ControlTotal]:
    """Every number that a totals row states, compared; a row that cannot be read is missing in the sum.

    A number of people in a subtotal is left alone: it may be of a page, of a village or of a household.
    """
    found: list[ControlTotal] = []
    before = 0
    for layout in checked.table.layouts:
        for total in layout.totals:
            found += _of_one(checked, layout, total, before)
        before += len(layout.rows)
    return found


def _of_one(checked: Checked, layout: Layout, total: Total, before: int) -> Iterator[ControlTotal]:
    name = layout.sheet.name if len(checked.table.layouts) > 1 else ""
    prefix = f"{name}!" if name else ""
    first = next(iter(text for text in layout.sheet.row(total.row) if text.strip()), "")
    if total.count is not None and not first.strip().startswith(PARTS):
        yield ControlTotal(f"{prefix}{total.row + 1}", ROWS, str(total.count), str(total.last - total.first))
    rows = range(before + total.first, before + total.last)
    for key, text in total.texts.items():
        column = checked.table.kind.fields.get(key)
        if column is None or column.type not in SUMS or column.from_period:
            continue
        stated = _number(column, text, scale_of(layout, column))
        if stated is not None:
            cell = f"{prefix}{cell_name(total.row, layout.places[key])}"
            found = sum(checked.values[key][row] or 0 for row in rows)
            yield ControlTotal(cell, column.words, _said(column, stated), _said(column, found))


def _number(column: Field, text: str, scale: int) -> int | None:
    """The number a totals cell states, whatever the bounds of one row; None where it states none."""
    try:
        if column.type == "money":
            return money.fen_from_yuan(in_yuan(text, scale) if scale != 1 else text)
        return int(str(read_integer(text, replace(column, at_least=None, at_most=None))[0]))
    except Refusal:
        return None


def _said(column: Field, number: int) -> str:
    return money.yuan(number) if column.type == "money" else str(number)
