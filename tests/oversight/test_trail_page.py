"""The trail on the screen: in words, filtered, page by page, for those who audit."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from audit.door import record
from audit.sealing import seal
from tests import factories as make

DAY = date(2026, 8, 18)


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
    first = auditor.get(reverse("oversight:trail"))
    older = first.context["page"].older
    second = auditor.get(reverse("oversight:trail"), {"before": older})
    lines = [line for page in (first, second) for line in page.context["page"].lines]
    numbers = [line.row.detail["n"] for line in lines if "n" in line.row.detail]
    assert numbers == list(range(59, -1, -1))
    assert second.context["page"].older is None
    assert "#1" in first.content.decode()


def test_filters_keep_what_they_say(auditor):
    page = auditor.get(
        reverse("oversight:trail"), {"who": "guan", "table": "officials_official", "day": "2026-08-18"}
    )
    assert len(page.context["page"].lines) == 50
    assert auditor.get(reverse("oversight:trail"), {"who": "nobody"}).context["page"].lines == []


def test_nonsense_in_the_address_is_no_error(auditor):
    assert (
        auditor.get(reverse("oversight:trail"), {"before": "x", "number": "-1", "day": "soon"}).status_code
        == 200
    )


def test_clerk_does_not_read_the_trail(db):
    client = Client()
    client.force_login(make.officials()["clerk"])
    assert client.get(reverse("oversight:trail")).status_code == 403


def test_page_costs_the_same_for_twice_the_rows(auditor, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        auditor.get(reverse("oversight:trail"))
