"""Tables over a list: the head repeated on every page, sums of each page and of the whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from letters.engine.errors import TemplateError
from letters.engine.lines import Line, Runs, figures, lines_of
from letters.engine.pages import LEFT, MEASURE, Box, Piece, Rows, Text
from letters.engine.wording import FORMS, Scope, Wording

ROWS_MAX = 60_000  # of one table
PAD = 4.0
HAIR = 0.5
CELL = 1.35  # of the size, between lines of a cell
ALIGNS = ("left", "right", "center")


@dataclass(frozen=True, slots=True)
class Column:
    """``sum`` names a whole number of each item; its sums are printed in the form ``as``."""

    head: Wording
    cell: Wording
    share: float
    align: str
    sum: str
    form: str

    @classmethod
    def read(cls, raw: Mapping[str, Any], read: Callable[[Any], Wording]) -> "Column":
        align = raw.get("align", "left")
        form = raw.get("as", "yuan")
        if align not in ALIGNS or form not in FORMS:
            raise TemplateError(f"a column cannot be set {align!r}, {form!r}")
        return cls(read(raw["head"]), read(raw["cell"]), float(raw["share"]), align, raw.get("sum", ""), form)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Edges of the columns, and how a row of cells becomes a piece."""

    columns: tuple[Column, ...]
    edges: tuple[float, ...]
    size: float
    row_height: float

    @classmethod
    def of(cls, columns: tuple[Column, ...], size: float, row_height: float) -> "_Grid":
        edges = [LEFT]
        for column in columns:
            edges.append(edges[-1] + column.share * MEASURE)
        return cls(columns, tuple(edges), size, row_height)

    def lines(self, number: int, runs: Runs, span: int) -> tuple[Line, ...]:
        """A cell's lines: figures in a right-hand column keep their columns and are never broken."""
        width = (self.edges[number + span] - self.edges[number] - 2 * PAD) / self.size
        if self.columns[number].align == "right" and len(runs) == 1:
            line = figures(runs[0][0], bold=runs[0][1])
            if line.width <= width:
                return (line,)
        return lines_of(runs, width)

    def row(self, cells: Sequence[Runs], *, gap: float = -HAIR, span: int = 1) -> Piece:
        """A framed row, its first cell over ``span`` columns (the cells under it are empty).

        The gap laps its upper rule over the lower one of the row above.
        """
        leading = self.size * CELL
        set_cells = [self.lines(number, runs, 1 if number else span) for number, runs in enumerate(cells)]
        height = max(len(lines) for lines in set_cells) * leading + 2 * PAD
        height = max(height, self.row_height)
        texts: list[Text] = []
        for number, lines in enumerate(set_cells):
            top = (height - len(lines) * leading) / 2 + leading / 2 + self.size * 0.38
            for index, line in enumerate(lines):
                spans = number == 0 and span > 1
                x = LEFT + PAD if spans else self._x(number, line.width * self.size)
                texts.append(Text(x, top + index * leading, self.size, line))
        return Piece(height, tuple(texts), self._frame(height, span), gap=gap)

    def _x(self, number: int, width: float) -> float:
        left, right = self.edges[number] + PAD, self.edges[number + 1] - PAD
        match self.columns[number].align:
            case "right":
                return right - width
            case "center":
                return (left + right - width) / 2
        return left

    def _frame(self, height: float, span: int) -> tuple[Box, ...]:
        across = (Box(LEFT, 0.0, MEASURE, HAIR), Box(LEFT, height - HAIR, MEASURE, HAIR))
        edges = (self.edges[0], *self.edges[span:])
        return across + tuple(Box(edge - HAIR / 2, 0.0, HAIR, height) for edge in edges)


def _bold(scope: Scope, wording: Wording) -> Runs:
    return tuple((text, True) for text, _bold in scope.fill(wording))


def _sums(scope: Scope, columns: tuple[Column, ...], items: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Column number → its sum as printed. Whole numbers only: fen and counts."""
    found: dict[int, str] = {}
    for number, column in enumerate(columns):
        if column.sum:
            values = [item[column.sum] for item in items]
            if not all(isinstance(value, int) for value in values):
                raise TemplateError(f"letter {scope.kind}: {column.sum} is not a whole number in every row")
            found[number] = FORMS[column.form](sum(values), scope.language)
    return found


def _closing_row(grid: _Grid, scope: Scope, label: Wording, items: Sequence[Mapping[str, Any]]) -> Piece:
    """A row of sums, its label across the columns before the first; ``{rows}`` is their number."""
    sums = _sums(scope, grid.columns, items)
    cells: list[Runs] = [
        ((sums[number], True),) if number in sums else () for number in range(len(grid.columns))
    ]
    cells[0] = _bold(scope.of({"rows": len(items)}), label)
    return grid.row(cells, span=min(sums, default=len(cells)))


def table_pieces(
    scope: Scope,
    columns: tuple[Column, ...],
    items: Sequence[Mapping[str, Any]],
    *,
    closing: tuple[Wording | None, Wording | None],
    size: float,
    row_height: float = 0.0,
) -> Rows:
    """The table as rows to be dealt; ``closing`` are the labels of a page's and of the whole sum."""
    if len(items) > ROWS_MAX:
        raise TemplateError(f"letter {scope.kind}: a table of {len(items)} rows; at most {ROWS_MAX}")
    grid = _Grid.of(columns, size, row_height)
    head_grid = _Grid.of(columns, size, 0.0)
    subtotal, total = closing
    rows = []
    for number, item in enumerate(items, 1):
        row_scope = scope.of({"line": number, **item})
        rows.append(grid.row([row_scope.fill(column.cell) for column in columns]))
    return Rows(
        head=head_grid.row([_bold(scope, column.head) for column in columns], gap=0.0),
        rows=tuple(rows),
        subtotal=(lambda start, end: _closing_row(head_grid, scope, subtotal, items[start:end]))
        if subtotal
        else None,
        total=_closing_row(head_grid, scope, total, items) if total else None,
    )
