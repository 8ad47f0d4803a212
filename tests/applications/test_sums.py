"""A notice says "500 to 3,600 yuan": who decides sets the sum, with its reason, and the decision keeps both."""

import tomllib
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from applications.models import Application, Decision, SetSum
from applications.services import counter, county, granting, replaying, township
from audit.models import TrailRow
from facts.catalogue import load_catalogue
from ledger.models import LedgerAccount
from oversight.verify import verify
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family
from tests.applications.test_who_corrected import head as corrected_head
from tests.applications.walks import (
    DECIDED,
    OVER,
    POSTED,
    again,
    notice_over,
    on_notice,
    rechecked,
    submitted,
)
from tests.otherwise import otherwise
from tests.programs.oracle import Oracle

RELIEF = (make.POLICIES.parent / "library" / "shapes" / "hardship-relief.toml").read_bytes()
APPROVER, CHECKER = make.actor("county_approver"), make.actor("county_checker")
WHY = "手术自付 2.1 万元，家里两个孩子上学"


def struck(surname: str = "赵", number: str = "103209-0147") -> Family:
    """A two-daughter family of which the mother fell ill; its elder girl is enrolled for 2026."""
    family = poor_family(surname, number)
    make.fact(family.household, "misfortune", date(2026, 5, 1), kinds=["illness"])
    make.fact(family.girl, "medical", date(2026, 1, 1), date(2026, 12, 31), year=2026, enrolled=True)
    return family


@pytest.fixture
def family(lists: None) -> Family:
    make.active_policy("hardship-relief", RELIEF)
    allot("hardship-relief", 1_000_000)
    return struck()


def set_sum(application: Application, yuan: int, why: str = WHY, by=APPROVER) -> Application:
    return county.set_sum(application, fen=yuan * 100, reason=why, by=by, on=DECIDED)


def test_what_is_posted_is_the_band_and_what_is_decided_is_the_sum_with_its_reason(family: Family) -> None:
    posted = on_notice(family.household)
    assert (posted.verdict, posted.amount_fen, posted.band_fen) == (1, -1, (50_000, 360_000))
    township.close_due_notices(on=OVER, by=make.actor("township_reviewer"))
    checked = county.recheck(again(posted), by=CHECKER, on=OVER)
    with pytest.raises(Refusal):
        county.approve(checked, by=APPROVER, on=DECIDED)
    fresh = set_sum(checked, 800)
    assert (fresh.state, fresh.verdict, fresh.amount_fen, fresh.band_fen) == ("rechecked", 2, 80_000, None)
    decision = county.approve(fresh, by=APPROVER, on=DECIDED)
    assert (decision.outcome, decision.amount_fen) == ("approved", 80_000)
    assert decision.conditions[-1]["working"][1]["zh"] == f"定这个数的理由：{WHY}"
    assert LedgerAccount.objects.get(kind="committed").balance_fen == 80_000
    assert TrailRow.objects.get(verb="set_sum").detail == {"amount_fen": 80_000, "reason": WHY}
    assert [finding.check.name for finding in verify() if not finding.holds] == []


def test_the_last_sum_counts_and_the_first_stays_on_record(family: Family) -> None:
    checked = rechecked(family.household)
    fresh = set_sum(set_sum(checked, 800), 1_200, "核到还有一笔自付药费")
    assert (fresh.amount_fen, list(SetSum.objects.values_list("fen", flat=True))) == (
        120_000,
        [80_000, 120_000],
    )
    assert county.approve(fresh, by=APPROVER, on=DECIDED).amount_fen == 120_000


@pytest.mark.parametrize(
    ("yuan", "why", "by", "code"),
    [
        (499, WHY, APPROVER, "outside_the_band"),
        (3_601, WHY, APPROVER, "outside_the_band"),
        (800, " 可 ", APPROVER, "sum_reason"),
        (800, WHY, make.actor("county_approver", CHECKER.number), "sum_is_set_by_who_decides"),
        (800, WHY, CHECKER, "sum_is_set_by_who_decides"),
        (800, WHY, make.actor("county_checker", "somebody-else"), "not_your_role"),
    ],
    ids=["below", "above", "no reason", "who re-checked", "who re-checked, as such", "another role"],
)
def test_a_sum_outside_without_reason_or_by_another_is_refused(family: Family, yuan, why, by, code) -> None:
    checked = rechecked(family.household)
    with pytest.raises(Refusal) as refused:
        set_sum(checked, yuan, why, by)
    assert (refused.value.code, SetSum.objects.count(), again(checked).amount_fen) == (code, 0, -1)


def test_who_corrected_what_the_register_says_of_the_family_sets_no_sum(family: Family) -> None:
    checked = rechecked(family.household)
    as_reviewer = make.actor("township_reviewer", APPROVER.number)
    corrected_head(family, as_reviewer, DECIDED)
    with pytest.raises(Refusal) as refused:
        set_sum(checked, 800)
    assert (refused.value.code, SetSum.objects.count()) == ("by_another_than_who_corrected", 0)
    with pytest.raises(IntegrityError, match="rests on"), transaction.atomic():
        SetSum.objects.create(
            application=checked, fen=80_000, reason=WHY, set_by=APPROVER.number, set_on=DECIDED
        )
    assert set_sum(checked, 800, by=make.actor("county_approver", "another")).amount_fen == 80_000


