"""The published rules as policies: each proves itself, passes the gate, and gives the money that was really paid."""

import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language.situations import results
from tests import factories as make

CATALOGUE = load_catalogue()
FOLDER = make.POLICIES.parent / "library"
FILES = sorted(FOLDER.glob("*.toml"))
FEASIBLE, NONE = "feasible", "none"
BESIDE = {  # a second file of the same rule, and the total it was published with
    "c08-association-award": (1, 4_000, "exact"),
    "v05-employer-training": (None, None, NONE),
}

PUBLISHED = {  # rule: what its notice says was paid (persons or households, yuan), and how far it adds up
    "C01": (26, 58_000, FEASIBLE),
    "C02": (22, 44_000, "exact"),
    "C05": (28, 140_000, "exact"),
    "C08": (19, None, NONE),
    "C11": (87, 192_000, FEASIBLE),
    "C12": (31, 110_000, FEASIBLE),
    "C13": (None, None, NONE),
    "C16": (191, 915_000, "exact"),
    "C18": (105, 210_000, "exact"),
    "H01": (40, 400_000, "exact"),
    "H02": (120, 240_000, "exact"),
    "H03": (57, 285_000, "exact"),
    "H08": (None, None, NONE),
    "H10": (130, 1_950_000, "exact"),
    "H12": (None, None, NONE),
    "V01": (900, None, NONE),
    "V05": (None, None, NONE),
    "V06": (None, None, NONE),
    "V09": (2, 3_000, "exact"),  # a school year of two terms
    "V12": (None, None, NONE),
    "M01": (7_186, 215_580, "exact"),
    "M02": (None, 429_600, FEASIBLE),
    "M03": (5_018, 150_540, "exact"),
    "M06": (13_071, 1_960_650, "exact"),
}


def read(path):
    return language.read(path.read_bytes(), CATALOGUE, {})


def rule_of(path):
    return path.stem.partition("-")[0].upper()


def name_of(path):
    return path.stem


def test_every_rule_that_states_enough_has_one_policy():
    assert [rule_of(path) for path in FILES if path.stem not in BESIDE] == sorted(PUBLISHED)
    assert {path.stem for path in FILES} >= set(BESIDE)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_published_rule_proves_itself_and_passes_the_gate(path):
    policy = read(path)
    assert policy.code == path.stem
    assert [each.figures_from for each in policy.basis] == [rule_of(path)]
    assert [each.say("en") for each in language.prove(policy)] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_count_times_rate_is_the_published_money(path):
    count, yuan, how = BESIDE.get(path.stem) or PUBLISHED[rule_of(path)]
    policy = read(path)
    if how == NONE:
        assert policy.control_totals == ()
        return
    (total,) = policy.control_totals
    assert (total.fen, total.count, total.feasible) == (yuan * 100, count, how == FEASIBLE)
    if how == "exact":
        paid = results(language.compile(policy), [case.situation for case in total.cases])
        people = [case.count for case in total.cases]
        assert sum(people) == count
        assert sum(gives.fen * number for gives, number in zip(paid, people, strict=True)) == yuan * 100


def test_the_published_total_that_does_not_add_up_is_refused_in_a_sentence():
    text = (FOLDER / "c08-zhangpu-college.toml").read_text()
    total = """
[[control_total]]
cases = [
  { like = "first", count = 4 },
  { like = "tier2", count = 5 },
  { like = "junior", count = 9 },
]
count = 19
"""
    policy = language.read((text + total).encode(), CATALOGUE, {})
    (problem,) = language.check(policy)
    assert problem.key == "control_total"
    assert problem.line == text.count("\n") + 2
    assert problem.words.zh == "人数写的是 19，加起来是 18"
    assert problem.words.en == "19 people, the cases give 18"


def test_three_sources_of_money_are_told_apart_from_the_amount():
    """The example of H12 names what each level of government pays: 7,500 and 1,900 and the rest of 13,900."""
    policy = read(FOLDER / "h12-funds-housing.toml")
    first = policy.examples[0].gives[0]
    assert first.fen == 1_390_000
    assert first.funds == {"central": 750_000, "province": 190_000, "county": 450_000}
