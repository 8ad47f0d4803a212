"""The county overview: every link on it can be followed, losses add up, and who has not applied is named."""

import html
import re

import pytest
from django.urls import reverse

from officials.models import Division
from portal.queries import county, decisions
from tests import factories as make
from tests.portal.conftest import opened

READERS = ("county_checker", "county_approver", "policy_officer", "batch_preparer", "batch_checker", "batch_approver",
           "auditor")  # fmt: skip


def links(page: str) -> set[str]:
    """Every address of the page but those of its own address and of static files."""
    found = {html.unescape(address) for address in re.findall(r'href="(/[^"]*)"', page)}
    return {address for address in found if not address.startswith(("/static/", "/sign-out"))}


@pytest.mark.parametrize("role", READERS)
def test_no_link_of_the_overview_is_refused_to_who_sees_it(season, role):
    client = season.client(role)
    page = client.get(reverse("portal:county")).content.decode()
    refused = {address for address in links(page) if client.get(address).status_code in (403, 404)}
    assert refused == set()


@pytest.mark.parametrize("role", READERS)
def test_every_township_is_a_link_for_every_reader(season, role):
    page = season.client(role).get(reverse("portal:county")).content.decode()
    assert page.count(f"township={make.MAZHAO}") == 3  # the tile, for the desk and for a phone, and the table


def test_losses_of_the_funnel_are_the_differences_of_its_stages(season):
    for household in season.households[6:8]:
        opened(household)
    page = season.client("county_checker").get(reverse("portal:county"))
    total, drawn = page.context["total"], str(page.context["funnels"][0][1])
    assert (total.right, total.claimed, total.approved, total.paid) == (8, 5, 1, 0)
    assert total.right - total.claimed == 3
    assert "3 人次没申请" in drawn
    assert "4 人次在办" in drawn
    assert "1 人次还没到账" in drawn
    assert "件" not in drawn


def test_who_has_not_applied_is_named_and_counted_as_on_the_overview(season):
    checker = season.client("county_checker")
    total = checker.get(reverse("portal:county")).context["total"]
    page = checker.get(reverse("portal:missed"))
    names = [row["name"] for row in page.context["rows"]]
    assert sorted(names) == ["吴雨桐", "王雨桐", "郑雨桐"]
    assert page.context["page"].paginator.count == total.missed
    assert page.context["total_fen"] == total.missed_fen
    first = season.households[5]
    assert reverse("portal:family", args=[first.pk]) in page.content.decode()


def test_list_of_the_unasked_narrows_by_township_program_and_what_is_not_known(season):
    checker, url = season.client("county_checker"), reverse("portal:missed")

    def count(**query: str) -> int:
        return checker.get(url, query).context["page"].paginator.count

    assert count(township=make.MAZHAO) == 1
    assert count(program="college-award") == 3
    assert count(show="unknown") == 0
    assert count(township="nonsense", program="x", page="z") == 3


def test_clerk_sees_the_unasked_of_her_own_township_only(season):
    names = [row["name"] for row in season.client("clerk").get(reverse("portal:missed")).context["rows"]]
    assert names == ["吴雨桐"]
    assert season.client("administrator").get(reverse("portal:missed")).status_code == 403


def test_facts_that_are_missing_stand_in_words():
    class Row:
        unsettled = ("certificate.kind", "parents.rural", "limit.college-award")

    words = [one.zh for one in county.lacking(Row())]
    assert words == ["证件类型", "父母的农村户口"]


def test_list_of_the_unasked_costs_the_same_for_more_rows(desk, django_assert_max_num_queries):
    checker = desk.client("county_checker")
    with django_assert_max_num_queries(16):
        assert len(checker.get(reverse("portal:missed")).context["rows"]) == 8


def test_every_slow_township_is_named_the_slowest_first(desk):
    """The county stands above half; what is counted is also named, however many they are."""
    towns = [Division(code=f"6101241{n:02d}000", name=f"镇{n}") for n in range(8)]
    found = county.Overview()
    for n, town in enumerate(towns):
        found.cells["college-award", town.code[:9]] = county.Tally(
            approved=10, paid=4 - n // 2 if n < 7 else 10
        )
    found.cells["college-award", "610124999"] = county.Tally(approved=100, paid=100)
    (line,) = decisions.wanted(desk.officials["county_checker"], found, [], {}, towns)
    assert (line.text, line.more) == ("7 个镇街到账不到 50%", "镇6、镇4、镇5、镇2、镇3、镇0、镇1")
