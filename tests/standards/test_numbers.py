"""Cards, branch numbers, telephones, receipt numbers and their check digits."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_11_10 as stdnum_mod_11_10

from standards import bank_card, cnaps, iso7064, phone, receipt_number
from standards.words import Refusal

SAMPLES = Path(__file__).parents[1] / "data" / "cnaps_samples.csv"
DIGITS = st.from_regex(r"[0-9]{1,30}", fullmatch=True)


@given(DIGITS)
def test_mod_11_10_agrees_with_stdnum(digits):
    assert iso7064.mod_11_10(digits) == stdnum_mod_11_10.calc_check_digit(digits)


@given(DIGITS, st.data())
def test_mod_11_10_notices_one_wrong_digit(digits, data):
    whole = digits + iso7064.mod_11_10(digits)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != whole[place]))
    assert iso7064.mod_11_10_holds(whole)
    assert not iso7064.mod_11_10_holds(whole[:place] + other + whole[place + 1 :])


@pytest.mark.parametrize("text", ["", "12a", "١٢", "²"])
def test_iso7064_reads_digits_only(text):
    if text:
        with pytest.raises(ValueError, match="digits"):
            iso7064.mod_11_10(text)
    assert not iso7064.mod_11_10_holds(text)


def test_every_real_branch_number_is_valid():
    with SAMPLES.open(encoding="utf-8") as file:
        samples = [row["cnaps12"] for row in csv.DictReader(file)]
    assert len(samples) == 95
    assert [code for code in samples if not cnaps.is_valid(code)] == []
    assert [cnaps.read(code) for code in samples] == samples


@pytest.mark.parametrize("text", ["", "31365102701", "313651027021", "31365102701X"])
def test_cnaps_refuses(text):
    with pytest.raises(Refusal):
        cnaps.read(text)


@given(DIGITS)
def test_luhn_agrees_with_stdnum(digits):
    assert bank_card.luhn_ok(digits) == luhn.is_valid(digits)


def test_only_a_card_is_warned_about_luhn():
    assert bank_card.warnings("6222020903001321124") != []
    assert bank_card.warnings("6222020903001321129") == []
    assert bank_card.warnings("27010101012010000123") == []  # a rural-credit passbook


@pytest.mark.parametrize("text", ["", "1234567", "6222 0209 O300 1321 124", "1" * 33])
def test_an_account_that_no_bank_gives_is_refused(text):
    with pytest.raises(Refusal):
        bank_card.read(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-138-0013-8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("029-87111234", "02987111234"),
        ("（0917）3261234", "09173261234"),
        ("87111234", "87111234"),
    ],
)
def test_telephone_numbers_as_people_write_them(text, number):
    assert phone.read(text) == number


@pytest.mark.parametrize(
    "text", ["", "12800138000", "1380013800", "138001380001", "abc", "0299711", "13800138000/2"]
)
def test_a_telephone_number_that_cannot_be_is_refused(text):
    with pytest.raises(Refusal):
        phone.read(text)


@given(st.integers(0, 999), st.integers(0, 99), st.integers(1, receipt_number.SERIAL_MAX))
def test_receipt_numbers_survive_being_printed_and_read(township, year, serial):
    number = receipt_number.make(f"{township:03d}", year, serial)
    assert len(number) == 12
    assert receipt_number.is_valid(number)
    assert receipt_number.normal_form(receipt_number.spaced(number)) == number


def test_the_receipt_number_on_the_drawing():
    assert receipt_number.spaced("101460811374") == "1014 6081 1374"


@pytest.mark.parametrize("parts", [("1", 26, 1), ("101", 2026, 1), ("101", 26, 0), ("101", 26, 1_000_000)])
def test_receipt_number_parts_must_fit(parts):
    with pytest.raises(ValueError, match="digits"):
        receipt_number.make(*parts)


@pytest.mark.parametrize("mask", [bank_card.mask, phone.mask])
def test_masks_show_the_last_four(mask):
    assert mask("13800138000") == "•••• 8000"
    assert mask("8000") == "••••"
