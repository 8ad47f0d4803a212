"""Days and encodings against a second opinion that is written otherwise: arithmetic instead of the libraries' tables."""

import math
import re
import struct
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beneficiaries.lists.cells import read_date
from beneficiaries.lists.delimited import decode
from beneficiaries.lists.sheets import DATE, NUMBER, TEXT
from standards.words import Refusal
from tests.beneficiaries.workbooks import HEADER

TODAY = date(2026, 10, 31)
YEARS, MONTHS, DAYS = st.integers(1880, 2045), st.integers(0, 14), st.integers(0, 33)
# How departments write a day; {y} {m} {d} as they are, {mm} {dd} of two digits.
WRITTEN = (
    "{y}-{mm}-{dd}", "{y}-{m}-{d}", "{y}/{m}/{d}", "{y}/{mm}/{dd}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "{y}年{mm}月{dd}日",
    "{y} 年 {m} 月 {d} 日", "{y}年{m}月{d}号", "{y}{mm}{dd}", "{y}-{mm}-{dd} 00:00:00", "{y}/{m}/{d} 8:05",
    " {y}.{mm}.{dd} ", "{y}-{mm}-{dd}T08:30:00.000",
)  # fmt: skip


def is_day(year, month, day):
    """Whether the calendar has that day: Gauss's arithmetic of months and leap years."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = (
        28 + (month + month // 8) % 2 + 2 % month + 2 * (1 // month) + (leap and month == 2) if month else 0
    )
    return 1 <= month <= 12 and 1 <= day <= longest


def day_number(year, month, day):
    """The Julian day number (Fliegel and Van Flandern): days counted without any calendar of a library."""
    shift = math.trunc((month - 14) / 12)
    return (
        1461 * (year + 4800 + shift) // 4
        + 367 * (month - 2 - 12 * shift) // 12
        - 3 * ((year + 4900 + shift) // 100) // 4
        + day
        - 32075
    )


def expected(year, month, day):
    """The ISO day, or the code of the refusal."""
    if not is_day(year, month, day):
        return "no_such_day"
    number = day_number(year, month, day)
    if number > day_number(TODAY.year, TODAY.month, TODAY.day):
        return "in_future"
    if number < day_number(1900, 1, 1):
        return "too_early"
    return f"{year:04d}-{month:02d}-{day:02d}"


def answer(text, kind=TEXT):
    """What the reader says: the day, or the code of its refusal."""
    try:
        value, change = read_date(text, kind, TODAY)
    except Refusal as refusal:
        return refusal.code
    assert change or kind == DATE or text == value, "a changed text is told"
    return value


@given(YEARS, MONTHS, DAYS, st.sampled_from(WRITTEN), st.booleans())
@settings(max_examples=150)
def test_a_day_is_read_as_arithmetic_says_in_every_way_of_writing_it(year, month, day, form, is_wide):
    text = form.format(y=year, m=month, d=day, mm=f"{month:02d}", dd=f"{day:02d}")
    if is_wide:
        text = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)
    assert answer(text) == expected(year, month, day)


@given(st.integers(10_000, 69_999))
@settings(max_examples=100)
def test_a_day_number_is_the_day_that_many_days_after_the_last_of_1899(serial):
    told = answer(str(serial), NUMBER)
    if told == "in_future":
        assert day_number(1899, 12, 30) + serial > day_number(2026, 10, 31)
    else:
        assert day_number(*map(int, told.split("-"))) - day_number(1899, 12, 30) == serial


@given(st.text("0123456789-/.年月日 号:T", max_size=14))
@settings(max_examples=150)
def test_no_text_becomes_a_day_that_its_digits_do_not_say(text):
    told = answer(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", told):
        numbers = [int(part) for part in re.findall(r"\d+", text)]
        if len(numbers) == 1:  # eight digits
            assert re.sub(r"\D", "", text) == told.replace("-", "")
        else:
            assert numbers[:3] == [int(part) for part in told.split("-")]


# ---- encodings: every byte by arithmetic, but for the table of GB 2312, which stands at the bottom of GBK

COMMON = st.sampled_from("赵钱孙李周吴郑王雨桐思涵欣怡梓萱秀英文斌建军的一是在不了有和人这")
RARE = st.integers(0x20000, 0x2A6D6).map(chr)  # of the supplementary planes
PLAIN = st.sampled_from("ABCabc0123456789-·. ")
NAMES = st.text(st.one_of(COMMON, COMMON, PLAIN, RARE), min_size=1, max_size=6)


def utf8(text):
    """UTF-8 by its definition: the highest bits say how many bytes follow."""
    out = bytearray()
    for point in map(ord, text):
        if point < 0x80:
            out.append(point)
            continue
        more = 1 if point < 0x800 else 2 if point < 0x10000 else 3
        out.append((0xFF00 >> more + 1) & 0xFF | point >> 6 * more)
        out += bytes(0x80 | point >> 6 * n & 0x3F for n in range(more - 1, -1, -1))
    return bytes(out)


def utf16(text, end):
    """UTF-16 by its definition: above the first plane a pair of surrogates."""
    units = []
    for point in map(ord, text):
        if point < 0x10000:
            units.append(point)
        else:
            units += [0xD800 + (point - 0x10000 >> 10), 0xDC00 + (point - 0x10000 & 0x3FF)]
    return struct.pack(f"{end}{len(units)}H", *units)


def gb18030(text):
    """GB 18030: two bytes of GB 2312, or for the supplementary planes four in one unbroken count from 90 30 81 30."""
    out = bytearray()
    for character in text:
        if ord(character) < 0x10000:
            out += character.encode("gb2312") if character != "·" else b"\xa1\xa4"
            continue
        count, fourth = divmod(ord(character) - 0x10000, 10)
        count, third = divmod(count, 126)
        first, second = divmod(count, 10)
        out += bytes([0x90 + first, 0x30 + second, 0x81 + third, 0x30 + fourth])
    return bytes(out)


WAYS = {
    "utf-8": utf8,
    "utf-8-sig": lambda text: b"\xef\xbb\xbf" + utf8(text),
    "gb18030": gb18030,
    "utf-16 little end": lambda text: b"\xff\xfe" + utf16(text, "<"),
    "utf-16 big end": lambda text: b"\xfe\xff" + utf16(text, ">"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@given(st.lists(NAMES, min_size=1, max_size=8))
@settings(max_examples=25)
def test_a_text_is_read_in_whichever_encoding_it_was_written(way, names):
    text = "\r\n".join([",".join(HEADER), *names])
    assert decode(way(text))[0] == text


@given(st.lists(NAMES, min_size=1, max_size=4))
@settings(max_examples=25)
def test_the_libraries_write_the_same_bytes(names):
    text = "\n".join(names)
    assert (utf8(text), utf16(text, "<"), gb18030(text)) == tuple(
        text.encode(name) for name in ("utf-8", "utf-16-le", "gb18030")
    )


@pytest.mark.parametrize(("encoding", "line"), [("utf-8", 3), ("gb18030", 3), ("utf-16", 3)])
def test_a_damaged_text_names_its_line(encoding, line):
    """In UTF-8 above all: read as GB 18030 the rest of the file would be nonsense, not an error."""
    rows = [",".join(HEADER), *["赵雨桐,1,2026,本科,本科,2026-07-20"] * 3]
    spoiled = bytearray("\n".join(rows).encode(encoding))
    place = bytes(spoiled).rindex(
        "赵".encode(encoding)[-3:] if encoding != "utf-16" else "赵".encode("utf-16-le")
    )
    before = bytes(spoiled)[:place]
    place = before.rindex("赵".encode(encoding)[-3:] if encoding != "utf-16" else "赵".encode("utf-16-le"))
    spoiled[place : place + 2] = b"\xff\xff" if encoding != "utf-16" else b"\x00\xdc"
    with pytest.raises(Refusal) as caught:
        decode(bytes(spoiled))
    assert (caught.value.code, f"Line {line} " in caught.value.words.en) == ("broken", True)
