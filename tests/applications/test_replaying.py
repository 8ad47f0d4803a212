"""A past decision is judged again on its own facts and bytes; whatever differs is named."""

import json
from datetime import date

import pytest
from django.core.management import call_command

from applications.models import Decision
from applications.services import county, replaying, township
from beneficiaries.models import Fact
from programs.models import PolicyVersion
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family
from tests.applications.walks import DAY, OVER, rechecked, submitted
from tests.otherwise import otherwise

DECIDED = date(2026, 8, 31)
pytestmark = pytest.mark.usefixtures("college_award")


@pytest.fixture
def approved(family: Family, budget: None) -> Decision:
    return county.approve(rechecked(family.household), by=make.actor("county_approver"), on=DECIDED)


def replayed(decision: Decision) -> list[tuple[str, str]]:
    found = replaying.replay_decision(Decision.objects.get(pk=decision.pk))
    return [(one.what, one.name) for one in found.differences]


def test_what_the_register_says_later_changes_nothing(approved: Decision, family: Family) -> None:
    make.fact(family.household, "certificate", date(2012, 5, 17), kind="only_daughter")
    make.fact(family.father, "payroll", date(2020, 1, 1), office="县财政局")
    assert replayed(approved) == []


def test_a_changed_fact_of_a_decision_is_named(approved: Decision) -> None:
    judged = Decision.objects.get(pk=approved.pk).judged
    judged["facts"]["hardship.kinds"]["value"] = 0
    with otherwise():
        Decision.objects.filter(pk=approved.pk).update(judged=judged)
    assert replayed(approved) == [
        ("sealed", "digest"), ("verdict", ""), ("condition", "poor"), ("fact", "poor"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("tier2 = 2000", "tier2 = 2001", [("amount", ""), ("fact", "amount")]),
        ('is        = "female"', 'is        = "male"', [("verdict", ""), ("condition", "girl")]),
        ("示例〔2024〕1号", "示例〔2024〕2号", []),
        ("code ", "kode ", [("policy", "read")]),
    ],
)
def test_a_changed_byte_of_the_policy_is_named(approved: Decision, old: str, new: str, named) -> None:
    version = approved.version
    text = bytes(version.source).decode()
    assert old in text
    with otherwise():
        PolicyVersion.objects.filter(pk=version.pk).update(source=text.replace(old, new, 1).encode())
    line = text[: text.index(old)].count("\n") + 1
    assert replayed(approved) == [("policy", "sha256"), ("policy", f"line {line}"), *named]


def test_a_refusal_replays_to_its_reasons(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="hardship").delete()
    reviewer = make.actor("township_reviewer")
    proposed = township.propose_refusal(submitted(family.household), by=reviewer, on=DAY)
    checked = county.recheck(proposed, by=make.actor("county_checker"), on=OVER)
    declined = county.decline(checked, by=make.actor("county_approver"), on=DECIDED)
    assert [reason["name"] for reason in declined.reasons] == ["poor"]
    assert replayed(declined) == []
    judged = dict(declined.judged)
    kinds = judged["facts"]["hardship.kinds"]
    kinds["value"] = kinds["known"]
    with otherwise():
        Decision.objects.filter(pk=declined.pk).update(judged=judged)
    assert ("reasons", "poor") in replayed(declined)


def test_the_shell_prints_what_differs_and_ends_with_1(approved: Decision, capsys) -> None:
    other = poor_family("钱", number="103209-0148")
    allot("college-award", 1_000_000, "示例〔2026〕10号")
    county.approve(rechecked(other.household), by=make.actor("county_approver"), on=DECIDED)

    def shell(*words: str) -> dict[str, object]:
        call_command("policy", "replay", *words, "--json")
        return json.loads(capsys.readouterr().out)

    assert shell() == {"ok": True, "replayed": 2, "differing": []}
    assert shell("--year", "2025")["replayed"] == 0
    assert shell("--year", "2026", "--program", "college-award")["replayed"] == 2
    number = approved.application.receipt_number
    assert shell(number)["replayed"] == 1
    with otherwise():
        Decision.objects.filter(pk=approved.pk).update(amount_fen=200_001)
    with pytest.raises(SystemExit) as ended:
        shell()
    assert ended.value.code == 1
    (differing,) = json.loads(capsys.readouterr().out)["differing"]
    assert differing["receipt"] == number
    assert [one["what"] for one in differing["differences"]] == ["sealed", "amount"]
    with pytest.raises(SystemExit):
        shell("000000000000")
    assert json.loads(capsys.readouterr().out)["code"] == "no_decision"
