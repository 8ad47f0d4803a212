"""The box finds the family at the counter; it is no way to look through a township."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from applications.models import Paper
from audit.models import TrailRow
from beneficiaries.services import looking
from tests import factories as make
from tests.portal.conftest import DAY, Desk

COUNTER = reverse("portal:counter")


@pytest.fixture
def few(monkeypatch):
    """Limits that a test can reach."""
    monkeypatch.setattr(looking, "IN_AN_HOUR", 3)
    monkeypatch.setattr(looking, "MISSES_IN_AN_HOUR", 2)


def search(desk: Desk, text: str, role: str = "clerk"):
    return desk.client(role).get(COUNTER, {"q": text})


def test_a_search_is_on_the_trail_without_what_was_typed(desk):
    search(desk, "赵雨桐")
    search(desk, "13800000000")
    assert "赵雨桐" in search(desk, "赵宇童").content.decode()  # nobody's name, but she sounds the same
    rows = TrailRow.objects.filter(verb="search").order_by("pk")
    assert [(row.actor_number, row.detail) for row in rows] == [
        ("chen", {"kind": "name", "hits": 1}),
        ("chen", {"kind": "phone", "hits": 1}),
        ("chen", {"kind": "name", "hits": 1}),
    ]
    assert "13800000000" not in str(list(rows.values()))


def test_after_the_limit_a_sentence_stands_in_place_of_the_family(desk, few):
    for _ in range(3):
        assert search(desk, "赵雨桐").status_code == 200
    stopped = search(desk, "赵雨桐")
    page = stopped.content.decode()
    assert stopped.status_code == 429
    assert "你一小时里已经查了 3 次" in page
    assert "过一小时" in page
    assert "赵文斌" not in page
    assert search(desk, "槐花", "next_clerk").status_code == 200  # a colleague's searches are her own
    search(desk, "赵雨桐")
    assert TrailRow.objects.filter(verb="stop_searching", actor_number="chen").count() == 1


def test_numbers_that_nobody_bears_end_sooner(desk, few):
    assert search(desk, "13911112222").status_code == 200
    assert search(desk, "13911112223").status_code == 200
    assert "2 个号码没有查到人" in search(desk, "13911112224").content.decode()


def test_the_counter_without_a_search_stays_open(desk, few):
    for _ in range(5):
        search(desk, "赵雨桐")
    assert desk.client("clerk").get(COUNTER).status_code == 200


def test_the_auditor_sees_who_searched_and_who_was_stopped(desk, few):
    for _ in range(4):
        search(desk, "赵雨桐")
    search(desk, "槐花", "next_clerk")
    person = desk.households[0].head_id
    desk.client("clerk").post(reverse("portal:reveal", args=["citizen-id", person]), {"reason": "compare"})
    reply = desk.client("auditor").get(reverse("oversight:looks"))
    rows = [
        (r.number, r.searches, r.in_an_hour, r.misses, r.reveals, r.was_stopped)
        for r in reply.context["rows"]
    ]
    assert rows == [("chen", 3, 3, 0, 1, True), ("next-clerk", 1, 1, 0, 0, False)]
    assert "到了上限" in reply.content.decode()
    other = desk.client("auditor").get(reverse("oversight:looks"), {"on": "2026-08-01"})
    assert list(other.context["rows"]) == []


def reveal(desk: Desk, role: str = "clerk", **more):
    url = reverse("portal:reveal", args=["citizen-id", desk.households[0].head_id])
    return desk.client(role).post(url, {"reason": "compare"}, **more)


def test_numbers_shown_whole_have_a_limit_of_their_own(desk, monkeypatch):
    monkeypatch.setattr(looking, "REVEALS_IN_AN_HOUR", 2)
    number = desk.households[0].head.citizen_id
    assert number in reveal(desk).content.decode()
    assert number in reveal(desk).content.decode()
    stopped = reveal(desk)
    page = stopped.content.decode()
    assert (stopped.status_code, number in page) == (429, False)
    assert "你一小时里已经看了 2 个完整号码" in page
    beside_the_mask = reveal(desk, headers={"HX-Request": "true"})
    assert (beside_the_mask.status_code, number in beside_the_mask.content.decode()) == (200, False)
    assert TrailRow.objects.filter(verb="reveal").count() == 2
    assert TrailRow.objects.filter(verb="stop_revealing", actor_number="chen").count() == 1
    assert search(desk, "赵雨桐").status_code == 200  # the box has its own
    assert number in reveal(desk, "county_checker").content.decode()  # and a colleague hers
    looks = desk.client("auditor").get(reverse("oversight:looks"))
    assert [row.was_stopped for row in looks.context["rows"] if row.number == "chen"] == [True]


def test_a_day_of_numbers_ends_too(desk, monkeypatch):
    monkeypatch.setattr(looking, "REVEALS_IN_A_DAY", 1)
    assert reveal(desk).status_code == 200
    assert "你 24 小时里已经看了 1 个完整号码" in reveal(desk).content.decode()


def opened(desk, home, name="portal:family", role="clerk"):
    return desk.client(role).get(reverse(name, args=[home.pk]))


@pytest.mark.parametrize("name", ["portal:family", "portal:held", "portal:register", "portal:believed"])
def test_families_opened_one_after_another_by_their_addresses_have_an_end(desk, monkeypatch, name):
    monkeypatch.setattr(looking, "FAMILIES_IN_AN_HOUR", 2)
    homes = [make.household(f"7{n}", (make.person(f"孙小{n}", date(1980, 1, 1 + n)), "02")) for n in range(4)]
    assert [opened(desk, home, name).status_code for home in homes] == [200, 200, 409, 409]
    stopped = opened(desk, homes[2], name).content.decode()
    assert "你一小时里已经打开了 2 户人家" in stopped
    assert "孙小2" not in stopped
    assert opened(desk, homes[2], name, "county_checker").status_code == 200  # a colleague's are her own
    assert TrailRow.objects.filter(verb="stop_searching", actor_number="chen").count() == 1


def test_applications_opened_one_after_another_have_an_end(season, monkeypatch):
    monkeypatch.setattr(looking, "APPLICATIONS_IN_AN_HOUR", 2)
    rows = [season.applications[name] for name in ("on_notice", "submitted", "approved")]
    pages = [opened(season, row, "portal:application") for row in (rows[0], *rows)]
    assert [page.status_code for page in pages] == [200, 200, 200, 409]
    assert "你一小时里已经打开了 2 份申请" in pages[-1].content.decode()
    assert opened(season, a_scan(rows[2]), "portal:paper").status_code == 409
    assert opened(season, rows[2], "portal:application", "county_checker").status_code == 200
    assert opened(season, season.households[0]).status_code == 200  # families are counted apart


def test_a_scan_shows_whole_numbers_so_who_saw_it_is_on_record(season):
    paper = a_scan(season.applications["on_notice"])
    assert opened(season, paper, "portal:paper").status_code == 200
    first, second = TrailRow.objects.filter(verb="look", table="applications_application").order_by("pk")
    assert (first.object_id, second.object_id) == (paper.application_id, paper.application_id)
    assert (first.detail, second.detail) == ({}, {"paper": "admission_letter"})
    page = opened(season, season.applications["on_notice"], "portal:application")
    assert "look" not in [
        step.title for step in page.context["timeline"]
    ]  # the course of it tells what was done


def a_scan(application):
    paper = Paper(
        application=application,
        kind="admission_letter",
        media_type="image/png",
        added_by="chen",
        added_on=DAY,
    )
    paper.file.save("papers/scan.png", ContentFile(b"\x89PNG"))
    return paper


def test_one_family_is_opened_as_often_as_the_work_asks(desk, monkeypatch):
    monkeypatch.setattr(looking, "FAMILIES_IN_AN_HOUR", 1)
    assert {opened(desk, desk.households[0]).status_code for _ in range(4)} == {200}


def test_the_address_of_a_number_names_nobody_before_the_reason(desk):
    head = desk.households[0].head
    url = reverse("portal:reveal", args=["citizen-id", head.pk])
    for page in (desk.client("clerk").get(url), desk.client("clerk").post(url, {"reason": ""})):
        text = page.content.decode()
        assert head.name not in text
        assert head.citizen_id[-4:] not in text
    assert head.name in reveal(desk).content.decode()
