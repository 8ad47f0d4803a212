"""The checker: examples, control totals, tables; and every sample policy proves itself."""

import re
from datetime import date
from itertools import product
from random import Random

import numpy as np
import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language import Column, Figure, FigureValue, Table, checking, day_number
from programs.language.situations import results, table_of
from standards.words import Words
from tests import factories as make

CATALOGUE = load_catalogue()
FILES = sorted(make.POLICIES.glob("*.toml"))
COLLEGE = (make.POLICIES / "college-award.toml").read_text()
HOUSING = (make.POLICIES / "housing-subsidy.toml").read_text()
TRAINING = (make.POLICIES / "training-subsidy.toml").read_text()
BOTH_RURAL = "parents = [{ rural = true }, { rural = true }]"
HAN = re.compile(r"[\u4e00-\u9fff]")


def read(text, figures=None):
    return language.read(text.encode(), CATALOGUE, figures or {})


def problems_of(text):
    return {each.key: each.words.en for each in language.check(read(text))}


def changed(text, old, new):
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_sample_policy_is_named_as_its_file_and_proves_itself(path):
    policy = language.read(path.read_bytes(), CATALOGUE, {})
    assert policy.code == path.stem
    assert language.check(policy) == []
    assert all(outcome.agrees for outcome in language.run_examples(language.compile(policy)))


CHANGES = [  # (policy, what stands, what is written instead, where the checker speaks)
    (COLLEGE, "tier1 = 3000", "tier1 = 3001", "example.dibao"),
    (COLLEGE, "until = 2026-12-31", "until = 2025-07-19", "example.merged_batch"),
    (COLLEGE, "from = 2024-06-01", "from = 2024-06-02", "example.first_day"),
    (COLLEGE, "from = 2024-06-01", "from = 2024-05-31", "example.day_before"),
    (COLLEGE, "months = 36", "months = 35", "example.last_day_to_apply"),
    (COLLEGE, "months = 36", "months = 37", "example.a_day_late"),
    (COLLEGE, '"dibao", "extreme_poverty", "monitored"]\n', '"dibao", "monitored"]\n', "example.only_daughter"),
    (COLLEGE, 'every     = "parents"', 'any       = "parents"', "example.father_in_town"),
    (COLLEGE, '["tier1", "tier2", "junior"]\n', '["tier1", "tier2", "junior", "secondary"]\n', "need.admitted"),
    (COLLEGE, "times     = 1", "times     = 2", "example.twice"),
    (COLLEGE, "yuan     = 58000", "yuan     = 58500", "control_total"),
    (COLLEGE, "yuan  = 44000", "yuan  = 44001", "control_total"),
    (COLLEGE, "count = 22", "count = 23", "control_total"),
    (COLLEGE, '["*",      "*",        "专科"', '["..2023", "*",        "专科"', "example.junior_college"),
    (HOUSING, "rebuild = 20000", "rebuild = 2000", "example.dibao_rebuild"),
    (HOUSING, 'none      = "members"', 'every     = "members"', "example.dibao_rebuild"),
    (HOUSING, 'in        = ["C", "D"]', 'in        = ["B", "C", "D"]', "example.grade_b"),
    (TRAINING, '["cook",             200]', '["cook",             199]', "example.an_hour_short"),
    (TRAINING, "within    = { months = 6", "within    = { months = 5", "example.employed_on_the_last_day"),
    (TRAINING, "within    = { months = 6", "within    = { days = 185", "example.employed_too_late"),
    (TRAINING, 'same      = ["training.trade"]\n', "", "example.same_trade_twice"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "stands", "instead", "key"), CHANGES)
def test_a_rule_changed_by_one_step_makes_the_file_contradict_itself(text, stands, instead, key):
    assert key in problems_of(changed(text, stands, instead))


@pytest.mark.parametrize(
    ("stands", "instead", "left"),
    [
        (BOTH_RURAL, "parents = [{ rural = true }]", "parents = [{ … }, { … }]"),
        (BOTH_RURAL, "parents = [{ rural = true }, {}]", "parents.rural"),
        (BOTH_RURAL, "parents = [{ rural = true }, { rural = false }]", "parents.alive"),
        (', hardship.kinds = ["dibao"]', "", "hardship.kinds"),
    ],
)  # fmt: skip
def test_an_example_that_comes_out_as_not_known_is_told_what_it_does_not_state(stands, instead, left):
    words = problems_of(changed(COLLEGE, stands, instead))["example.dibao"]
    assert words.endswith(f"the example does not state {left}")


