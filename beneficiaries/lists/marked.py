"""The same workbook back: every wrong cell coloured and worded, every doubt and every change told.

Cells are written as text, never as formulas, numbers or links: what was sent stays what was sent, and a cell that
begins with "=" does nothing when the workbook is opened.
"""

import io
from collections import defaultdict
from typing import Any

import xlsxwriter

from beneficiaries.lists.check import CheckedList
from beneficiaries.lists.columns import CellProblem, Checked
from beneficiaries.lists.sheets import Sheet, column_letters
from standards.words import Words

COMMENTS_MAX = 2_000  # each is a shape in the file; every problem stands in the last column as well
CHANGES_SHOWN_MAX = 5_000
RED, AMBER = "#FAE8E5", "#FBF0D8"
ROWS_WRITTEN_MAX = 1_048_575

PROBLEM = Words("要改的地方", "What to mend")
CHANGED = Words("已整理的内容", "What was made plain")


def marked_workbook(whole: CheckedList, *, language: str = "zh-hans", file_name: str = "") -> bytes:
    """The workbook to send back, as .xlsx bytes, in the language of the person who reads it."""
    buffer = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "in_memory": True,
        "constant_memory": True,
    }
    book = xlsxwriter.Workbook(buffer, options)
    formats = {
        "plain": book.add_format({"num_format": "@"}),
        "wrong": book.add_format({"num_format": "@", "bg_color": RED, "font_color": "#A3281E", "bold": True}),
        "doubt": book.add_format({"num_format": "@", "bg_color": AMBER, "font_color": "#7A4F00"}),
    }
    sheets = {id(layout.sheet): number for number, layout in enumerate(whole.checked.table.layouts)}
    by_sheet = _by_sheet(whole.checked)
    for sheet in whole.book.sheets:
        page = book.add_worksheet(_sheet_name(sheet.name))
        if sheet.is_hidden:
            page.hide()
        number = sheets.get(id(sheet), -1)
        _write_sheet(page, sheet, by_sheet.get(number, {}), formats, language, is_list=number >= 0)
    _write_changes(book, whole.checked, language, file_name)
    book.close()
    return buffer.getvalue()


Marks = dict[int, list[tuple[int, CellProblem]]]


def _by_sheet(checked: Checked) -> dict[int, Marks]:
    """Sheet → row → the problems of its cells (column -1: of the row)."""
    marks: dict[int, Marks] = defaultdict(lambda: defaultdict(list))
    for problem in checked.problems:
        sheet, row, column = checked.table.place(problem.row, problem.key)
        marks[sheet][row].append((column, problem))
    return marks


def _write_sheet(
    page: Any, sheet: Sheet, marks: Marks, formats: dict[str, Any], language: str, *, is_list: bool
) -> None:
    """One sheet as received, row by row (the file is written as it goes, so memory stays flat)."""
    width, commented = len(sheet.columns), 0
    if is_list:
        page.write_string(0, width, PROBLEM.say(language), formats["wrong"] if marks else formats["plain"])
    for row in range(min(sheet.rows, ROWS_WRITTEN_MAX)):
        problems = marks.get(row, [])
        wrong = {column: problem for column, problem in reversed(problems) if column >= 0}
        for column, texts in enumerate(sheet.columns):
            text = texts[row]
            if column in wrong:
                problem = wrong[column]
                page.write_string(row, column, text, formats["doubt" if problem.is_doubt else "wrong"])
                if commented < COMMENTS_MAX:
                    page.write_comment(row, column, problem.words.say(language))
                    commented += 1
            elif text:
                page.write_string(row, column, text, formats["plain"])
        if problems:
            said = "；" if language.startswith("zh") else "; "
            told = said.join(_told(column, problem, language) for column, problem in problems)
            has_wrong = any(not problem.is_doubt for _, problem in problems)
            page.write_string(row, width, told[:30_000], formats["wrong" if has_wrong else "doubt"])


def _told(column: int, problem: CellProblem, language: str) -> str:
    words = problem.words.say(language)
    return f"{column_letters(column)}: {words}" if column >= 0 else words


def _write_changes(book: Any, checked: Checked, language: str, file_name: str) -> None:
    """A last sheet with all that was normalised, cell by cell, and what was left out."""
    page = book.add_worksheet(CHANGED.say(language))
    lines = [[file_name]] + [["", note.say(language)] for note in checked.table.notes]
    for change in checked.changes:
        for row in change.rows[: max(0, CHANGES_SHOWN_MAX - len(lines))]:
            lines.append([checked.table.cell(row, change.key), change.words.say(language)])
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            page.write_string(row, column, text)


def _sheet_name(name: str) -> str:
    """A name that a workbook allows (31 characters, none of []:*?/\\)."""
    return "".join("_" if mark in "[]:*?/\\" else mark for mark in name)[:31].strip("'") or "1"
