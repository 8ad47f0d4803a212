"""A draft tried on the register before anybody is promised anything."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from applications.models import Assessment
from applications.services.simulating import Side, simulate
from programs.language import PolicyErrors
from tests import factories as make
from tests.applications.conftest import Family, poor_family
from tests.applications.walks import DAY

AWARD = (make.POLICIES / "college-award.toml").read_text()
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
