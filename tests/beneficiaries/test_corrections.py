"""What a person corrects: each with a reason, the row before kept or named, and moves from household to household."""

from datetime import date

import pytest

from audit.models import TrailRow
from beneficiaries import services
from beneficiaries.models import Change, Doubt, Fact, Household, Membership, Parentage, Person
from beneficiaries.queries import household_of, search
from beneficiaries.services import because
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.test_entries import certificate, counting

DAY = date(2026, 8, 18)
CHECKER, REVIEWER, CLERK = (make.actor(role) for role in ("county_checker", "township_reviewer", "clerk"))
TOLD = {"on": DAY, "reason": "户口簿"}


@pytest.fixture
def mother(db):
    make.divisions()
    return make.person("李秀梅", date(1981, 5, 6))


@pytest.fixture
def father(mother):
    return make.person("赵文斌", date(1979, 3, 2), female=False, phone="13800138000")


@pytest.fixture
def girl(mother):
    return make.person("赵雨桐", date(2008, 2, 3))


@pytest.fixture
def home(father, mother, girl):
    return make.household("H1", (father, "02"), (mother, "11"), (girl, "20"))


def kept(about):
    found = Change.objects.get(table=about._meta.db_table, row=about.pk)
    return found.by, found.reason


def test_a_name_is_corrected_and_found_by_both_hands(home, girl):
    clerk = make.officials()["clerk"]
    services.correct_name(girl, "赵雨彤", by=CHECKER, **TOLD)
    assert [hit.person for hit in search("赵雨彤", official=clerk).hits] == [girl]
    assert kept(girl) == ("zhou", "户口簿")
    assert TrailRow.objects.filter(verb="correct").values_list("object_id", "detail").get() == (
        girl.pk, {"column": "name", "reason": "户口簿"},
    )  # fmt: skip


def test_a_phone_is_corrected_at_the_counter_and_taken_off(home, father):
    services.correct_phone(father, "139 0013 9000", by=CLERK, **TOLD)
    assert Person.objects.get(pk=father.pk).phone == "13900139000"
    services.correct_phone(father, "", by=CLERK, **TOLD)
    assert Person.objects.get(pk=father.pk).phone is None


def test_the_head_is_a_member(home, mother):
    stranger = make.person("钱一", date(1950, 1, 1))
    with pytest.raises(Refusal, match="现在在这一户"):
        services.correct_head(home, stranger, by=REVIEWER, **TOLD)
    services.correct_head(home, mother, by=REVIEWER, **TOLD)
    assert (Household.objects.get().head, kept(home)) == (mother, ("gao", "户口簿"))


def test_a_membership_and_a_parentage_are_new_rows_that_name_the_old(home, father, girl):
    wrong = girl.memberships.get()
    right = services.correct_membership(
        wrong, relation="21", valid_from=date(2012, 1, 1), by=REVIEWER, **TOLD
    )
    assert (right.corrects, girl.memberships.get(), Membership.ever.count()) == (wrong, right, 4)
    with pytest.raises(Refusal, match="已经更正过"):
        services.correct_membership(wrong, relation="22", valid_from=date(2012, 1, 1), by=REVIEWER, **TOLD)
    of_father = Parentage.objects.get(child=girl, parent=father)
    adopted = services.correct_parentage(of_father, father, kind="adopted", by=REVIEWER, **TOLD)
    assert (adopted.corrects, girl.parentage.filter(parent=father).get()) == (of_father, adopted)
    assert kept(of_father) == ("gao", "户口簿")


def test_an_entry_is_corrected_by_another_person(home):
    wrong = certificate(home)
    with pytest.raises(Refusal, match="不归你的岗位"):
        services.correct_fact(wrong, {"kind": "only_daughter"}, paper=wrong.paper, by=CLERK, **TOLD)
    values = {"kind": "only_daughter", "issued_on": "2012-05-16"}
    right = services.correct_fact(wrong, values, paper=wrong.paper, by=REVIEWER, **TOLD)
    wrong.refresh_from_db()
    assert (wrong.superseded_by, right.entered_by) == (right, "gao")
    assert counting(home, "certificate") == [(date(2012, 5, 16), values)]
    assert Doubt.objects.count() == 0


