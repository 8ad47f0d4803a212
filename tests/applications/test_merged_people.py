"""Two rows of the register that are one person: counted once, judged by what hangs on either, parted again whole."""

from datetime import date

import pytest

from applications.gathering import EVERYBODY, Among
from applications.judging import judge, judge_household, judge_subjects, key_of
from applications.models import Application, Entitlement
from applications.services import counter, county, township
from applications.services.lists import claim_earlier_payments
from beneficiaries import services
from beneficiaries.models import Membership, Parentage, Person
from programs.queries import active
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import poor_family
from tests.applications.walks import DAY, DECIDED, again, opened, rechecked

BORN = date(2008, 2, 3)
TOP = b'pay_to    = ["self", "parents"]\n'


def merged(stays: Person, other: Person):
    asked = services.ask_to_merge(
        stays, other, by=make.actor("township_reviewer"), on=DAY, reason="同一张身份证"
    )
    return services.merge(asked, by=make.actor("county_checker"), on=DAY)


def parted(double):
    asked = services.ask_to_part(double, by=make.actor("township_reviewer"), on=DAY, reason="其实是两个人")
    return services.part(asked, by=make.actor("county_checker"), on=DAY)


def double_of(family) -> Person:
    """The girl once more, under another number, in her parents' house, admitted again on another list."""
    other = make.person(family.girl.name, BORN)
    Membership.objects.create(
        household=family.household, person=other, relation="20", valid_from=date(2010, 1, 1)
    )
    for parent in (family.father, family.mother):
        Parentage.objects.create(child=other, parent=parent)
    make.fact(other, "register", date(2010, 1, 1), rural=True, residence=make.JIAOLOU)
    make.fact(other, "admission", date(2026, 7, 25), year=2026, batch="本科批", level="本科", province="陕西",
              school="西安某大学")  # fmt: skip
    return other


def verdicts(household) -> list[tuple[int | None, int]]:
    return sorted((one.person, one.verdict) for one in judge_household(household, on=DAY))


@pytest.fixture
def award(family, college_award, budget):
    make.divisions()
    return active("college-award", DAY)


def approve(application: Application) -> None:
    county.approve(application, by=make.actor("county_approver"), on=DECIDED)


def to_the_desk(application: Application) -> Application:
    by = make.actor("township_reviewer")
    township.review(counter.submit(application, by=make.actor("clerk"), on=DAY), by=by, on=DAY)
    township.post_notice(application.version, make.MAZHAO, by=by, on=date(2026, 8, 20))
    township.close_due_notices(on=date(2026, 8, 28), by=by)
    return county.recheck(again(application), by=make.actor("county_checker"), on=date(2026, 8, 28))


def test_a_girl_paid_under_one_row_has_no_right_under_the_other(award, family):
    other = double_of(family)
    assert verdicts(family.household) == sorted([(family.girl.pk, 2), (other.pk, 2)])
    approve(rechecked(family.household))
    assert dict(verdicts(family.household)) in (
        {family.girl.pk: 0, other.pk: 2},
        {family.girl.pk: 2, other.pk: 0},
    )
    double = merged(family.girl, other)
    assert verdicts(family.household) == [(family.girl.pk, 0), (family.girl.pk, 0)]
    parted(double)
    assert sorted(verdict for _, verdict in verdicts(family.household)) == [0, 2]


def test_an_application_under_way_under_the_other_row_is_not_approved_after_the_merge(award, family):
    other = double_of(family)
    one, second = (
        counter.open_application(judged, by=make.actor("clerk"), on=DAY)
        for judged in judge_household(family.household, on=DAY)
    )
    one, second = to_the_desk(one), to_the_desk(second)
    approve(one)
    double = merged(family.girl, other)
    with pytest.raises(Refusal) as refused:
        approve(second)
    assert (refused.value.code, Entitlement.objects.count()) == ("not_clear", 1)
    parted(double)
    approve(again(second))
    assert Entitlement.objects.count() == 2


def test_facts_of_either_row_count_and_come_apart_again(award, family):
    """Her admission stands under another number than the register: neither row has a right before the merge."""
    other = make.person(family.girl.name, BORN)
    admission = make.fact(other, "admission", date(2026, 7, 25), year=2026, batch="本科批", level="本科", province="陕西",
                          school="西安某大学")  # fmt: skip
    (alone,) = judge(award, on=DAY, among=Among(records=[admission.pk]))
    assert (alone.person, alone.household, alone.verdict) == (other.pk, None, 1)
    double = merged(family.girl, other)
    (both,) = judge(award, on=DAY, among=Among(records=[admission.pk]))
    assert (both.person, both.household, both.verdict) == (family.girl.pk, family.household.pk, 2)
    parted(double)
    (again_,) = judge(award, on=DAY, among=Among(records=[admission.pk]))
    assert (again_.person, again_.household, again_.verdict) == (other.pk, None, 1)


