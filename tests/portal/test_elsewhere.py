"""A parent of another county at the counter: the form, the family's page, and the confirm step of a move."""

from datetime import date

import pytest
from django.urls import reverse

from beneficiaries.models import Doubt, Fact, Person
from portal.queries.register import newest_change
from tests.beneficiaries.workbooks import number_of

NUMBER = number_of("19810506", 22)
GIVEN = {
    "paper": "birth_record", "kind": "birth", "mother": NUMBER, "mother_name": "林秀英",
    "mother_county": "陕西省西安市蓝田县", "since_on": "2008-02-03", "single": "no",
}  # fmt: skip


@pytest.fixture
def family(desk):
    """A family whose mother no list names."""
    household = desk.households[1]
    girl = household.memberships.get(relation="20").person
    girl.away = {**GIVEN, "person": girl.pk}
    girl.url = reverse("portal:fact", args=[household.pk, "parentage"])
    girl.page = reverse("portal:family", args=[household.pk])
    girl.home = household
    return girl


def confirmed(desk):
    doubt = Doubt.objects.get(kind="entered_alone", settled_on=None)
    url = reverse("beneficiaries:doubt", args=[doubt.pk])
    desk.client("township_reviewer").post(url, {"keep": doubt.fact_id, "outcome": "户口簿已看"})


def test_the_clerk_enters_her_and_the_page_shows_where_she_is_registered(family, desk):
    clerk = desk.client("clerk")
    assert "母亲户籍所在县（外县户口才填）" in clerk.get(family.url).content.decode()
    page = clerk.post(family.url, family.away, follow=True).content.decode()
    assert ("要另一个人看过材料才算数" in page, "户籍在陕西省西安市蓝田县" in page) == (True, False)
    confirmed(desk)
    page = clerk.get(family.page)
    assert "户籍在陕西省西安市蓝田县" in page.content.decode()
    assert "外县" in str(page.context["tree"])
    assert NUMBER not in page.content.decode()
    about = clerk.get(reverse("portal:fact", args=[family.home.pk, "register"])).content.decode()
    assert "林秀英" in about  # a paper about her can be entered


@pytest.mark.parametrize("left_out", ["mother", "mother_name", "mother_county"])
def test_half_of_what_is_needed_is_refused_at_its_field(family, desk, left_out):
    page = desk.client("clerk").post(family.url, {**family.away, left_out: ""})
    assert (page.status_code, Fact.objects.filter(kind="parentage").count()) == (422, 0)
    assert "外县的人要写全" in page.content.decode()


def test_another_township_sees_nothing_of_her(family, desk):
    desk.client("clerk").post(family.url, family.away)
    confirmed(desk)
    assert desk.client("next_clerk").get(family.page).status_code == 404
    she = Person.objects.get(name="林秀英")
    assert desk.client("clerk").get(reverse("portal:reveal", args=["citizen-id", she.pk])).status_code == 404


def test_she_moves_in_by_her_number_once_the_page_has_shown_her(family, desk):
    desk.client("clerk").post(family.url, family.away)
    confirmed(desk)
    reviewer = desk.client("township_reviewer")
    url = reverse("portal:register_change", args=[family.home.pk, "moved-in", family.home.pk])
    given = {"number": NUMBER, "relation": "10", "first_day": date(2026, 3, 1).isoformat(), "reason": "迁入"}
    she = Person.objects.get(name="林秀英")
    given["seen"] = newest_change(family.home)
    assert "林秀英" in reviewer.post(url, given).content.decode()
    assert reviewer.post(url, {**given, "found": she.pk}).status_code == 302
    she.refresh_from_db()
    assert (she.division, she.is_elsewhere) == (family.home.division, False)


def test_the_sheet_of_what_is_held_names_her(family, desk):
    desk.client("clerk").post(family.url, family.away)
    confirmed(desk)
    given = {"person": family.pk, "reason": "本人来"}
    sheet = desk.client("clerk").post(reverse("portal:held", args=[family.home.pk]), given)
    assert (sheet.status_code, sheet["Content-Type"]) == (200, "application/pdf")
