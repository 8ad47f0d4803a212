"""The cells of a workbook's first sheet, read as they come.

The parser holds one row at a time, so a sheet of two cells a million rows apart costs two cells, and a member
that unpacks to more than it announces is stopped. Formulas, declarations and passwords are refused.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.parsers import expat

from payments.banks.kinds import refuse_other_kinds
from payments.banks.refusals import FileRefused, refuse

MEMBERS_MAX = 200
UNPACKED_MAX = 256 * 1024 * 1024
"""Bytes of all members unpacked: ten times what 100,000 rows of a bank need."""
ROWS_MAX = 200_000
COLUMNS_MAX = 64
_BLOCK = 1 << 18


def _not_a_workbook(zh: str, en: str) -> FileRefused:
    return refuse(zh, en, "not_a_workbook")


def sheet_rows(source: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row number, texts) of the first sheet's rows that hold a cell."""
    if not source:
        raise refuse("文件是空的", "The file is empty", "empty")
    refuse_other_kinds(source, is_text=False)
    if source.startswith(b"\xd0\xcf\x11\xe0"):
        raise _not_a_workbook(
            "文件有密码，或是旧的 .xls 格式。请去掉密码，另存为 .xlsx",
            "The workbook has a password or is an old .xls. Remove the password and save it as .xlsx",
        )
    if not source.startswith(b"PK"):
        raise _not_a_workbook(
            "这不是 .xlsx 工作簿，请用银行给的原文件",
            "This is not an .xlsx workbook; use the bank's original",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            _guard(archive)
            shared = _shared_strings(archive)
            with archive.open(_first_sheet(archive)) as stream:
                yield from _Rows(shared).read(stream)
    except FileRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError, RuntimeError) as fault:
        raise refuse(
            "工作簿不完整或打不开。请向银行重新下载",
            "The workbook is cut or cannot be opened. Download it again from the bank",
            "cut",
        ) from fault
    except expat.ExpatError as fault:
        raise refuse(
            f"工作簿内容损坏（第 {fault.lineno} 行）。请向银行重新下载",
            f"The workbook is damaged (line {fault.lineno}). Download it again from the bank",
            "cut",
        ) from fault


def _guard(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    unpacked = sum(member.file_size for member in members)
    if len(members) > MEMBERS_MAX or len(names) < len(members) or unpacked > UNPACKED_MAX:
        raise _not_a_workbook(
            "这个工作簿不像银行的回盘文件：内容过大或有重复部分",
            "This workbook does not look like a bank's answer: too large, or parts stand twice",
        )
    if "xl/workbook.xml" not in names:
        raise _not_a_workbook(
            "这是压缩包，不是 .xlsx 工作簿。请先解压",
            "This is an archive, not an .xlsx workbook. Unpack it first",
        )


def _parser() -> "expat.XMLParserType":
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def no_declarations(*_: object) -> None:
        raise _not_a_workbook(
            "工作簿里有不允许的定义，请用银行的原文件",
            "The workbook holds declarations; use the bank's original",
        )

    parser.StartDoctypeDeclHandler = no_declarations
    return parser


def _elements(archive: zipfile.ZipFile, member: str, name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})

    parser = _parser()
    parser.StartElementHandler = start
    with archive.open(member) as stream:
        parser.ParseFile(stream)
    return found


def _first_sheet(archive: zipfile.ZipFile) -> str:
    sheets = _elements(archive, "xl/workbook.xml", "sheet")
    links = {
        link["Id"]: link["Target"]
        for link in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    target = links[sheets[0]["id"]] if sheets else ""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    strings: list[str] = []
    texts: list[str] = []
    inside = [False, False]  # in <t>, in <rPh> (a reading aid that is no part of the text)

    def start(tag: str, _: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        inside[0] = name == "t"
        inside[1] = inside[1] or name == "rPh"

    def end(tag: str) -> None:
        name = tag.rpartition(":")[2]
        inside[0] = False
        if name == "rPh":
            inside[1] = False
        elif name == "si":
            strings.append("".join(texts))
            texts.clear()

    def characters(text: str) -> None:
        if inside[0] and not inside[1]:
            texts.append(text)

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    with archive.open("xl/sharedStrings.xml") as stream:
        parser.ParseFile(stream)
    return strings


class _Local(dict[str, str]):
    """Names of elements without their prefix, each worked out once."""

    def __missing__(self, tag: str) -> str:
        self[tag] = name = tag.rpartition(":")[2]
        return name


class _Numbers(dict[str, str]):
    """Numbers as people see them, each worked out once: a county pays few different amounts."""

    def __missing__(self, text: str) -> str:
        self[text] = plain = _number(text)
        return plain


class _Rows:
    """Collects cells of one sheet, row by row; rows without a value are left out."""

    def __init__(self, shared: Sequence[str]) -> None:
        self.shared = shared
        self.local = _Local()
        self.numbers = _Numbers()
        self.done: list[tuple[int, list[str]]] = []
        self.row = 0
        self.cells: list[str] = []
        self.kind = ""
        self.column = 0
        self.text = ""
        self.inside = False

    def read(self, stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.characters
        count = 0
        more = True
        while more:
            block = stream.read(_BLOCK)
            more = bool(block)
            parser.Parse(block, not more)
            count += len(self.done)
            if count > ROWS_MAX:
                raise _too_large()
            yield from self.done
            self.done.clear()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self.local[tag]
        if name == "c":
            self.kind = attributes.get("t", "n")
            place = attributes.get("r")
            self.column = _column_number(place) if place else self.column + 1
            self.text = ""
        elif name in {"v", "t"}:
            self.inside = True
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column, self.cells = 0, []
        elif name == "f":
            raise refuse(
                f"第 {self.row} 行有公式。银行的回盘文件只有文字和数字，请用原文件",
                f"Row {self.row} holds a formula. A bank's answer holds only texts and numbers; use the original",
                "formula",
            )

    def end(self, tag: str) -> None:
        name = self.local[tag]
        if name in {"v", "t"}:
            self.inside = False
        elif name == "c":
            if self.text:
                self._put()
        elif name == "row" and self.cells:
            self.done.append((self.row, self.cells))

    def characters(self, text: str) -> None:
        if self.inside:
            self.text += text

    def _put(self) -> None:
        empty = self.column - 1 - len(self.cells)
        if empty < 0 or self.column > COLUMNS_MAX:
            raise _too_large()
        if empty:
            self.cells += [""] * empty
        if self.kind == "n":
            self.cells.append(self.numbers[self.text])
        elif self.kind == "s":
            self.cells.append(self.shared[int(self.text)].strip())
        else:
            self.cells.append(self.text.strip())


def _too_large() -> FileRefused:
    return _not_a_workbook(
        f"工作簿超过 {ROWS_MAX} 行或 {COLUMNS_MAX} 列，或单元格次序混乱，不像银行的回盘文件",
        f"The workbook has more than {ROWS_MAX} rows or {COLUMNS_MAX} columns, or cells out of order: "
        "it does not look like a bank's answer",
    )


def _column_number(place: str) -> int:
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - 64
    return number


def _number(text: str) -> str:
    """A number as people see it: 3000.1000000000001 was typed as 3000.1."""
    try:
        number = Decimal(text)
        plain = number.quantize(Decimal("0.000001")).normalize()
    except InvalidOperation:
        return text.strip()
    return f"{plain:f}"
