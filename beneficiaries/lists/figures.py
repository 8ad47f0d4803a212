"""Digits, whole numbers, amounts and days of a cell: what they may look like, and what was changed to read them.

Each reader gives (value, change) as those of ``cells`` do.
"""

import re
import unicodedata
from datetime import date, timedelta

from beneficiaries.lists.sheets import DATE, NUMBER
from facts.catalogue import Field
from standards import money
from standards.characters import clean
from standards.words import Refusal

BORN_FROM = date(1900, 1, 1)
EXCEL_DAY_0 = date(1899, 12, 30)
DAY_0_OF_1904 = date(1904, 1, 1)
EXCEL_RIGHT_FROM = date(1900, 3, 1)  # before it, a spreadsheet counts 29 February 1900, which never was
SERIALS = range(10_000, 70_000)  # 1927 to 2091: what a date looks like when its format is lost

_DATE = re.compile(
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$",
    re.ASCII,
)
_EIGHT = re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII)
_WHOLE = re.compile(
    r"^(-?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3}))(?:\.0+)?\s*"
    r"(课时|学时|小时|节|年度|年|级|届|人|户|次|个月|月|元|平方米|平米|m2|分)?$",
    re.ASCII,
)
#: Units that mean the same; a cell may name one of a group that its column's own words name.
_ALIKE = (
    ("课时", "学时", "小时", "节"),
    ("年", "年度", "级", "届"),
    ("人", "户"),
    ("月", "个月"),
    ("平方米", "平米", "m2"),
)

Read = tuple[object, str]


def odd_digit(text: str) -> Refusal | None:
    """Why a text cannot be a number: ① or ² in it is a footnote's mark, and made plain it would be one more digit.

    >>> odd_digit("3000①").words.en, odd_digit("３０００"), odd_digit("2026年")
    ('“①” is no digit: write plain digits, without marks of notes', None, None)
    """
    if text.isascii():
        return None
    odd = next((sign for sign in text if unicodedata.category(sign) == "No"), "")
    if not odd:
        return None
    return Refusal(
        f"“{odd}”不是数字。请只写普通数字，去掉注释的标记",
        f"“{odd}” is no digit: write plain digits, without marks of notes",
        code="odd_digit",
    )


def _refuse_odd_digits(text: str) -> None:
    refusal = odd_digit(text)
    if refusal is not None:
        raise refusal


def read_date(text: str, kind: str, today: date, day_0: date = EXCEL_DAY_0) -> Read:
    """A day as ISO text, from what lists hold: ISO, slashes, dots, Chinese, eight digits, a day number from ``day_0``."""
    _refuse_odd_digits(text)
    value = clean(text)
    found = _DATE.match(value) or _EIGHT.match(value)
    is_iso = re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII) is not None
    if found is None and kind == NUMBER and value.isdigit() and int(value) in SERIALS:
        return _bounded(day_0 + timedelta(days=int(value)), today), "serial"
    if found is None:
        raise _not_a_date(value)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Refusal(
            f"“{value}”不是真的日期，请对照原件", f"“{value}” is no day of the calendar", code="no_such_day"
        ) from None
    if kind == DATE and day < EXCEL_RIGHT_FROM:
        raise _too_early(day)
    return _bounded(day, today), "" if is_iso and value == text else "date"


def _bounded(day: date, today: date) -> str:
    if day > today:
        raise Refusal(f"日期 {day} 晚于今天", f"The day {day} lies in the future", code="in_future")
    if day < BORN_FROM:
        raise _too_early(day)
    return day.isoformat()


def _too_early(day: date) -> Refusal:
    return Refusal(f"日期 {day} 太早", f"The day {day} is too early", code="too_early")


def _not_a_date(value: str) -> Refusal:
    if re.match(r"^\d{4}\s*[-/.年]\s*\d{1,2}\s*月?$|^\d{4}年?$|^\d{6}$", value):
        return Refusal(
            f"“{value}”没有写到日，请写成 2026-07-20",
            f"“{value}” has no day: write 2026-07-20",
            code="no_day",
        )
    return Refusal(
        f"“{value[:30]}”不是日期，请写成 2026-07-20",
        f"“{value[:30]}” is no date: write 2026-07-20",
        code="not_a_date",
    )


def read_integer(text: str, column: Field) -> Read:
    """A whole number within the bounds of its kind file, with no unit or one that the column's words name."""
    _refuse_odd_digits(text)
    value = clean(text)
    found = _WHOLE.match(value)
    if found is None:
        raise Refusal(f"“{value[:30]}”不是整数", f"“{value[:30]}” is no whole number", code="not_a_number")
    unit = found[2] or ""
    if unit and not _is_of(unit, column):
        raise Refusal(
            f"“{value[:30]}”的单位“{unit}”不是这一列（{column.words.zh}）的单位",
            f"“{value[:30]}” has the unit “{unit}”, which is not that of the column ({column.words.en})",
            code="other_unit",
        )
    number = int(found[1].replace(",", ""))
    low, high = column.at_least, column.at_most
    if (low is not None and number < low) or (high is not None and number > high):
        raise Refusal(
            f"{number} 不在 {low} 到 {high} 之间",
            f"{number} is not between {low} and {high}",
            code="out_of_bounds",
        )
    if unit:
        return number, "unit"
    return number, "" if text == str(number) else ("cleaned" if value == str(number) else "figure")


def _is_of(unit: str, column: Field) -> bool:
    named = "".join((column.words.zh, *column.headers))
    return any(one in named for group in _ALIKE if unit in group for one in group) or unit in named


def read_money(text: str) -> Read:
    """An amount in yuan as whole fen, above 0."""
    _refuse_odd_digits(text)
    fen = money.fen_from_yuan(text)
    if fen == 0:
        raise Refusal("金额是 0", "The amount is 0", code="no_amount")
    value = clean(text)
    if not re.fullmatch(r"[\d.]+", value, re.ASCII):
        return fen, "figure"
    return fen, "" if value == text else "cleaned"
