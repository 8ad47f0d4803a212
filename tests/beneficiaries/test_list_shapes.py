"""One line for each shape a department's list comes in: what is read, what is refused, what is told."""

import io
import zipfile
from datetime import date

import pytest

from beneficiaries.lists.guard import read_book
from standards.words import Refusal
from tests.beneficiaries.workbooks import GIRL, HEADER, OTHER, ROW, ROW2, check, csv_bytes, number_of, xlsx


def taken(whole):
    """The rows that can be taken, as tuples of ID, year, batch, level, day."""
    checked = whole.checked
    keys = ("subject", "year", "batch", "level", "admitted_on")
    out = checked.refused | checked.left_out
    columns = [checked.values.get(key, [None] * len(checked.table)) for key in keys]
    return [row for n, row in enumerate(zip(*columns, strict=True)) if n not in out]


FIRST = (GIRL, 2026, "本科一批", "本科", "2026-07-20")
SECOND = (OTHER, 2026, "高职专科批", "专科", "2026-08-12")
TITLED = [["周至县2026年高考录取名单"], [], HEADER, ROW]
ENGLISH = ["Name", "ID number", "Year", "Batch", "Level", "Admitted on"]

SHAPES = {
    "plain": [HEADER, ROW, ROW2],
    "title rows above": [["周至县教育局"], ["2026年高考录取名单", "", "", "共2人"], HEADER, ROW, ROW2],
    "blank rows and columns before": [[], [], *([["", "", *row] for row in (HEADER, ROW, ROW2)])],
    "other names of columns": [["考生姓名", "公民身份号码", "年度", "批次", "层次", "录取时间"], ROW, ROW2],
    "marked required columns": [[f"*{name}：" for name in HEADER], ROW, ROW2],
    "a remark in brackets": [[f"{name}（必填）" for name in HEADER], ROW, ROW2],
    "line breaks and spaces in headers": [["姓 名", "身份证\n号", *HEADER[2:]], ROW, ROW2],
    "English header": [ENGLISH, ROW, ROW2],
    "Chinese over English header": [HEADER, ENGLISH, ROW, ROW2],
    "the header on each page": [HEADER, ROW, HEADER, ROW2],
    "totals row": [HEADER, ROW, ROW2, ["合计", "", "2人"]],
    "totals row with spaces": [HEADER, ROW, ROW2, ["合  计：2人"]],
    "signatures below": [HEADER, ROW, ROW2, [], ["填表人：张三", "", "审核人：李四"]],
    "subtotal between": [HEADER, ROW, ["小计", "", "1"], ROW2, ["小计", "", "1"]],
    "blank rows between": [HEADER, ROW, [], [], ROW2],
    "number and remark columns": [
        ["序号", *HEADER, "备注"], ["1", *ROW, "低保"], ["2", *ROW2, ""],
    ],
    "ID with spaces": [HEADER, [ROW[0], f"{GIRL[:6]} {GIRL[6:14]} {GIRL[14:]}", *ROW[2:]], ROW2],
    "ID in full width": [HEADER, [ROW[0], "".join(chr(ord(c) + 0xFEE0) for c in GIRL), *ROW[2:]], ROW2],
    "ID with × for X": [HEADER, ROW, [ROW2[0], OTHER.replace("X", "×"), *ROW2[2:]]],
    "ID with a quote mark": [HEADER, [ROW[0], f"'{GIRL}", *ROW[2:]], ROW2],
    "dates by slash": [HEADER, [*ROW[:5], "2026/7/20"], [*ROW2[:5], "2026/08/12"]],
    "dates by dot": [HEADER, [*ROW[:5], "2026.7.20"], ROW2],
    "dates in Chinese": [HEADER, [*ROW[:5], "2026年7月20日"], ROW2],
    "dates of eight digits": [HEADER, [*ROW[:5], "20260720"], ROW2],
    "dates with a clock": [HEADER, [*ROW[:5], "2026-07-20 00:00:00"], ROW2],
    "dates of the program": [HEADER, [*ROW[:5], date(2026, 7, 20)], ROW2],
    "dates that lost their format": [HEADER, [*ROW[:5], 46223], ROW2],
    "year as a number": [HEADER, [*ROW[:2], 2026, *ROW[3:]], ROW2],
    "year with its unit": [HEADER, [*ROW[:2], "2026年", *ROW[3:]], ROW2],
    "other words of a code": [HEADER, ROW, [*ROW2[:4], "高职（专科）", ROW2[5]]],
    "the same row twice": [HEADER, ROW, ROW2, ROW],
    "columns in another order": [list(reversed(row)) for row in (HEADER, ROW, ROW2)],
}  # fmt: skip


