"""The examples as a workbook that an official fills: out with text cells only, back as rows, as a workbook or as CSV.

The workbook that comes back is read here, and as far as it goes: a first sheet of some two hundred lines. The reader of the
departments' lists takes anything there is, and therefore runs apart with limits of its own.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import IO
from xml.etree.ElementTree import Element, ParseError, fromstring
from zipfile import BadZipFile, ZipFile

import xlsxwriter

from programs.language import Policy
from programs.queries.example_rows import FIXED, GIVES, HEADS, WHO, Row, fact_columns, rows_of
from standards.words import Refusal

ROWS_MAX = 200  # of one sheet: a policy has some thirty examples
COLUMNS_MAX = 100
TEXT_MAX = 200  # characters of a cell
UNPACKED_BYTES_MAX = 4_000_000  # of one part of a workbook: two hundred lines are a few hundred kilobytes
KEY = re.compile(r"\[([^\]]+)\]\s*$")
PLACE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
SHEET, TEXTS = "xl/worksheets/", "xl/sharedStrings.xml"
WIDE, NARROW = 34, 16
NOT_OURS = Refusal(
    "看不懂这张表：先下载表格，在它下面加行，存成 xlsx 或 CSV",
    "This sheet cannot be read: download it, add lines below, save it as xlsx or CSV",
    code="sheet_heads",
)


def workbook_of(policy: Policy, text: str, language: str) -> bytes:
    """The policy's examples as lines of text cells, and below them room for more."""
    columns = fact_columns(policy)
    keys = [*FIXED, *(key for key, _ in columns), GIVES]
    heads = {**HEADS, **dict(columns)}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format(
        {"num_format": "@"}
    )  # text: a spreadsheet turns neither a day nor a number into its own
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 1)
    for at, key in enumerate(keys):
        sheet.set_column(at, at, WIDE if key in ("zh", "en", GIVES) else NARROW, plain)
        sheet.write_string(0, at, f"{heads[key].say(language)} [{key}]", head)
    for line, row in enumerate(rows_of(text), start=1):
        for at, key in enumerate(keys):
            cell = str(getattr(row, key, "")) or in_words(policy, key, row.facts.get(key, ""), language)
            if cell:
                sheet.write_string(line, at, cell, plain)
    book.close()
    return out.getvalue()


def in_words(policy: Policy, key: str, cell: str, language: str) -> str:
    """A code in the words of its list, as people write it and as the sheet is read again."""
    meaning = policy.names.fact(key.partition(".")[2])
    if meaning is None or not meaning.codes:
        return cell
    codes = cell.split("、")
    return "、".join(meaning.say(code).say(language) if code in meaning.codes else code for code in codes)


def read_sheet(content: bytes) -> list[Row]:
    """The rows of a filled sheet, as spreadsheets save it. Raises Refusal where it is not the one that went out."""
    lines = _from_workbook(content) if content[:2] == b"PK" else _from_csv(content)
    keys = [_key(head) for head in lines[0]] if lines else []
    if not {"name", GIVES} <= set(keys):
        raise Refusal(
            "表头不是下载的那一张：先下载表格，在它下面加行",
            "These are not the heads of the sheet: download it and add lines",
            code="sheet_heads",
        )
    found = [_typed(dict(zip(keys, cells, strict=False))) for cells in lines[1:]]
    rows = [row for row in found if not row.is_empty]
    if len(rows) > ROWS_MAX:
        raise Refusal(f"一张表最多 {ROWS_MAX} 行", f"A sheet has at most {ROWS_MAX} lines", code="sheet_long")
    return rows


def _from_csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    between = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
    except csv.Error:  # a cell without an end
        raise NOT_OURS from None


def _from_workbook(content: bytes) -> list[list[str]]:
    """The text of the first sheet's cells. A formula gives what it showed; a day gives its number."""
    try:
        with ZipFile(io.BytesIO(content)) as book:
            texts = [_text_in(each) for each in _part(book, TEXTS)] if TEXTS in book.namelist() else []
            first = min(name for name in book.namelist() if name.startswith(SHEET) and name.endswith(".xml"))
            lines = [_cells(row, texts) for row in _named(_part(book, first), "row")]
    except (BadZipFile, ParseError, ValueError, IndexError, KeyError, NotImplementedError, RuntimeError):
        raise NOT_OURS from None
    return lines


def _part(book: ZipFile, name: str) -> Element:
    """One part, unpacked no further than it may be long. ValueError where it is longer, or defines words of its own."""
    with book.open(name) as packed:
        found = _bounded(packed)
    if b"<!DOCTYPE" in found:
        raise ValueError(name)
    return fromstring(found)  # noqa: S314 - no document type, hence no entities, and no longer than a sheet


def _bounded(packed: IO[bytes]) -> bytes:
    found = packed.read(UNPACKED_BYTES_MAX + 1)
    if len(found) > UNPACKED_BYTES_MAX:
        raise ValueError("too long")
    return found


def _named(part: Element, tag: str) -> Iterator[Element]:
    """Every element of that name, whatever its namespace."""
    return (each for each in part.iter() if each.tag.rpartition("}")[2] == tag)


def _text_in(part: Element) -> str:
    return "".join(each.text or "" for each in _named(part, "t"))


def _cells(row: Element, texts: list[str]) -> list[str]:
    """A line's cells, each in its column."""
    found: dict[int, str] = {}
    for at, cell in enumerate(_named(row, "c")):
        place = PLACE.fullmatch(cell.get("r", ""))
        column = _column(place[1]) if place else at
        if column < COLUMNS_MAX:
            found[column] = _cell(cell, texts)
    return [found.get(at, "") for at in range(max(found, default=-1) + 1)]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell(cell: Element, texts: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text_in(cell)
    value = next((each.text or "" for each in _named(cell, "v")), "")
    if kind == "s":
        return texts[int(value)]
    if kind == "b":
        return "是" if value == "1" else "否"
    return value.removesuffix(".0") if kind == "n" else value


def _key(head: str) -> str:
    """``本人 性别 [self.sex]`` is ``self.sex``."""
    found = KEY.search(head)
    return found[1] if found else ""


def _typed(cells: Mapping[str, str]) -> Row:
    said = {key: cell.strip().removeprefix("'")[:TEXT_MAX] for key, cell in cells.items() if key}
    facts = {key: cell for key, cell in said.items() if key.partition(".")[0] in WHO and cell}
    name, zh, en, like = (said.get(key, "") for key in FIXED)
    return Row(name, zh, en, like, said.get(GIVES, ""), facts)
