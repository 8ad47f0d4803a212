"""The family's page over time: the tree, what is new since the last visit, all years; and the sheet for the family."""

import shutil
import subprocess
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Paper
from audit.models import TrailRow
from beneficiaries.models import Account
from beneficiaries.services import correct_name, correct_phone, enter_fact, move_in
from tests import factories as make
from tests.portal.conftest import DAY
from tests.portal.test_counter import taken_back

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def page_of(desk, at=0, role="clerk"):
    return desk.client(role).get(reverse("portal:family", args=[desk.households[at].pk]))


def text_of(pdf: bytes, tmp_path) -> str:
    (tmp_path / "sheet.pdf").write_bytes(pdf)
    run = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "sheet.pdf"), "-"], capture_output=True, check=True
    )
    return run.stdout.decode()


def test_the_tree_has_every_member_and_says_whose_child(season):
    tree = str(page_of(season).context["tree"])
    assert tree.count("<rect") == 3
    assert tree.count("<polyline") == 2
    assert "赵雨桐，女，18，赵文斌、李秀赵的孩子" in tree or "的孩子" in tree


def test_a_parent_of_another_household_stands_in_the_tree(season):
    girl = season.households[0].memberships.get(relation="20").person
    away = make.person("钱外地", date(1980, 1, 1), female=False)
    assert girl.parentage.count() == 2
    make.Parentage.objects.create(child=girl, parent=away, kind="step_raised")
    tree = str(page_of(season).context["tree"])
    assert "钱外地" in tree
    assert "不在本户" in tree
    assert tree.count("<polyline") == 3


def test_what_came_after_the_last_visit_is_named_once(season):
    assert page_of(season).context["changes"] == []
    girl = season.households[0].memberships.get(relation="20").person
    make.fact(girl, "training", DAY, trade="育婴", course="育婴员")
    second = page_of(season)
    assert [(on.year > 2000, about) for on, _what, about in second.context["changes"]] == [(True, girl.name)]
    assert "你上次来看以后" in second.content.decode()
    assert page_of(season).context["changes"] == []
    assert TrailRow.objects.filter(verb="look", actor_number="chen").count() == 3


def test_applications_and_papers_of_all_years_stand_on_the_page(season):
    page = page_of(season).content.decode()
    assert "历年申请和钱" in page
    assert [one.application.state for one in page_of(season).context["past"]] == ["approved"]


# What every page of a signed-in official asks for: who it is, what waits, the trail's head.
FRAME = (
    "django_session",
    'FROM "officials_official" WHERE "officials_official"."id"',
    'COUNT(*) AS "__count" FROM "applications_application"',
    "audit_block",
    "count(*) FROM audit_trailrow",
    "SAVEPOINT",
    "SET ",
)


