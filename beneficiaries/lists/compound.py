"""What an old workbook (.xls, .et) says that its reader passes over: formulas, error cells, hidden rows, notes.

Such a file is a container of sectors, chained by tables, with a stream of records in it ([MS-CFB], [MS-XLS]). Part of
the script ``child``: never imported by the house. A file that is cut or chained in circles raises ValueError,
LookupError or struct.error.
"""

import struct
from collections.abc import Iterator
from typing import Any

NO_SECTOR = 0xFFFFFFFA  # from here on, a number in a table of sectors says what is not there
RECORDS_MAX = 3_000_000  # the largest file that is taken holds two million cells
SMALL = 64  # bytes of a small sector
ROOT = 5  # the kind of the entry that owns the small sectors
BEGINS, ENDS, SHEET, ROW, ERROR, NOTE = 0x0809, 0x000A, 0x0085, 0x0208, 0x0205, 0x001C
OLDER_BEGINS = (0x0009, 0x0209, 0x0409)
FORMULAS = (0x0006, 0x0206, 0x0406)
HIDDEN = 0x20

Marks = dict[str, list[Any]]


def workbook_stream(source: bytes) -> bytes:
    """The stream "Workbook" (older: "Book") of a compound file."""
    size = 1 << struct.unpack_from("<H", source, 30)[0]
    directory, cutoff, small, more = struct.unpack_from("<I4xII4xI", source, 48)
    tables = list(struct.unpack_from("<109I", source, 76))
    while more < NO_SECTOR and len(tables) * size < len(source):
        *block, more = _numbers(_sector(source, more, size))
        tables += block
    table = [
        number for place in tables if place < NO_SECTOR for number in _numbers(_sector(source, place, size))
    ]
    streams = _streams(_chained(source, directory, size, table))
    start, length = streams.get("Workbook") or streams["Book"]
    if length >= cutoff:
        return _chained(source, start, size, table)[:length]
    inner = _chained(source, streams[""][0], size, table)
    small_table = _numbers(_chained(source, small, size, table))
    return _chained(bytes(SMALL) + inner, start, SMALL, small_table)[:length]


def _streams(entries: bytes) -> dict[str, tuple[int, int]]:
    """Name of each stream to its first sector and its length; the root has no name here."""
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries) - 127, 128):
        letters = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(letters - 2, 0)].decode("utf-16-le", "replace")
        found.setdefault(
            "" if entries[at + 66] == ROOT else name, struct.unpack_from("<II", entries, at + 116)
        )
    return found


def _chained(source: bytes, first: int, size: int, table: list[int]) -> bytes:
    """The sectors of one chain; the first sector of a file stands behind a header of its own size."""
    parts: list[bytes] = []
    while first < NO_SECTOR:
        parts.append(_sector(source, first, size))
        first = table[first]
        if len(parts) > len(table):
            raise ValueError("a chain without an end")
    return b"".join(parts)


def _sector(source: bytes, number: int, size: int) -> bytes:
    found = source[(number + 1) * size : (number + 2) * size]
    if not found:
        raise ValueError("a sector behind the end of the file")
    return found


def _numbers(data: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4])]


def sheet_marks(stream: bytes) -> list[tuple[Marks, bool]]:
    """For each sheet in order: formulas as [row, column, has a stored result], errors, hidden rows; has it notes."""
    left = iter(range(RECORDS_MAX))
    starts = [struct.unpack_from("<I", data)[0] for kind, data in _records(stream, 0, left) if kind == SHEET]
    return [_of_one(stream, start, left) for start in starts]


def _of_one(stream: bytes, start: int, left: Iterator[int]) -> tuple[Marks, bool]:
    formulas: list[list[int]] = []
    errors: list[list[int]] = []
    hidden: list[int] = []
    has_notes = False
    for kind, data in _records(stream, start, left):
        if kind in FORMULAS:
            # Two bytes of ones: a text (0), a truth value (1), an error (2) or nothing (3) in place of a number.
            is_number, what = data[12:14] != b"\xff\xff", data[6]
            formulas.append([*struct.unpack_from("<HH", data), int(is_number or what in (0, 1))])
            if not is_number and what == 2:
                errors.append([*struct.unpack_from("<HH", data)])
        elif kind == ERROR and data[7]:
            errors.append([*struct.unpack_from("<HH", data)])
        elif kind == ROW and data[12] & HIDDEN:
            hidden.append(struct.unpack_from("<H", data)[0])
        elif kind == NOTE:
            has_notes = True
    return {"formulas": formulas, "errors": errors, "hidden_rows": hidden}, has_notes


def _records(stream: bytes, at: int, left: Iterator[int]) -> Iterator[tuple[int, bytes]]:
    """The records of one part, to its end; a chart within it has a beginning and an end of its own.

    ``left`` is what the whole file may still have: sheets that begin in one place are hostile.
    """
    depth = 0
    for _ in left:
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += kind == BEGINS or kind in OLDER_BEGINS
        depth -= kind == ENDS
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        if depth <= 0:
            return
        at += 4 + size
    raise ValueError("more records than a workbook has cells")