def test_an_application_opened_under_the_merged_row_goes_on(award, family):
    other = make.person("赵雨桐", BORN)
    application = opened(family.household)
    merged(other, family.girl)  # the row that applied goes; its household is the only one
    (judged,) = judge_subjects(award, [application], on=DAY).values()
    assert (judged.person, judged.verdict, key_of(application)[1]) == (other.pk, 2, family.girl.pk)
    approve(to_the_desk(application))
    assert Entitlement.objects.get().person == family.girl


def test_a_merged_parent_is_one_parent_and_a_merged_member_one_member(award, family):
    other = make.person(family.father.name, family.father.born_on, female=False)
    Membership.objects.create(
        household=family.household, person=other, relation="50", valid_from=date(2010, 1, 1)
    )
    Parentage.objects.create(child=family.girl, parent=other)
    make.fact(other, "payroll", date(2025, 1, 1), listed=True)
    merged(family.father, other)
    (judged,) = judge(award, on=DAY, among=Among(records=[family.admission.pk]))
    for members in judged.gathered.table.sets.values():
        assert int(members.offsets[1]) <= 4


def test_two_rows_in_two_households_are_one_person_in_one(award, family):
    other = make.person(family.girl.name, BORN)
    make.household("OTHER", (other, "02"))
    double = merged(family.girl, other)
    (judged,) = judge(award, on=DAY, among=Among(records=[family.admission.pk]))
    assert judged.household == family.household.pk
    parted(double)
    assert Membership.objects.filter(person=other, valid_until=None).count() == 1


def test_paid_before_the_system_under_one_row_is_paid_for_both(award, family):
    other = double_of(family)
    make.fact(
        other, "earlier_payment", date(2026, 1, 5), program="college-award", amount_fen=200_000, year=2026
    )
    claim_earlier_payments(on=DAY)
    before = dict(verdicts(family.household))
    merged(family.girl, other)
    assert (before[family.girl.pk], set(dict(verdicts(family.household)).values())) == (2, {0})


def test_two_at_one_time_are_refused(award, family):
    other = double_of(family)
    double = merged(family.girl, other)
    third = poor_family("钱", number="H-3").girl
    for stays, goes in ((third, other), (other, third), (third, family.girl)):
        with pytest.raises(Refusal) as refused:
            services.ask_to_merge(stays, goes, by=make.actor("township_reviewer"), on=DAY, reason="?")
        assert refused.value.code == "merged_already"
    with pytest.raises(Refusal) as refused:
        services.ask_to_part(double, by=make.actor("clerk"), on=DAY, reason="?")
    assert refused.value.code == "not_your_role"


def test_who_applied_under_the_row_that_went_keeps_the_place_in_the_list(lists):
    """One place, and she came first: the list knows her under the row that stays."""
    make.divisions()
    words = b'places = 1\nties = "none"\norder_by = [{ earliest = "applied_on" }]\n'
    make.active_policy("college-award", make.policy_bytes("college-award").replace(TOP, TOP + words))
    first, second = poor_family("赵"), poor_family("钱", "103209-0148")
    for family, on in ((first, DAY), (second, date(2026, 8, 19))):
        (right,) = [one for one in judge_household(family.household, on=on) if one.person == family.girl.pk]
        counter.submit(
            counter.open_application(right, by=make.actor("clerk"), on=on), by=make.actor("clerk"), on=on
        )
    merged(make.person("赵雨桐", BORN), first.girl)
    for family, verdict in ((first, 2), (second, 0)):
        later = judge_household(family.household, on=date(2026, 8, 20))
        assert [one.verdict for one in later if one.record == family.admission.pk] == [verdict]


def test_a_sweep_sees_all_rows_of_a_person_as_the_counter_does(award, family):
    """She stands under three rows, her father under two. Admitted under two of them, she has one right, whoever asks."""
    admission = make.fact(
        make.person(family.girl.name, BORN), "admission", date(2026, 7, 25), year=2026, batch="本科批", level="本科",
        province="陕西", school="西安某大学",
    )  # fmt: skip
    third = make.person(family.girl.name, BORN)
    father = make.person(family.father.name, family.father.born_on, female=False)
    Parentage.objects.create(child=third, parent=father)
    for stays, other in ((family.girl, admission.person), (family.girl, third), (family.father, father)):
        merged(stays, other)

    def seen(among: Among) -> list[tuple[object, ...]]:
        return sorted(
            (one.record, one.person, one.household, one.verdict, one.amount_fen)
            for one in judge(award, on=DAY, among=among)
        )

    whole = seen(EVERYBODY)
    assert [one[:4] for one in whole] == [
        (family.admission.pk, family.girl.pk, family.household.pk, 2),
        (admission.pk, family.girl.pk, family.household.pk, 0),
    ]
    assert whole == seen(Among(records=[family.admission.pk, admission.pk]))
