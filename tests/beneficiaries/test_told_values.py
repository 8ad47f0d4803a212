"""No value is taken that differs from its cell without a word: refused with the place, or taken and listed.

Each line was once taken in silence, or as something that the sender had not written.
"""

from datetime import date, datetime

import pytest

from standards.words import Refusal
from tests.beneficiaries.workbooks import GIRL, HEADER, OTHER, ROW, check, csv_bytes, xlsx

PLACES = {
    "姓名": "subject_name",
    "身份证号": "subject",
    "录取年份": "year",
    "录取批次": "batch",
    "录取层次": "level",
    "录取日期": "admitted_on",
}
ID15 = f"{GIRL[:6]}{GIRL[8:17]}"


def admission(header, cell):
    """What becomes of one cell of an admission list: (value, the codes told, the codes of its problems)."""
    made = xlsx if not isinstance(cell, str) else csv_bytes
    row = [cell if name == header else text for name, text in zip(HEADER, ROW, strict=True)]
    return outcome(check(made([HEADER, row])).checked, PLACES[header])


def outcome(checked, key, row=0):
    told = [change.code for change in checked.changes if change.key == key and row in change.rows]
    problems = [problem.code for problem in checked.problems if problem.row == row]
    return checked.values[key][row], told, problems


CELLS = [
    # a rare character of a name, newer than the tables of the program
    ("姓名", "赵\U0002ebf0", "赵\U0002ebf0", []),
    ("姓名", "赵\U00031350桐", "赵\U00031350桐", []),
    # marks of notes are no digits
    ("录取日期", "2026-07-2①", None, ["odd_digit"]),
    ("录取日期", "2026.7.2²", None, ["odd_digit"]),
    ("录取年份", "202⑥", None, ["odd_digit"]),
    ("身份证号", f"{GIRL[:16]}④{GIRL[17:]}", None, ["odd_digit"]),
    # days
    ("录取日期", "1900-02-29", None, ["no_such_day"]),
    ("录取日期", date(1900, 2, 28), None, ["too_early"]),  # a spreadsheet is a day off before March 1900
    ("录取日期", "98-5-1", None, ["not_a_date"]),
    ("录取日期", "农历五月初一", None, ["not_a_date"]),
    ("录取日期", "31/6/2026", None, ["not_a_date"]),
    ("录取日期", datetime(2026, 7, 20, 13, 30), "2026-07-20", "date"),
    # whole numbers
    ("录取年份", "2026级", 2026, "unit"),
    ("录取年份", "2026.00", 2026, "figure"),
    ("录取年份", "2026人", None, ["other_unit"]),
    ("录取年份", "2026个月", None, ["other_unit"]),
    # set words
    ("录取层次", "本 科", "本科", "cleaned"),
    ("录取层次", "职业高中", "中专", "printed"),
    # texts that a spreadsheet made something else
    ("录取批次", date(2026, 1, 2), "2026-01-02", "date_text"),
    ("录取批次", 610124200803150001.0, None, ["digits_lost"]),
    ("录取批次", "6.10124E+17", None, ["digits_lost"]),
    ("录取批次", "2E5", "2E5", []),
    ("身份证号", f"{ID15[:6]} {ID15[6:]}", "610124190803150249", "id15"),
]


@pytest.mark.parametrize(("header", "cell", "value", "said"), CELLS)
def test_a_cell_is_refused_or_taken_as_written_or_told(header, cell, value, said):
    """``said``: the codes of its problems, or the one change that is told."""
    expected = (value, [said], []) if isinstance(said, str) else (value, [], said)
    assert admission(header, cell) == expected


def business(header, cell, above=()):
    table = [
        *([line] for line in above),
        ["姓名", "身份证号", "经营状态", header],
        ["赵雨桐", GIRL, "存续", cell],
    ]
    return outcome(check(xlsx(table), "business").checked, "capital")


AMOUNTS = [
    ("注册资本", "3000", 300_000, []),
    ("注册资本", "3,000.00元", 300_000, "figure"),
    ("注册资本", "3000①", None, ["odd_digit"]),
    ("注册资本", "3万", None, ["money.shape"]),
    ("注册资本（万元）", "3", 3_000_000, "scaled"),
    ("注册资本（万）", "1.2", 1_200_000, "scaled"),
    ("注册资本（单位：万元）", "3", 3_000_000, "scaled"),
    ("注册资本万元", "3", 3_000_000, "scaled"),
    ("注册资本（千元）", "3", 300_000, "scaled"),
    ("注册资本（万元）", "3万", None, ["money.shape"]),
    ("注册资本（万元）", "0.0000001", None, ["money.shape"]),
    ("注册资本（元）", "3", 300, []),
]


