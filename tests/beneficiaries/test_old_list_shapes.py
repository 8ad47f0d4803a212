"""One line for each shape again, as old programs write it (.xls, and .et of WPS) and as WPS writes new workbooks."""

import io
import zipfile
from datetime import date

import pytest

from beneficiaries.lists.guard import read_book
from standards.words import Refusal
from tests.beneficiaries.old_workbooks import OldSheet, xls
from tests.beneficiaries.test_list_shapes import FIRST, SECOND, taken
from tests.beneficiaries.workbooks import GIRL, HEADER, OTHER, ROW, ROW2, check, xlsx

TWO_LINES = [
    ["考生信息", "", "录取信息", "", "", ""],
    ["姓名", "身份证号", "年份", "批次", "层次", "录取日期"],
]
FULL_WIDTH = "".join(chr(ord(c) + 0xFEE0) for c in GIRL)


def with_id(row, number):
    return [row[0], number, *row[2:]]


OLD = {
    "title rows above": [OldSheet([["周至县教育局"], ["2026年高考录取名单", "", "", "共2人"], HEADER, ROW, ROW2])],
    "a merged header of two lines": [OldSheet([*TWO_LINES, ROW, ROW2], merges=[(0, 0, 0, 1), (0, 2, 0, 5)])],
    "several sheets": [OldSheet([HEADER, ROW], name="一中"), OldSheet([HEADER, ROW2], name="二中")],
    "a hidden sheet": [OldSheet([HEADER, ROW, ROW2]), OldSheet([HEADER, ROW], name="去年", is_hidden=True)],
    "totals and signatures": [OldSheet([HEADER, ROW, ROW2, ["合计", "2人"], [], ["填表人：张三"]])],
    "days as days": [OldSheet([HEADER, [*ROW[:5], date(2026, 7, 20)], [*ROW2[:5], date(2026, 8, 12)]])],
    "days as text and as numbers": [OldSheet([HEADER, [*ROW[:5], "2026年7月20日"], [*ROW2[:5], 46246]])],
    "days of eight digits, stored as numbers": [OldSheet([HEADER, [*ROW[:5], 20260720], [*ROW2[:5], "20260812"]])],
    "the year as a number": [OldSheet([HEADER, [*ROW[:2], 2026, *ROW[3:]], ROW2])],
    "IDs with spaces and with ×": [
        OldSheet([HEADER, with_id(ROW, f"{GIRL[:6]} {GIRL[6:14]} {GIRL[14:]}"), with_id(ROW2, OTHER.replace("X", "×"))])
    ],
    "IDs with a quote mark and in full width": [
        OldSheet([HEADER, with_id(ROW, f"'{GIRL}"), ROW2, with_id(ROW, FULL_WIDTH)])
    ],
}  # fmt: skip


@pytest.mark.parametrize("sheets", OLD.values(), ids=OLD.keys())
def test_an_old_workbook_is_read_whatever_its_shape(sheets):
    whole = check(xls(*sheets), file_name="录取名单.et")
    assert (taken(whole), whole.book.format) == ([FIRST, SECOND], "xls")


def test_a_short_old_workbook_is_read_too():
    """What Java programs write stands in the small sectors of the file."""
    assert taken(check(xls(OldSheet([HEADER, ROW]), is_short=True))) == [FIRST]


def test_a_large_old_workbook_is_read_whose_tables_are_listed_outside_its_head():
    whole = check(xls(OldSheet([HEADER, ROW, ROW2], hidden_rows=(2,)), at_least=9 << 20))
    assert (taken(whole), len(whole.checked.table.notes)) == ([FIRST, SECOND], 1)


def test_an_old_workbook_tells_hidden_rows_and_notes_on_cells():
    whole = check(xls(OldSheet([HEADER, ROW, ROW2], hidden_rows=(2,), notes=((1, 1),))))
    assert taken(whole) == [FIRST, SECOND]
    assert [note.en for note in whole.checked.table.notes] == [
        "The comments on cells were not read",
        "1 hidden rows were read like all others (row 3 …)",
    ]


def test_a_formula_in_an_old_workbook_is_told_and_never_an_id():
    level, number = [*ROW[:4], ("f", "", "本科"), ROW[5]], with_id(ROW2, ("f", "", OTHER))
    checked = check(xls(OldSheet([HEADER, level, number]))).checked
    assert [(one.key, one.code, list(one.rows)) for one in checked.changes] == [("level", "formula", [0])]
    assert [(one.row, one.key, one.code) for one in checked.problems] == [(1, "subject", "formula")]


def test_a_formula_without_a_result_is_refused_in_an_old_workbook():
    checked = check(xls(OldSheet([HEADER, [*ROW[:5], ("f", "", "")]]), is_short=True)).checked
    assert [(one.row, one.key, one.code) for one in checked.problems] == [(0, "admitted_on", "formula")]


@pytest.mark.parametrize("end", [100, 600, 2500, -600])
def test_an_old_workbook_that_was_cut_is_one_sentence(end):
    with pytest.raises(Refusal) as caught:
        read_book(xls(OldSheet([HEADER, ROW]))[:end])
    assert caught.value.code == "broken"


def test_a_chain_of_sectors_without_an_end_is_refused():
    source = bytearray(xls(OldSheet([HEADER, ROW])))
    table = len(source) - 512
    source[table + 28 : table + 32] = (0).to_bytes(4, "little")  # the stream's last sector leads to its first
    with pytest.raises(Refusal) as caught:
        read_book(bytes(source))
    assert caught.value.code == "broken"


def test_a_workbook_as_wps_saves_it():
    """WPS adds parts and namespaces of its own; the list is the same."""
    source, buffer = xlsx([["2026年录取名单"], HEADER, ROW, ROW2]), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(
                name,
                data.replace(
                    b"<workbook ",
                    b'<workbook xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" ',
                ),
            )
        new.writestr(
            "docProps/custom.xml",
            '<Properties><property name="KSOProductBuildVer">2052-12.1.0.1</property></Properties>',
        )
        new.writestr("customXml/item1.xml", "<ds:datastoreItem/>")
        new.writestr("xl/cellimages.xml", "<etc:cellImages/>")
    assert taken(check(buffer.getvalue())) == [FIRST, SECOND]
