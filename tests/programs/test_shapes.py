"""Every shape of a published rule has a policy that needs it: the library's, a sample, or one written to show it.

A policy needs a word where leaving it out is noticed by its own examples: the gate's mutations say so.
"""

import pytest

from facts.catalogue import load_catalogue
from programs import language
from programs.language.forms import Band, ByTable, Flat, Parts, PerQuantity, Policy, Quantified, Stepped
from tests import factories as make

CATALOGUE = load_catalogue()
ROOT = make.POLICIES.parent
FILES = {path.stem: path for path in ROOT.glob("**/*.toml")}
SHOWN = sorted((ROOT / "library" / "shapes").glob("*.toml"))


def read(name) -> Policy:
    return language.read(FILES[name].read_bytes(), CATALOGUE, {})


def quantifiers(policy):
    return {need.test.quantifier for need in policy.needs if isinstance(need.test, Quantified)}


SHAPES = {  # PRACTICE's list of shapes: the policy that needs it, and where it shows
    "flat per person": ("c02-ankang-college", lambda p: isinstance(p.amount.shape, Flat)),
    "flat per household": ("h01-qingxin-housing", lambda p: p.limits[0].holds == ("household",)),
    "table by tier": ("c12-daye-college", lambda p: len(p.amount.shape.facts) == 1),
    "matrix of two facts": ("h08-anhui-housing", lambda p: len(p.amount.shape.facts) == 2),
    "by hardship grade": ("medical-relief", lambda p: p.amount.shape.kind == "first"),
    "several facts about several people": ("h10-yuanmou-housing", lambda p: len(quantifiers(p)) >= 1),
    "OR of groups": ("c11-dangshan-college", lambda p: any(each.test.kind == "any_of" for each in p.needs
                                                           if hasattr(each.test, "kind"))),
    "rate × quantity, capped by household size": ("house-by-area", lambda p: isinstance(p.amount.shape, PerQuantity)
                                                  and p.amount.at_most.of.name == "cap"),
    "a floor condition": ("house-by-area", lambda p: p.needs[0].test.op == "at_least"),
    "stepped daily rate with a cap of days": ("training-days", lambda p: isinstance(p.amount.shape.parts[0].amount.shape,
                                                                                    Stepped)),
    "parts that add up": ("v01-jiangshan-training", lambda p: p.amount.shape.kind == "sum"),
    "monthly with a sunset": ("v01-jiangshan-training", lambda p: p.for_each == "training_month"),
    "by the term with a sunset": ("v09-yulu-schooling", lambda p: p.for_each == "schooling"),
    "percentage of a named figure": ("hardship-relief", lambda p: p.amount.shape.most.of.kind == "figure"),
    "sums that change by scheme year": ("m02-liping-medical", lambda p: p.names.all_figures() != ()),
    "staged payment on later evidence": ("v05-special-training", lambda p: p.instalments[1].within.count == 6),
    "pro rata with a cap": ("medical-relief", lambda p: p.amount.shape.parts[2].amount.at_most.fen == 100_000),
    "once in a life": ("c05-kaili-college", lambda p: p.limits[0].period == "life"),
    "once a year": ("hardship-relief", lambda p: p.limits[0].period == "year"),
    "at most n in all": ("v01-jiangshan-training", lambda p: p.limits[0].times == 12),
    "same trade once": ("training-subsidy", lambda p: p.limits[0].same == ("training.trade",)),
    "places by rank": ("places-by-rank", lambda p: p.queue.order[0].first == "highest"),
    "places by first come": ("h02-chengxiang-housing", lambda p: p.queue.order[0].fact == "applied_on"),
    "budget ceiling": ("v01-jiangshan-training", lambda p: p.queue.ceiling_fen == 100_000_000),
    "several sources of money, the residue to the lowest": ("house-by-area", lambda p: p.funds[2].share is None),
    "retroactive cohort": ("c02-ankang-college", lambda p: p.cohort is not None),
    "paid to an institution": ("m01-tianzhu-medical", lambda p: p.pay_to == ("institution",)),
    "negative list over relatives": ("h10-yuanmou-housing", lambda p: "none" in quantifiers(p)),
    "discretionary band": ("v05-employer-training", lambda p: isinstance(p.amount.shape, Band)),
    "absolute window": ("places-by-rank", lambda p: p.apply.from_day is not None and p.apply.until_day is not None),
    "window relative to evidence": ("medical-relief", lambda p: p.apply.within.count == 6),
}  # fmt: skip
WORDS = {  # words of an amount or a list: at least two policies need each
    "band": lambda policy: has(policy.amount.shape, Band),
    "sum": lambda policy: isinstance(policy.amount.shape, Parts) and policy.amount.shape.kind == "sum",
    "places": lambda policy: policy.queue is not None and policy.queue.places is not None,
    "ceiling_yuan": lambda policy: policy.queue is not None and policy.queue.ceiling_fen is not None,
    "table_by": lambda policy: has(policy.amount.shape, ByTable),
    "yuan_per": lambda policy: has(policy.amount.shape, PerQuantity),
}


def has(shape, kind):
    if isinstance(shape, Parts):
        return any(has(part.amount.shape, kind) for part in shape.parts)
    return isinstance(shape, kind)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_needed_by_two_policies(word):
    assert sum(1 for name in FILES if WORDS[word](read(name))) >= 2


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_has_a_policy_that_needs_it(shape):
    name, shows = SHAPES[shape]
    assert shows(read(name)), name


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_a_shape_shown_by_example_proves_itself(path):
    policy = read(path.stem)
    assert policy.code == path.stem
    assert all(
        each.number.startswith("示例") for each in policy.basis
    )  # nobody takes its figures for published
    assert [each.say("en") for each in language.prove(policy)] == []


def test_two_programs_that_exclude_each_other_share_a_limit():
    one, two = read("medical-relief"), read("hardship-relief")
    assert one.limits[0].name == two.limits[0].name == "relief-of-the-year"
    assert (one.limits[0].holds, one.limits[0].period) == (two.limits[0].holds, two.limits[0].period)
