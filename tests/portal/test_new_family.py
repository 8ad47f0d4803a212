"""A family that moved in and stands on no list yet comes to the counter with its booklet."""

from datetime import date

import pytest
from django.urls import reverse

from beneficiaries.models import EvidenceList, Household, Parentage, Person
from beneficiaries.services import check_list, take_list
from tests import factories as make
from tests.portal.conftest import DAY

ADDRESS = "/counter/new-family/"


@pytest.fixture
def booklet(desk):
    """Father, mother and a girl, as the clerk types them."""
    del desk
    return {
        "village": make.JIAOLOU, "number": "610124103201900001", "rural": "yes", "phone": "138 0000 7777",
        "name_0": "林大海", "id_0": make.id_number(date(1980, 5, 1), female=False),
        "name_1": "何秀英", "id_1": make.id_number(date(1982, 6, 2), female=True), "relation_1": "10",
        "name_2": "林小荷", "id_2": make.id_number(date(2008, 2, 3), female=True), "relation_2": "30",
    }  # fmt: skip


def test_family_is_found_once_a_second_person_has_taken_its_booklet(desk, booklet):
    clerk = desk.client("clerk")
    sent = clerk.post(ADDRESS, booklet)
    assert (sent.status_code, sent.url) == (302, reverse("portal:counter"))
    kept = check_list(EvidenceList.objects.get(kind="register"), on=DAY)
    assert (kept.state, kept.counts["refused"], kept.counts["doubtful"]) == ("checked", 0, 0)
    assert not Person.objects.filter(name="林小荷").exists()

    assert ("users", 1) in [
        (icon, n) for icon, *_, n, _url in clerk.get(reverse("portal:counter")).context["lines"]
    ]
    take_list(kept, by=make.actor("county_checker"), on=DAY)

    girl, home = Person.objects.get(name="林小荷"), Household.objects.get(number=booklet["number"])
    assert (girl.sex, girl.born_on, girl.division) == ("female", date(2008, 2, 3), make.JIAOLOU)
    assert (home.head.name, home.head.phone) == ("林大海", "13800007777")
    assert set(Parentage.objects.filter(child=girl).values_list("parent__name", flat=True)) == {
        "林大海",
        "何秀英",
    }
    rows = clerk.get(reverse("portal:counter"), {"q": "林小荷"}).context["answer"].rows
    assert [row.person.name for row in rows] == ["林小荷"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id_2": "610124200802030000"}, "校验位不符"),
        ({"name_1": ""}, "这一行没有填完"),
        ({"relation_1": ""}, "这一行没有填完"),
        ({"village": make.HUAIHUA}, ""),
        ({"phone": "12"}, "电话号码不对"),
        ({"id_0": ""}, ""),
        ({"number": ""}, ""),
    ],
)
def test_a_wrong_booklet_is_sent_back_with_its_place_and_all_that_was_typed(desk, booklet, change, sentence):
    page = desk.client("clerk").post(ADDRESS, booklet | change)
    assert page.status_code == 422
    text = page.content.decode()
    assert sentence in text
    assert "何秀英" in text or "name_1" in change
    assert not EvidenceList.objects.filter(kind="register").exists()


def test_one_number_twice_is_refused_at_the_second_row(desk, booklet):
    page = desk.client("clerk").post(ADDRESS, booklet | {"id_2": booklet["id_1"]})
    assert page.context["form"].errors["id_2"] == ["这个身份证号在上面已经填过"]


def test_the_clerk_does_not_take_her_own_booklet(desk, booklet):
    clerk = desk.client("clerk")
    clerk.post(ADDRESS, booklet)
    kept = check_list(EvidenceList.objects.get(kind="register"), on=DAY)
    assert clerk.post(reverse("beneficiaries:list_take", args=[kept.pk])).status_code in (403, 404)
    kept.refresh_from_db()
    assert kept.state == "checked"
