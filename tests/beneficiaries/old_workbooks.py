"""Old workbooks (.xls, and .et of WPS, which is the same inside): a small writer of BIFF8 in its container.

No kept library writes them any more. It writes what departments' files hold: shared texts, numbers, days as numbers
with a format, formulas with their results, merged cells, hidden sheets and rows, notes on cells.
"""

import struct
from dataclasses import dataclass, field
from datetime import date

SECTOR = 512
END, FREE, FAT, LIST = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFC
STREAM_MIN = 4096  # a shorter stream would stand among the small ones
GENERAL, DAY = 0, 1  # places of the two cell formats
DATE_FORMAT = 14
EXCEL_DAY_0 = date(1899, 12, 30)


@dataclass
class OldSheet:
    """Rows of cells: text, number, day, or ``("f", …, result)`` for a formula; merged ranges are (row, column) twice."""

    rows: list
    name: str = "Sheet1"
    is_hidden: bool = False
    merges: list = field(default_factory=list)
    hidden_rows: tuple = ()
    notes: tuple = ()  # (row, column)


def xls(*sheets: OldSheet, is_short: bool = False, at_least: int = STREAM_MIN) -> bytes:
    """The bytes of an old workbook; a short one stands in the small sectors, as Java programs write it."""
    return _short_container(stream(*sheets)) if is_short else container(stream(*sheets), at_least)


def stream(*sheets: OldSheet) -> bytes:
    """The records of an old workbook."""
    texts: dict[str, int] = {}
    bodies = [_sheet(sheet, texts) for sheet in sheets]
    heads = [_bound(sheet, 0) for sheet in sheets]
    before = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    formats = b"".join(
        _record(0x00E0, struct.pack("<HHHHHHIIH", 0, number, 1, 0, 0, 0, 0, 0, 0))
        for number in (0, DATE_FORMAT)
    )
    after = _shared(texts) + _record(0x000A, b"")
    at = len(before) + len(formats) + sum(map(len, heads)) + len(after)
    heads = []
    for sheet, body in zip(sheets, bodies, strict=True):
        heads.append(_bound(sheet, at))
        at += len(body)
    return b"".join([before, formats, *heads, after, *bodies])


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _bound(sheet: OldSheet, at: int) -> bytes:
    name = struct.pack("<BB", len(sheet.name), 1) + sheet.name.encode("utf-16-le")
    return _record(0x0085, struct.pack("<IBB", at, sheet.is_hidden, 0) + name)


def _shared(texts: dict[str, int]) -> bytes:
    data = struct.pack("<II", len(texts), len(texts)) + b"".join(map(_text, texts))
    assert len(data) <= 8224, "more text than one record holds"
    return _record(0x00FC, data)


def _sheet(sheet: OldSheet, texts: dict[str, int]) -> bytes:
    width = max(map(len, sheet.rows), default=0)
    out = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))]
    out.append(_record(0x0200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, width, 0)))
    for number in range(len(sheet.rows)):
        options = 0x0100 | (0x20 if number in sheet.hidden_rows else 0)
        out.append(_record(0x0208, struct.pack("<HHHHHHI", number, 0, width, 255, 0, 0, options)))
    out += [
        _cell(row, column, cell, texts)
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell != ""
    ]
    out += [
        _record(0x001C, struct.pack("<HHHH", row, column, 0, 1) + _text("官")) for row, column in sheet.notes
    ]
    if sheet.merges:
        ranges = b"".join(struct.pack("<HHHH", r1, r2, c1, c2) for r1, c1, r2, c2 in sheet.merges)
        out.append(_record(0x00E5, struct.pack("<H", len(sheet.merges)) + ranges))
    return b"".join([*out, _record(0x000A, b"")])


def _cell(row: int, column: int, cell: object, texts: dict[str, int]) -> bytes:
    if isinstance(cell, tuple):
        return _formula(row, column, cell[2])
    if isinstance(cell, str):
        return _record(0x00FD, struct.pack("<HHHI", row, column, GENERAL, texts.setdefault(cell, len(texts))))
    if isinstance(cell, date):
        return _record(0x0203, struct.pack("<HHHd", row, column, DAY, (cell - EXCEL_DAY_0).days))
    return _record(0x0203, struct.pack("<HHHd", row, column, GENERAL, cell))


def _formula(row: int, column: int, result: str) -> bytes:
    """A formula (its own text is of no matter here) whose result is a text; an empty one was never worked out."""
    value = b"\0\0\0\0\0\0\xff\xff" if result else b"\3\0\0\0\0\0\xff\xff"
    tokens = b"\x1e\x01\x00"  # the number 1
    head = _record(
        0x0006,
        struct.pack("<HHH", row, column, GENERAL) + value + struct.pack("<HIH", 0, 0, len(tokens)) + tokens,
    )
    return head + (_record(0x0207, _text(result)) if result else b"")


def container(stream: bytes, at_least: int = STREAM_MIN) -> bytes:
    """The compound file with one stream, "Workbook"; its tables stand behind it, and what lists them."""
    stream = stream.ljust(max(at_least, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count, tables, lists = len(stream) // SECTOR, 1, 0
    while count + 1 + tables + lists > tables * 128:
        tables += 1
        lists = -(-max(0, tables - 109) // 127)
    chain = [*range(1, count), END, END, *[FAT] * tables, *[LIST] * lists]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * SECTOR, b"\xff")
    root = _entry("Root Entry", 5, child=1, start=END, size=0)
    directory = root + _entry("Workbook", 2, child=FREE, start=0, size=len(stream))
    places = [*range(count + 1, count + 1 + tables), *[FREE] * 109]
    more = count + 1 + tables
    listed = b"".join(
        struct.pack(
            "<128I", *(places[at : at + 127] + [FREE] * 127)[:127], more + n + 1 if n + 1 < lists else END
        )
        for n, at in enumerate(range(109, 109 + 127 * lists, 127))
    )
    head = _head(places[:109], tables, directory=count, small=END, more=more if lists else END, lists=lists)
    return head + stream + directory.ljust(SECTOR, b"\0") + fat + listed


def _short_container(stream: bytes) -> bytes:
    """The same for a stream of less than 4,096 bytes: sectors of 64 bytes within a stream of the root's own."""
    assert len(stream) < STREAM_MIN
    inner = stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0")
    count, parts = len(inner) // SECTOR, -(-len(stream) // 64)
    chain = [*range(1, count), END, END, END, FAT]  # the inner stream, the directory, its table, this table
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    small = struct.pack(f"<{parts}I", *range(1, parts), END).ljust(SECTOR, b"\xff")
    root = _entry("Root Entry", 5, child=1, start=0, size=parts * 64)
    directory = root + _entry("Workbook", 2, child=FREE, start=0, size=len(stream))
    places = [count + 2, *[FREE] * 108]
    return (
        _head(places, 1, directory=count, small=count + 1)
        + inner
        + directory.ljust(SECTOR, b"\0")
        + small
        + fat
    )


def _head(
    places: list[int], tables: int, *, directory: int, small: int, more: int = END, lists: int = 0
) -> bytes:
    smalls = 0 if small == END else 1
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<IIIIIIIII", 0, tables, directory, 0, STREAM_MIN, small, smalls, more, lists)
        + struct.pack("<109I", *places)
    )


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le")
    return (
        letters.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(letters) + 2, kind, 1, FREE, FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
