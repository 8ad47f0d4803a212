"""The same workbook back: every wrong cell coloured and worded, every doubt and every change told.

What was sent stays what was sent. The words of a row stand in one column behind its last, so that they can be read,
filtered and printed; a last sheet lists all that was made plain.
"""

from collections import defaultdict

from beneficiaries.lists.check import CheckedList
from beneficiaries.lists.columns import CellProblem, Checked
from beneficiaries.lists.sheets import CHANGED, PROBLEM, Sheet, column_letters
from beneficiaries.lists.workbook import DOUBT, WRONG, Cell, Page, write_workbook

CHANGES_SHOWN_MAX = 20_000
WORDS_MAX = 30_000  # of one cell: the format allows 32,767

Marks = dict[int, list[tuple[int, CellProblem]]]


def marked_workbook(whole: CheckedList, *, language: str = "zh-hans", file_name: str = "") -> bytes:
    """The workbook to send back, as .xlsx bytes, in the language of the person who reads it."""
    layouts = whole.checked.table.layouts
    numbers = {id(layout.sheet): number for number, layout in enumerate(layouts)}
    by_sheet = _by_sheet(whole.checked)
    pages = []
    for sheet in whole.book.sheets:
        number = numbers.get(id(sheet))
        header = layouts[number].header_rows[-1] if number is not None else 0
        pages.append(_page(sheet, by_sheet.get(number, {}) if number is not None else {}, language, header))
    return write_workbook([*pages, _changes(whole.checked, language, file_name)])


def _by_sheet(checked: Checked) -> dict[int, Marks]:
    """Sheet → row → the problems of its cells (column -1: of the row)."""
    marks: dict[int, Marks] = defaultdict(lambda: defaultdict(list))
    for problem in checked.problems:
        sheet, row, column = checked.table.place(problem.row, problem.key)
        marks[sheet][row].append((column, problem))
    return marks


def _page(sheet: Sheet, marks: Marks, language: str, header: int) -> Page:
    width = len(sheet.columns)
    cells: dict[tuple[int, int], Cell] = {}
    if marks:
        cells[header, width] = (PROBLEM.say(language), WRONG)
    for row, problems in marks.items():
        for column, problem in reversed(problems):
            if column >= 0:
                cells[row, column] = (sheet.columns[column][row], DOUBT if problem.is_doubt else WRONG)
        said = "；" if language.startswith("zh") else "; "
        told = said.join(_told(column, problem, language) for column, problem in problems)
        has_wrong = any(not problem.is_doubt for _, problem in problems)
        cells[row, width] = (told[:WORDS_MAX], WRONG if has_wrong else DOUBT)
    return Page(sheet.name, sheet.columns, cells, sheet.is_hidden)


def _told(column: int, problem: CellProblem, language: str) -> str:
    words = problem.words.say(language)
    return f"{column_letters(column)}: {words}" if column >= 0 else words


def _changes(checked: Checked, language: str, file_name: str) -> Page:
    """All that was normalised, cell by cell, and what was left out."""
    lines = [(file_name, ""), *(("", note.say(language)) for note in checked.table.notes)]
    for change in checked.changes:
        for row in change.rows[: max(0, CHANGES_SHOWN_MAX - len(lines))]:
            lines.append((checked.table.cell(row, change.key), change.words.say(language)))
    return Page(CHANGED.say(language), list(zip(*lines, strict=True)), {})