def test_a_row_that_is_never_reached_is_named_with_the_row_above():
    row = '  ["*",      "*",        "中专", "secondary"],\n'
    text = changed(COLLEGE, row, row + '  ["2020..2023", "本科一批", "中专", "tier1"],\n')
    assert "never reached" in problems_of(text)["derive.tier.rows.6"]


def test_a_gap_between_the_numbers_of_a_table_is_named():
    text = changed(COLLEGE, '["2025..", "本科批",', '["2026..", "本科批",')
    text = re.sub(r'  \["\*",      "\*",        "(专科|中专)".*\n', "", text)
    gaps = [each for each in language.check(read_leniently(text)) if each.key == "derive.tier"]
    assert "between 2024 and 2026" in gaps[0].words.en


def read_leniently(text):
    """Without what speaks of the rows taken away."""
    text = re.sub(r"(?s)\[derive\.tier\.value\].*?\n\n", "\n", text)
    text = text.replace(', "junior"]\npaper', "]\npaper").replace(", junior = 1000", "")
    return read(text)


def test_a_total_that_cannot_add_up_is_refused():
    text = COLLEGE[: COLLEGE.index("[[control_total]]")]
    total = '[[control_total]]\ncases = [{ like = "dibao" }]\nyuan = 58000\ncount = 26\nfeasible = true\n'
    assert "no numbers of people" in problems_of(text + total)["control_total"]


def test_a_total_agrees_with_every_number_of_people_tried_one_by_one():
    rng = Random(5)
    for _ in range(300):
        rates = sorted(rng.sample(range(30), rng.choice([1, 2, 3, 4])))
        people, sums = rng.randint(0, 6), set()
        for split in product(range(people + 1), repeat=len(rates)):
            if sum(split) == people:
                sums.add(sum(count * rate for count, rate in zip(split, rates, strict=True)))
        for money in range(max(sums) + 3):
            assert checking._reaches(rates, money, people) == (money in sums), (rates, money, people)


def test_rates_too_uneven_to_be_tried_want_their_counts():
    assert checking._reaches([1, 7, 100_000], 40 + 3_000_000, 40) is None


def test_a_total_without_a_count_is_settled_at_once():
    """Rates of 11 and 20 yuan and a sum of half a million: trying every count would take minutes."""
    rates = [1_100, 2_000]
    assert checking._reaches(rates, 42_960_000)
    assert not checking._reaches(rates, 42_960_050)
    assert not checking._reaches(rates, 900)
    assert [total for total in range(12) if checking._reaches([3, 5], total)] == [0, 3, 5, 6, 8, 9, 10, 11]
    assert checking._reaches([1_000, 2_000, 3_000], 58_000, 26)
    assert not checking._reaches([2_000, 3_000], 58_000, 31)


def test_a_need_without_a_case_of_its_own_asks_for_an_example():
    text = changed(
        COLLEGE,
        "[need.girl_family]",
        '[need.twice_a_girl]\nfact = "sex"\nin = ["female"]\notherwise = { zh = "不是女孩", en = "Not a girl" }\n\n'
        "[need.girl_family]",
    )
    said = [each.words.en for each in language.check(read(text)) if each.key == "need.twice_a_girl"]
    assert said == [
        "no case fails only this need: write an example",
        "in no case is only this need not known: write one",
    ]


def test_a_policy_that_pays_nobody_is_refused_and_asked_for_that_one_thing():
    text = COLLEGE[: COLLEGE.index("[example.dibao]")]
    assert problems_of(text) == {"example": "at least one example must be paid"}


def test_of_several_claims_the_one_that_comes_out_otherwise_is_named():
    text = changed(
        COLLEGE,
        'gives  = [{ yuan = 3000 }, { no = ["limit.college-award"] }]',
        "gives  = [{ yuan = 3000 }, { yuan = 2000 }]",
    )
    assert problems_of(text)["example.twice"].startswith("situation 2: it says “2,000.00 yuan”")


# --- figures, percentages, bounds ---------------------------------------------------------------------------------

INDEXED = """
code      = "premium"
title     = { zh = "参保补贴", en = "Premium" }
on_slip   = "参保补贴"
basis     = [{ number = "示例〔2026〕6号" }]
in_force  = { from = 2025-01-01, until = 2026-12-31 }
for_each  = "admission"
judged_on = "admission.admitted_on"
pay_to    = ["self"]
[need.girl]
fact      = "sex"
is        = "female"
otherwise = { zh = "不是女孩", en = "Not a girl" }
[amount]
percent   = 33.3
of_figure = "contribution"
round_to_yuan = true
at_most_yuan  = { percent = 30, of_figure = "contribution" }
[apply]
route  = "lists"
notice = { days = 7 }
"""
CONTRIBUTION = Figure(
    "contribution",
    "money",
    Words("当年个人缴费标准", "The year's contribution"),
    (
        FigureValue(date(2025, 1, 1), 40_000, "示例〔2024〕8号"),
        FigureValue(date(2026, 1, 1), 40_100, "示例〔2025〕8号"),
    ),
)


