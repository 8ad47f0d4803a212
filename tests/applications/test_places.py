"""So many places a year, and so much money: the list of those who applied decides; no place is given twice."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from applications import freezing, judging
from applications.models import Application, Assessment, Decision, LimitClaim
from applications.services import counter, county, sweep, township
from beneficiaries.models import Person
from programs.queries import loaded
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import allot, poor_family
from tests.applications.walks import DAY, DECIDED, OVER, POSTED
from tests.otherwise import otherwise

TOP = b'pay_to    = ["self", "parents"]\n'
FIRST_COME = b'order_by = [{ earliest = "applied_on" }]\n'
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def two_families(lists):
    return poor_family("赵"), poor_family("钱", "103209-0148")


def in_force(words):
    """The college award with places or a ceiling."""
    source = make.policy_bytes("college-award").replace(TOP, TOP + words)
    assert source != make.policy_bytes("college-award")
    return make.active_policy("college-award", source)


def right(family, on):
    (judged,) = [
        one for one in judging.judge_household(family.household, on=on) if one.person == family.girl.pk
    ]
    return judged


def applied(family, on):
    application = counter.open_application(right(family, on), by=make.actor("clerk"), on=on)
    return counter.submit(application, by=make.actor("clerk"), on=on)


def rechecked(*applications):
    for one in applications:
        township.review(one, by=make.actor("township_reviewer"), on=POSTED)
    township.post_notice(applications[0].version, make.MAZHAO, by=make.actor("township_reviewer"), on=POSTED)
    township.close_due_notices(on=OVER, by=make.actor("township_reviewer"))
    return [
        county.recheck(Application.objects.get(pk=one.pk), by=make.actor("county_checker"), on=OVER)
        for one in applications
    ]


def failing(judged):
    return [one.name for one in judged.explain().conditions if one.verdict == 0]


def seen(judged, name):
    return next(one for one in judged.explain().conditions if one.name == name).seen.en


def numbers():
    claims = LimitClaim.objects.filter(holder_kind="program").order_by("nth")
    return list(claims.values_list("limit", "period", "nth"))


def test_the_one_place_is_the_first_comers_and_goes_to_the_next_if_she_withdraws(two_families):
    first, second = two_families
    in_force(b'places = 1\nties = "none"\n' + FIRST_COME)
    early = applied(first, DAY)
    applied(second, NEXT_DAY)
    assert (right(first, POSTED).verdict, seen(right(first, POSTED), "places")) == (2, "number 1 on the list")
    late = right(second, POSTED)
    assert (late.verdict, failing(late), seen(late, "places")) == (0, ["places"], "number 2 on the list")
    counter.withdraw(early, by=make.actor("clerk"), on=POSTED, note="搬走了")
    assert right(second, POSTED).verdict == 2


def test_who_has_not_applied_is_told_what_she_would_get(two_families):
    first, second = two_families
    in_force(b'places = 1\nties = "none"\n' + FIRST_COME)
    assert right(second, DAY).verdict == 2
    applied(first, DAY)
    assert failing(right(second, NEXT_DAY)) == ["places"]


def test_of_two_who_came_on_one_day_neither_has_the_last_place_and_both_are_told_why(two_families):
    first, second = two_families
    in_force(b'places = 1\nties = "none"\n' + FIRST_COME)
    applied(first, DAY)
    applied(second, DAY)
    for family in two_families:
        judged = right(family, POSTED)
        assert (failing(judged), seen(judged, "places")) == (
            ["places"],
            "number 1 on the list, a rank shared with 1 more",
        )


def test_a_place_given_is_a_numbered_claim_and_stays_given(two_families):
    first, second = two_families
    allot("college-award", 1_000_000)
    in_force(b'places = 1\nties = "none"\n' + FIRST_COME)
    (application,) = rechecked(applied(first, DAY))
    county.approve(application, by=make.actor("county_approver"), on=DECIDED)
    assert numbers() == [("places:college-award", "2026", 1)]
    assert failing(right(second, DECIDED)) == ["places"]


def test_a_decision_is_replayed_as_it_was_judged_among_the_others(two_families):
    first, second = two_families
    allot("college-award", 1_000_000)
    version = in_force(b'places = 2\nties = "none"\n' + FIRST_COME)
    both = rechecked(applied(first, DAY), applied(second, NEXT_DAY))
    county.approve_all(both, by=make.actor("county_approver"), on=DECIDED)
    assert numbers() == [("places:college-award", "2026", 1), ("places:college-award", "2026", 2)]
    for decision in Decision.objects.all():
        assert freezing.replay(loaded(version).program, decision.judged) == (2, decision.amount_fen)
    assert sorted(decision.judged["before"][0] for decision in Decision.objects.all()) == [0, 1]


def test_whom_the_money_does_not_reach_waits_and_is_not_refused(two_families):
    first, second = two_families
    in_force(b"ceiling_yuan = 3000\n" + FIRST_COME)  # 2,000 for each
    applied(first, DAY)
    waiting = applied(second, NEXT_DAY)
    late = right(second, POSTED)
    assert (late.verdict, failing(late), late.unknown()) == (1, [], ["ceiling"])
    with pytest.raises(Refusal):
        township.review_all([waiting], by=make.actor("township_reviewer"), on=POSTED)


def test_a_rank_is_known_when_nobody_can_apply_any_more(two_families):
    first, second = two_families
    words = b'places = 1\nties = "none"\norder_by = [{ earliest = "born_on" }]\n'
    source = make.policy_bytes("college-award").replace(TOP, TOP + words)
    source = source.replace(b'route  = "both"\n', b'route  = "both"\nuntil  = 2026-08-19\n')
    make.active_policy("college-award", source)
    with otherwise():
        Person.objects.filter(pk=second.girl.pk).update(born_on=date(2008, 2, 2))
    applied(first, DAY)
    applied(second, NEXT_DAY)
    assert right(second, NEXT_DAY).unknown() == ["places"]
    assert [right(family, POSTED).verdict for family in two_families] == [0, 2]


def test_a_window_that_closed_meanwhile_takes_nothing_from_who_came_in_time(two_families):
    first, second = two_families
    route = b'route  = "both"\n'
    source = make.policy_bytes("college-award").replace(route, route + b"until  = 2026-08-19\n")
    make.active_policy("college-award", source)
    (application,) = rechecked(applied(first, DAY))  # at the county's desk on 28 August
    assert application.verdict == 2
    assert failing(right(second, POSTED)) == ["apply"]


def test_the_sweep_says_the_same_as_the_counter(two_families):
    first, second = two_families
    in_force(b'places = 1\nties = "none"\n' + FIRST_COME)
    applied(first, DAY)
    sweep.assess(sweep.ask(on=NEXT_DAY, by=make.actor("county_checker")))
    kept = dict(Assessment.objects.values_list("person_id", "verdict"))
    assert kept == {first.girl.pk: 2, second.girl.pk: 0}


def test_the_database_gives_no_number_twice(two_families):
    first, second = two_families
    allot("college-award", 1_000_000)
    in_force(b'places = 2\nties = "none"\n' + FIRST_COME)
    both = rechecked(applied(first, DAY), applied(second, NEXT_DAY))
    county.approve_all(both, by=make.actor("county_approver"), on=DECIDED)
    taken = LimitClaim.objects.get(holder_kind="program", nth=2)
    taken.pk = None
    with pytest.raises(IntegrityError, match="promised_once"), transaction.atomic():
        taken.save(force_insert=True)