def test_moving_out_and_in_again(home, girl, mother):
    other = make.household("H2", (make.person("钱一", date(1950, 1, 1)), "02"), division=make.HUAIHUA)
    told = {"by": REVIEWER, **TOLD}
    moved = services.move_in(girl, other, relation="97", first_day=date(2026, 8, 1), **told)
    assert (household_of(girl, on=date(2026, 7, 31)), household_of(girl, on=DAY)) == (home, other)
    assert Person.objects.get(pk=girl.pk).division == make.HUAIHUA
    with pytest.raises(Refusal, match="到今天之间"):
        services.move_out(girl, last_day=date(2026, 7, 1), **told)
    services.move_out(girl, last_day=date(2026, 8, 10), **told)
    assert (household_of(girl, on=DAY), moved.entered_by) == (None, "gao")
    with pytest.raises(Refusal, match="还在另一户"):
        services.move_in(girl, home, relation="20", first_day=date(2026, 8, 5), **told)
    services.move_in(girl, home, relation="20", first_day=date(2026, 8, 11), **told)
    assert household_of(girl, on=DAY) == home
    assert girl.memberships.count() == 3


def test_who_may_and_what_cannot_be(home, girl):
    told = {"by": REVIEWER, **TOLD}
    with pytest.raises(Refusal, match="初审人"):
        services.move_out(girl, last_day=DAY, **{**told, "by": CLERK})
    with pytest.raises(Refusal, match="还没有到"):
        services.move_in(girl, home, relation="20", first_day=date(2026, 9, 1), **told)
    with pytest.raises(Refusal, match="与户主关系"):
        services.move_in(girl, home, relation="xx", first_day=DAY, **told)
    with pytest.raises(Refusal, match="不归你的岗位"):
        services.correct_name(girl, "赵雨彤", by=REVIEWER, **TOLD)


def test_somebody_on_record_under_two_rows_moves_with_both(home, girl):
    double = make.person("赵雨桐", date(2008, 2, 3))
    second = make.household("H2", (double, "02"))
    with because(CHECKER, "同一个人"):
        Person.objects.filter(pk=double.pk).update(merged_into=girl)
    third = make.household("H3", (make.person("钱一", date(1950, 1, 1)), "02"), division=make.HUAIHUA)
    moved = services.move_in(girl, third, relation="97", first_day=date(2026, 8, 1), by=REVIEWER, **TOLD)
    standing = Membership.objects.filter(person__in=[girl, double], valid_until=None)
    assert (list(standing), household_of(girl, on=DAY)) == ([moved], third)
    assert {Person.objects.get(pk=one.pk).division for one in (girl, double)} == {make.HUAIHUA}
    assert second.memberships.get().valid_until == date(2026, 7, 31)


def test_a_marriage_that_was_entered_wrongly_is_corrected_for_both(home, father, mother):
    told = {"paper": "marriage_certificate", "on": DAY}
    values = {"registered": True, "spouse": mother.citizen_id, "married_on": "2004-05-01"}
    wrong = services.enter_fact(father, kind="marriage", values=values, by=CLERK, **told)
    right = services.correct_fact(
        wrong, {**values, "married_on": "2005-05-01"}, by=REVIEWER, reason="证上是 2005 年", **told
    )
    standing = Fact.objects.filter(kind="marriage", superseded_by=None)
    both = {(one.person_id, one.values["spouse"], one.valid_from.isoformat()) for one in standing}
    assert both == {(father.pk, mother.pk, "2005-05-01"), (mother.pk, father.pk, "2005-05-01")}
    assert mother.citizen_id not in str(list(Fact.objects.values_list("values", flat=True)))
    gone = Fact.objects.filter(kind="marriage").exclude(superseded_by=None)
    assert [one.superseded_by.person for one in gone] == [one.person for one in gone]
    assert right.entered_by == "gao"
    assert set(Doubt.objects.filter(settled_on=None).values_list("fact", flat=True)) == {
        one.pk for one in standing
    }
    with pytest.raises(Refusal, match="没有要更正的"):
        services.correct_name(father, "赵文斌", by=CHECKER, **TOLD)


@pytest.mark.parametrize("side", [0, 1])
def test_a_divorce_is_seen_once_for_both(home, father, mother, side):
    values = {
        "registered": True,
        "spouse": mother.citizen_id,
        "married_on": "2005-05-01",
        "ended_on": "2020-05-01",
    }
    services.enter_fact(father, kind="marriage", values=values, paper="divorce_paper", by=CLERK, on=DAY)
    doubts = Doubt.objects.filter(settled_on=None).order_by("pk")
    assert len(doubts) == 2
    seen = doubts[side]
    services.settle_doubt(seen, by=REVIEWER, on=DAY, outcome="离婚证已看", keep=seen.fact_id)
    both = Fact.objects.filter(kind="marriage", superseded_by=None)
    assert [(one.is_disputed, one.valid_until) for one in both] == [(False, date(2020, 5, 1))] * 2
    assert not Doubt.objects.filter(settled_on=None).exists()
    assert set(Doubt.objects.values_list("settled_by", "outcome")) == {("gao", "离婚证已看")}
    assert TrailRow.objects.filter(verb="settle", actor_number="gao").count() == 2
