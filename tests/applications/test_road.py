"""One girl's road from the counter to the grant, and who cannot stand in two places on it."""

from datetime import date

import pytest

from applications import freezing, judging
from applications.models import Application, Decision, Entitlement, LimitClaim
from applications.services import counter, county, sweep, township
from audit.models import TrailRow
from audit.sealing import broken_blocks, seal
from ledger.models import LedgerAccount
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family

DAY = date(2026, 8, 18)
pytestmark = pytest.mark.usefixtures("college_award")


def opened(family: Family) -> Application:
    judged = judging.judge_household(family.household, on=DAY)
    (hers,) = [one for one in judged if one.record == family.admission.pk]
    return counter.open_application(hers, by=make.actor("clerk"), on=DAY)


def rechecked(family: Family) -> Application:
    application = counter.submit(opened(family), by=make.actor("clerk"), on=DAY)
    application = township.review(application, by=make.actor("township_reviewer"), on=date(2026, 8, 19))
    township.post_notice(
        application.version, make.MAZHAO, by=make.actor("township_reviewer"), on=date(2026, 8, 20)
    )
    assert township.close_due_notices(on=date(2026, 8, 27), by=make.actor("township_reviewer")) == 0
    assert township.close_due_notices(on=date(2026, 8, 28), by=make.actor("township_reviewer")) == 1
    return county.recheck(
        Application.objects.get(pk=application.pk), by=make.actor("county_checker"), on=date(2026, 8, 28)
    )


def test_a_poor_girl_admitted_in_july_is_granted_her_award(family: Family, budget: None) -> None:
    application = rechecked(family)
    decision = county.approve(application, by=make.actor("county_approver"), on=date(2026, 8, 31))
    entitlement = Entitlement.objects.get(decision=decision)
    assert (decision.outcome, decision.amount_fen, entitlement.funds) == (
        "approved",
        200_000,
        {"county": 200_000},
    )
    assert LimitClaim.objects.get().holder_id == family.girl.pk
    assert LedgerAccount.objects.get(kind="committed").balance_fen == 200_000
    verbs = (
        TrailRow.objects.filter(table="applications_application")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["create", "submit", "review", "post", "close_notice", "recheck", "approve"]
    seal()
    assert broken_blocks() == []


def test_the_decision_replays_after_the_register_changed(
    family: Family, budget: None, college_award: PolicyVersion
) -> None:
    decision = county.approve(rechecked(family), by=make.actor("county_approver"), on=date(2026, 8, 31))
    make.fact(family.household, "certificate", date(2012, 5, 17), kind="only_daughter")
    kept = Decision.objects.get(pk=decision.pk)
    assert freezing.replay(loaded(kept.version).program, kept.judged) == (2, 200_000)


def test_nobody_takes_two_of_the_separated_steps(family: Family) -> None:
    application = counter.submit(opened(family), by=make.actor("clerk"), on=DAY)
    with pytest.raises(Refusal, match="不能是同一个人"):
        township.review(application, by=make.actor("township_reviewer", number="chen"), on=DAY)


def test_the_sweep_finds_her_and_writes_nothing_the_second_time(family: Family) -> None:
    first = sweep.assess(sweep.ask(on=DAY, by=make.actor("county_checker")))
    again = sweep.assess(sweep.ask(on=DAY, by=make.actor("county_checker")))
    assert first.counts == {"college-award": {"no": 0, "not_known": 0, "yes": 1, "changed": 1}}
    assert again.counts["college-award"]["changed"] == 0


def test_a_second_application_for_the_same_admission_is_refused(family: Family) -> None:
    opened(family)
    with pytest.raises(Refusal, match="已经有一件在办"):
        opened(family)


def test_without_budget_nothing_is_decided(family: Family) -> None:
    application = rechecked(family)
    with pytest.raises(Refusal):
        county.approve(application, by=make.actor("county_approver"), on=date(2026, 8, 31))
    assert (Decision.objects.count(), LimitClaim.objects.count()) == (0, 0)
