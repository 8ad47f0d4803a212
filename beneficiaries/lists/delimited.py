"""Text files of lists: which encoding, which separator, which cells.

Departments send what their programs write: GBK and GB18030 above all, UTF-8 with and without a mark, and the
UTF-16 that Excel calls "Unicode text".
"""

import csv
import re
from collections.abc import Iterator

from beneficiaries.lists.sheets import TEXT, Sheet
from standards.characters import decode_gb18030
from standards.words import Refusal

ROWS_MAX = 300_000
COLUMNS_MAX = 200
CELL_CHARACTERS_MAX = 32_767
SEPARATORS = ",\t;|"
TOO_LONG = "field larger"  # how the csv module says it too
# A text file has no such bytes; a photo or a database renamed to .csv has many.
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
DAMAGED_IN = (
    10  # at most one character in so many is damaged in a file that is UTF-8; of GBK hardly any is UTF-8
)
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_delimited(source: bytes) -> tuple[Sheet, str]:
    """The one sheet of a text file, and its encoding. Raises Refusal."""
    text, encoding = decode(source)
    if NOT_TEXT.search(text):
        raise _not_text()
    rows = _rows(text, _separator(text))
    while rows and not any(rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    if len(rows) > ROWS_MAX or width > COLUMNS_MAX:
        raise _too_large(len(rows), width)
    columns = tuple([row[n] if n < len(row) else "" for row in rows] for n in range(width))
    widths = tuple(map(len, rows))
    return Sheet("csv", len(rows), columns, (TEXT,) * width, widths=widths), encoding


def decode(source: bytes) -> tuple[str, str]:
    """The text of a list's bytes and the encoding found.

    >>> decode("姓名".encode("gbk")), decode("姓名".encode("utf-8-sig"))
    (('姓名', 'gb18030'), ('姓名', 'utf-8-sig'))
    """
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(source, "utf-16"), "utf-16"
    if source.startswith(b"\xef\xbb\xbf"):
        return _strictly(source, "utf-8-sig"), "utf-8-sig"
    try:
        return source.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(source, error)
    try:
        return decode_gb18030(source), "gb18030"
    except UnicodeDecodeError as error:
        head = source[: error.start]
        if NOT_TEXT.search(head.decode("gb18030", "ignore")) or b"\n" not in head:
            raise _not_text() from error
        raise _broken(head.count(b"\n") + 1) from error


def _refuse_damaged_utf8(source: bytes, error: UnicodeDecodeError) -> None:
    """A file that is UTF-8 but for a few bytes was damaged: as GB18030 it would be read without a word as nonsense."""
    text = source.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(map(len, _BEYOND_ASCII.findall(text))) - wrong
    if wrong * DAMAGED_IN <= right:
        raise _broken(source.count(b"\n", 0, error.start) + 1) from error


def _broken(line: int) -> Refusal:
    return Refusal(
        f"第 {line} 行里有损坏的字符：文件没有传完整，或编码混乱。请重新导出后上传",
        f"Line {line} holds damaged characters: the file is cut off or its encoding is mixed. Export it again and upload"
        " that",
        code="broken",
    )


def _strictly(source: bytes, encoding: str) -> str:
    try:
        return source.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken(source[: error.start].decode(encoding, "ignore").count("\n") + 1) from error


def _separator(text: str) -> str:
    """The separator seen most in the first lines; a comma where none is."""
    head = text[:20_000]
    return max(SEPARATORS, key=head.count) if any(mark in head for mark in SEPARATORS) else ","


def _rows(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    last = 0  # the last row that holds something
    try:
        for row in reader:
            rows.append(row)
            if any(row):
                last = len(rows)
            if any(len(cell) > CELL_CHARACTERS_MAX for cell in row):
                raise csv.Error(TOO_LONG)
            if last > ROWS_MAX:
                raise _too_large(last, len(row))
    except csv.Error as error:
        raise _unreadable(len(rows) + 1, reader.line_num, is_long=TOO_LONG in str(error)) from error
    return rows


def _unreadable(record: int, line: int, *, is_long: bool) -> Refusal:
    if is_long:
        return Refusal(
            f"第 {record} 条（文件第 {line} 行附近）有一格超过 {CELL_CHARACTERS_MAX:,} 个字：前面的引号没成对，或不是名单。"
            "请重新导出",
            f"Record {record} (near line {line}) has a cell of more than {CELL_CHARACTERS_MAX:,} characters: a quote mark"
            " before it is unpaired, or this is no list. Export it again",
            code="broken",
        )
    return Refusal(
        f"第 {record} 条（文件第 {line} 行附近）的引号没有成对，后面的内容读不出来。文件可能被截断，请重新导出",
        f"Record {record} (near line {line}) has an unpaired quote mark and cannot be read on. The file"
        " may be cut off; export it again",
        code="broken",
    )


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends, without a copy of the whole."""
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        yield text[at:end]
        at = end


def _too_large(rows: int, columns: int) -> Refusal:
    return Refusal(
        f"表里有 {rows:,} 行、{columns:,} 列，最多 {ROWS_MAX:,} 行、{COLUMNS_MAX} 列。请分乡镇上传",
        f"The list has {rows:,} rows and {columns:,} columns; at most {ROWS_MAX:,} and {COLUMNS_MAX}."
        " Upload it by township",
        code="too_many_rows",
    )


def _not_text() -> Refusal:
    return Refusal(
        "这不是文本名单：里面是二进制内容或混乱的编码。请在表格软件里另存为 .xlsx 后上传",
        "This is not a text list: its bytes are binary or in a mixed encoding. Save it as .xlsx in the spreadsheet"
        " program and upload that",
        code="not_text",
    )