def judged_on(text, *days):
    program = language.compile(read(text, {"contribution": CONTRIBUTION}))
    number = np.array([day_number(day) for day in days], np.int32)
    known = np.ones(len(days), bool)
    day = Column(number, known)
    facts = {"sex": Column(np.zeros(len(days), np.int32), known, ("female",)), "admission.admitted_on": day}
    return program.judge(Table(len(days), day, None, facts))


def test_a_figure_counts_from_its_day_and_is_not_known_before():
    verdicts = judged_on(INDEXED, date(2025, 12, 31), date(2026, 1, 1), date(2024, 12, 31))
    assert verdicts.amount_fen.tolist() == [12_000, 12_030, -1]  # the cap is not passed by rounding 133.20 up
    uncapped = INDEXED.replace('at_most_yuan  = { percent = 30, of_figure = "contribution" }\n', "")
    assert judged_on(uncapped, date(2025, 12, 31), date(2026, 1, 1)).amount_fen.tolist() == [13_300, 13_400]
    exact = uncapped.replace("round_to_yuan = true\n", "")
    assert judged_on(exact, date(2025, 12, 31), date(2026, 1, 1)).amount_fen.tolist() == [13_320, 13_353]


def test_what_is_asked_for_an_unknown_figure_is_that_figure():
    text = INDEXED.replace("from = 2025-01-01", "from = 2024-01-01")
    assert list(judged_on(text, date(2024, 12, 31)).unknown) == ["figure.contribution"]


def test_an_unknown_figure_is_refused_with_the_nearest_name():
    with pytest.raises(language.PolicyErrors) as refused:
        read(INDEXED.replace('of_figure = "contribution"\nround', 'of_figure = "contributon"\nround'), {
            "contribution": CONTRIBUTION
        })  # fmt: skip
    assert "did you mean “contribution”" in refused.value.words.en


FUNDED = INDEXED.replace("[apply]", """[[fund]]
source = "province"
share = "1/3"
[[fund]]
source = "city"
share = "1/3"
[[fund]]
source = "county"
share = "rest"
[[instalment]]
name = "first"
share = "1/3"
[[instalment]]
name = "second"
share = "rest"
[apply]""")  # fmt: skip


def test_shares_are_cut_to_the_fen_and_the_rest_takes_the_residue():
    verdicts = judged_on(FUNDED.replace("percent   = 33.3\nof_figure", "percent = 25.03\nof_figure").replace(
        "round_to_yuan = true\n", ""), date(2026, 1, 1))  # fmt: skip
    assert verdicts.amount_fen.tolist() == [10_037]
    assert {source: fen.tolist() for source, fen in verdicts.funds.items()} == {
        "province": [3_345], "city": [3_345], "county": [3_347],
    }  # fmt: skip
    assert [each.fen.tolist() for each in verdicts.instalments] == [[3_345], [6_692]]


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_whole_policy_prints_in_both_languages(path):
    lines = language.compile(language.read(path.read_bytes(), CATALOGUE, {})).sentences().lines()
    assert len(lines) > 10
    for words in lines:
        assert words.zh
        assert words.en
        assert "〔" in words.en or not HAN.search(words.en), words.en


def test_a_row_is_explained_with_what_was_seen_and_what_would_settle_it():
    policy = read(COLLEGE)
    program = language.compile(policy)
    example = next(each for each in policy.examples if each.name == "father_not_on_record")
    table = table_of(policy, example.situations, ["a"])
    explained = program.explain(program.judge(table), table, 0)
    rural = next(each for each in explained.conditions if each.name == "parents_rural")
    assert rural.seen == Words(
        "父母 2 人；农村户口：是、还不清楚", "parents: 2; Rural resident: yes, not known yet"
    )
    assert rural.settle is not None
    assert "户口簿" in rural.settle.zh
    assert explained.working[0].zh == "录取档次：本科一批，3,000.00 元"
    assert [each.name for each in explained.conditions if each.verdict == 1] == ["parents_rural"]


def test_every_failing_need_is_named_not_only_the_first():
    policy = read(COLLEGE)
    example = next(each for each in policy.examples if each.name == "a_boy")
    situation = example.situations[0]
    worse = type(situation)({**situation.facts, "hardship.kinds": frozenset()}, situation.sets, (), None, {})
    (came,) = results(language.compile(policy), [worse])
    assert came.no == ("girl", "poor")