@pytest.mark.parametrize("rows", SHAPES.values(), ids=SHAPES.keys())
def test_a_list_is_read_whatever_its_shape(rows):
    assert taken(check(xlsx(rows))) == [FIRST, SECOND]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_files_in_every_encoding(encoding):
    assert taken(check(csv_bytes([HEADER, ROW, ROW2], encoding))) == [FIRST, SECOND]


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_text_files_by_other_separators(separator):
    text = "\n".join(separator.join(row) for row in (HEADER, ROW, ROW2))
    assert taken(check(text.encode())) == [FIRST, SECOND]


def test_a_forced_text_in_a_text_file():
    row = [ROW[0], f'"=""{GIRL}"""', *ROW[2:]]
    assert taken(check(csv_bytes([HEADER, row]))) == [FIRST]


def test_a_header_of_two_lines_with_merged_cells():
    rows = [
        ["", "", "", "", "", ""],
        ["姓名", "身份证号", "年份", "批次", "层次", "录取日期"],
        ROW,
    ]
    merges = [(0, 0, 0, 1, "考生信息"), (0, 2, 0, 5, "录取信息")]
    assert taken(check(xlsx(rows, merges=merges))) == [FIRST]


def test_merged_cells_are_filled_down_and_told():
    rows = [[*HEADER], [*ROW[:5], ""], [*ROW2[:5], ""]]
    whole = check(xlsx(rows, merges=[(1, 5, 2, 5, "2026-07-20")]))
    assert [row[-1] for row in taken(whole)] == ["2026-07-20", "2026-07-20"]
    assert [(c.key, c.code, list(c.rows)) for c in whole.checked.changes] == [("admitted_on", "merged", [1])]


def test_two_sheets_are_one_list_and_a_hidden_one_is_told():
    whole = check(xlsx([HEADER, ROW], [HEADER, ROW2], [HEADER, ROW2], hidden={2}))
    assert taken(whole) == [FIRST, SECOND]
    assert [note.en for note in whole.checked.table.notes] == ["The hidden sheet “表3” was not read"]


def test_the_year_of_the_title_stands_in_for_a_column():
    rows = [["2026年高考录取名单"], [*HEADER[:2], *HEADER[3:]], [*ROW[:2], *ROW[3:]]]
    assert taken(check(xlsx(rows))) == [FIRST]


def test_remarks_are_kept_as_received():
    whole = check(xlsx([[*HEADER, "备注"], [*ROW, "其父残疾"]]))
    assert whole.checked.table.raw(0)["备注"] == "其父残疾"
    assert [note.en for note in whole.checked.table.notes] == ["Kept as received only: 备注"]


def test_a_totals_row_with_its_count_below_the_names_is_no_person():
    whole = check(xlsx([["序号", *HEADER], ["1", *ROW], ["2", *ROW2], ["合计", "3"]]))
    assert (len(whole.checked.table), len(whole.checked.refused)) == (2, 0)
    assert "第 4 行写着共 3 条，表里有 2 行，请核对" in [note.zh for note in whole.checked.table.notes]


