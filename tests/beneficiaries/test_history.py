"""Nothing is overwritten: what a row held before a change stays on record, with who changed it and why."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import Change, Household, Membership, Person
from beneficiaries.queries import believed, believed_household
from beneficiaries.services import because, withdraw_list
from tests import factories as make
from tests.beneficiaries.test_register_rules import FATHER, GIRL, row, take

BY = make.actor("county_checker", "two")


@pytest.fixture(autouse=True)
def _county(db):
    make.divisions()


def changes(about):
    """What is on record of a row: (what the columns held, by whom, whether a list said so, why)."""
    found = Change.objects.filter(table=about._meta.db_table, row=about.pk).order_by("pk")
    return [(sorted(one.old), one.by, one.list_id, one.reason) for one in found]


def test_the_database_refuses_a_change_that_nobody_answers_for():
    person = make.person("赵雨桐", date(2008, 2, 3))
    with pytest.raises(IntegrityError, match="who makes it and why"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(name="赵雨彤")
    with transaction.atomic(), because(BY, "户口簿写“彤”"):
        Person.objects.filter(pk=person.pk).update(name="赵雨彤")
    assert changes(person) == [(["name"], "two", None, "户口簿写“彤”")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(name="赵雨桐")


def test_a_phone_that_a_list_changed_stays_encrypted_on_record():
    take([row("户主", "赵文斌", FATHER, phone="13800138000")])
    second = take([row("户主", "赵文斌", FATHER, phone="13900139000")])
    person = Person.objects.get()
    ((columns, by, source, _),) = changes(person)
    assert (columns, by, source) == (["phone", "phone_index", "phone_last4"], "two", second.pk)
    kept = Change.objects.get()
    assert "1380013" not in str(kept.old) + str(kept.new)
    column = Person._meta.get_field("phone")
    before = column.from_db_value(bytes.fromhex(kept.old["phone"].removeprefix("\\x")), None, None)
    assert before == "13800138000"


def test_one_person_stands_in_one_household_at_a_time():
    person = make.person("李秀梅", date(1981, 5, 6))
    make.household("H1", (person, "02"), since=date(2010, 1, 1))
    second = Household.objects.create(number="H2", division=make.HUAIHUA)
    told = {"household": second, "person": person, "relation": "10"}
    for first, last in ((date(2012, 1, 1), date(2012, 12, 31)), (date(2026, 9, 1), None)):
        with pytest.raises(IntegrityError, match="one_household_at_a_time"), transaction.atomic():
            Membership.objects.create(**told, valid_from=first, valid_until=last)
    with because(BY, "迁出"):
        Membership.objects.filter(person=person).update(valid_until=date(2026, 8, 31))
    moved = Membership.objects.create(**told, valid_from=date(2026, 9, 1))
    assert list(Membership.objects.filter(valid_until=None)) == [moved]


def test_a_membership_taken_back_holds_on_no_day_and_makes_room():
    person = make.person("李秀梅", date(1981, 5, 6))
    home = make.household("H1", (person, "02"), since=date(2010, 1, 1))
    with pytest.raises(IntegrityError, match="who makes it and why"), transaction.atomic():
        Membership.objects.update(valid_until=date(2009, 12, 31))
    with because(BY, "登记错了"):
        Membership.objects.update(valid_until=date(2009, 12, 31))
    assert changes(Membership.ever.get()) == [(["valid_until"], "two", None, "登记错了")]
    assert (home.memberships.count(), Membership.ever.count()) == (0, 1)
    Membership.objects.create(household=home, person=person, relation="02", valid_from=date(2010, 1, 1))


def test_the_only_membership_of_a_person_is_compared_as_soon_as_another_comes():
    take([row("户主", "赵文斌", FATHER)])
    only = Membership.objects.get()
    assert only.is_only
    other = Household.objects.create(number="H2", division=make.HUAIHUA)
    told = {"household": other, "person": only.person, "relation": "02"}
    for first, last, is_only in (
        (date(2026, 3, 1), None, False),
        (date(2026, 3, 1), date(2026, 4, 1), False),
    ):
        with pytest.raises(IntegrityError, match="one_household_at_a_time"), transaction.atomic():
            Membership.objects.create(**told, valid_from=first, valid_until=last, is_only=is_only)
    with pytest.raises(IntegrityError, match="only_membership"), transaction.atomic():
        Membership.objects.create(**told, valid_from=date(2020, 1, 1), is_only=True)
    Membership.objects.create(**told, valid_from=date(2020, 1, 1), valid_until=date(2025, 12, 31))
    assert not Membership.objects.get(pk=only.pk).is_only
    with because(BY, "迁出"):
        Membership.objects.filter(pk=only.pk).update(valid_until=date(2026, 8, 31))


def test_a_list_puts_who_left_a_household_into_another_from_the_day_after():
    take([row("户主", "赵文斌", FATHER)])
    with because(BY, "迁出"):
        Membership.objects.update(valid_until=date(2026, 8, 31))
    take([row("户主", "赵文斌", FATHER, "H2")])
    days = list(Membership.objects.order_by("pk").values_list("valid_from", "valid_until", "is_disputed"))
    assert days == [(date(2026, 1, 1), date(2026, 8, 31), False), (date(2026, 9, 1), None, False)]


def moment():
    """Now, by the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_what_was_believed_on_that_day_of_a_person():
    take([row("户主", "赵文斌", FATHER, phone="13800138000"), row("女", "赵雨桐", GIRL)])
    girl, father = Person.objects.get(name="赵雨桐"), Person.objects.get(name="赵文斌")
    before = moment()
    take([row("户主", "赵文斌", FATHER, phone="13900139000", rural="非农业")], on=date(2027, 3, 1))
    with because(BY, "户口簿写“彤”"):
        Person.objects.filter(pk=girl.pk).update(name="赵雨彤")
        girl.memberships.update(valid_until=date(2026, 12, 31))
        Household.objects.update(head=None)

    def told(person, day, known_at):
        found = believed(person.pk, valid_on=day, known_at=known_at)
        rural = [fact.values["rural"] for fact in found.facts]
        return found.name, found.phone, found.household and found.household.head_id, found.relation, rural

    after, this_year, next_year = moment(), date(2026, 7, 15), date(2027, 7, 15)
    assert told(girl, next_year, before) == ("赵雨桐", None, father.pk, "30", [True])
    assert told(girl, next_year, after) == ("赵雨彤", None, None, "", [True])
    assert told(girl, this_year, after) == ("赵雨彤", None, None, "30", [True])
    assert told(father, next_year, before) == ("赵文斌", "13800138000", father.pk, "02", [True])
    assert told(father, next_year, after) == ("赵文斌", "13900139000", None, "02", [False])
    assert told(father, this_year, after) == ("赵文斌", "13900139000", None, "02", [True])
    assert believed(girl.pk, valid_on=this_year, known_at=after).parents == (father.pk,)
    assert believed(girl.pk, valid_on=this_year, known_at=girl.recorded_at - timedelta(seconds=1)) is None


def test_what_a_withdrawn_list_said_was_believed_until_then():
    wrong = take([row("户主", "赵文斌", FATHER)])
    home, before = Household.objects.get(), moment()
    withdraw_list(wrong, by=BY, on=date(2026, 7, 16))
    known = believed_household(home.pk, valid_on=date(2026, 7, 15), known_at=before)
    father = Person.objects.get()
    assert (known.head, known.members) == (father.pk, ((father.pk, "02"),))
    assert believed_household(home.pk, valid_on=date(2026, 7, 15), known_at=moment()) is None
    assert believed(father.pk, valid_on=date(2026, 7, 15), known_at=moment()) is None
