"""A draft tried on the register before anybody is promised anything."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from applications.models import Assessment
from applications.services.simulating import Side, simulate
from beneficiaries.models import Fact
from programs.language import PolicyErrors
from tests import factories as make
from tests.applications.conftest import Family, poor_family
from tests.applications.walks import DAY
from tests.otherwise import otherwise

AWARD = (make.POLICIES / "college-award.toml").read_text()
NEXT_YEAR = ("from = 2024-06-01, until = 2026-12-31", "from = 2027-01-01, until = 2029-12-31")
REACHING_BACK = "cohort    = { from = 2026-08-01, until = 2026-12-31 }\n"
pytestmark = pytest.mark.usefixtures("college_award")


def test_more_money_for_a_tier_costs_what_it_says(family: Family, budget: None) -> None:
    poor_family("钱", number="103209-0148")
    richer = AWARD.replace("tier2 = 2000", "tier2 = 2500").replace(
        "gives = { yuan = 2000 }", "gives = { yuan = 2500 }"
    )
    found = simulate(richer.encode(), on=DAY)
    assert (found.before, found.after) == (Side(2, 2, 400_000), Side(2, 2, 500_000))
    assert (found.gained, found.lost, found.amounts_changed) == (0, 0, 2)
    assert found.by_township == {make.MAZHAO: (found.before, found.after)}
    assert found.available_fen == {"county": 1_000_000}
    assert found.by_fund == {"county": (400_000, 500_000)}
    assert not Assessment.objects.exists(), "nothing is written"


def test_a_stricter_condition_says_who_loses_by_what(family: Family) -> None:
    stricter = AWARD.replace(
        'has_any   = ["dibao", "extreme_poverty", "monitored"]', 'has_any   = ["extreme_poverty"]'
    )
    assert stricter != AWARD
    found = simulate(without_examples(stricter), on=DAY)
    assert (found.after.rights, found.lost, found.lost_by) == (0, 1, {"poor": 1})


def test_a_register_judged_in_portions_gives_the_same_answers(family: Family, budget: None) -> None:
    """One gains, one loses, one gets more, one less, one is not known, one stays: one subject at a time, two, or all."""
    gains, loses, less, unknown, stays = (
        poor_family(name, f"103209-015{at}") for at, name in enumerate(("钱", "孙", "李", "周", "吴"))
    )
    with otherwise():
        Fact.objects.filter(kind="hardship", household=gains.household).update(
            values={"kinds": ["expenditure"]}
        )
        Fact.objects.filter(kind="hardship", household=loses.household).update(
            values={"kinds": ["monitored"]}
        )
        Fact.objects.filter(kind="certificate", household=unknown.household).delete()
        for one, level in ((less, "专科"), (stays, "中专")):
            values = one.admission.values | {"level": level, "batch": f"{level}批"}
            Fact.objects.filter(pk=one.admission.pk).update(values=values)
    other = without_examples(
        AWARD.replace('"dibao", "extreme_poverty", "monitored"]', '"dibao", "expenditure"]')
        .replace("tier2 = 2000", "tier2 = 2100")
        .replace("junior = 1000", "junior = 900")
    )
    found, *others = (simulate(other, on=DAY, size=size) for size in (1, 2, 1_000))
    assert others == [found, found]
    assert (found.judged, found.gained, found.lost, found.more, found.less) == (6, 1, 1, 1, 1)
    assert (found.lost_by, found.gained_by) == ({"poor": 1}, {"poor": 1})
    assert (found.kept_out, found.not_known, found.open_facts) == (
        {"poor": 1, "admitted": 1, "amount": 1}, 1, {"certificate.kind": 1},
    )  # fmt: skip
    assert {
        (one.change, one.person, one.before_fen, one.after_fen, *one.failing) for one in found.changes
    } == {
        ("lost", loses.girl.pk, 200_000, 0, "poor"),
        ("gained", gains.girl.pk, 0, 210_000, "poor"),
        ("more", family.girl.pk, 200_000, 210_000),
        ("less", less.girl.pk, 100_000, 90_000),
    }
    assert found.by_fund == {"county": (found.before.fen, found.after.fen)}


def test_another_kind_of_subject_loses_one_and_gains_the_other(family: Family) -> None:
    """The version in force judges admissions, the draft persons: nobody is the same subject."""
    persons = without_examples(AWARD).decode().replace('for_each  = "admission"', 'for_each  = "person"')
    cut = persons[: persons.index("[derive.tier]")].replace('"admission.admitted_on"', '"applied_on"')
    tail = """[need.girl]
