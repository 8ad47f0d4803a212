"""In the county office: facts that changed meanwhile, what goes back, what is approved in bulk."""

from datetime import date

import pytest

from applications.models import Application, Assessment, Decision, Entitlement, LimitClaim
from applications.queries import without_application
from applications.services import counter, county, lists, sweep, township
from beneficiaries.models import Fact
from ledger.models import LedgerAccount, Transfer
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family
from tests.applications.walks import DAY, DECIDED, again, notice_over, rechecked
from tests.otherwise import otherwise

pytestmark = pytest.mark.usefixtures("college_award")
CHECKER, APPROVER = make.actor("county_checker"), make.actor("county_approver")


def test_a_certificate_cancelled_after_the_review_stops_the_approval(family: Family, budget: None) -> None:
    application = rechecked(family.household)
    with otherwise():
        Fact.objects.filter(kind="certificate").update(valid_until=date(2026, 7, 1))
    with pytest.raises(Refusal, match="不是“符合”"):
        county.approve(application, by=APPROVER, on=DECIDED)
    assert (again(application).state, Decision.objects.count()) == ("rechecked", 0)


def test_what_is_sent_back_comes_through_the_counter_again(family: Family) -> None:
    returned = county.send_back(
        notice_over(family.household), note="录取批次与通知书不一致", by=CHECKER, on=DAY
    )
    assert (returned.state, returned.note) == ("returned", "录取批次与通知书不一致")
    assert counter.submit(returned, by=make.actor("clerk"), on=DAY).state == "submitted"


def test_sending_back_needs_words(family: Family) -> None:
    with pytest.raises(Refusal, match="写明退回"):
        county.send_back(notice_over(family.household), note=" ", by=CHECKER, on=DAY)


def test_approved_in_bulk_is_one_commitment_each(family: Family, budget: None) -> None:
    others = [poor_family(name, number=f"H-{name}") for name in "钱孙李"]
    rows = []
    for household in (family.household, *(one.household for one in others)):
        rows.append(notice_over(household))
    for row in rows:
        county.recheck(row, by=CHECKER, on=DECIDED)
    assert county.approve_all([again(row) for row in rows], by=APPROVER, on=DECIDED) == 4
    assert Transfer.objects.filter(cause__startswith="commit:").count() == Entitlement.objects.count() == 4
    assert LedgerAccount.objects.get(kind="committed").balance_fen == 800_000


def test_one_short_in_the_budget_and_none_of_them_is_approved(family: Family) -> None:
    allot("college-award", 300_000)
    other = poor_family("钱", number="H-2")
    rows = [notice_over(household) for household in (family.household, other.household)]
    for row in rows:
        county.recheck(row, by=CHECKER, on=DECIDED)
    with pytest.raises(Refusal):
        county.approve_all([again(row) for row in rows], by=APPROVER, on=DECIDED)
    assert (Entitlement.objects.count(), LimitClaim.objects.count(), Decision.objects.count()) == (0, 0, 0)


def test_she_was_paid_before_the_system_existed(family: Family) -> None:
    make.fact(
        family.girl,
        "earlier_payment",
        date(2025, 9, 1),
        program="college-award",
        paid_on="2025-09-01",
        amount=200_000,
    )
    assert (lists.claim_earlier_payments(on=DAY), lists.claim_earlier_payments(on=DAY)) == (1, 0)
    sweep.assess(sweep.ask(on=DAY, by=CHECKER))
    assert Assessment.objects.get().failing == ["limit.college-award"]


def test_lists_propose_whom_nobody_asked_and_only_once(family: Family) -> None:
    sweep.assess(sweep.ask(on=DAY, by=CHECKER))
    assert without_application(Assessment.objects.filter(verdict=2)).count() == 1
    assert lists.apply_from_lists(on=DAY, programs=("college-award",)) == 1
    assert lists.apply_from_lists(on=DAY, programs=("college-award",)) == 0
    assert without_application(Assessment.objects.filter(verdict=2)).count() == 0


def test_an_application_from_lists_goes_the_same_road(family: Family, budget: None) -> None:
    sweep.assess(sweep.ask(on=DAY, by=CHECKER))
    lists.apply_from_lists(on=DAY, programs=("college-award",))
    application = Application.objects.get()
    assert (application.origin, application.state, application.submitted_by) == (
        "lists",
        "submitted",
        "system",
    )
    reviewer = make.actor("township_reviewer")
    township.review(application, by=reviewer, on=DAY)
    township.post_notice(application.version, make.MAZHAO, by=reviewer, on=DAY)
    township.close_due_notices(on=DECIDED, by=reviewer)
    county.recheck(again(application), by=CHECKER, on=DECIDED)
    assert county.approve(again(application), by=APPROVER, on=DECIDED).amount_fen == 200_000
