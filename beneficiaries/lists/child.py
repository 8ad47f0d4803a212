"""Read one workbook from stdin inside limits and write its cells to stdout. A script: never imported.

A 5 KB workbook of two cells (A1 and XFD1048576) makes the reader ask for 550 GB and abort the process, and a zip of a few
kilobytes can unpack to gigabytes. So this runs apart, with limits on memory and processor time set before a byte is read;
a process that dies here is a refusal there (``guard``).

Out: one line of JSON, then the cells of every column (UTF-8, cells split by U+001E), back to back.
Each column: [bytes of text, types]; a type is a letter for each cell, or one letter for all: ``t`` text, ``n`` number,
``d`` date, ``b`` bool, ``o`` other, ``-`` empty. Formulas and error cells, which the reader turns into plain or empty
cells without a word, are listed by place.
"""

import datetime
import gc
import io
import json
import re
import resource
import struct
import sys
import zipfile
import zlib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

MEMORY_BYTES_MAX = 1 << 30  # whatever the file holds
ROOM_BYTES = 90 << 20  # beyond the interpreter, for a file that holds nothing
CELL_BYTES = 400  # of the reader, for each cell that is really there
TEXT_BYTES_MAX = 100 << 20  # for long texts
OLD_CELL_BYTES = 6  # the least that a cell takes in an .xls
CPU_SECONDS_MAX = 30
MEMBERS_MAX = 500  # a workbook has a few dozen parts
UNPACKED_BYTES_MAX = 600 << 20  # a million bordered empty rows, which is not hostile, unpack to 138 MB
BLANK_BYTES_MAX, BLANK_RATIO = 20 << 20, 400  # a larger part that packs so well holds no table
SMALL_PART_BYTES_MAX = 4 << 20  # workbook.xml and its relations
ROWS_MAX = 300_000
COLUMNS_MAX = 200
SHEETS_MAX = 50
CELL_CHARACTERS_MAX = 32_767  # what Excel itself allows
FORMULAS_MAX = 100_000
SPARSE_MAX = 4  # so many times the cells that are really there may a sheet's area be, and a little more
SEPARATOR = "\x1e"

FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v>[^<])?"
)
ANY_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*\bhidden=["'](?:1|true)["'])[^>]*\br=["'](\d{1,7})["']""")
ERROR = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bt=["']e["'][^>]*)>""")
PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
FORMULA_MARKS, ERROR_MARKS = (b"f>", b"<f ", b":f "), (b't="e"', b"t='e'")
MARKED = (*FORMULA_MARKS, *ERROR_MARKS, b"hidden=")
UNKNOWN_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][\w.-]{0,30};")
# The reader takes the first text of all for a number that it cannot read, and nothing for what stands in CDATA.
WRONG_TEXT = re.compile(rb"""t\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v\b[^>]*>(?:\d{0,8}[^\d<]|\d{9})""")
TAIL_BYTES = 200  # of a block, looked at again with the next
FORMATS = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
CELL_FORMAT = re.compile(rb"""<(?:\w+:)?xf\b[^>]*?\bnumFmtId=["'](\d+)["']""")
NOT_LETTERS_OF_A_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|;.*')
MONTHS = {17, 27, 36, 50, 52, 57}  # of the formats that every workbook has: a day shown as its month
SINCE_1904 = re.compile(rb"""\bdate1904=["'](?:1|true)["']""")
NO_MARKS: dict[str, object] = {"formulas": [], "errors": [], "hidden_rows": [], "months": []}


class RefusedError(Exception):
    """The file is refused for the reason named by ``args[0]``, a code that ``guard`` puts into words."""


def main() -> None:
    """Read stdin, write stdout; a refusal is a JSON line with its code."""
    gc.disable()  # a million cells and no cycles: a third of the time
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        head, blobs = read(sys.stdin.buffer.read())
    except RefusedError as refusal:
        head, blobs = {"refused": refusal.args[0], "detail": refusal.args[1:]}, []
    except MemoryError:
        head, blobs = {"refused": "too_much_memory", "detail": []}, []
    out.write(json.dumps(head).encode() + b"\n")
    for blob in blobs:
        out.write(blob)
    out.flush()


