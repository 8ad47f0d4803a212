"""Tables as workbooks (.xlsx), written and read as the XML they are.

Written by hand, because the same batch must give the same bytes for ever: fixed times in the archive, no
author, no creation date, cells as inline strings (nothing can become a formula).
"""

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from payments.banks import templates
from payments.banks.cells import sheet_rows
from payments.banks.layout import Column, Layout, Sheet
from payments.banks.refusals import refuse

TITLE_SEARCH_ROWS = 20
"""Rows looked through for the line of titles, and the furthest header line."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_MIME}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_MIME}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MIME}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/>'
    '</border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
_TEXT = '<c s="1" t="inlineStr"><is><t>'
_TEXT_END = "</t></is></c>"


def write_workbook(
    layout: Layout, columns: Mapping[str, Sequence[str]], said: Mapping[str, str | int]
) -> bytes:
    """The whole workbook; ``said`` fills header and footer, whose cells are parted by ``|``."""
    pieces = [_XML, f'<worksheet xmlns="{_MAIN}"><sheetData>']
    pieces += [_text_row(templates.fill(line, said).split("|")) for line in layout.header]
    if layout.titles:
        pieces.append(_text_row([column.title for column in layout.columns]))
    pieces += _rows(layout, columns)
    pieces += [_text_row(templates.fill(line, said).split("|")) for line in layout.footer]
    pieces.append("</sheetData></worksheet>")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _FRAME.items():
            archive.writestr(_member(name), _XML + text)
        archive.writestr(_member("xl/worksheets/sheet1.xml"), "".join(pieces))
    return target.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 0
    member.external_attr = 0o600 << 16
    return member


def _text_row(cells: Sequence[str]) -> str:
    return f"<row>{''.join(_TEXT + escape(cell) + _TEXT_END for cell in cells)}</row>"


def _rows(layout: Layout, columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    count = len(columns["amount"])
    cells = [_cells(column, columns.get(column.name, [""] * count)) for column in layout.columns]
    return (f"<row>{''.join(row)}</row>" for row in zip(*cells, strict=True))


def _cells(column: Column, texts: Sequence[str]) -> list[str]:
    if column.name == "amount":
        return [f'<c s="2"><v>{text}</v></c>' for text in texts]
    return [f"{_TEXT}{escape(text)}{_TEXT_END}" for text in texts]


def read_workbook(layout: Layout, source: bytes, *, only: Collection[str] | None = None) -> Sheet:
    """The table of the first sheet: its columns are found by their titles, in any order.

    FileRefused: no workbook, protected, cut, a formula among the cells, a title missing.
    """
    rows = list(sheet_rows(source))
    place, positions = _find_titles(layout, rows)
    said: dict[str, str] = {}
    header = ["|".join(cells).rstrip("|") for _, cells in rows[:place]]
    for template in layout.header:
        found = next((m for line in header if (m := templates.match(template, line)) is not None), None)
        if found is None:
            raise refuse(
                f"没有找到表头“{template}”：可能是另一家银行或另一种文件",
                f"The header line “{template}” is missing: the file may be of another bank or kind",
                "other_format",
            )
        said |= found
    body = [row for row in rows[place + 1 :] if any(row[1])]
    for template in reversed(layout.footer):
        found = templates.match(template, "|".join(body[-1][1]).rstrip("|")) if body else None
        if found is None:
            raise refuse(
                "最后一行应是合计行，没有找到：文件不完整或不是这种格式",
                "The last row should hold the totals: the file is cut or of another format",
                "cut",
            )
        said |= found
        body.pop()
    wanted = {name: n for name, n in positions.items() if only is None or name in only}
    columns = {name: [cells[n] if n < len(cells) else "" for _, cells in body] for name, n in wanted.items()}
    return Sheet(columns, len(body), body[0][0] if body else place + 2, said)


def _find_titles(layout: Layout, rows: Sequence[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    wanted = {column.title: column.name for column in layout.columns}
    for place, (_, cells) in enumerate(rows[:TITLE_SEARCH_ROWS]):
        if wanted.keys() <= set(cells):
            return place, {wanted[t]: cells.index(t) for t in wanted if wanted[t] != "other"}
    best: set[str] = max(
        (wanted.keys() & set(cells) for _, cells in rows[:TITLE_SEARCH_ROWS]), key=len, default=set()
    )
    missing = [title for title in wanted if title not in best]
    raise refuse(
        f"没有找到列名：{'、'.join(missing)}。可能是另一家银行或另一种文件",
        f"These columns are missing: {', '.join(missing)}. The file may be of another bank or kind",
        "other_format",
    )
