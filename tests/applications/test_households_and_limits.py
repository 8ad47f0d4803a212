"""Once for ever per household: the right follows the people, not the booklet's number."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from applications import judging
from applications.models import Application, Entitlement, LimitClaim
from applications.services import counter, county, granting, lists, township
from beneficiaries.models import Household, Membership
from programs.queries import loaded
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import allot, poor_family
from tests.applications.walks import DAY, DECIDED, OVER, POSTED
from tests.otherwise import otherwise

LATER = date(2026, 9, 20)


@pytest.fixture
def housing(family):
    """The family's house is granted; gives its household."""
    make.active_policy("housing-subsidy")
    allot("housing-subsidy", 9_000_000, "示例〔2026〕10号")
    surveyed(family.household, date(2026, 7, 10))
    grant(rechecked(family.household))
    return family.household


def surveyed(household, on):
    make.fact(household, "housing", on, grade="D", work="rebuild")


def right(household, on=LATER):
    (judged,) = [
        one
        for one in judging.judge_household(household, on=on)
        if one.loaded.version.code == "housing-subsidy"
    ]
    return judged


def failing(household):
    judged = right(household)
    return judged.verdict, [one.name for one in judged.explain().conditions if one.verdict == 0]


USED_UP = (0, ["limit.housing-subsidy"])


def rechecked(household, on=DAY):
    application = counter.open_application(right(household, on), by=make.actor("clerk"), on=on)
    application = counter.submit(application, by=make.actor("clerk"), on=on)
    application = township.review(application, by=make.actor("township_reviewer"), on=on)
    township.post_notice(application.version, make.MAZHAO, by=make.actor("township_reviewer"), on=POSTED)
    township.close_due_notices(on=OVER, by=make.actor("township_reviewer"))
    return county.recheck(
        Application.objects.get(pk=application.pk), by=make.actor("county_checker"), on=OVER
    )


def grant(*applications):
    by = make.actor("county_approver")
    return county.approve_all([Application.objects.get(pk=one.pk) for one in applications], by=by, on=DECIDED)


def booklet(number, *members, on=date(2026, 9, 1)):
    """A new booklet: whoever stood in another one leaves it."""
    with otherwise():
        for one, _ in members:
            Membership.objects.filter(person=one, valid_until=None).update(valid_until=on - timedelta(days=1))
    household = Household.objects.create(
        number=number, division=make.JIAOLOU, head=members[0][0], opened_on=on
    )
    for one, relation in members:
        Membership.objects.create(household=household, person=one, relation=relation, valid_from=on)
        if not one.facts.filter(kind="register").exists():
            make.fact(one, "register", date(2010, 1, 1), rural=True, residence=make.JIAOLOU)
    make.fact(household, "certificate", on, kind="two_daughter")
    make.fact(household, "hardship", on, on + timedelta(days=29), kinds=["dibao"])
    surveyed(household, on + timedelta(days=9))
    return household


def grown_son():
    return make.person("赵强", date(2000, 1, 1), female=False)


def test_the_whole_family_under_a_new_number_is_no_new_household(family, housing):
    moved = booklet(
        "H9", (family.father, "02"), (family.mother, "10"), (family.girl, "20"), (family.sister, "20")
    )
    assert failing(moved) == USED_UP


def test_the_wife_who_opens_her_own_booklet_has_had_the_right(family, housing):
    split = booklet("H9", (family.mother, "02"), (family.sister, "20"))
    assert failing(split) == USED_UP


def test_the_spouse_who_became_head_has_had_the_right(family, housing):
    make.fact(family.father, "death", date(2026, 8, 20))
    widow = booklet("H9", (family.mother, "02"), (family.girl, "20"), (family.sister, "20"))
    assert failing(widow) == USED_UP


def test_a_grown_up_who_splits_off_has_had_the_right(family):
    son = grown_son()
    Membership.objects.create(
        household=family.household, person=son, relation="20", valid_from=date(2010, 1, 1)
    )
    make.fact(son, "register", date(2010, 1, 1), rural=True, residence=make.JIAOLOU)
    make.active_policy("housing-subsidy")
    allot("housing-subsidy", 9_000_000, "示例〔2026〕10号")
    surveyed(family.household, date(2026, 7, 10))
    grant(rechecked(family.household))
    assert failing(booklet("H9", (son, "02"))) == USED_UP


def test_a_child_of_then_has_a_household_of_her_own_one_day(family, housing):
    assert right(booklet("H9", (family.sister, "02"))).verdict == 2


def test_a_daughter_who_marries_into_another_house_takes_nothing_from_it(family, housing):
    husband = grown_son()
    assert right(booklet("H9", (husband, "02"), (family.girl, "10"))).verdict == 2


def test_strangers_who_move_into_the_village_are_not_blocked(housing):
    other = poor_family("钱", "103209-0148")
    surveyed(other.household, date(2026, 7, 10))
    assert right(other.household, DAY).verdict == 2