def test_a_total_that_differs_is_told():
    whole = check(xlsx([HEADER, ROW, ROW2, ["合计", "3人"]]))
    assert "Row 4 states 3 entries, the list has 2 rows: please compare" in [
        n.en for n in whole.checked.table.notes
    ]


def test_a_month_list_names_its_month_and_category_in_its_title():
    rows = [["周至县2026年8月农村低保对象花名册"], ["姓名", "身份证号码"], ["赵大山", GIRL]]
    whole = check(xlsx(rows), "hardship")
    assert (whole.code, whole.period.first, whole.period.last) == (
        "dibao",
        date(2026, 8, 1),
        date(2026, 8, 31),
    )
    assert whole.checked.values["kinds"] == [["dibao"]]


CELLS = {
    "check digit": (1, f"{GIRL[:17]}{'0' if GIRL[17] != '0' else '1'}", "citizen_id.check_digit"),
    "too short": (1, GIRL[:17], "citizen_id.length"),
    "a letter O": (1, GIRL[:10] + "O" + GIRL[11:], "citizen_id.characters"),
    "no such birth date": (1, "610124200802300024", "citizen_id.check_digit"),
    "an ID stored as a number": (1, float(GIRL[:17] + "0"), "digits_lost"),
    "an ID as a power of ten": (1, "6.10124E+17", "digits_lost"),
    "no ID": (1, "", "empty"),
    "a formula for an ID": (1, ("f", '="610124"', "610124"), "formula"),
    "a formula for a name": (0, ("f", "=A1", "赵雨桐"), "formula"),
    "a name like a formula": (0, "=cmd|' /C calc'!A0", "name.characters"),
    "a formula without a value": (5, ("f", "=TODAY()", ""), "formula"),
    "no day": (5, "2026-07", "no_day"),
    "no such day": (5, "2026-02-30", "no_such_day"),
    "in the future": (5, "2027-01-01", "in_future"),
    "words for a date": (5, "七月", "not_a_date"),
    "an unknown level": (4, "博士", "code_unknown"),
    "a year out of bounds": (2, "1026", "out_of_bounds"),
    "words for a year": (2, "今年", "not_a_number"),
    "an ID in a text": (3, f"本科{OTHER}", "id_in_text"),
    "a phone in a text": (3, "本科 13800138000", "phone_in_text"),
    "a long text": (3, "批" * 201, "too_long"),
}


@pytest.mark.parametrize(("column", "cell", "code"), CELLS.values(), ids=CELLS.keys())
def test_a_wrong_cell_is_refused_where_it_stands(column, cell, code):
    row = [*ROW]
    row[column] = cell
    checked = check(xlsx([HEADER, row, ROW2])).checked
    problem = next(problem for problem in checked.problems if problem.code == code)
    assert checked.table.cell(problem.row, problem.key) == f"{'ABCDEF'[column]}2"
    assert checked.refused == {0}
    assert all((problem.words.zh, problem.words.en))


