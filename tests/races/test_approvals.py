"""Many hands at once: one wins, the rest get a sentence, the budget is never overdrawn."""

from datetime import date

import pytest

from applications.gathering import Among
from applications.judging import judge, judge_household
from applications.models import Application, Decision, Entitlement, LimitClaim
from applications.services import counter, county, township
from beneficiaries.models import Household
from ledger.models import LedgerAccount
from programs.queries import active
from tests import factories as make
from tests.applications.conftest import allot, poor_family
from tests.applications.test_households_and_limits import booklet
from tests.races.together import PROCESSES, together

DAY = date(2026, 8, 18)
LATER = date(2026, 8, 31)
ROUNDS = [pytest.param(2, id="few"), pytest.param(100, id="hundred", marks=pytest.mark.long)]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offices(lists: None) -> None:
    make.divisions()
    make.active_policy("college-award")


def rechecked(household: Household) -> list[Application]:
    """Every right of the household, taken as far as the approver's desk."""
    return to_the_desk(
        [
            counter.open_application(one, by=make.actor("clerk"), on=DAY)
            for one in judge_household(household, on=DAY)
            if one.verdict == 2
        ]
    )


def to_the_desk(opened: list[Application]) -> list[Application]:
    for one in opened:
        township.review(
            counter.submit(one, by=make.actor("clerk"), on=DAY), by=make.actor("township_reviewer"), on=DAY
        )
    township.post_notice(opened[0].version, make.MAZHAO, by=make.actor("township_reviewer"), on=DAY)
    township.close_due_notices(on=LATER, by=make.actor("township_reviewer"))
    waiting = Application.objects.filter(pk__in=[one.pk for one in opened], state="notice_over").order_by(
        "pk"
    )
    return [county.recheck(one, by=make.actor("county_checker"), on=LATER) for one in waiting]


def approve(application: int, approver: str) -> None:
    county.approve(
        Application.objects.get(pk=application), by=make.actor("county_approver", approver), on=LATER
    )


def assert_granted_once(count: int) -> None:
    committed = LedgerAccount.objects.get(kind="committed").balance_fen
    granted = sum(Entitlement.objects.values_list("amount_fen", flat=True))
    claimed = LimitClaim.objects.values("entitlement").distinct().count()
    assert (Decision.objects.count(), Entitlement.objects.count(), claimed) == (count,) * 3
    assert committed == granted


@pytest.mark.parametrize("rounds", ROUNDS)
def test_eight_people_approve_the_same_application(offices: None, rounds: int) -> None:
    allot("college-award", 200_000 * rounds)
    for n in range(rounds):
        (application,) = rechecked(poor_family("赵", number=f"A-{n}").household)
        outcomes = together(approve, [(application.pk, f"approver-{m}") for m in range(PROCESSES)])
        assert outcomes == [*["count_differs"] * (PROCESSES - 1), "done"]
        assert_granted_once(n + 1)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_both_spouses_applications_for_one_house_are_approved_at_once(offices: None, rounds: int) -> None:
    """Once per household for life: two surveys of one household, two applications, two approvers, one grant."""
    make.active_policy("housing-subsidy")
    allot("housing-subsidy", 4_000_000 * rounds)
    for n in range(rounds):
        household = poor_family("钱", number=f"B-{n}").household
        waiting = [surveyed_and_rechecked(household, day) for day in (date(2026, 7, 10), date(2026, 7, 11))]
        outcomes = together(approve, [(waiting[0].pk, "guo"), (waiting[1].pk, "hao")])
        assert outcomes in (["done", "promised_once"], ["done", "not_clear"])
        assert_granted_once(n + 1)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_two_booklets_of_one_couple_are_approved_at_once(offices: None, rounds: int) -> None:
    """The wife has opened a booklet of her own; each has a house surveyed: one grant, whoever is faster."""
    make.active_policy("housing-subsidy")
    allot("housing-subsidy", 4_000_000 * rounds)
    for n in range(rounds):
        family = poor_family("钱", number=f"D-{n}")
        first = surveyed_and_rechecked(family.household, date(2026, 7, 10))
        split = booklet(f"E-{n}", (family.mother, "02"), (family.sister, "20"), on=date(2026, 8, 1))
        second = surveyed_and_rechecked(split, date(2026, 8, 12))
        outcomes = together(approve, [(first.pk, "guo"), (second.pk, "hao")])
        assert outcomes in (["done", "promised_once"], ["done", "not_clear"])
        assert_granted_once(n + 1)


def surveyed_and_rechecked(household: Household, surveyed_on: date) -> Application:
    """A graded house of its own survey, taken to the approver's desk as if the other were not there."""
    record = make.fact(household, "housing", surveyed_on, grade="D", work="rebuild")
    loaded = active("housing-subsidy", DAY)
    assert loaded is not None
    (alone,) = judge(loaded, on=DAY, among=Among(records=[record.pk]))
    application = counter.open_application(alone, by=make.actor("clerk"), on=DAY)
    return to_the_desk([application])[0]


def test_places_given_at_one_moment_have_each_their_own_number(lists: None) -> None:
    make.divisions()
    top = b'pay_to    = ["self", "parents"]\n'
    places = b'places = 2\nties = "all"\norder_by = [{ earliest = "applied_on" }]\n'
    make.active_policy("college-award", make.policy_bytes("college-award").replace(top, top + places))
    allot("college-award", 1_000_000)
    waiting = [rechecked(poor_family("周", number=f"F-{n}").household)[0].pk for n in range(2)]
    assert together(approve, [(one, "guo") for one in waiting]) == ["done", "done"]
    given = LimitClaim.objects.filter(limit="places:college-award").order_by("nth")
    assert list(given.values_list("holder_kind", "period", "nth")) == [
        ("program", "2026", 1),
        ("program", "2026", 2),
    ]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_the_last_of_the_budget_goes_to_one_of_three(offices: None, rounds: int) -> None:
    for n in range(rounds):
        allot("college-award", 200_000, document=f"示例〔2026〕{n}号")
        waiting = [rechecked(poor_family("孙", number=f"C-{n}-{m}").household)[0].pk for m in range(3)]
        outcomes = together(approve, [(one, "guo") for one in waiting])
        assert outcomes == ["budget_short", "budget_short", "done"]
        assert LedgerAccount.objects.get(kind="available").balance_fen == 0
