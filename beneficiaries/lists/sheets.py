"""A file as it was received: sheets of text columns, each cell with the type it had."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from standards.words import Words

# What we write into a workbook that goes back; when it comes again, neither is part of the list.
PROBLEM = Words("要改的地方", "What to mend")  # the header of the column that words each row's problems
CHANGED = Words("已整理的内容", "What was made plain")  # the name of the sheet that lists every change

SHEET_STEP = 1_000_000  # the row of a second sheet begins here, so that (list, row) names one row

TEXT, NUMBER, DATE, BOOL, OTHER, EMPTY = "t", "n", "d", "b", "o", "-"


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``columns`` hold the text of every cell; ``types`` a letter for all cells or one for each.

    ``formulas`` maps (row, column) to whether the formula came with a stored value; rows and columns from 0.
    ``months`` are cells that show their day as its month alone. ``widths`` has, for a text file, how many cells each row was
    written with.
    """

    name: str
    rows: int
    columns: tuple[list[str], ...]
    types: tuple[str, ...]
    is_hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas: Mapping[tuple[int, int], bool] = field(default_factory=dict)
    errors: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    widths: tuple[int, ...] = ()
    months: frozenset[tuple[int, int]] = frozenset()

    def text(self, row: int, column: int) -> str:
        """The text of a cell; empty outside the sheet."""
        return self.columns[column][row] if column < len(self.columns) and row < self.rows else ""

    def type(self, row: int, column: int) -> str:
        """The type a cell had in the file."""
        types = self.types[column]
        if not self.columns[column][row]:
            return EMPTY
        return types if len(types) == 1 else types[row]

    def row(self, row: int) -> list[str]:
        """The texts of one row."""
        return [column[row] for column in self.columns]

    @cached_property
    def is_empty(self) -> bool:
        return not any(any(column) for column in self.columns)


@dataclass(frozen=True)
class Book:
    """A whole file. ``format`` is xlsx, xls, csv or another word for the bytes; ``encoding`` is a text file's."""

    format: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    has_comments: bool = False
    since_1904: bool = False  # its days count from 1904, as those of older Macintosh programs


def column_letters(column: int) -> str:
    """The name a spreadsheet gives a column counted from 0.

    >>> [column_letters(n) for n in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A cell as a spreadsheet names it, from row and column counted from 0.

    >>> cell_name(0, 2)
    'C1'
    """
    return f"{column_letters(column)}{row + 1}"
