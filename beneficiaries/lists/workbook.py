"""Write a workbook whose every cell is text: 100,000 rows in about a second, in memory alone.

No formula, number or link can come of it, whatever a cell holds; no file on disk ever has its content.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from xml.sax.saxutils import escape

from beneficiaries.lists.sheets import column_letters

PLAIN, WRONG, DOUBT = 0, 1, 2  # places in STYLES
NAME_CHARACTERS_MAX = 31  # of a sheet's name, by the format
ROWS_MEASURED = 200  # of a column, for its width
WIDTHS = (6, 60)  # the least and the most, in characters
FAST = 1  # compression: the file is opened once, not kept for years

Cell = tuple[str, int]  # text and style

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile("[&<>]")

STYLES = f"""{_HEAD}<styleSheet xmlns="{_NAMESPACE}"><fonts count="3"><font><sz val="11"/></font>
<font><b/><sz val="11"/><color rgb="FFA3281E"/></font><font><sz val="11"/><color rgb="FF7A4F00"/></font></fonts>
<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>
<fill><patternFill patternType="solid"><fgColor rgb="FFFAE8E5"/></patternFill></fill>
<fill><patternFill patternType="solid"><fgColor rgb="FFFBF0D8"/></patternFill></fill></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="49" applyNumberFormat="1"/>
<xf numFmtId="49" fontId="1" fillId="2" applyNumberFormat="1" applyFont="1" applyFill="1"/>
<xf numFmtId="49" fontId="2" fillId="3" applyNumberFormat="1" applyFont="1" applyFill="1"/></cellXfs></styleSheet>"""


@dataclass(frozen=True)
class Page:
    """A sheet to write. ``columns`` are its texts; ``marks`` change single cells, ``(row, column)`` from 0."""

    name: str
    columns: Sequence[Sequence[str]]
    marks: dict[tuple[int, int], Cell]
    is_hidden: bool = False


def write_workbook(pages: Sequence[Page]) -> bytes:
    """The bytes of an .xlsx with these sheets."""
    buffer = io.BytesIO()
    names = _names(pages)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive:
        archive.writestr("[Content_Types].xml", _content_types(len(pages)))
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        sheets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(pages) + 1)]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations([*sheets, ("styles", "styles.xml")]))
        archive.writestr("xl/workbook.xml", _workbook(pages, names))
        archive.writestr("xl/styles.xml", STYLES)
        for number, page in enumerate(pages, 1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(page))
    return buffer.getvalue()


def _sheet(page: Page) -> str:
    rows = max((len(column) for column in page.columns), default=0)
    by_row: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in page.marks.items():
        by_row.setdefault(row, {})[column] = cell
    letters = [column_letters(column) for column in range(len(page.columns))]
    lines = [f'{_HEAD}<worksheet xmlns="{_NAMESPACE}">{_widths(page)}<sheetData>']
    for row, texts in enumerate(zip(*page.columns, strict=True) if page.columns else repeat((), rows)):
        cells = [
            f'<c r="{letter}{row + 1}" t="inlineStr"><is><t xml:space="preserve">{_safe(text)}</t></is></c>'
            for letter, text in zip(letters, texts, strict=True)
            if text
        ]
        if row in by_row:
            cells = _marked(row, texts, by_row[row])
        if cells:
            lines.append(f'<row r="{row + 1}">{"".join(cells)}</row>')
    lines.append("</sheetData></worksheet>")
    return "".join(lines)


def _widths(page: Page) -> str:
    """Columns as wide as their first texts, so that a number or a sentence can be read without pulling at the column."""
    texts = [list(column[:ROWS_MEASURED]) for column in page.columns]
    for (row, column), (text, _) in page.marks.items():
        texts.extend([] for _ in range(len(texts), column + 1))
        if row < ROWS_MEASURED:
            texts[column].append(text)
    return "".join(
        f'<col min="{n}" max="{n}" width="{max(map(_width, column), default=WIDTHS[0])}" customWidth="1"/>'
        for n, column in enumerate(texts, 1)
    ).join(("<cols>", "</cols>") if texts else ("", ""))


def _width(text: str) -> int:
    """A text's width in characters of the font, a Chinese one counting two, within what fits a screen."""
    low, high = WIDTHS
    return min(max(sum(2 if character > "\u2e7f" else 1 for character in text[:high]) + 2, low), high)


def _marked(row: int, texts: Sequence[str], marks: dict[int, Cell]) -> list[str]:
    """The cells of a row of which some are marked, in the order of the columns."""
    cells: dict[int, Cell] = {column: (text, PLAIN) for column, text in enumerate(texts) if text} | marks
    return [
        f'<c r="{column_letters(column)}{row + 1}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{_safe(text)}</t></is></c>'
        for column, (text, style) in sorted(cells.items())
    ]


def _safe(text: str) -> str:
    clean = _NOT_XML.sub("\ufffd", text)
    return escape(clean) if _MARKUP.search(clean) else clean


def _names(pages: Iterable[Page]) -> list[str]:
    """Sheet names as the format allows them: short, without []:*?/\\, each once."""
    names: list[str] = []
    for number, page in enumerate(pages, 1):
        plain = re.sub(r"[\[\]:*?/\\]", "_", page.name).strip("'")[:NAME_CHARACTERS_MAX] or str(number)
        if plain.casefold() in (name.casefold() for name in names):
            plain = f"{plain[: NAME_CHARACTERS_MAX - 4]} {number}"
        names.append(plain)
    return names


def _workbook(pages: Sequence[Page], names: Sequence[str]) -> str:
    hidden = ' state="hidden"'
    sheets = "".join(
        f'<sheet name="{_quoted(name)}" sheetId="{n}" r:id="rId{n}"{hidden if page.is_hidden else ""}/>'
        for n, (page, name) in enumerate(zip(pages, names, strict=True), 1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_NAMESPACE}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    )


def _quoted(name: str) -> str:
    return escape(_NOT_XML.sub("_", name), {'"': "&quot;"})


def _content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, sheets + 1)]
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{_TYPE}.{kind}+xml"/>' for path, kind in parts
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'
