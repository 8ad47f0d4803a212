"""``[derive.NAME]`` gives a word, ``[figure.NAME]`` a number: rows of cells, the first that matches."""

import re
from decimal import Decimal

from programs.language.forms import Cell, Derived, TableRow, Value
from programs.language.names import NUMBERS, Meaning
from programs.language.reading_tests import Scope, as_value, find_fact
from programs.language.sections import Section, as_fen, as_number
from standards.words import Words

ROWS_MAX = 200  # a notice with more rows than this is a list, not a policy
INPUTS_MAX = 6
ANY = Cell("any")
OPEN = "open"  # an end of a range that nothing is written at
WHOLE = re.compile(r"-?[0-9]{1,9}")
MONEY = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")


def read_derived(section: Section, name: str, scope: Scope, *, gives: str) -> Derived | None:
    """One table; ``gives`` is "derive" (a word) or "figure" (a number)."""
    inputs = section.texts("from", needed=True)
    found = [find_fact(each, section.at("from"), scope, section.notes) for each in inputs]
    words = section.words("words", needed=False, instead=Words(name, name))
    type_ = "code" if gives == "derive" else (section.text("unit", choices=("yuan", "number")) or "number")
    rows_data = section.take("rows", needed=True)
    says = {value: _words_of(each) for value, each in section.named("value").items()}
    section.finish(("from", "rows", "words", "value", *(("unit",) if gives == "figure" else ())))
    if scope.names.fact(name) is not None:
        section.wrong("", f"“{name}”已经是一个事实的名字", f"“{name}” already names a fact")
        return None
    meanings = [each for each in found if each is not None]
    if not inputs or len(meanings) != len(inputs) or len(inputs) > INPUTS_MAX:
        return None
    kind = {"yuan": "money", "number": "integer"}.get(type_, type_)
    rows = _rows(rows_data, meanings, kind, section)
    if not rows:
        return None
    _check_says(says, rows, section)
    return Derived(name, kind, inputs, rows, words, says, section.line)


def _words_of(section: Section) -> Words:
    zh, en = section.text("zh") or "", section.text("en") or ""
    section.finish(("zh", "en"))
    return Words(zh, en)


def _check_says(says: dict[str, Words], rows: tuple[TableRow, ...], section: Section) -> None:
    results = {str(row.result) for row in rows}
    for value in says:
        if value not in results:
            section.wrong("value", f"没有一行给出“{value}”", f"no row gives “{value}”")


def _rows(data: object, inputs: list[Meaning], kind: str, section: Section) -> tuple[TableRow, ...]:
    if not isinstance(data, list) or not data or len(data) > ROWS_MAX:
        section.wrong("rows", f"rows 要 1 到 {ROWS_MAX} 行", f"rows needs 1 to {ROWS_MAX} rows")
        return ()
    rows: list[TableRow] = []
    for index, each in enumerate(data):
        path = (*section.at("rows"), index)
        if not isinstance(each, list) or len(each) != len(inputs) + 1:
            section.notes.add(
                path,
                f"这一行要 {len(inputs)} 格条件和 1 格结果",
                f"the row needs {len(inputs)} cells and a result",
            )
            continue
        row = Section({}, path, section.notes)
        cells = [_cell(raw, meaning, row) for raw, meaning in zip(each, inputs, strict=False)]
        result = _result(each[-1], kind, row)
        if result is not None and all(cell is not None for cell in cells):
            rows.append(TableRow(tuple(cell for cell in cells if cell), result, row.line))
    return tuple(rows) if len(rows) == len(data) else ()


def _result(raw: object, kind: str, row: Section) -> Value | None:
    if kind == "money":
        return as_fen(raw, row.path, row.notes)
    if kind == "integer":
        if isinstance(raw, int) and not isinstance(raw, bool):
            return as_number(raw, row.path, row.notes)
        row.wrong("", "结果要写整数", "the result must be a whole number")
        return None
    if isinstance(raw, str) and raw.strip() and raw != "*":
        return raw
    row.wrong("", "结果要写一个词", "the result must be a word")
    return None


def _cell(raw: object, meaning: Meaning, row: Section) -> Cell | None:
    if raw == "*":
        return ANY
    if meaning.type == "date":
        row.wrong("", "表格里不能用日期", "a day cannot stand in a table")
        return None
    if isinstance(raw, str) and meaning.type in NUMBERS:
        return _range(raw, meaning, row)
    value = as_value(raw, meaning, row.path, row.notes)
    return None if value is None else Cell("value", value)


def _range(raw: str, meaning: Meaning, row: Section) -> Cell | None:
    low, dots, high = raw.partition("..")
    ends = [_end(end.strip(), meaning) for end in (low, high)]
    if not dots or None in ends or ends == [OPEN, OPEN]:
        row.wrong(
            "", f'“{raw}”不是范围，写成 "3.."、"..5" 或 "3..5"', f'“{raw}” is no range: "3..", "..5", "3..5"'
        )
        return None
    first, last = (None if end == OPEN else int(end or 0) for end in ends)
    if first is not None and last is not None and first > last:
        row.wrong("", f"范围“{raw}”的头比尾大", f"the range “{raw}” ends before it begins")
        return None
    return Cell("range", low=first, high=last)


def _end(text: str, meaning: Meaning) -> int | str | None:
    """One end of a range in the fact's unit, ``OPEN`` where nothing is written, None where it is no number."""
    if not text:
        return OPEN
    if not (MONEY if meaning.type == "money" else WHOLE).fullmatch(text):
        return None
    return int(Decimal(text) * 100) if meaning.type == "money" else int(text)
