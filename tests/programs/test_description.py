"""``docs/policies.md`` does not fall behind: its pieces are read by the reader it describes."""

import re
from pathlib import Path

import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language import reading_amounts, reading_money, reading_tests, wording
from programs.language.names import SETS
from tests import factories as make

TEXT = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
PIECES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
CATALOGUE = load_catalogue()
TOP = """
code      = "described"
title     = { zh = "说明", en = "Described" }
on_slip   = "说明"
basis     = [{ number = "示例〔2026〕7号" }]
in_force  = { from = 2024-06-01, until = 2026-12-31 }
for_each  = "admission"
judged_on = "admission.admitted_on"
pay_to    = ["self"]
"""
TIER = PIECES[1]
NEED = """
[need.girl_family]
fact      = "certificate.kind"
in        = ["only_daughter", "two_daughter"]
otherwise = { zh = "没有证", en = "No certificate" }
"""
END = """
[amount]
yuan = 3000
[[fund]]
source = "county"
share  = "rest"
[apply]
route  = "both"
notice = { days = 7 }
"""


def read(text):
    return language.read(text.encode(), CATALOGUE, {})


def test_the_needs_of_the_page_can_be_read():
    policy = read(TOP + PIECES[0] + END)
    assert [need.name for need in policy.needs] == ["girl", "parents_rural", "few_children", "in_need"]
    sentences = [need.sentence.en for need in language.compile(policy).sentences().needs]
    assert sentences[1] == "Both parents are rural residents"
    assert sentences[2] == "Number of children (Alive) is at most 2"


def test_the_table_and_the_examples_of_the_page_come_out():
    policy = read(TOP + TIER + NEED + END + PIECES[4])
    outcomes = language.run_examples(language.compile(policy))
    assert [outcome.agrees for outcome in outcomes] == [True, True]


def test_the_parts_of_an_amount_on_the_page_can_be_read():
    policy = read(TOP + NEED + END.replace("[amount]\nyuan = 3000\n", "[amount]\n" + PIECES[2]))
    told = language.compile(policy).sentences()
    assert (told.amount.en, [line.en for line in told.amount_bounds]) == (
        "The sum of:",
        [
            "1) 300.00 yuan",
            "2) between 50.00 yuan and 200.00 yuan, set by the deciding official with a written reason "
            "(Hardship category includes Minimum living guarantee (dibao))",
        ],
    )


def test_the_places_of_the_page_can_be_read():
    policy = read(TOP + PIECES[3] + NEED + END)
    places, ceiling = (words.en for words in language.compile(policy).sentences().limits)
    by = "by highest “Total score”, then earliest “day of applying”"
    assert places == f"120 places a year, {by}; of those who share a rank all get a place or none"
    assert ceiling == f"At most 240,000.00 yuan a year in all, {by}; who comes too late waits for money"


@pytest.mark.parametrize(
    "word",
    [
        *reading_tests.OPS, *reading_tests.GROUPS, *reading_tests.QUANTIFIERS, *SETS, *reading_money.PAYEES,
        *reading_money.HOLDS, *reading_money.QUEUE, *reading_money.FIRST, *reading_amounts.SHAPES, *reading_amounts.PARTS,
        *wording.SOURCES, "unless", "where", "when", "set_yuan", "given", "multiply",
    ],
)  # fmt: skip
def test_every_word_the_reader_knows_stands_on_the_page(word):
    assert re.search(rf"\b{word}\b", TEXT), word


def test_the_samples_stand_on_the_page():
    for path in make.POLICIES.glob("*.toml"):
        assert f"`{path.stem}`" in TEXT


def test_the_acceptance_of_the_page_can_be_read():
    (accepted,) = read(TOP + NEED + END + PIECES[6]).accepted
    assert accepted.key == "in_force.from"


def test_every_rule_left_out_stands_on_the_page_with_its_reason():
    for rule in ("C03", "M08", "C08", "C16", "H02", "V01", "V05"):
        assert re.search(rf"(?m)^\| {rule}[ :|].*\| \S", TEXT), rule