DAYS = [f"2008{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29)]


def lucky_and_lost():
    """A number that ends in three zeros and fits its check digit, and one that lost its end."""
    return next(number for day in DAYS if (number := number_of(day, 200)).endswith("000")), GIRL[:15] + "000"


def test_a_number_that_ends_in_zeros_is_true_where_nothing_says_that_it_was_lost():
    """A cell that is a value shows its own loss alone. One lost among thousands of whole texts is that one alone."""
    lucky, bad = lucky_and_lost()
    told = [HEADER, [ROW[0], lucky, *ROW[2:]], [ROW2[0], float(bad), *ROW2[2:]]]
    assert check(xlsx(told)).checked.refused == {1}
    whole = [number for day in DAYS for order in (123, 241) if (number := number_of(day, order)).isdigit()]
    told = [HEADER, *([ROW[0], number, *ROW[2:]] for number in (lucky, bad, *whole))]
    assert check(csv_bytes(told, "utf-8-sig")).checked.refused == {1}
    assert len(whole) > 300
    assert check(csv_bytes(told[:100], "utf-8-sig")).checked.refused >= {0, 1}


def test_fifteen_digits_are_whole_as_a_value_too():
    told = [HEADER, [ROW[0], 610124080203241.0, *ROW[2:]]]
    checked = check(xlsx(told)).checked
    assert (checked.refused, checked.values["subject"][0][:6]) == (set(), "610124")


def test_numbers_that_lost_digits_take_the_lucky_ones_with_them():
    lucky, bad = lucky_and_lost()
    rows = [HEADER, [ROW[0], lucky, *ROW[2:]], [ROW2[0], bad, *ROW2[2:]]]
    assert check(xlsx(rows)).checked.refused == {0, 1}
    assert check(xlsx(rows[:2])).checked.refused == set()


WHOLE = {
    "two lists under one another": ([HEADER, ROW, list(reversed(HEADER)), ROW2], "two_headers"),
    "no header": ([ROW, ROW2], "no_header"),
    "no data": ([HEADER], "no_rows"),
    "no ID column": ([["姓名", "录取日期"], ["赵雨桐", "2026-07-20"]], "no_header"),
    "a needed column is missing": ([HEADER[:5], ROW[:5]], "column_missing"),
    "a column twice": ([[*HEADER, "录取日期"], [*ROW, "2026-07-21"]], "column_twice"),
    "no year anywhere": ([[*HEADER[:2], *HEADER[3:]], [*ROW[:2], *ROW[3:]]], "no_year"),
}


@pytest.mark.parametrize(("rows", "code"), WHOLE.values(), ids=WHOLE.keys())
def test_a_list_that_cannot_be_is_one_sentence(rows, code):
    with pytest.raises(Refusal) as caught:
        check(xlsx(rows))
    assert caught.value.code == code
    assert all((caught.value.words.zh, caught.value.words.en))


def test_two_rows_that_contradict_each_other_are_both_refused():
    checked = check(xlsx([HEADER, ROW, [*ROW[:4], "专科", ROW[5]], ROW2])).checked
    assert checked.refused == {0, 1}


def test_what_was_made_plain_is_listed():
    row = [" 赵雨桐", f"{GIRL[:6]} {GIRL[6:]}", "2026年", "本科一批", "本科", "2026/7/20"]
    changes = check(xlsx([HEADER, row])).checked.changes
    assert {(change.key, change.code) for change in changes} == {
        ("subject_name", "cleaned"),
        ("subject", "cleaned"),
        ("year", "unit"),
        ("admitted_on", "date"),
    }


def test_a_rare_name_character_survives_gb18030():
    row = ["赵" + "䶮", *ROW[1:]]
    book = read_book(csv_bytes([HEADER, row], "gb18030"))
    assert book.sheets[0].text(1, 0) == "赵䶮"


def test_hidden_rows_are_read_and_told():
    source = xlsx([HEADER, ROW, ROW2])
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b'<row r="3"', b'<row r="3" hidden="1"'))
    whole = check(buffer.getvalue())
    assert taken(whole) == [FIRST, SECOND]
    assert [note.en for note in whole.checked.table.notes] == [
        "1 hidden rows were read like all others (row 3 …)"
    ]


def test_comments_on_cells_are_told():
    buffer = io.BytesIO(xlsx([HEADER, ROW, ROW2]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/comments1.xml", "<comments/>")
    whole = check(buffer.getvalue())
    assert taken(whole) == [FIRST, SECOND]
    assert [note.en for note in whole.checked.table.notes] == ["The comments on cells were not read"]


@pytest.mark.parametrize("end", ["le", "be"])
def test_text_files_in_utf_16_of_either_end(end):
    mark = "\ufeff".encode(f"utf-16-{end}")
    assert taken(check(mark + csv_bytes([HEADER, ROW, ROW2], f"utf-16-{end}"))) == [FIRST, SECOND]
