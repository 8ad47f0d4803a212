"""The list of a version that reaches back: worked out by the worker, whole or not at all, and again when it is asked for."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from applications import tasks
from applications.models import ComparedDecision, Comparison, Decision
from applications.services import comparing, retroactive
from audit.models import TrailRow
from jobs.leases import LEASE_SECONDS, LeaseLostError, claim
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family, whole_lists
from tests.applications.test_places import FIRST_COME, in_force
from tests.payments.test_recovering import ENROLLED, LATER, OFFICER, POOR, granted, later

DIBAO_ONLY = (POOR, 'has_any   = ["extreme_poverty"]')


@pytest.fixture
def family(db: None) -> Family:
    whole_lists()
    make.active_policy("college-award")
    allot("college-award", 1_000_000)
    return poor_family("赵")


@pytest.fixture
def families(family: Family) -> list[Decision]:
    """Three that were granted 2,000 yuan each."""
    others = [poor_family(name, f"103209-015{at}") for at, name in enumerate(("钱", "孙"))]
    return [granted(one) for one in (family, *others)]


def taken_up(after: float = 0.0):
    """The lease of the comparison that waits, as a worker gets it ``after`` some seconds."""
    lease = claim(comparing.to_do(), worker="worker", now=timezone.now() + timedelta(seconds=after))
    assert lease is not None
    return lease


def kept() -> list[tuple[int, str, int, int, list[str]]]:
    rows = ComparedDecision.objects.order_by("decision_id")
    return list(rows.values_list("decision_id", "change", "fen", "decided_fen", "names"))


def test_what_is_asked_for_is_worked_out_and_kept(families: list[Decision]) -> None:
    version = later(DIBAO_ONLY)
    asked = comparing.ask_comparison(version, by=OFFICER, on=LATER)
    assert comparing.ask_comparison(version, by=OFFICER, on=LATER) == asked, "one that waits is kept"
    lease = taken_up()
    comparing.do(lease)
    assert (lease.done, lease.total) == (3, 3), "the page shows how far it is"
    done = Comparison.objects.get()
    assert (done.judged, done.finished_at is not None) == (3, True)
    assert kept() == [(one.pk, "lost", 0, 200_000, ["poor"]) for one in families]
    assert TrailRow.objects.filter(table="applications_comparison").get().verb == "compare"
    assert not comparing.to_do().exists()


def test_a_worker_that_dies_leaves_nothing_and_the_next_one_finishes(families: list[Decision]) -> None:
    version = later(DIBAO_ONLY)
    comparing.ask_comparison(version, by=OFFICER, on=LATER)
    dead = taken_up()
    assert claim(comparing.to_do(), worker="other", now=timezone.now()) is None, (
        "it is his until the lease is over"
    )
    next_one = taken_up(after=LEASE_SECONDS + 1)
    with pytest.raises(LeaseLostError):
        comparing.do(dead)  # he was not dead, only slow: what he writes is not kept
    assert kept() == []
    comparing.do(next_one)
    assert len(kept()) == 3


def test_asked_again_the_list_is_the_new_one_and_until_then_the_old(families: list[Decision]) -> None:
    version = later(("\n[need.girl]", ENROLLED + "\n[need.girl]"))
    for _ in range(2):
        comparing.ask_comparison(version, by=OFFICER, on=LATER)
    comparing.do(taken_up())
    assert [row[1] for row in kept()] == ["lost"] * 3
    girl = families[0].application.person
    make.fact(girl, "medical", date(2026, 1, 1), date(2026, 12, 31), year=2026, enrolled=True)
    comparing.ask_comparison(version, by=OFFICER, on=LATER)
    assert len(kept()) == 3
    comparing.do(taken_up())
    assert [row[0] for row in kept()] == [one.pk for one in families[1:]]
    assert Comparison.objects.count() == 2


def test_what_happened_since_is_read_when_it_is_shown(families: list[Decision]) -> None:
    version = later(("tier2 = 2000", "tier2 = 2500"))
    comparing.ask_comparison(version, by=OFFICER, on=LATER)
    comparing.do(taken_up())
    retroactive.open_supplement(families[0], version, by=OFFICER, on=LATER)
    rows = list(ComparedDecision.objects.select_related("decision__application").order_by("decision_id"))
    shown = comparing.as_they_stand(rows)
    assert [(one.change, one.decided_fen, one.fen, one.is_under_way) for one in shown] == [
        ("more", 200_000, 250_000, True), ("more", 200_000, 250_000, False), ("more", 200_000, 250_000, False),
    ]  # fmt: skip


def test_where_one_hangs_on_all_nothing_is_asked_for(db: None) -> None:
    version = in_force(b'places = 1\nties = "none"\n' + FIRST_COME)
    with pytest.raises(Refusal) as refused:
        comparing.ask_comparison(version, by=OFFICER, on=LATER)
    assert refused.value.code == "not_comparable"


@pytest.mark.django_db(transaction=True)
def test_the_worker_finds_it_by_itself() -> None:
    """No ring needed: the row is the work."""
    whole_lists()
    make.active_policy("college-award")
    version = later(("2100799", "2100798"))
    comparing.ask_comparison(version, by=OFFICER, on=LATER)
    tasks.do_comparisons()
    assert Comparison.objects.get().finished_at is not None
