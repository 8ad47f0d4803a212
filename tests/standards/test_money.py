"""Amounts: what is taken, what is refused, and capitals against an independently written reader."""

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards import money
from standards.words import Refusal

AMOUNTS = st.integers(0, money.FEN_MAX)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("3000", 300000),
        ("3,000.00", 300000),
        ("¥3,000.5", 300050),
        ("￥3000元", 300000),
        ("１２３．４５", 12345),
        (" 0.07 ", 7),
        ("0", 0),
        ("1,234,567.89", 123456789),
        ("9,999,999,999.99", money.FEN_MAX),
    ],
)
def test_fen_from_yuan_takes_what_people_write(text, fen):
    assert money.fen_from_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "", "元", "1e3", "1_000", "-5", "+5", "1.234", ".5", "5.", "1,00", "12,34.00", "1,0000", "三千",
        "3000元整",
        "nan", "inf", "0x10", "٣٠٠٠", "3 000", "1.0.0", "1,", "--", "10000000000",
    ],
)  # fmt: skip
def test_fen_from_yuan_refuses_what_could_mean_something_else(text):
    with pytest.raises(Refusal) as caught:
        money.fen_from_yuan(text)
    assert caught.value.words.zh
    assert caught.value.words.en


@given(AMOUNTS)
def test_fen_survive_the_way_to_paper_and_back(fen):
    assert money.fen_from_yuan(money.yuan(fen)) == fen
    assert money.fen_from_yuan(money.yuan_plain(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (51, "伍角壹分"),
        (1000, "壹拾元整"),
        (1050, "壹拾元零伍角"),
        (1005, "壹拾元零伍分"),
        (140950, "壹仟肆佰零玖元伍角"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (10700053, "壹拾万柒仟元零伍角叁分"),
        (10070000, "壹拾万零柒佰元整"),
        (10000000100, "壹亿零壹元整"),
        (50001000000, "伍亿零壹万元整"),
        (-300000, "负叁仟元整"),
    ],
)
def test_capitals_as_the_vouchers_write_them(fen, written):
    assert money.capitals(fen) == written


def _read_capitals(text):
    """Fen from capitals, read the way a person reads: digit, unit, section. Written apart from the code."""
    digits = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
    total = section = digit = fen = 0
    for character in text.removesuffix("整"):
        if character in digits:
            digit = digits[character]
        elif character in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[character]
            digit = 0
        elif character in "万亿":
            total = (
                (total + section + digit) * {"万": 10**4, "亿": 10**8}[character]
                if character == "亿"
                else (total + (section + digit) * 10**4)
            )
            section = digit = 0
        elif character == "元":
            total, section, digit = total + section + digit, 0, 0
        else:
            fen += digit * {"角": 10, "分": 1}[character]
            digit = 0
    return total * 100 + fen


@given(AMOUNTS)
def test_capitals_can_be_read_back(fen):
    written = money.capitals(fen)
    assert _read_capitals(written) == fen
    assert "零零" not in written
    assert written.endswith(("整", "角", "分"))


@given(st.integers(0, 10**10 - 1))
def test_capitals_agree_with_cn2an_for_whole_yuan(yuan):
    assert money.capitals(yuan * 100) == cn2an.an2cn(yuan, "rmb")


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10_000), min_size=1, max_size=8).filter(any))
def test_split_by_weight_loses_no_fen_and_is_fair(fen, weights):
    parts = money.split_by_weight(fen, weights)
    assert sum(parts) == fen
    assert all(
        abs(part * sum(weights) - fen * weight) < sum(weights)
        for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.parametrize(("fen", "weights"), [(-1, [1]), (1, [0, 0]), (1, [2, -1]), (1, [])])
def test_split_by_weight_refuses_nonsense(fen, weights):
    with pytest.raises(ValueError, match="weights"):
        money.split_by_weight(fen, weights)


def test_capitals_stop_at_a_thousand_billion():
    with pytest.raises(ValueError, match="capitals"):
        money.capitals(10**14)
