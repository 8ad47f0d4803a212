"""The workbook that goes back: all that was sent, wrong cells worded, nothing alive in it."""

import io
import re
import zipfile

from beneficiaries.lists.guard import read_book
from beneficiaries.lists.marked import marked_workbook
from tests.beneficiaries.workbooks import GIRL, HEADER, ROW, ROW2, check, xlsx

ROWS = [["2026年录取名单"], HEADER, [*ROW[:4], "博士", ROW[5]], [*ROW2[:3], "=1+1", *ROW2[4:]]]


def test_what_was_sent_comes_back_with_the_wrong_cells_worded():
    marked = marked_workbook(check(xlsx(ROWS)))
    sheet = read_book(marked).sheets[0]
    assert [sheet.row(row)[:6] for row in range(4)] == [[*row, *[""] * (6 - len(row))] for row in ROWS]
    assert sheet.text(2, 6).startswith("E: 录取层次“博士”不认识")
    assert sheet.text(3, 6) == ""


def test_it_speaks_english_too():
    sheet = read_book(marked_workbook(check(xlsx(ROWS)), language="en")).sheets[0]
    assert sheet.text(2, 6).startswith("E: Level as printed “博士” is not known")


def test_it_holds_no_formula_and_no_link():
    rows = [
        HEADER,
        [*ROW[:3], '=HYPERLINK("http://x")', *ROW[4:]],
        [*ROW2[:3], "http://x.example", *ROW2[4:]],
    ]
    with zipfile.ZipFile(io.BytesIO(marked_workbook(check(xlsx(rows))))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert (b"<f>" in xml, b"hyperlink" in xml) == (False, False)


def test_it_can_be_mended_and_sent_again():
    mended = read_book(marked_workbook(check(xlsx(ROWS)))).sheets[0]
    rows = [mended.row(row) for row in range(mended.rows)]
    rows[2][4] = "本科"
    checked = check(xlsx(rows)).checked
    assert (checked.refused, checked.values["subject"][0]) == (set(), GIRL)


def test_it_lists_what_was_made_plain():
    marked = marked_workbook(check(xlsx([HEADER, [*ROW[:5], "2026/7/20"]])))
    last = read_book(marked).sheets[-1]
    assert last.row(1) == ["F2", "日期改成 年-月-日"]


def test_what_we_wrote_into_it_is_no_part_of_the_list_when_it_comes_again():
    pages = read_book(marked_workbook(check(xlsx(ROWS[1:])))).sheets
    sheets = [[page.row(row) for row in range(page.rows)] for page in pages]
    again = check(xlsx(*sheets, names=[page.name for page in pages])).checked.table
    assert pages[0].text(0, 6) == "要改的地方"
    assert (again.notes, again.unknown) == ((), {})


def test_its_columns_are_wide_enough_to_be_read():
    with zipfile.ZipFile(io.BytesIO(marked_workbook(check(xlsx(ROWS))))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    widths = [int(found) for found in re.findall(r'<col [^>]*width="(\d+)"', xml)]
    assert (len(widths), widths[1], widths[-1]) == (7, 20, 49)  # an ID number, and the words of a wrong cell
