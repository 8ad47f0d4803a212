"""Jiaolou village of Mazhao is merged into Huaihua of Yabai: its families are Yabai's, what was decided stays readable."""

from datetime import date

import pytest
from django.urls import reverse

from applications.models import Application
from applications.services import counter
from applications.services import merging as applications_follow
from audit.models import TrailRow
from beneficiaries.models import Doubt, Household, Person
from beneficiaries.services import merging as families_follow
from officials.divisions import load_divisions, successors
from officials.models import Division
from oversight import stock
from tests import factories as make
from tests.portal.conftest import DAY, opened


def merger(*rows: tuple[str, str, str, str]) -> list[dict[str, str]]:
    return [
        {"code": code, "name": name, "from": "", "until": until, "successor": successor}
        for code, name, until, successor in rows
    ]


MERGED = merger((make.JIAOLOU, "焦楼村", "2026-08-17", make.HUAIHUA))


@pytest.fixture
def merged(season):
    """The day after the merger, when the worker has looked."""
    stock.take(on=DAY)
    Doubt.objects.create(
        kind="entered_alone", division=make.JIAOLOU, person=season.households[0].head,
        fact=season.households[0].facts.first(), words={"zh": "要看", "en": "look"}, raised_by="chen",
    )  # fmt: skip
    load_divisions(MERGED, on=DAY)
    assert families_follow.follow_successors(on=DAY) == 6
    assert applications_follow.follow_successors(on=DAY) == 5
    season.applications = {
        name: Application.objects.get(pk=row.pk) for name, row in season.applications.items()
    }
    return season


def page(desk, role: str, name: str, *args: int):
    return desk.client(role).get(reverse(f"portal:{name}", args=args))


def test_the_families_are_in_the_successors_scope_and_no_longer_in_the_old_one(merged):
    for household in merged.households[:6]:
        assert page(merged, "next_clerk", "family", household.pk).status_code == 200
        assert page(merged, "clerk", "family", household.pk).status_code == 404
    found = merged.client("next_clerk").get(reverse("portal:counter"), {"q": "赵雨桐"}).context["answer"]
    assert [row.person.name for row in found.rows] == ["赵雨桐"]
    assert merged.client("clerk").get(reverse("portal:counter"), {"q": "赵雨桐"}).context["answer"].rows == []


def test_what_was_decided_is_read_by_both_and_keeps_its_village(merged):
    decided = merged.applications["approved"]
    assert decided.division == make.JIAOLOU
    for role in ("clerk", "next_clerk", "next_township_reviewer", "county_checker"):
        assert page(merged, role, "application", decided.pk).status_code == 200


def test_what_is_under_way_goes_on_in_the_successors_township(merged):
    names = ("submitted", "draft", "on_notice", "notice_over", "rechecked")
    assert {merged.applications[name].division for name in names} == {make.HUAIHUA}
    submitted = merged.applications["submitted"]
    assert page(merged, "township_reviewer", "application", submitted.pk).status_code == 404
    step = reverse("portal:step", args=[submitted.pk, "review"])
    assert merged.client("next_township_reviewer").post(step, {"note": "材料齐全"}).status_code == 302
    assert Application.objects.get(pk=submitted.pk).state == "reviewed"


def test_a_new_application_is_the_successors(merged):
    given_up, left_out = merged.applications["draft"], merged.households[5]
    counter.withdraw(given_up, by=make.actor("clerk", "next-clerk"), on=DAY, note="重新申请")
    made = opened(left_out)
    assert made.division == make.HUAIHUA
    draft = reverse("portal:draft", args=[left_out.pk, made.pk])
    assert merged.client("next_clerk").get(draft).status_code == 200
    assert merged.client("clerk").get(draft).status_code == 404


def test_forms_offer_only_villages_that_stand(merged):
    form = merged.client("clerk").get(reverse("portal:new_family")).context["form"]
    assert [code for code, _name in form.fields["village"].choices] == [""]
    form = merged.client("next_clerk").get(reverse("portal:new_family")).context["form"]
    assert [code for code, _name in form.fields["village"].choices] == ["", make.HUAIHUA]


def test_the_doubt_goes_along_while_it_is_open(merged):
    doubts = reverse("beneficiaries:doubts")
    assert len(merged.client("next_township_reviewer").get(doubts).context["rows"]) == 1
    assert merged.client("township_reviewer").get(doubts).context["rows"] == []


def test_it_is_on_record_changes_nothing_that_must_stay_and_is_done_once(merged):
    rows = TrailRow.objects.filter(verb="follow_division", table="beneficiaries_household")
    assert {(row.division, row.detail["before"]) for row in rows} == {(make.HUAIHUA, make.JIAOLOU)}
    assert rows.count() == 6
    assert list(stock.changed()) == []
    stock.take(on=DAY)
    assert list(stock.changed()) == []
    assert families_follow.follow_successors(on=DAY) == 0
    assert applications_follow.follow_successors(on=DAY) == 0


def test_before_the_day_nobody_moves(season):
    load_divisions(merger((make.JIAOLOU, "焦楼村", "2026-08-18", make.HUAIHUA)), on=DAY)
    assert families_follow.follow_successors(on=DAY) == 0
    assert Household.objects.filter(division=make.JIAOLOU).count() == 6
    assert Person.objects.filter(division=make.HUAIHUA).count() == 6


def test_mergers_of_mergers_are_followed_and_circles_lead_nowhere(db):
    make.divisions()
    third = f"{make.MAZHAO[:9]}202"
    Division.objects.create(code=third, name="三村", kind="village", parent_id=make.MAZHAO)
    load_divisions(
        merger((make.JIAOLOU, "焦楼村", "2026-01-31", third), (third, "三村", "2026-06-30", make.HUAIHUA)),
        on=DAY,
    )
    assert successors(DAY) == {make.JIAOLOU: make.HUAIHUA, third: make.HUAIHUA}
    assert successors(date(2026, 5, 1)) == {make.JIAOLOU: third}
    Division.objects.filter(code=make.HUAIHUA).update(valid_until=date(2026, 7, 31), successor_id=third)
    assert successors(DAY) == {}
