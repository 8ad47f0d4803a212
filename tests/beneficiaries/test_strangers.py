"""What is no list is named for what it is, and what a workbook hides from a plain reader is not passed over."""

import json
import re
from datetime import date

import pytest

from beneficiaries.lists.guard import read_book
from standards.words import Refusal
from tests.beneficiaries.test_bad_files import GOOD, SHEET, replaced, zipped
from tests.beneficiaries.workbooks import GIRL, HEADER, ROW, check, csv_bytes, xlsx

CELLS = "".join(f"<td>{text}</td>" for text in HEADER)
PAGE = f"<html><head><meta charset='utf-8'></head><body><table><tr>{CELLS}</tr></table></body></html>"
LETTER = "各镇人民政府、街道办事处：\n现将2026年录取名单发给你们，请认真核对。\n周至县教育局\n2026年8月1日\n"
CHAT = "2026-08-01 10:00 张三\n名单发给你了，身份证号对一下，姓名也对一下\n2026-08-01 10:02 李四\n好的\n"
FILES = {
    "a web page called .xls": (PAGE.encode(), "网页"),
    "in GBK": (PAGE.encode("gbk"), "网页"),
    "in UTF-16": (PAGE.encode("utf-16"), "网页"),
    "behind a mark and a blank line": (b"\xef\xbb\xbf\r\n <!DOCTYPE html>" + PAGE.encode(), "网页"),
    "a table alone": (f"<table><tr>{CELLS}</tr></table>".encode(), "网页"),
    "an archived page": (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + PAGE.encode(),
        "网页",
    ),
    "a workbook of 2003 in XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "网页",
    ),
    "XML": (b'<?xml version="1.0"?><rows/>', "XML"),
    "JSON": (json.dumps([dict(zip(HEADER, ROW, strict=True))]).encode(), "JSON"),
    "RTF": (rb"{\rtf1\ansi hello}", "RTF"),
    "a phone's photo": (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
    "TIFF": (b"II*\x00" + bytes(100), "TIFF"),
    "an ODS file": (zipped(**{"content.xml": "<x/>"}), "ODS"),
    "a Numbers file": (zipped(**{"Index__Document.iwa": "x"}), "Numbers"),
    "a presentation": (zipped(**{"ppt__presentation.xml": "<x/>"}), "演示文稿"),
    "a letter": (LETTER.encode(), "一段文字"),
    "a letter in GBK": (LETTER.encode("gbk"), "一段文字"),
    "a chat": (CHAT.encode(), "一段文字"),
    "a cell of a book": (b"a," + b"x" * 40_000, "超过 32,767 个字"),
}


@pytest.mark.parametrize(("source", "named"), FILES.values(), ids=FILES)
def test_what_is_no_list_is_named(source, named):
    with pytest.raises(Refusal) as caught:
        check(source)
    assert named in caught.value.words.zh
    assert caught.value.code in ("not_a_list", "other_program", "other_document", "prose", "broken")


def test_a_list_without_its_header_is_still_asked_for_it():
    with pytest.raises(Refusal) as caught:
        check(csv_bytes([ROW, ROW]))
    assert caught.value.code == "no_header"


def cell(place, text, more=' t="inlineStr"'):
    return f'<c r="{place}"{more}><is><t>{text}</t></is></c>'


def workbook(**cells):
    """One good row of an admission list, with cells of its second row as they stand in XML; ``styles`` and ``book`` change
    these parts."""
    change = {part: cells.pop(part) for part in ("styles", "book") if part in cells}
    lines = [
        "".join(cell(f"{'ABCDEF'[n]}1", text) for n, text in enumerate(HEADER)),
        "".join(cells.get(f"{'ABCDEF'[n]}2", cell(f"{'ABCDEF'[n]}2", text)) for n, text in enumerate(ROW)),
    ]
    body = "".join(f'<row r="{n}">{line}</row>' for n, line in enumerate(lines, 1))
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{name}"><sheetData>{body}</sheetData></worksheet>'
    source = replaced(GOOD, SHEET, lambda data: xml.encode())
    for part, path in (("styles", "xl/styles.xml"), ("book", "xl/workbook.xml")):
        source = replaced(source, path, change[part]) if part in change else source
    return source