def test_both_ends_of_the_band_may_be_set(family: Family) -> None:
    checked = rechecked(family.household)
    assert (set_sum(checked, 500).amount_fen, set_sum(checked, 3_600).amount_fen) == (50_000, 360_000)


def test_before_the_re_check_and_after_the_decision_nobody_sets_a_sum(family: Family) -> None:
    """The database holds it, and what is set stays as it was set."""
    early = notice_over(family.household)
    _nobody_sets(early)
    county.approve(set_sum(county.recheck(early, by=CHECKER, on=OVER), 800), by=APPROVER, on=DECIDED)
    _nobody_sets(early)


def _nobody_sets(application: Application) -> None:
    with pytest.raises(Refusal) as refused:
        set_sum(application, 900)
    assert refused.value.code == "sum_is_set_by_who_decides"
    with pytest.raises(IntegrityError, match="set by who decides"), transaction.atomic():
        SetSum.objects.create(application=application, fen=90_000, reason=WHY, set_by="x", set_on=DECIDED)


def test_who_was_sent_back_has_no_sum_any_more(family: Family) -> None:
    fresh = set_sum(rechecked(family.household), 800)
    returned = county.send_back(fresh, note="补诊断证明", by=APPROVER, on=DECIDED)
    resubmitted = counter.submit(returned, by=make.actor("clerk"), on=DECIDED)
    assert (resubmitted.amount_fen, resubmitted.band_fen) == (-1, (50_000, 360_000))


def test_many_are_passed_with_their_sums_open_and_approved_with_them_set(family: Family) -> None:
    applications = [submitted(family.household), submitted(struck("钱", "103209-0148").household)]
    assert township.review_all(applications, by=make.actor("township_reviewer"), on=POSTED) == 2
    version = applications[0].version
    township.post_notice(version, make.MAZHAO, by=make.actor("township_reviewer"), on=POSTED)
    township.close_due_notices(on=OVER, by=make.actor("township_reviewer"))
    assert county.recheck_all([again(one) for one in applications], by=CHECKER, on=OVER) == 2
    first = set_sum(again(applications[0]), 800)
    with pytest.raises(Refusal):
        county.approve_all([first, again(applications[1])], by=APPROVER, on=DECIDED)
    second = set_sum(again(applications[1]), 600)
    assert county.approve_all([first, second], by=APPROVER, on=DECIDED) == 2
    assert sorted(Decision.objects.values_list("amount_fen", flat=True)) == [60_000, 80_000]


def test_a_replay_recomputes_with_the_sum_set_then_and_the_oracle_agrees(family: Family) -> None:
    decision = county.approve(set_sum(rechecked(family.household), 800), by=APPROVER, on=DECIDED)
    assert replaying.replay_decision(decision).differences == []
    policy = tomllib.loads(RELIEF.decode(), parse_float=Decimal)
    facts = {"medical.year": 2026, "certificate.kind": "two_daughter", "misfortune.kinds": {"illness": True}}
    person = {"facts": facts, "sets": {}, "applied_on": decision.application.applied_on, "set_yuan": 800}
    seen = Oracle(policy, load_catalogue()).judge(person)
    assert (seen["verdict"], seen["yuan"]) == (True, Fraction(decision.amount_fen, 100))


def test_a_sum_changed_afterwards_is_named(family: Family) -> None:
    """In the decision, where its digest and the replay name it; on record, where verify does."""
    decision = county.approve(set_sum(rechecked(family.household), 800), by=APPROVER, on=DECIDED)
    changed = {**decision.judged, "set_fen": {**decision.judged["set_fen"], "value": 90_000}}
    with otherwise():
        Decision.objects.filter(pk=decision.pk).update(judged=changed)
    found = Decision.objects.select_related("application").get(pk=decision.pk)
    assert granting.digest_of(found) != bytes(found.digest)
    named = {(one.what, one.kept, one.now) for one in replaying.replay_decision(found).differences}
    assert named == {("sealed", "—", "—"), ("amount", "800.00", "900.00"), ("fact", "800.00 元", "900.00 元")}
    broken = {
        culprit.table
        for finding in verify()
        if finding.check.name == "decisions"
        for culprit in finding.culprits
    }
    assert broken == {"applications_decision"}


def test_a_policy_without_a_band_is_asked_for_no_sum(lists: None) -> None:
    make.active_policy("college-award")
    checked = rechecked(poor_family("赵").household)
    assert "set_sum" not in {move.name for move in checked.moves_for(["county_approver"], "guo")}
    with pytest.raises(Refusal) as refused:
        set_sum(checked, 800)
    assert (refused.value.code, SetSum.objects.count(), again(checked).amount_fen) == ("no_band", 0, 200_000)