def own_queries(client, url) -> list[str]:
    """What the page itself asks the database."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    said = [one["sql"] or "COPY" for one in queries]
    return [sql for sql in said if not any(part in sql for part in FRAME)]


def test_a_family_costs_twelve_queries_whatever_its_size(season):
    clerk = make.actor("clerk")
    small, large = season.households[0], season.households[1]
    for n in range(8):
        child = make.person(f"孩子{n}", date(2009, 1, 1 + n))
        make.Membership.objects.create(
            household=large, person=child, relation="20", valid_from=date(2010, 1, 1)
        )
        make.fact(child, "medical", date(2026, 1, 1), year=2026, enrolled=True)
        enter_fact(
            child, kind="payroll", values={"listed": False}, paper="payroll_statement", by=clerk, on=DAY
        )
    client = season.client("clerk")
    few, many = (own_queries(client, reverse("portal:family", args=[one.pk])) for one in (small, large))
    assert len(few) == len(many), many
    assert len(many) <= 12, many


@pytest.fixture
def asked(season):
    head = season.households[0].head
    return season, head, reverse("portal:held", args=[season.households[0].pk])


@needs_poppler
def test_the_sheet_has_her_own_numbers_whole_others_masked_and_who_looked(asked, tmp_path):
    desk, head, url = asked
    desk.client("county_checker").post(
        reverse("portal:reveal", args=["citizen-id", head.pk]), {"reason": "phone"}
    )
    page_of(desk)
    Paper.objects.create(
        application=desk.applications["approved"], kind="admission_letter", added_by="chen", added_on=DAY
    )
    desk.client("auditor").get(reverse("portal:application", args=[desk.applications["approved"].pk]))
    reply = desk.client("clerk").post(url, {"person": head.pk, "reason": "本人持身份证来，想看账户"})
    assert (reply.status_code, reply["Content-Type"], reply["Cache-Control"]) == (
        200,
        "application/pdf",
        "no-store",
    )
    text = text_of(reply.content, tmp_path)
    girl = desk.households[0].memberships.get(relation="20").person
    assert head.citizen_id in text
    assert girl.citizen_id not in text
    assert girl.citizen_id[-4:] in text
    assert Account.objects.get(owner=girl).number not in text
    for said in (
        "看号码",
        "给家里打电话",
        "打开家庭页面",
        "打开申请",
        "录取通知书",
        "zhou",
        "升学",
        "ZZ-2012-00000",
    ):
        assert said in text, said
    row = TrailRow.objects.get(verb="hand_over")
    assert (row.object_id, row.actor_number, row.detail["reason"]) == (
        head.pk,
        "chen",
        "本人持身份证来，想看账户",
    )


def test_without_a_reason_or_for_a_stranger_there_is_no_sheet(asked):
    desk, head, url = asked
    assert desk.client("clerk").post(url, {"person": head.pk, "reason": ""}).status_code == 422
    stranger = desk.households[1].head_id
    assert desk.client("clerk").post(url, {"person": stranger, "reason": "x"}).status_code == 422
    assert desk.client("next_clerk").get(url).status_code == 404
    assert not TrailRow.objects.filter(verb="hand_over").exists()


def test_every_fact_says_from_which_list_and_row_or_paper_and_who_took_it(season):
    household = season.households[0]
    girl = household.memberships.get(relation="20").person
    enter_fact(
        girl,
        kind="payroll",
        values={"listed": False},
        paper="payroll_statement",
        by=make.actor("clerk"),
        on=DAY,
    )
    page = page_of(season)
    lines = {
        (known.name, one.label.zh): (one.source.zh, one.row, one.by)
        for known in page.context["evidence"]
        for one in known.lines
    }
    assert lines[girl.name, "录取"] == ("省招办名册 2026-08", 1, "zhou")
    assert lines[girl.name, "财政供养"][1:] == (None, "chen")
    shown = page.content.decode()
    assert "每个人的情况和来处" in shown
    assert "第 1 行" in shown


def test_a_list_that_says_the_same_every_month_is_one_line(season):
    household = season.households[0]
    for month in (5, 6):
        listed = make.evidence_list("hardship", title=f"低保 2026-0{month}", code="dibao")
        first = date(2026, month, 1)
        make.fact(household, "hardship", first, date(2026, month, 28), source=listed, kinds=["dibao"])
    (known, *_) = page_of(season).context["evidence"]
    (line,) = [one for one in known.lines if one.label.zh == "困难家庭"]
    assert (known.name, line.since, line.until, line.older) == ("", date(2026, 5, 1), date(2026, 7, 31), 2)


def test_moves_and_corrections_are_new_since_the_last_visit(season):
    household = season.households[0]
    girl = household.memberships.get(relation="20").person
    page_of(season)
    correct_name(girl, "赵雨彤", by=make.actor("county_checker"), on=DAY, reason="身份证上是“彤”")
    aunt = make.person("钱姑姑", date(1980, 1, 1))
    move_in(
        aunt,
        household,
        relation="97",
        first_day=DAY,
        by=make.actor("township_reviewer"),
        on=DAY,
        reason="户口簿",
    )
    told = {(what, about) for _, what, about in page_of(season).context["changes"]}
    assert told >= {("改动：姓名", "赵雨彤"), ("登记到本户", "钱姑姑")}
    assert page_of(season).context["changes"] == []


@needs_poppler
def test_the_sheet_says_what_was_changed_before_whom_and_why_with_numbers_masked(asked, tmp_path):
    desk, head, url = asked
    girl = desk.households[0].memberships.get(relation="20").person
    correct_name(girl, "赵雨彤", by=make.actor("county_checker"), on=DAY, reason="身份证上是“彤”")
    correct_phone(head, "13900139000", by=make.actor("clerk"), on=DAY, reason="换了手机")
    fact = enter_fact(head, kind="payroll", values={"listed": False}, paper="payroll_statement", by=make.actor("clerk"),
                      on=DAY)  # fmt: skip
    taken_back(type(fact).objects.filter(pk=fact.pk))
    desk.client("clerk").get(reverse("portal:believed", args=[desk.households[0].pk]))
    reply = desk.client("clerk").post(url, {"person": girl.pk, "reason": "本人持身份证来"})
    text = text_of(reply.content, tmp_path)
    assert "户籍地（村） 马召镇" in text.replace("\n", "")
    for said in ("改过什么", "原为 赵雨桐", "身份证上是“彤”", "换了手机", "另有 1 条", "某一天所知"):
        assert said in text.replace("\n", ""), said
    assert "13800000000" not in text
    assert "13900139000" not in text