def styled(number, code=""):
    """The styles of a workbook with one style more (number 1), whose format is ``number``, with ``code`` where it is own."""
    own = f'<numFmts count="1"><numFmt numFmtId="{number}" formatCode="{code}"/></numFmts>' if code else ""

    def change(data):
        data = re.sub(rb"<numFmts.*?</numFmts>", b"", data)
        data = data.replace(b"<fonts", own.encode() + b"<fonts", 1)
        more = f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        return re.sub(
            rb"<cellXfs[^>]*>(<xf [^>]*/>).*?</cellXfs>",
            lambda found: b"<cellXfs>" + found[1] + more.encode(),
            data,
        )

    return change


DAY = 46204  # 1 July 2026
OTHER_DAY = 46223  # 20 July


def date_cell(serial, style=' s="1"'):
    return f'<c r="F2"{style}><v>{serial}</v></c>'


@pytest.mark.parametrize(
    ("styles", "serial", "value"),
    [
        (styled(57), DAY, None),
        (styled(17), DAY, None),
        (styled(180, "yyyy&quot;年&quot;m&quot;月&quot;;@"), DAY, None),
        (styled(57), OTHER_DAY, "2026-07-20"),
        (styled(14), DAY, "2026-07-01"),
        (styled(180, "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"), DAY, "2026-07-01"),
    ],
)
def test_a_day_that_was_written_as_its_month_is_not_taken_for_the_first(styles, serial, value):
    checked = check(workbook(F2=date_cell(serial), styles=styles)).checked
    assert checked.values["admitted_on"] == [value]
    assert [problem.code for problem in checked.problems] == ([] if value else ["no_day"])


def since_1904(data):
    return re.sub(rb"<workbookPr", b'<workbookPr date1904="1"', data)


@pytest.mark.parametrize("style", ["", ' s="1"'])
def test_a_workbook_whose_days_count_from_1904(style):
    source = workbook(F2=date_cell(OTHER_DAY - 1462, style), styles=styled(14), book=since_1904)
    assert check(source).checked.values["admitted_on"] == ["2026-07-20"]


HIDDEN = {
    "a formula in single quote marks": ("<c r='A2' t='str'><f>B2</f><v>赵</v></c>", "formula"),
    "an error in single quote marks": ("<c r='A2' t='e'><v>#N/A</v></c>", "error_cell"),
    "a formula without a place": ('<c t="str"><f>B2</f><v>赵</v></c>', "hostile_zip"),
    "a formula behind its value": ('<c r="A2" t="str"><v>赵</v><f>B2</f></c>', "hostile_zip"),
    "a formula in a wrapper": ('<c r="A2" t="str"><f><![CDATA[B2]]></f><v>赵</v></c>', "broken"),
    "a shared formula alone": ('<c r="A2" t="str"><f t="shared" si="0"/><v>赵</v></c>', "formula"),
    "a number without end": ('<c r="A2"><v>1e999</v></c>', "broken"),
    "an entity that nobody declared": (cell("A2", "赵&xxe;桐"), "broken"),
}


@pytest.mark.parametrize(("xml", "code"), HIDDEN.values(), ids=HIDDEN)
def test_what_a_cell_hides_is_told_or_the_file_refused(xml, code):
    try:
        checked = check(workbook(A2=xml)).checked
    except Refusal as refusal:
        found = [refusal.code]
    else:
        found = [problem.code for problem in checked.problems]
    assert found == [code]


def test_a_formula_of_a_rule_beside_the_cells_is_no_cells():
    rule = b'<extLst><ext xmlns:xm="x"><xm:f>B2</xm:f></ext></extLst></worksheet>'
    source = replaced(xlsx([HEADER, ROW]), SHEET, lambda data: data.replace(b"</worksheet>", rule))
    assert check(source).checked.values["subject"] == [GIRL]
    assert read_book(xlsx([HEADER, [*ROW[:5], date(2026, 7, 1)]])).since_1904 is False