def read(source: bytes) -> tuple[dict[str, object], list[bytes]]:
    """The head and the column bytes of a workbook; raises RefusedError."""
    # Imported once the limits stand: nothing of the reader runs outside of them.
    from python_calamine import (  # noqa: PLC0415  # see above
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    if source.startswith(b"PK"):
        parts, has_comments, cells, is_1904 = unpack(source)
    else:
        cells, is_1904 = len(source) // OLD_CELL_BYTES, False
        limit_memory(cells, len(source))
        try:
            stream = compound().workbook_stream(source)
        except (struct.error, ValueError, LookupError) as error:
            raise RefusedError("broken") from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(source))
    except PasswordError as error:
        raise RefusedError("password") from error
    except Exception as error:  # calamine raises many kinds for one broken file; all mean the same here
        raise RefusedError("broken") from error
    metadata = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if len(metadata) > SHEETS_MAX:
        raise RefusedError("too_many_sheets", len(metadata), SHEETS_MAX)
    if not source.startswith(b"PK"):
        parts, has_comments = old_marks(stream, [sheet.name for sheet in book.sheets_metadata])
    sheets, blobs = [], []
    for sheet in metadata:
        head, columns = read_sheet(book, sheet.name, cells)
        head |= {"hidden": sheet.visible != SheetVisibleEnum.Visible} | parts.get(sheet.name, NO_MARKS)
        sheets.append(head)
        blobs += columns
    return {"sheets": sheets, "comments": has_comments, "since_1904": is_1904}, blobs


def read_sheet(book, name: str, cells: int) -> tuple[dict[str, object], list[bytes]]:  # type: ignore[no-untyped-def]  # a script; calamine is imported late
    """One sheet: size, merged ranges, and its columns as bytes with their types."""
    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > ROWS_MAX:
            raise RefusedError("too_many_rows", sheet.total_height, ROWS_MAX)
        if sheet.total_height * sheet.total_width > SPARSE_MAX * (cells + ROWS_MAX):
            raise RefusedError("too_much_memory")
        rows = sheet.to_python(skip_empty_area=False)
    except RefusedError:
        raise
    except Exception as error:  # as above: any failure to read means a broken file
        raise RefusedError("broken") from error
    while rows and not any(cell not in ("", None) for cell in rows[-1]):
        rows.pop()
    if len(rows) > ROWS_MAX:
        raise RefusedError("too_many_rows", len(rows), ROWS_MAX)
    columns = list(zip(*rows, strict=True))
    while columns and not any(cell not in ("", None) for cell in columns[-1]):
        columns.pop()
    if len(columns) > COLUMNS_MAX:
        raise RefusedError("too_many_columns", len(columns), COLUMNS_MAX)
    heads, blobs = [], []
    for column in columns:
        blob, types = plain(column)
        heads.append([len(blob), types])
        blobs.append(blob)
    merged = [[*start, *end] for start, end in (sheet.merged_cell_ranges or [])][:ROWS_MAX]
    return {"name": name, "rows": len(rows), "columns": heads, "merged": merged}, blobs


def plain(column: tuple[object, ...]) -> tuple[bytes, str]:
    """The cells of a column in one text, and their types: one letter for all, or one for each cell."""
    if set(map(type, column)) == {str}:
        blob = SEPARATOR.join(column)  # type: ignore[arg-type]  # just seen to be all text
        if blob.count(SEPARATOR) == len(column) - 1 and max(map(len, column)) <= CELL_CHARACTERS_MAX:  # type: ignore[arg-type]
            return blob.encode("utf-8", "replace"), "t"
    pairs = [cell_text(cell) for cell in column]
    types = "".join(kind for _, kind in pairs)
    blob = SEPARATOR.join(text for text, _ in pairs)
    return blob.encode("utf-8", "replace"), types[0] if len(set(types)) == 1 else types


def cell_text(cell: object) -> tuple[str, str]:
    """A cell as text, and the letter of its type."""
    if isinstance(cell, str):
        if len(cell) > CELL_CHARACTERS_MAX:
            raise RefusedError("cell_too_long", len(cell))
        return cell.replace(SEPARATOR, "\ufffd"), "t" if cell else "-"
    if cell is None:
        return "", "-"
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE"), "b"
    if isinstance(cell, int | float):
        if abs(cell) == float("inf"):  # 1e999: the reader knows no such number, and nobody wrote "inf"
            raise RefusedError("broken")
        is_whole = isinstance(cell, int) or (cell.is_integer() and abs(cell) < 1e15)
        return str(int(cell)) if is_whole else repr(cell), "n"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "seconds").removesuffix(" 00:00:00"), "d"
    if isinstance(cell, datetime.date):
        return cell.isoformat(), "d"
    return str(cell), "o"


