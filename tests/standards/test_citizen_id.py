"""Identity numbers: one number and a column answer alike; python-stdnum is the second opinion."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_2 as stdnum_mod_11_2

from standards import citizen_id
from standards.words import Refusal

TODAY = date(2026, 7, 15)


def number(region="610124", born_on=date(2008, 3, 9), sequence="482"):
    first17 = f"{region}{born_on:%Y%m%d}{sequence}"
    return first17 + citizen_id.check_digit(first17)


NUMBERS = st.builds(
    number,
    region=st.from_regex(r"[1-6][1-5][0-9]{4}", fullmatch=True),
    born_on=st.dates(date(1900, 1, 1), TODAY),
    sequence=st.from_regex(r"[0-9]{3}", fullmatch=True),
)


@given(NUMBERS)
def test_read_says_what_the_number_says(text):
    found = citizen_id.read(text, TODAY)
    assert found.number == text
    assert found.born_on.strftime("%Y%m%d") == text[6:14]
    assert found.sex == ("male" if int(text[16]) % 2 else "female")
    assert found.region == text[:6]


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_check_digit_agrees_with_stdnum(first17):
    assert citizen_id.check_digit(first17) == ric.calc_check_digit(first17 + "0")
    assert citizen_id.check_digit(first17) == stdnum_mod_11_2.calc_check_digit(first17)


@pytest.mark.parametrize("region", ["610118", "610117", "999999"])
def test_region_is_never_a_refusal(region):
    assert citizen_id.is_valid(number(region=region), TODAY)


def test_unknown_province_is_a_warning():
    assert citizen_id.warnings(number(region="610124")) == []
    assert citizen_id.warnings(number(region="830000")) == []
    assert len(citizen_id.warnings(number(region="990000"))) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("6101242008030948", "length"),
        ("6101242008030948200", "length"),
        ("61012420080309482A", "characters"),
        ("X10124200803094827", "characters"),
        ("61012420080309482", "length"),
        ("6101２4200803０9٤827", "characters"),
        (number()[:17] + ("1" if number()[17] != "1" else "2"), "check_digit"),
        (number(born_on=date(2026, 7, 16)), "future"),
        (number(born_on=date(2099, 1, 1)), "future"),
        (number(born_on=date(1879, 12, 31)), "too_early"),
        ("610124200802304828", "check_digit"),
    ],
)
def test_read_refuses_with_a_reason(text, code):
    with pytest.raises(Refusal) as caught:
        citizen_id.read(text, TODAY)
    assert caught.value.code == f"citizen_id.{code}"
    assert number() not in caught.value.words.zh + caught.value.words.en


def test_a_day_that_does_not_exist_is_refused_though_the_check_fits():
    first17 = "61012420080230482"
    with pytest.raises(Refusal) as caught:
        citizen_id.read(first17 + citizen_id.check_digit(first17), TODAY)
    assert caught.value.code == "citizen_id.birth_date"


def test_born_today_is_taken():
    assert citizen_id.is_valid(number(born_on=TODAY), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x", "11010519491231002×", "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X ",
        "'11010519491231002X", "11010519491231002Х", "\u200b11010519491231002X\u202c",
    ],
)  # fmt: skip
def test_normal_form_knows_the_ways_to_write_it(text):
    assert citizen_id.normal_form(text) == "11010519491231002X"


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.from_regex(r"[0-9]{3}", fullmatch=True))
def test_fifteen_digits_become_eighteen(born_on, sequence):
    short = f"610124{born_on:%y%m%d}{sequence}"
    assert citizen_id.normal_form(short) == number(born_on=born_on, sequence=sequence)


DOUBTFUL = st.one_of(
    NUMBERS,
    NUMBERS.map(lambda text: text[:-1] + "0"),
    NUMBERS.map(str.lower),
    NUMBERS.map(lambda text: text[:6] + text[8:17]),
    st.from_regex(r"[0-9]{6}(19|20)[0-9]{6}[0-9]{3}", fullmatch=True).map(
        lambda first17: first17 + citizen_id.check_digit(first17)
    ),
    st.text(max_size=20),
    st.text(alphabet="0123456789X", min_size=18, max_size=18),
)


@given(st.lists(DOUBTFUL, max_size=12))
def test_a_column_gets_the_same_answers_as_one_number(texts):
    columns = citizen_id.check_many(texts, TODAY)
    parts = citizen_id.read_many(texts, TODAY)
    for text, refusal, part in zip(texts, columns, parts, strict=True):
        if refusal is None:
            assert part == citizen_id.read(text, TODAY)
        else:
            assert not citizen_id.is_valid(text, TODAY)
            assert part.words == refusal.words


def test_a_column_of_a_whole_county():
    numbers = [number(sequence=f"{serial:03d}") for serial in range(1000)] * 100
    assert citizen_id.check_many(numbers, TODAY) == [None] * 100_000  # 0.06 s on a quiet machine


def test_mask_shows_the_last_four():
    assert citizen_id.mask(number()) == f"•••• {number()[-4:]}"
    assert citizen_id.mask("4827") == "••••"
