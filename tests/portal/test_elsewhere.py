"""A parent of another county at the counter: the form, the family's page, and the confirm step of a move."""

import re
from datetime import date

import pytest
from django.urls import reverse

from applications import judging
from applications.services import counter
from beneficiaries.models import Doubt, Fact, Person
from facts.catalogue import load_catalogue
from portal.queries import self_check
from portal.queries.register import newest_change
from programs import language
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.workbooks import number_of
from tests.portal.conftest import opened

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
    assert "外县母亲的户籍所在县" in clerk.get(family.url).content.decode()
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


PAPER = "外县户口簿（本人页）或户籍派出所的户籍证明"
SEEN = {
    "paper": "other_county_register",
    "seen_on": "2026-08-17",
    "issuer": "蓝田县公安局前卫派出所",
    "number": "00731",
}


@pytest.fixture
def townswoman(family, desk):
    """Her mother of another county is of the town by her booklet; nothing says whether she lives."""
    desk.client("clerk").post(family.url, family.away)
    confirmed(desk)
    she = Person.objects.get(name="林秀英")
    given = {"person": she.pk, "paper": "household_register", "rural": "no", "valid_from": "2015-01-01"}
    entered = desk.client("clerk").post(reverse("portal:fact", args=[family.home.pk, "register"]), given)
    assert entered.status_code == 302
    she.url = reverse("portal:fact", args=[family.home.pk, "seen_alive"])
    return she


def verdict(family):
    (judged,) = judging.judge_household(family.home, on=date(2026, 8, 18))
    return judged.verdict, judged.papers_to_bring()


def test_the_counter_names_the_paper_that_says_whether_she_lives_and_the_right_is_settled_by_it(
    family, townswoman, desk
):
    clerk = desk.client("clerk")
    assert verdict(family) == (1, ["other_county_register"])
    page = clerk.get(family.page, {"program": "college-award"}).content.decode()
    assert f"外县户籍的，带来{PAPER}" in page
    assert re.search(rf'href="{townswoman.url}"[^>]*>补上这项事实', page), "and leads to where it is entered"
    form = clerk.get(townswoman.url).content.decode()
    assert ("林秀英" in form, family.name in form) == (True, False), "of the one of another county alone"
    entered = clerk.post(townswoman.url, {**SEEN, "person": townswoman.pk}, follow=True)
    assert "要另一个人看过材料才算数" in entered.content.decode()
    assert verdict(family) == (1, ["other_county_register"]), "one person's word settles nothing"
    confirmed(desk)
    assert verdict(family) == (0, [])
    page = clerk.get(family.page, {"program": "college-award"}).content.decode()
    assert ("蓝田县公安局前卫派出所" in page, f"带来{PAPER}" in page) == (True, False)


def test_an_application_waits_for_that_paper_and_the_correction_notice_names_it(family, townswoman, desk):
    draft = opened(family.home)
    address = reverse("portal:draft", args=[family.home.pk, draft.pk])
    page = desk.client("clerk").get(address).content.decode()
    assert (PAPER in page, townswoman.url in page) == (True, True), (
        "missing, with the way to enter what it says"
    )
    with pytest.raises(Refusal) as refused:
        counter.submit(draft, by=make.actor("clerk"), on=date(2026, 8, 18))
    assert (refused.value.code, PAPER in refused.value.words.zh) == ("papers_missing", True)
    waiting = counter.ask_for_papers(draft, by=make.actor("clerk"), on=date(2026, 8, 18))
    assert waiting.missing_papers == ["other_county_register"]
    counter.attach_paper(waiting, "other_county_register", None, by=make.actor("clerk"), on=date(2026, 8, 18))
    desk.client("clerk").post(townswoman.url, {**SEEN, "person": townswoman.pk})
    confirmed(desk)
    submitted = counter.submit(waiting, by=make.actor("clerk"), on=date(2026, 8, 18))
    assert (submitted.state, submitted.verdict) == ("submitted", 0)


def test_of_residents_there_is_no_such_form_and_nothing_is_asked(family, desk):
    clerk = desk.client("clerk")
    url = reverse("portal:fact", args=[family.home.pk, "seen_alive"])
    assert clerk.get(url).status_code == 404
    assert url not in clerk.get(family.page).content.decode()
    assert verdict(family) == (2, [])


def test_a_spouse_of_another_county_is_entered_on_the_marriage_form(family, desk):
    father = family.home.memberships.get(relation="02").person
    url = reverse("portal:fact", args=[family.home.pk, "marriage"])
    given = {
        "person": father.pk, "paper": "marriage_certificate", "spouse": NUMBER, "spouse_name": "林秀英",
        "spouse_county": "陕西省西安市蓝田县", "married_on": "2020-05-01",
    }  # fmt: skip
    clerk = desk.client("clerk")
    assert clerk.post(url, {**given, "spouse_county": ""}).status_code == 422
    assert clerk.post(url, given).status_code == 302
    doubt = Doubt.objects.filter(
        kind="entered_alone", settled_on=None
    ).first()  # one for each of the two, seen at once
    address = reverse("beneficiaries:doubt", args=[doubt.pk])
    desk.client("township_reviewer").post(address, {"keep": doubt.fact_id, "outcome": "结婚证已看"})
    page = clerk.get(family.page).content.decode()
    assert ("户籍在陕西省西安市蓝田县" in page, "<td>配偶</td>" in page, NUMBER in page) == (
        True,
        True,
        False,
    )
    assert desk.client("next_clerk").get(family.page).status_code == 404


def test_who_checks_at_home_reads_which_paper_to_bring_of_a_parent_of_another_county():
    program = language.compile(language.read(make.policy_bytes("college-award"), load_catalogue(), {}))
    step = self_check.next_step(program, {}, on=date(2026, 8, 18))
    answers: dict[str, str] = {}
    while step.question is not None:
        answers[step.question.name] = "?"
        step = self_check.next_step(program, answers, on=date(2026, 8, 18))
    assert f"父亲或母亲是外县户籍的：{PAPER}" in [one.zh for one in step.bring]