def unpack(source: bytes) -> tuple[dict[str, dict[str, object]], bool, int, bool]:
    """Check every member of the zip by reading it through; the marks of each sheet by its name, "has comments", how many
    cells, and whether its days count from 1904."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            suspects, cells = check_members(archive)
            paths = sheet_paths(archive)
            has_comments = any(re.match(r"xl/(?:threadedC|c)omments", name) for name in archive.namelist())
            months = month_styles(archive)
            told = {
                name: marks(archive, path, months)
                for name, path in paths.items()
                if path in suspects or months
            }
            is_1904 = paths != {} and SINCE_1904.search(small_part(archive, "xl/workbook.xml")) is not None
            return told, has_comments, cells, is_1904
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise RefusedError("broken") from error
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise RefusedError("password") from error


def limit_memory(cells: int, size: int) -> None:
    """Let a file have memory for what it really holds: two cells at the ends of a sheet ask for all between them."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    limit = now + ROOM_BYTES + cells * CELL_BYTES + min(2 * size, TEXT_BYTES_MAX)
    resource.setrlimit(resource.RLIMIT_AS, (min(limit, MEMORY_BYTES_MAX), MEMORY_BYTES_MAX))


def check_members(archive: zipfile.ZipFile) -> tuple[set[str], int]:
    """Limits on names, number, and size as really unpacked; checksums. Parts with marks, cells."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if not any(name.startswith("xl/workbook.") for name in names):
        raise RefusedError(other_zip(names))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise RefusedError("macro")
    if len(members) > MEMBERS_MAX or len(set(names)) != len(names):
        raise RefusedError("hostile_zip")
    if sum(member.file_size for member in members) > UNPACKED_BYTES_MAX:
        raise RefusedError("unpacks_too_large", UNPACKED_BYTES_MAX >> 20)
    if any(is_blank(member) for member in members):
        raise RefusedError("hostile_zip")
    total, cells, suspects = 0, 0, set()
    for member in members:
        if member.flag_bits & 1:
            raise RefusedError("password")
        tail = b""
        with archive.open(member) as part:
            while block := part.read(1 << 20):
                total += len(block)
                if total > UNPACKED_BYTES_MAX:
                    raise RefusedError("unpacks_too_large", UNPACKED_BYTES_MAX >> 20)
                window = tail + block
                refuse_lies(window, is_xml=re.match(r"xl/.*\.xml$", member.filename) is not None)
                cells += block.count(b"<c ") + block.count(b":c ")
                if any(mark in window for mark in MARKED):
                    suspects.add(member.filename)
                tail = block[-TAIL_BYTES:]
    limit_memory(cells, total)
    return suspects, cells


def is_blank(member: zipfile.ZipInfo) -> bool:
    """Whether a part is one thing over and over, as only a bomb is: said before a byte of it is unpacked."""
    return member.file_size > BLANK_BYTES_MAX and member.file_size > BLANK_RATIO * member.compress_size


def refuse_lies(window: bytes, *, is_xml: bool) -> None:
    """Refuse what grows when it is read, and what the reader of workbooks would read as something else without a word."""
    if b"<!" in window:
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
            raise RefusedError("hostile_zip")
        if is_xml and b"<![CDATA[" in window:
            raise RefusedError("broken")
    if is_xml and ((b"&" in window and UNKNOWN_ENTITY.search(window)) or WRONG_TEXT.search(window)):
        raise RefusedError("broken")


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, by the sheet's name; empty where the workbook keeps no XML (xlsb)."""
    try:
        book, relations = (
            fromstring(small_part(archive, path))  # noqa: S314  # entities are refused before, memory is limited
            for path in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        )
    except (KeyError, SyntaxError):
        return {}
    targets = {relation.get("Id"): relation.get("Target") or "" for relation in relations}
    paths = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = next((targets.get(value) for key, value in sheet.items() if key.endswith("}id")), None)
            if target:
                paths[sheet.get("name") or ""] = target.lstrip("/") if target[0] == "/" else f"xl/{target}"
    return paths


def small_part(archive: zipfile.ZipFile, path: str) -> bytes:
    """A small part's bytes; an entity declaration in it is refused before any parser sees it."""
    data = archive.open(path).read(SMALL_PART_BYTES_MAX + 1)
    if len(data) > SMALL_PART_BYTES_MAX or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise RefusedError("hostile_zip")
    return data