fact = "sex"
is = "female"
otherwise = { zh = "不是女孩", en = "Not a girl" }
[amount]
yuan = 100
[[limit]]
name = "college-award"
holds = ["self"]
times = 1
in = "life"
[[fund]]
source = "county"
share = "rest"
[apply]
route = "both"
notice = { days = 7, working = false }
"""
    found, again = (simulate((cut + tail).encode(), on=DAY, size=size) for size in (1, 1_000))
    assert found == again
    assert (found.judged, found.lost, found.gained, found.lost_by, found.gained_by) == (4, 1, 3, {}, {})


def test_next_years_version_is_tried_as_if_it_were_in_force(family: Family, budget: None) -> None:
    """Its days all lie ahead: as it stands nobody on the register could have a right by it."""
    later = AWARD.replace(*NEXT_YEAR)
    assert later != AWARD
    richer = without_examples(later.replace("tier2 = 2000", "tier2 = 2500"))
    found = simulate(richer, on=DAY)
    assert (found.as_if, found.after, found.more, found.lost) == (True, Side(1, 1, 250_000), 1, 0)
    begun = simulate(without_examples(AWARD.replace("tier2 = 2000", "tier2 = 2500")), on=DAY)
    assert (begun.as_if, begun.after) == (False, found.after)


def test_next_years_fixed_day_and_first_day_to_apply_move_too(family: Family) -> None:
    source = make.policy_bytes("medical-supplement")
    make.active_policy("medical-supplement", source)
    make.fact(family.sister, "medical", date(2026, 1, 1), date(2026, 12, 31), year=2026, enrolled=True)
    later = (
        source.decode()
        .replace("judged_on = 2026-01-01", "judged_on = 2027-01-01")
        .replace(*NEXT_YEAR)
        .replace("yuan = 30", "yuan = 31")
    )
    found = simulate(without_examples(later), on=DAY)
    assert (found.as_if, found.before, found.after) == (True, Side(1, 1, 3_000), Side(1, 1, 3_100))
    named = without_examples(later.replace("is        = 2026", "is        = 2027"))
    assert simulate(named, on=DAY).after.rights == 0, "a year that a condition names stays as it is written"


def test_a_version_that_reaches_back_is_judged_on_its_own_days(family: Family) -> None:
    later = AWARD.replace(*NEXT_YEAR)
    cohort = later.replace("for_each  =", REACHING_BACK + "for_each  =")
    found = simulate(without_examples(cohort), on=DAY)
    assert (found.as_if, found.after.rights, found.lost_by) == (False, 0, {"in_force": 1})


def test_a_draft_that_cannot_be_read_is_refused_with_its_line(family: Family) -> None:
    with pytest.raises(PolicyErrors, match=r"第 (28|29|30) 行"):
        simulate(AWARD.replace('fact      = "sex"', 'fact      = "sexx"').encode(), on=DAY)


def test_the_command_prints_townships_and_the_budget(
    family: Family, budget: None, capsys, tmp_path: Path, settings
) -> None:
    settings.BUSINESS_DAY = date(2026, 8, 18)
    file = tmp_path / "draft.toml"
    file.write_bytes(AWARD.encode())
    make.divisions()
    call_command("policy", "simulate", str(file))
    assert "马召镇" in capsys.readouterr().out
    call_command("policy", "simulate", str(file), "--json")
    document = json.loads(capsys.readouterr().out)
    assert (document["ok"], document["after"]["families"], document["lost_by"]) == (True, 1, {})


def without_examples(text: str) -> bytes:
    """A draft at its first look: the examples are written afterwards."""
    return text[: text.index("[example.")].encode()
