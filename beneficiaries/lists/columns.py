"""A whole list checked column by column: typed values, every wrong cell in words, every change told.

Columns, not rows: equal texts are read once, and ID numbers, which are all different, are checked as one array.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from beneficiaries.lists.cells import CHANGES, Context, Reader, reader_of, unquoted
from beneficiaries.lists.figures import odd_digit
from beneficiaries.lists.sheets import NUMBER, Sheet
from beneficiaries.lists.table import Table
from beneficiaries.lists.units import in_yuan, scale_of
from facts.catalogue import Column, Field
from standards import citizen_id
from standards.words import Refusal, Words

PROBLEMS_MAX = 100_000  # cells marked at most; a list with more is refused as a whole all the same

_POWER = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_ID15 = re.compile(r"\d{15}")  # as many digits as a value keeps
WHOLE_PER_TRUE = 1100  # one in a hundred ends in two zeros, and one in eleven of these has the check digit 0
LOST_PER_LUCKY = 10  # of eleven numbers that lost their end, ten do not fit their check digit
_MARKS = frozenset("='’‘")
LOST = Words(
    "身份证号存成了数值，末几位已丢失，无法恢复。请把这一列设为文本，从原始资料重新填写",
    "The ID number was stored as a value and lost its last digits. Make the column text and fill it in again from the"
    " source",
)
EMPTY = Words("没有填写", "is empty")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One wrong cell. ``row`` counts the table's rows from 0; ``key`` is the column's; doubtful ones do not refuse."""

    row: int
    key: str
    words: Words
    code: str
    is_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed in one column in one way: ``rows`` of the table, as they stand (from 0)."""

    key: str
    code: str
    rows: Sequence[int]

    @property
    def words(self) -> Words:
        return CHANGES[self.code]


@dataclass
class Checked:
    """A list after the check. ``values[key][row]`` is JSON-ready: text, int, bool, list of codes, ISO day, None."""

    table: Table
    values: dict[str, list[Any]]
    problems: list[CellProblem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)

    @property
    def refused(self) -> set[int]:
        """The rows that cannot be taken."""
        return {problem.row for problem in self.problems if not problem.is_doubt}

    def refuse(self, row: int, key: str, words: Words, code: str) -> None:
        self.problems.append(CellProblem(row, key, words, code))

    def doubt(self, row: int, key: str, words: Words, code: str) -> None:
        self.problems.append(CellProblem(row, key, words, code, is_doubt=True))

    def change(self, key: str, code: str, rows: Iterable[int]) -> None:
        told = sorted(rows)
        if told:
            self.changes.append(Change(key, code, told))


def check_columns(table: Table, context: Context) -> Checked:
    """Every cell of every column the kind knows, read by its own rule. Cross-checks stand in ``rows``."""
    checked = Checked(table, {})
    by_key: dict[str, Field | Column] = {column.key: column for column in table.kind.listed}
    _shifted(checked)
    for key, texts in table.texts.items():
        column = by_key[key]
        _one_column(checked, column, _prepared(checked, column, list(texts)), context)
    _absent_columns(checked, by_key, context)
    return checked


def _shifted(checked: Checked) -> None:
    """A row of a text file with more cells than the header: a comma inside a cell (3,000) has moved what follows it."""
    table = checked.table
    for row, (number, at) in enumerate(zip(table.sheet_of, table.row_of, strict=True)):
        layout = table.layouts[number]
        widths = layout.sheet.widths
        if not widths or widths[at] <= widths[layout.header_rows[-1]]:
            continue
        over = sum(1 for text in layout.sheet.row(at)[widths[layout.header_rows[-1]] :] if text.strip())
        if over:
            words = Words(
                f"这一行比表头多 {over} 格：可能有一格里有逗号（如 3,000）却没有加引号，后面的都错了位",
                f"The row has {over} cells more than the header: perhaps a comma inside a cell (3,000) without quote marks,"
                " which moves all that follows",
            )
            checked.refuse(row, "subject", words, "too_many_cells")


def _prepared(checked: Checked, column: Field | Column, texts: list[str]) -> list[str]:
    """Fill merged cells down, refuse formulas and error cells, take off the marks of text cells."""
    table, key = checked.table, column.key
    for number, layout in enumerate(table.layouts):
        place = layout.places.get(key)
        sheet = layout.sheet
        scale = scale_of(layout, column)
        if place is None or not (_has_marks(sheet) or scale != 1):
            continue
        at = {row: n for n, row in enumerate(table.row_of) if table.sheet_of[n] == number}
        filled = []
        for top, left, bottom, right in sheet.merged:
            if left <= place <= right and bottom > top and sheet.text(top, left):
                for row in range(top + 1, bottom + 1):
                    if row in at and not texts[at[row]]:
                        texts[at[row]] = sheet.text(top, left)
                        filled.append(at[row])
        checked.change(key, "merged", filled)
        _formulas(
            checked,
            column,
            texts,
            {at[r]: v for (r, c), v in sheet.formulas.items() if c == place and r in at},
        )
        if isinstance(column, Field) and column.type == "date":
            _months(checked, column, texts, {at[r] for r, c in sheet.months if c == place and r in at})
        for row, on in sheet.errors:
            if on == place and row in at:
                checked.refuse(
                    at[row],
                    key,
                    Words("这一格是错误值（如 #N/A）", "The cell is an error such as #N/A"),
                    "error_cell",
                )
                texts[at[row]] = ""
        _in_yuan(checked, column, texts, at.values(), scale)
    if any(text[:1] in _MARKS for text in dict.fromkeys(texts) if text):
        quoted = []
        for row, text in enumerate(texts):
            texts[row], mark = unquoted(text)
            if mark:
                quoted.append(row)
        checked.change(key, "quote", quoted)
    return texts


def _has_marks(sheet: Sheet) -> bool:
    return bool(sheet.merged or sheet.formulas or sheet.errors or sheet.months)


def _months(checked: Checked, column: Field, texts: list[str], rows: Iterable[int]) -> None:
    """A cell that shows 2026年7月 and holds the first of July was written without a day, as the same text would be."""
    for row in rows:
        if texts[row].endswith("-01"):
            words = Words(
                f"这一格只写到月（{texts[row][:7]}），没有写到日，请写成 2026-07-20",
                f"The cell says a month alone ({texts[row][:7]}), not the day: write 2026-07-20",
            )
            checked.refuse(row, column.key, words, "no_day")
            texts[row] = ""


def _in_yuan(
    checked: Checked, column: Field | Column, texts: list[str], rows: Iterable[int], scale: int
) -> None:
    """Amounts that a list states in 万元, written in yuan before they are read, and told."""
    told = []
    for row in rows if scale != 1 else ():
        if texts[row].strip():
            try:
                texts[row] = in_yuan(texts[row], scale)
                told.append(row)
            except Refusal as refusal:
                checked.refuse(row, column.key, refusal.words, refusal.code)
                texts[row] = ""
    checked.change(column.key, "scaled", told)


NO_FORMULA = ("citizen_id", "account", "cnaps", "name", "phone")


def _formulas(checked: Checked, column: Field | Column, texts: list[str], formulas: dict[int, bool]) -> None:
    """A formula is not a fact: refused for names and numbers, elsewhere its stored result is taken and told."""
    told = []
    for row, has_value in formulas.items():
        if has_value and not (
            names_person(column) or (isinstance(column, Column) and column.check in NO_FORMULA)
        ):
            told.append(row)
            continue
        checked.refuse(
            row,
            column.key,
            Words("这一格是公式。请复制，再粘贴为数值", "The cell is a formula. Paste it as a value"),
            "formula",
        )
        texts[row] = ""
    checked.change(column.key, "formula", told)


def names_person(column: Field | Column) -> bool:
    """Whether the cells hold ID numbers: the subject's, or another person's of whom the row tells."""
    return column.type == "person" if isinstance(column, Field) else column.check == "citizen_id"


def _one_column(checked: Checked, column: Field | Column, texts: list[str], context: Context) -> None:
    types = checked.table.types[column.key]
    if names_person(column):
        checked.values[column.key] = _citizen_ids(checked, column, texts, types, context)
        return
    already = {problem.row for problem in checked.problems if problem.key == column.key}
    reader = reader_of(column, context)
    cells: list[Any]  # what is read once: texts, or texts with their types where the column has several
    if len(set(types)) > 1:
        cells = list(zip(texts, types, strict=True))
        read = {cell: _read(reader, *cell) for cell in dict.fromkeys(cells)}
    else:
        cells = texts
        read = {text: _read(reader, text, types[0]) for text in dict.fromkeys(texts)}
    values: list[Any] = [read[cell][0] for cell in cells]
    odd = {cell for cell, (_, change, refusal) in read.items() if change or refusal}
    changed: dict[str, list[int]] = defaultdict(list)
    for row in (row for row, cell in enumerate(cells) if cell in odd) if odd else ():
        _, change, refusal = read[cells[row]]
        if refusal is not None:
            checked.refuse(row, column.key, refusal.words, refusal.code)
        else:
            changed[change].append(row)
    for code, rows in changed.items():
        checked.change(column.key, code, rows)
    if isinstance(column, Field) and column.from_presence:
        values = [
            True if value is None and not texts[row].strip() else value for row, value in enumerate(values)
        ]
    elif isinstance(column, Field) and column.from_period and context.year is not None:
        values = [
            context.year if value is None and not texts[row].strip() else value
            for row, value in enumerate(values)
        ]
    if column.required:
        _refuse_empty(checked, column, values, already)
    checked.values[column.key] = values


def _read(reader: Reader, text: str, kind: str) -> tuple[Any, str, Refusal | None]:
    """Value, change and refusal of one distinct cell; blank is no value."""
    if not text or text.isspace():
        return None, "", None
    try:
        return *reader(text, kind), None
    except Refusal as refusal:
        return None, "", refusal


def _refuse_empty(checked: Checked, column: Field | Column, values: list[Any], already: set[int]) -> None:
    wrong = already | {problem.row for problem in checked.problems if problem.key == column.key}
    for row, value in enumerate(values):
        if value is None and row not in wrong:
            words = Words(f"{column.words.zh}{EMPTY.zh}", f"{column.words.en} {EMPTY.en}")
            checked.refuse(row, column.key, words, "empty")


def _citizen_ids(
    checked: Checked, column: Field | Column, texts: list[str], types: list[str], context: Context
) -> list[str | None]:
    """ID numbers as stored, checked as one array.

    A number of 18 digits that a program kept as a value has lost its last three, and one in eleven still passes its
    check digit (`_takes_with_it`).
    """
    already = {problem.row for problem in checked.problems if problem.key == column.key}
    distinct = [text for text in dict.fromkeys(texts) if text]
    forms = {text: _plain_id(text) for text in distinct}
    refusals = dict(zip(distinct, citizen_id.check_many(list(forms.values()), context.today), strict=True))
    refusals |= {text: refusal for text in distinct if (refusal := odd_digit(text))}
    has_loss = _takes_with_it(texts, types, forms, refusals)
    values: list[str | None] = [None] * len(texts)
    changed: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        form = forms.get(text, "")
        if not form:
            if column.required and row not in already:
                checked.refuse(
                    row,
                    column.key,
                    Words(f"{column.words.zh}{EMPTY.zh}", f"{column.words.en} {EMPTY.en}"),
                    "empty",
                )
        elif (
            (types[row] == NUMBER and not _ID15.fullmatch(text.strip()))
            or (form[-3:] == "000" and has_loss)
            or (len(form) != 18 and _POWER.match(text.strip()))
        ):
            checked.refuse(row, column.key, LOST, "digits_lost")
        elif (refusal := refusals[text]) is not None:
            checked.refuse(row, column.key, refusal.words, refusal.code)
        else:
            values[row] = form
            if form != text:
                changed["id15" if sum(map(str.isalnum, text)) == 15 else "cleaned"].append(row)
    for code, rows in changed.items():
        checked.change(column.key, code, rows)
    return values


def _takes_with_it(
    texts: list[str], types: list[str], forms: dict[str, str], refusals: dict[str, Refusal | None]
) -> bool:
    """Whether a number that ends in three zeros and fits its check digit was rather lost than written so.

    A cell that is a value shows its own loss and says nothing about texts. Of the texts of a column, those that end in
    three zeros and do not fit were lost: a tenth as many more were lost and fit by chance. Of the whole numbers, one in
    `WHOLE_PER_TRUE` ends so by itself. Where fewer are expected to be lost than to be true, the true ones are taken;
    else all are refused until those that show the loss are mended, after which none stands against them.
    """
    lost = whole = 0
    for text, kind in zip(texts, types, strict=True):
        form = forms.get(text, "")
        if kind == NUMBER or len(form) != 18:
            continue
        if form.endswith("000"):
            lost += refusals[text] is not None
        elif refusals[text] is None and form.isdigit():
            whole += 1
    return lost * WHOLE_PER_TRUE >= whole * LOST_PER_LUCKY and lost > 0


def _plain_id(text: str) -> str:
    is_plain = len(text) == 18 and text.isascii() and text.isalnum() and text[17] != "x"
    return text if is_plain else citizen_id.normal_form(text)


def _absent_columns(checked: Checked, by_key: dict[str, Field | Column], context: Context) -> None:
    """Columns the list does not have: standing on it says yes, its title says the year."""
    rows = len(checked.table)
    for key, column in by_key.items():
        if key in checked.values or not isinstance(column, Field):
            continue
        if column.from_presence:
            checked.values[key] = [True] * rows
        elif column.from_period and context.year is not None:
            checked.values[key] = [context.year] * rows
        elif column.from_period:
            raise Refusal(
                f"名单里没有“{column.words.zh}”一列，标题也没有写年份。请在标题写明年份，或加上这一列",
                f"The list has no column “{column.words.en}” and its title names no year. Write the year into the title,"
                " or add the column",
                code="no_year",
            )
