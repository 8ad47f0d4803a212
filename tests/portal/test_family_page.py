"""A family's page: whom a program means comes first, what is not known has a way on, and the draft says all it holds."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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


def draft_page(desk, at: int):
    draft = opened(desk.households[at])
    url = reverse("portal:draft", args=[draft.household_id, draft.pk])
    return draft, desk.client("clerk").get(url)


def test_draft_says_who_is_paid_where_by_when_and_what_is_declared(desk):
    _, page = draft_page(desk, 0)
    shown = page.content.decode()
    assert page.context["payee"].is_verified
    assert page.context["payee"].name == "赵雨桐"
    assert "联系手机" in shown
    assert "什么时候办好" in shown
    assert "以上情况属实。我知道重复领取要退回。" in shown
    assert "现在还没法发钱" not in shown


def test_draft_without_an_account_says_so_and_does_not_stop(desk):
    draft, page = draft_page(desk, 2)  # the family without an account
    assert page.context["payee"].account is None
    shown = page.content.decode()
    assert "现在还没法发钱：没有登记账户" in shown
    assert reverse("beneficiaries:account_enter", args=[draft.person_id]) in shown
    desk.client("clerk").post(reverse("portal:submit", args=[draft.household_id, draft.pk]), {"note": ""})
    draft = type(draft).objects.get(pk=draft.pk)
    assert draft.state == "submitted"


def test_submitting_leads_to_the_receipt_that_is_to_be_printed(desk):
    draft = opened(desk.households[0])
    url = reverse("portal:submit", args=[draft.household_id, draft.pk])
    page = desk.client("clerk").post(url, {"note": ""}, follow=True)
    letter = reverse("letters:of_application", args=[draft.pk, "receipt"])
    assert f'href="{letter}" target="_blank" rel="noopener" autofocus data-focus' in page.content.decode()
    plain = desk.client("clerk").get(reverse("portal:application", args=[draft.pk]), {"letter": "nonsense"})
    assert "data-focus" not in plain.content.decode()


def test_refused_paper_is_told_on_top_and_beside_its_place(desk):
    household = desk.households[0]
    draft = opened(household)
    url = reverse("portal:add_paper", args=[household.pk, draft.pk])
    bad = SimpleUploadedFile("bad.jpg", b"no picture", content_type="image/jpeg")
    page = desk.client("clerk").post(url, {"kind": "certificate", "how": "scanned", "file": bad})
    assert page.status_code == 422
    shown = page.content.decode()
    assert shown.index("这份材料没有收下") < shown.index("已知情况")
    assert 'href="#file-certificate"' in shown


def test_a_family_that_fails_a_condition_is_not_sent_for_what_only_the_sum_hangs_on(desk):
    household = desk.households[0]
    make.active_policy("housing-subsidy")
    make.fact(household, "housing", date(2026, 5, 17), grade="B", work="repair", surveyed_on="2026-05-17")
    page = desk.client("clerk").get(reverse("portal:family", args=[household.pk]))
    (house,) = [card.first for card in page.context["cards"] if card.code == "housing-subsidy"]
    assert {one.name: one.verdict for one in house.conditions}["amount"] == 1, (
        "no hardship list covers that day"
    )
    assert "dangerous" in [one.name for one, _ in house.to_settle]
    assert "amount" not in [one.name for one, _ in house.to_settle]


def test_what_was_granted_is_not_shown_as_failing_for_having_been_granted(season):
    granted = season.applications["approved"]
    page = season.client("clerk").get(reverse("portal:family", args=[granted.household_id]))
    (award,) = [card.first for card in page.context["cards"] if card.code == "college-award"]
    assert award.application == granted
    assert [one.name for one in award.conditions if one.verdict == 0] != []
    assert award.to_settle == []