def other_zip(names: list[str]) -> str:
    """The code of what a zip is that is no workbook, by its parts."""
    if "word/document.xml" in names:
        return "word_file"
    if "content.xml" in names or any(name.endswith(".iwa") for name in names):
        return "other_program"
    return "other_document" if {"ppt/presentation.xml", "OFD.xml"} & set(names) else "not_a_workbook"


def month_styles(archive: zipfile.ZipFile) -> set[bytes]:
    """The styles of cells in which a day shows as its month alone (2026年7月 for 1 July), by their numbers."""
    try:
        xml = archive.read("xl/styles.xml")
    except KeyError:
        return set()
    months = set(MONTHS)
    for found in FORMATS.finditer(xml):
        number = re.search(rb"""numFmtId=["'](\d+)["']""", found[1])
        code = re.search(rb"""formatCode=(?:"([^"]*)"|'([^']*)')""", found[1])
        if number and code:
            written = (code[1] or code[2] or b"").decode("utf-8", "replace").replace("&quot;", '"')
            letters = NOT_LETTERS_OF_A_FORMAT.sub("", written).lower()
            if "y" in letters and "m" in letters and "d" not in letters and "h" not in letters:
                months.add(int(number[1]))
    styles = CELL_FORMATS.search(xml)
    formats = CELL_FORMAT.findall(styles[0]) if styles else []
    return {str(style).encode() for style, number in enumerate(formats) if int(number) in months}


def marks(archive: zipfile.ZipFile, path: str, months: set[bytes]) -> dict[str, object]:
    """What calamine does not tell: formulas as [row, column, has a stored value], error cells, hidden rows, and cells in
    one of the styles ``months``; from 0. A formula or an error that cannot be placed is refused, never passed over."""
    try:
        xml = archive.read(path)
    except KeyError:
        return NO_MARKS
    # formulas of rules and charts stand behind the cells
    xml = xml[xml.find(b"sheetData") : xml.rfind(b"sheetData")]
    formulas, errors = [], []
    if any(mark in xml for mark in FORMULA_MARKS):
        formulas = [[*place(found[1]), int(found[2] is not None)] for found in FORMULA.finditer(xml)]
        if len(ANY_FORMULA.findall(xml)) != len(formulas):
            raise RefusedError("hostile_zip")
    if any(mark in xml for mark in ERROR_MARKS):
        errors = [place(found[1]) for found in ERROR.finditer(xml)]
    hidden = [int(found[1]) - 1 for found in HIDDEN_ROW.finditer(xml)] if b"hidden=" in xml else []
    shown = []
    months = {style for style in months if b'"%s"' % style in xml or b"'%s'" % style in xml}
    if months:
        styled = re.compile(
            rb"""<(?:\w+:)?c\b(?=[^>]*\bs=["'](?:%s)["'])([^>]*)>""" % b"|".join(sorted(months))
        )
        shown = [place(found[1]) for found in styled.finditer(xml)]
    if len(formulas) > FORMULAS_MAX:
        raise RefusedError("too_many_formulas", len(formulas))
    if any(one[0] < 0 for one in (*formulas, *errors)):
        raise RefusedError("hostile_zip")
    return {
        "formulas": formulas,
        "errors": errors[:FORMULAS_MAX],
        "hidden_rows": hidden[:ROWS_MAX],
        "months": shown[:ROWS_MAX],
    }


def compound() -> Any:
    """The reader of old containers: it stands beside this script, which can import nothing of the house by name."""
    spec = spec_from_file_location("compound", Path(__file__).with_name("compound.py"))
    module = module_from_spec(spec)  # type: ignore[arg-type]  # the file is there
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # as above
    return module


def old_marks(stream: bytes, names: list[str]) -> tuple[dict[str, dict[str, object]], bool]:
    """The same of an .xls, whose records calamine passes over: marks by the sheet's name, and "has comments"."""
    try:
        sheets = compound().sheet_marks(stream)
        told = {name: marks for name, (marks, _) in zip(names, sheets, strict=True)}
    except (struct.error, ValueError, LookupError) as error:
        raise RefusedError("broken") from error
    for found in told.values():
        if len(found["formulas"]) > FORMULAS_MAX:
            raise RefusedError("too_many_formulas", len(found["formulas"]))
    return told, any(has_notes for _, has_notes in sheets)


def place(attributes: bytes) -> list[int]:
    """Row and column from 0 of a cell's ``r``; row and column -1 where the writer left it out."""
    found = PLACE.search(attributes)
    if not found:
        return [-1, -1]
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return [int(found[2]) - 1, column - 1]


if __name__ == "__main__":
    main()
