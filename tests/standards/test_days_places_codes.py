"""Working days against chinesecalendar, division codes, national code lists."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards import code_lists, divisions, working_days
from standards.words import Refusal

PUBLISHED_DAYS = [date(2025, 1, 1) + timedelta(days=step) for step in range(730)]
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def test_every_day_of_the_published_years_agrees_with_chinesecalendar():
    wrong = [
        day
        for day in PUBLISHED_DAYS
        if working_days.is_working_day(day)[0] != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_a_year_without_a_notice_is_provisional():
    assert working_days.is_working_day(date(2027, 1, 4)) == (True, True)
    assert working_days.is_working_day(date(2026, 12, 25)) == (True, False)
    assert working_days.is_working_day(date(2026, 12, 31)) == (
        True,
        True,
    )  # New Year's holiday may begin here
    assert working_days.is_working_day(date(2025, 12, 31)) == (True, False)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 7, 15), 7, (date(2026, 7, 24), False)),
        (date(2026, 9, 30), 20, (date(2026, 11, 3), False)),
        (date(2026, 9, 18), 1, (date(2026, 9, 20), False)),  # a make-up Sunday
        (date(2026, 12, 18), 20, (date(2027, 1, 15), True)),
        (date(2026, 10, 1), 0, (date(2026, 10, 1), False)),
    ],
)
def test_add_working_days(day, n, expected):
    assert working_days.add_working_days(day, n) == expected


@given(DAYS, st.integers(1, 120))
def test_adding_and_counting_are_opposites(day, n):
    later, provisional = working_days.add_working_days(day, n)
    assert working_days.is_working_day(later)[0]
    assert working_days.working_days_between(day, later) == (n, provisional)
    assert working_days.working_days_between(later, day) == (-n, provisional)


def test_a_slip_of_the_caller_is_noticed():
    with pytest.raises(ValueError, match="working days"):
        working_days.add_working_days(date(2026, 7, 15), -1)


@pytest.mark.parametrize(
    ("code", "level", "prefix", "parent"),
    [
        ("610000000000", "province", "61", None),
        ("610100000000", "prefecture", "6101", "610000000000"),
        ("610124000000", "county", "610124", "610100000000"),
        ("610124001000", "township", "610124001", "610124000000"),
        ("610124100000", "township", "610124100", "610124000000"),
        ("610124103205", "village", "610124103205", "610124103000"),
        ("610124103200", "village", "610124103200", "610124103000"),
    ],
)
def test_divisions(code, level, prefix, parent):
    assert divisions.level(code) == level
    assert divisions.scope_prefix(code) == prefix
    assert divisions.parent(code) == parent
    assert divisions.read(prefix) == code


def test_township_001_is_not_inside_its_neighbour():
    assert divisions.is_inside("610124001003", "610124001000")
    assert divisions.is_inside("610124001003", "610000000000")
    assert not divisions.is_inside("610124001003", "610124101000")


@pytest.mark.parametrize("code", ["", "61", "000000000000", "61012410320X", "6101241032051"])
def test_a_code_of_another_shape_is_a_mistake(code):
    with pytest.raises(ValueError, match="12 digits"):
        divisions.level(code)


@pytest.mark.parametrize("text", ["", "周至县", "6", "00", "61012410320"])
def test_a_person_is_told_what_a_code_is(text):
    with pytest.raises(Refusal):
        divisions.read(text)


@pytest.mark.parametrize(
    ("codes", "text", "code"),
    [
        (code_lists.SEX, "女", "2"),
        (code_lists.SEX, "２", "2"),
        (code_lists.SEX, "男性", "1"),
        (code_lists.NATION, "汉", "01"),
        (code_lists.NATION, "1", "01"),
        (code_lists.NATION, "毛南族", "36"),
        (code_lists.NATION, "毛难族", "36"),
        (code_lists.EDUCATION, "大学本科毕业", "21"),
        (code_lists.RELATION, "户主", "02"),
        (code_lists.RELATION, "2", "02"),
        (code_lists.RELATION, "女儿", "30"),
        (code_lists.RELATION, "次女", "33"),
        (code_lists.MARITAL, "丧偶", "30"),
    ],
)
def test_code_lists_understand_codes_and_names(codes, text, code):
    assert codes.read(text) == code
    assert codes.name(code)


@pytest.mark.parametrize("text", ["", "无", "99999"])
def test_code_lists_refuse_the_unknown(text):
    assert code_lists.NATION.find(text) is None
    with pytest.raises(Refusal):
        code_lists.NATION.read(text)


def test_code_lists_are_whole():
    assert len(code_lists.NATION.names) in (56, 58)
    assert set(code_lists.NATION.aliases.values()) <= set(code_lists.NATION.names)
    assert set(code_lists.RELATION.aliases.values()) <= set(code_lists.RELATION.names)
