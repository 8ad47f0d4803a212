"""A family's page: whom a program means comes first, what is not known has a way on, and the draft says all it holds."""

from datetime import date

import pytest
from django.urls import reverse

from tests import factories as make
from tests.portal.conftest import opened


@pytest.fixture
def enrolled(desk):
    """A family without a certificate: mother, son and two daughters stand on the list of the insured."""
    make.active_policy("medical-supplement")
    insured = make.evidence_list("medical", title="医保参保名册 2026")
    father = make.person("冯志国", date(1980, 1, 2), female=False)
    mother = make.person("陈淑云", date(1982, 3, 4))
    son = make.person("冯小军", date(2012, 5, 6), female=False)
    daughters = [make.person(f"冯小{n}", date(2014 + at, 7, 8)) for at, n in enumerate("梅兰")]
    household = make.household(
        "103299", (father, "02"), (mother, "10"), (son, "20"), *((d, "30") for d in daughters)
    )
    for one in (mother, son, *daughters):
        make.fact(one, "register", date(2015, 1, 1), rural=True, residence=make.JIAOLOU)
        make.fact(one, "medical", date(2026, 1, 1), source=insured, year=2026, enrolled=True)
    return household


def card_of(client, household, program):
    page = client.get(reverse("portal:family", args=[household.pk]))
    return page, next(card for card in page.context["cards"] if card.code == program)


def test_card_shows_whom_the_program_means_and_leaves_out_who_never_can_be(desk, enrolled):
    _, card = card_of(desk.client("clerk"), enrolled, "medical-supplement")
    assert sorted(one.name for one in card.subjects) == ["冯小兰", "冯小梅"]


def test_card_names_every_right_beside_the_first(desk, enrolled):
    page, card = card_of(desk.client("clerk"), enrolled, "medical-supplement")
    assert f'还有： <span class="nowrap">{card.others[0].name}' in page.content.decode().replace("\n", "")


def test_where_nobody_is_meant_the_reason_stays(desk):
    household = make.household("103298", (make.person("孔德仁", date(1980, 1, 2), female=False), "02"))
    boy = make.person("孔小刚", date(2008, 2, 3), female=False)
    make.household("103297", (boy, "02"))
    del household
    make.fact(boy, "admission", date(2026, 7, 20), year=2026, batch="本科批", level="本科", province="陕西",
              school="陕西学前师范学院")  # fmt: skip
    page, card = card_of(desk.client("clerk"), boy.memberships.get().household, "college-award")
    assert [one.name for one in card.subjects] == ["孔小刚"]
    assert "受益人不是女孩" in page.content.decode()


def test_what_is_not_known_is_entered_from_the_card(desk, enrolled):
    page, card = card_of(desk.client("clerk"), enrolled, "medical-supplement")
    assert card.first.to_settle[0][1] == "certificate"
    way = reverse("portal:fact", args=[enrolled.pk, "certificate"])
    shown = page.content.decode()
    assert f'<a class="do" href="{way}">补上这项事实' in shown
    assert desk.client("clerk").get(way).status_code == 200
    reviewer = desk.client("township_reviewer").get(reverse("portal:family", args=[enrolled.pk]))
    assert "补上这项事实" not in reviewer.content.decode()


def test_conditions_are_plain_sentences_in_both_languages(desk):
    for language, words in (("zh-hans", "父母都是农村户口"), ("en", "Both parents are rural residents")):
        page = desk.client("clerk", language).get(reverse("portal:guide")).content.decode()
        assert words in page
        assert "健在：是" not in page
        assert "Alive: yes" not in page


def test_an_opened_draft_is_a_page_of_the_family(desk):
    draft = opened(desk.households[0])
    page = desk.client("clerk").get(reverse("portal:draft", args=[draft.household_id, draft.pk]))
    assert page.status_code == 200