def test_one_grant_is_written_for_the_booklet_and_its_people(family, housing):
    claims = LimitClaim.objects.filter(limit="housing-subsidy").order_by("holder_kind", "holder_id")
    couple = sorted([family.father.pk, family.mother.pk])
    assert sorted(claims.values_list("holder_kind", "holder_id")) == sorted(
        [("household", housing.pk)]
        + [("householder", one) for one in couple]
        + [("member", one) for one in [*couple, family.girl.pk]]
    )


def test_the_database_lets_no_householder_through_twice(family, housing):
    claim = LimitClaim.objects.get(holder_kind="householder", holder_id=family.mother.pk)
    claim.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        claim.save(force_insert=True)


def test_two_booklets_of_one_couple_cannot_both_be_granted(family):
    """Both were judged before either was granted: the second is refused when it comes to be written."""
    make.active_policy("housing-subsidy")
    allot("housing-subsidy", 9_000_000, "示例〔2026〕10号")
    surveyed(family.household, date(2026, 7, 10))
    first = rechecked(family.household)
    second = rechecked(booklet("H9", (family.mother, "02"), (family.sister, "20"), on=date(2026, 8, 1)))
    applications = [Application.objects.get(pk=one.pk) for one in (first, second)]
    judged = {
        one.pk: judging.judge_subjects(loaded(one.version), [one], on=DECIDED)[judging.key_of(one)]
        for one in applications
    }
    with pytest.raises(Refusal) as refused:
        grant(first, second)
    assert (refused.value.code, LimitClaim.objects.count()) == (
        "not_clear",
        0,
    )  # side by side they queue as one
    grant(first)
    with pytest.raises(Refusal) as refused:
        granting._claim(*_as_judged_before(second, judged[second.pk]))
    assert refused.value.code == "promised_once"


def _as_judged_before(application, judged):
    """The entitlement of an application that was judged before the other one was granted."""
    entitlement = Entitlement(
        pk=0,
        application=application,
        household=application.household,
        granted_on=DECIDED,
        program=application.program,
    )
    return [entitlement], {0: judged}


def test_what_was_paid_before_follows_the_people_too(family):
    make.active_policy("housing-subsidy")
    paid = {"program": "housing-subsidy", "paid_on": "2020-09-01", "amount": 2_000_000}
    make.fact(
        family.father,
        "earlier_payment",
        date(2020, 9, 1),
        source=make.evidence_list("earlier_payment"),
        **paid,
    )
    assert lists.claim_earlier_payments(on=DAY) > 0
    assert lists.claim_earlier_payments(on=DAY) == 0
    moved = booklet("H9", (family.mother, "02"), (family.sister, "20"))
    assert failing(moved) == USED_UP


def test_an_earlier_payment_entered_wrongly_uses_up_nothing(family, college_award):
    entry = earlier(family.girl)
    assert award(family).verdict == 1  # in doubt: nobody knows
    entry.doubts.update(settled_by="zhou", settled_on=DAY)
    with otherwise():
        type(entry).objects.filter(pk=entry.pk).update(is_disputed=False)
    assert (lists.claim_earlier_payments(on=DAY), award(family).verdict) == (1, 0)
    with otherwise():
        type(entry).objects.filter(pk=entry.pk).update(superseded_by=entry)
    assert award(family).verdict == 2
    again = earlier(family.girl, paid_on="2021-09-01")
    with otherwise():
        type(again).objects.filter(pk=again.pk).update(is_disputed=False)
    assert (lists.claim_earlier_payments(on=DAY), award(family).verdict) == (1, 0)


def earlier(girl, paid_on="2020-09-01"):
    from beneficiaries.services import enter_fact  # noqa: PLC0415  # only these two stories enter papers

    values = {"program": "college-award", "paid_on": paid_on, "amount": 100_000}
    return enter_fact(
        girl, kind="earlier_payment", values=values, paper="payment_record", by=make.actor("clerk"), on=DAY
    )


def award(family):
    (judged,) = [
        one
        for one in judging.judge_household(family.household, on=DAY)
        if one.loaded.version.code == "college-award"
    ]
    return judged


def test_what_was_granted_before_the_rule_gets_its_people_by_the_migration(family, housing):
    from importlib import import_module  # noqa: PLC0415  # a migration's name begins with a digit

    migration = import_module("applications.migrations.0005_claims_follow_the_people")
    wanted = set(LimitClaim.objects.values_list("holder_kind", "holder_id", "entitlement"))
    kept = LimitClaim.objects.get(holder_kind="household")
    assert wanted
    with connection.cursor() as cursor:
        cursor.execute(
            migration.CLAIM_FOR_PEOPLE.replace(
                "WHERE c.holder_kind", f"WHERE c.id = {kept.pk} AND c.holder_kind"
            )
        )
    assert set(LimitClaim.objects.values_list("holder_kind", "holder_id", "entitlement")) == wanted
