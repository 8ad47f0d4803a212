"""Amounts in parts, bands, places and ceilings, as a family at the counter is told them."""

import numpy as np
import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language.situations import table_of
from tests import factories as make

CATALOGUE = load_catalogue()
LIBRARY = make.POLICIES.parent / "library"


def program_of(name):
    path = next(LIBRARY.glob(f"**/{name}.toml"))
    return language.compile(language.read(path.read_bytes(), CATALOGUE, {}))


def explained(name, example, **changes):
    """The first situation of an example of a policy of the library, explained."""
    program = program_of(name)
    found = next(each for each in program.policy.examples if each.name == example)
    table = table_of(
        program.policy,
        found.situations,
        [each.holder for each in found.situations],
        [0] * len(found.situations),
    )
    for key, value in changes.items():
        setattr(table, key, value)
    return program.explain(program.judge(table), table, 0)


def condition(explanation, name):
    return next(each for each in explanation.conditions if each.name == name)


STEPS = (
    "by Hours attended: 40.00 yuan for each from 1 to 5, 20.00 yuan for each from 6 to 30, nothing beyond 30, "
    "Hours attended: 5, 200.00 yuan"
)
FARES = "6.00 yuan for each unit of Hours attended, Hours attended: 5, 30.00 yuan; "
WORKING = [  # policy, example, the lines that lead to its sum
    ("training-days", "dibao", [
        STEPS,
        FARES + "Hardship category: Minimum living guarantee (dibao)",
    ]),
    ("training-days", "five_days", [
        STEPS,
    ]),
    ("medical-relief", "extreme_capped", [
        "70% of “Total cost”, Total cost: 30,000.00 yuan, 21,000.00 yuan, above the cap: 14,400.00 yuan; "
        "Hardship category: Extreme difficulty",
    ]),
    ("hardship-relief", "to_be_set", [
        "between 500.00 yuan and 50% of “This year's standard of dibao”, set by the deciding official with a written reason",
        "500.00 to 3,600.00 yuan, not set yet",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "example", "lines"), WORKING)
def test_the_working_names_each_part_that_applies(name, example, lines):
    working = explained(name, example).working
    assert [line.en for line in working] == lines
    assert all(line.zh for line in working)


def test_a_sum_to_be_set_asks_for_the_deciding_official():
    amount = condition(explained("hardship-relief", "to_be_set"), "amount")
    assert (amount.verdict, amount.seen.en) == (1, "not known yet")
    assert amount.settle.zh == "由审批人在幅度内定金额，写明理由"


PLACED = [  # example of the scholarship, verdict of her place, what is seen, what would settle it
    ("first", 2, "number 1 on the list", None),
    ("last_place", 0, "number 31 on the list", None),
    ("tied", 0, "number 30 on the list, a rank shared with 1 more", None),
    ("score_not_known", 1, "not known yet", "wait for the list of all who apply"),
]


@pytest.mark.parametrize(("example", "verdict", "seen", "settle"), PLACED)
def test_a_place_is_told_with_its_number_and_who_shares_it(example, verdict, seen, settle):
    place = condition(explained("places-by-rank", example), "places")
    assert (place.verdict, place.seen.en, place.settle.en if place.settle else None) == (
        verdict,
        seen,
        settle,
    )


def test_without_what_was_given_before_nobody_is_promised_or_refused_a_place():
    for example in ("first", "last_place"):
        told = explained("places-by-rank", example, places_given=None, fen_given=None)
        assert (condition(told, "places").verdict, condition(told, "ceiling").verdict) == (1, 1)


def test_who_is_not_in_the_list_takes_nobody_s_place():
    program = program_of("places-by-rank")
    (both,) = [each for each in program.policy.examples if each.name == "last_place"]
    table = table_of(program.policy, both.situations, ["a", "b"], [0, 0])
    assert program.judge(table).needs["places"].tolist() == [0, 2]
    table.queued = np.array([True, False])  # the better score has not applied
    assert program.judge(table).needs["places"].tolist() == [2, 2]


def test_ten_thousand_in_one_list_are_ranked_in_one_pass_whatever_the_order_of_rows():
    program = program_of("places-by-rank")
    (first,) = [each for each in program.policy.examples if each.name == "first"]
    n = 10_000
    table = table_of(program.policy, list(first.situations) * n, [str(at) for at in range(n)], [0] * n)
    scores = np.random.default_rng(7).permutation(n) + 1
    table.facts["exam.score"].values[:] = scores
    placed = program.judge(table).needs["places"]
    assert np.array_equal(placed == 2, scores > n - program.policy.queue.places)


def test_what_the_year_had_given_stands_once_beside_the_claims():
    """Said beside ``claims`` it holds for each of them, as their one year has only one."""
    text = (LIBRARY / "shapes" / "places-by-rank.toml").read_text()
    assert language.prove(language.read(text.encode(), CATALOGUE, {})) == []
    forgotten = text.replace("given  = { places = 29 }\nclaims", "claims", 1)
    assert forgotten != text
    found = language.check(language.read(forgotten.encode(), CATALOGUE, {}))
    assert [one.key for one in found] == ["example.last_place"]