@pytest.mark.parametrize(("header", "cell", "fen", "said"), AMOUNTS)
def test_an_amount_is_read_in_the_unit_that_its_header_states(header, cell, fen, said):
    expected = (fen, [said], []) if isinstance(said, str) else (fen, [], said)
    assert business(header, cell)[0] == expected[0]
    assert "figure" not in business(header, cell)[1] or said in ("figure", "scaled")
    assert set(expected[1]) <= set(business(header, cell)[1])
    assert business(header, cell)[2] == expected[2]


@pytest.mark.parametrize(
    ("above", "fen"), [("单位：万元", 3_000_000), ("金额单位：元", 300), ("填报单位：周至县市场监管局", 300)]
)
def test_a_line_above_the_table_states_the_unit(above, fen):
    assert business("注册资本", "3", above=[above])[0] == fen
    assert business("注册资本（元）", "3", above=[above])[0] == 300


def test_an_amount_in_dollars_is_not_taken_as_yuan():
    table = [["姓名", "身份证号", "经营状态", "注册资本（美元）"], ["赵雨桐", GIRL, "存续", "3"]]
    checked = check(xlsx(table), "business").checked
    assert "capital" not in checked.table.texts
    assert any("注册资本(美元)" in note.zh for note in checked.table.notes)


def test_control_totals_are_compared_in_yuan():
    table = [
        ["姓名", "身份证号", "经营状态", "注册资本（万元）"],
        ["赵雨桐", GIRL, "存续", "3"],
        ["钱思涵", OTHER, "存续", "1.5"],
        ["合计", "", "", "4.5"],
    ]
    (total,) = check(xlsx(table), "business").totals
    assert (total.stated, total.found) == ("45,000.00", "45,000.00")


@pytest.mark.parametrize("whose", ["父亲", "监护人", "户主"])
def test_the_number_of_somebody_else_is_not_the_subjects(whose):
    with pytest.raises(Refusal) as caught:
        check(csv_bytes([["姓名", f"身份证号（{whose}）", *HEADER[2:]], ROW]))
    assert caught.value.code in ("columns_unknown", "column_missing")


@pytest.mark.parametrize("said", ["18位", "必填", "公民身份号码", "末位字母大写"])
def test_a_bracket_that_only_explains_is_passed_over(said):
    assert check(csv_bytes([["姓名", f"身份证号（{said}）", *HEADER[2:]], ROW])).checked.values[
        "subject"
    ] == [GIRL]


def test_a_comma_inside_a_cell_without_quote_marks_moves_nothing_into_another_column():
    header = ["姓名", "身份证号", "经营状态", "注册资本"]
    source = csv_bytes([header, ["赵雨桐", GIRL, "存续", "3,000.00"], ["钱思涵", OTHER, "存续", "500", ""]])
    checked = check(source, "business").checked
    assert [(problem.row, problem.code) for problem in checked.problems] == [(0, "too_many_cells")]
    assert checked.values["capital"][1] == 50_000


@pytest.mark.parametrize(
    ("made", "one", "other"),
    [
        (xlsx, 610124103205000001.0, 610124103205000002.0),  # the same value, once stored
        (csv_bytes, "6.10124E+17", "6.10124E+17"),
        (csv_bytes, "12①", "121"),
    ],
)
def test_two_households_whose_numbers_lost_their_ends_do_not_become_one(made, one, other):
    header = ["户编号", "姓名", "身份证号", "与户主关系", "所在村"]
    rows = [[one, "赵雨桐", GIRL, "户主", "仰天村"], [other, "钱思涵", OTHER, "女儿", "仰天村"]]
    checked = check(made([header, *rows]), "register").checked
    assert 0 in checked.refused
    assert checked.values["household_number"][0] is None


def test_a_telephone_is_the_familys_whoever_answers():
    header = ["户编号", "姓名", "身份证号", "与户主关系", "所在村", "联系电话（监护人）"]
    rows = [["1", "赵雨桐", GIRL, "户主", "仰天村", "13800138000"]]
    assert check(csv_bytes([header, *rows]), "register").checked.values["phone"] == ["13800138000"]
