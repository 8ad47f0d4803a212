"""The trail on the screen: in words, filtered, page by page, for those who audit."""

import csv
import io
import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from audit.door import record
from audit.models import TrailRow
from audit.sealing import seal
from beneficiaries.models import Person
from tests import factories as make
from tests.otherwise import otherwise
from tests.portal.conftest import desk, season, today  # noqa: F401 - the county at work

DAY = date(2026, 8, 18)
TRAIL = reverse("oversight:trail")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[0-9]{12}\b")


@pytest.fixture
def auditor(db) -> Client:
    people = make.officials()
    for n in range(60):
        record("change_official", people["clerk"], by=make.actor("administrator"), on=DAY, detail={"n": n})
    seal()
    client = Client()
    client.force_login(people["auditor"])
    return client


def test_newest_rows_come_first_and_older_ones_on_the_next_page(auditor):
    first = auditor.get(TRAIL)
    older = first.context["page"].older
    second = auditor.get(TRAIL, {"before": older})
    lines = [line for page in (first, second) for line in page.context["page"].lines]
    numbers = [line.row.detail["n"] for line in lines if "n" in line.row.detail]
    assert numbers == list(range(59, -1, -1))
    assert second.context["page"].older is None
    assert "#1" in first.content.decode()


def test_filters_keep_what_they_say(auditor):
    page = auditor.get(TRAIL, {"who": "guan", "table": "officials_official", "day": "2026-08-18"})
    assert len(page.context["page"].lines) == 50
    assert auditor.get(TRAIL, {"who": "nobody"}).context["page"].lines == []


def test_nonsense_in_the_address_is_no_error(auditor):
    assert auditor.get(TRAIL, {"before": "x", "number": "-1", "day": "soon"}).status_code == 200


def test_clerk_does_not_read_the_trail(db):
    client = Client()
    client.force_login(make.officials()["clerk"])
    assert client.get(TRAIL).status_code == 403
    assert client.post(reverse("oversight:export")).status_code == 403


def test_page_costs_the_same_for_twice_the_rows(auditor, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        auditor.get(TRAIL)


def test_a_season_is_told_without_codes(season):  # noqa: F811
    lines = season.client("auditor").get(TRAIL, {"of": "赵雨桐"}).context["page"].lines
    assert len(lines) > 5
    for line in lines:
        said = [line.source, line.target, *(f"{part.label}{part.value}" for part in line.details)]
        assert [text for text in said if CODE.search(text)] == []
    assert {line.called.name for line in lines} == {"赵雨桐"}, "her own name, or her household's"


def test_things_are_called_by_their_names(season):  # noqa: F811
    application = season.applications["on_notice"]
    receipt = application.receipt_number
    (name,) = Person.objects.filter(pk=application.person_id).values_list("name", flat=True)
    page = season.client("auditor").get(TRAIL, {"of": f" {receipt[:4]} {receipt[4:]}"})
    assert {row.row.object_id for row in page.context["page"].lines if row.row.verb == "submit"} == {
        application.pk
    }
    assert f"<b>{name}</b>" in page.content.decode()
    assert f"{receipt[:4]} {receipt[4:8]} {receipt[8:]}" in page.content.decode()


def test_the_administrator_reads_the_trail_without_the_families_names(season):  # noqa: F811
    application = season.applications["on_notice"]
    name = Person.objects.get(pk=application.person_id).name
    client = season.client("administrator")
    assert client.get(TRAIL, {"of": name}).context["page"].lines == []
    everything = client.get(TRAIL, {"table": "applications_application"})
    assert everything.context["page"].lines
    assert name not in everything.content.decode()


def test_looking_for_a_family_in_the_trail_is_on_the_trail(season):  # noqa: F811
    season.client("auditor").get(TRAIL, {"of": "赵雨桐"})
    row = TrailRow.objects.filter(verb="search").latest("pk")
    assert (row.actor_number, row.detail["kind"]) == (season.officials["auditor"].number, "trail")
    assert "赵雨桐" not in str(row.detail)


def test_one_row_shows_what_is_kept_and_its_proof(season):  # noqa: F811
    application = season.applications["on_notice"]
    of_it = TrailRow.objects.filter(table="applications_application", object_id=application.pk)
    row = of_it.get(verb="submit")
    client = season.client("auditor")
    address = reverse("oversight:row", args=[row.pk])
    seal(full=True)
    page = client.get(address).content.decode()
    assert "现在重算，一致" in page
    assert "applications_application" in page, "the code stands behind the words"
    record("look", application, by=make.actor("clerk"), on=DAY)
    newest = reverse("oversight:row", args=[TrailRow.objects.latest("pk").pk])
    assert "还没有封存" in client.get(newest).content.decode()
    assert [line.row.pk for line in client.get(address).context["history"]] == [
        one.pk for one in of_it.order_by("-pk")
    ]
    with otherwise():
        TrailRow.objects.filter(pk=row.pk).update(actor_name="别人")
    assert "不一致" in client.get(address).content.decode()


def test_the_export_holds_the_filtered_rows_without_names_and_is_on_the_trail(season):  # noqa: F811
    client = season.client("auditor")
    name = Person.objects.get(pk=season.applications["on_notice"].person_id).name
    answer = client.post(reverse("oversight:export") + "?table=applications_application")
    content = answer.content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content))
    kept = TrailRow.objects.filter(table="applications_application").order_by("-pk")
    assert head[0] == "条"
    assert [int(row[0]) for row in rows] == [one.pk for one in kept]
    assert name not in content
    assert TrailRow.objects.latest("pk").detail["rows"] == len(rows)


def test_what_somebody_typed_is_no_formula_in_the_export(season):  # noqa: F811
    record(
        "correct", season.officials["clerk"], by=make.actor("clerk"), on=DAY,
        detail={"reason": "=1+1"},
    )  # fmt: skip
    answer = season.client("auditor").post(reverse("oversight:export") + "?table=officials_official")
    assert all(
        not cell.startswith(("=", "+", "@"))
        for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        for cell in row
    )
