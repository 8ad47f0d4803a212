"""Doubts on the screen: what a person settles counts again, the other side stays on record."""

import pytest
from django.urls import reverse

from beneficiaries.models import Doubt, Fact, Membership, Person
from beneficiaries.queries import edited_facts, household_of
from tests import factories as make
from tests.beneficiaries.test_register_rules import COUPLE, DAY, FATHER, MOTHER, certificate, row, take


@pytest.fixture
def checker(db, client, settings):
    settings.BUSINESS_DAY = DAY
    officials = make.officials()
    client.force_login(officials["county_checker"])
    return officials["county_checker"]


def settle(client, **data):
    doubt = Doubt.objects.get(settled_on=None)
    url = reverse("beneficiaries:doubt", args=[doubt.pk])
    assert client.get(url).status_code == 200
    return client.post(url, data).status_code


def test_the_household_that_was_chosen_counts(checker, client):
    take(COUPLE)
    take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)])
    mother = Person.objects.get(name="李秀梅")
    chosen = Membership.objects.get(person=mother, household__number="H2")
    assert "李秀梅" in client.get(reverse("beneficiaries:doubts")).content.decode()
    assert settle(client, outcome="户口本已核对") == 422  # no side chosen
    assert settle(client, keep=chosen.pk, outcome="户口本已核对") == 302
    assert household_of(mother, on=DAY).number == "H2"
    (fact,) = Fact.objects.filter(person=mother, kind="register", superseded_by=None)
    assert (fact.values["residence"], fact.is_disputed) == (make.HUAIHUA, False)
    assert Person.objects.get(pk=mother.pk).division == make.HUAIHUA
    assert Doubt.objects.get().outcome == "户口本已核对"


def test_the_fact_that_was_chosen_counts_and_the_other_stays_on_record(checker, client):
    take(COUPLE)
    certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    certificate(MOTHER, "独女户", "ZZ-1", "2012-05-16", "")
    chosen = Fact.objects.get(values__kind="two_daughter")
    assert settle(client, keep=chosen.pk, outcome="证件已核对") == 302
    live = Fact.objects.filter(kind="certificate", superseded_by=None)
    assert [(fact.pk, fact.is_disputed) for fact in live] == [(chosen.pk, False)]
    assert (Fact.objects.filter(kind="certificate").count(), edited_facts()) == (2, [])


def test_what_has_no_sides_is_settled_by_a_note_once(checker, client):
    take(COUPLE)
    take([row("户主", "赵文武", FATHER)])
    doubt = Doubt.objects.get()
    assert settle(client, outcome="别名") == 302
    again = client.post(reverse("beneficiaries:doubt", args=[doubt.pk]), {"outcome": "再来"})
    assert (again.status_code, Doubt.objects.get().outcome) == (422, "别名")


def test_who_may_not(checker, client):
    take(COUPLE)
    take([row("户主", "赵文武", FATHER)])
    officials = {one.number: one for one in make.Official.objects.all()}
    url = reverse("beneficiaries:doubt", args=[Doubt.objects.get().pk])
    answers = {}
    for number in ("chen", "gao", "shen", "guan"):
        client.force_login(officials[number])
        answers[number] = client.get(url).status_code
    # The township reviewer settles entries from papers only: a list's doubt is not among hers.
    assert answers == {"chen": 403, "gao": 404, "shen": 403, "guan": 403}
