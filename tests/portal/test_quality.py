"""Data quality of a township: each number is what the list behind it holds, and nobody sees the next township's."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.door import create, perform
from beneficiaries.models import Account, Double, Doubt, EvidenceList, PairCount, Person
from beneficiaries.queries.doubles import suspected
from beneficiaries.services import correct_name, look_again, say_apart
from beneficiaries.services.pairs import pairs_by_village
from portal.queries.overdue import overdue
from tests import factories as make
from tests.portal.conftest import DAY
from vault import blind

PAGE = reverse("portal:quality")
WORDS = {"zh": "要看", "en": "look"}
READERS = ("clerk", "township_reviewer", "county_checker", "county_approver", "auditor")


def doubt(kind: str, household, **more) -> Doubt:
    return Doubt.objects.create(
        kind=kind, division=household.division, person=household.head, words=WORDS, raised_by="chen", **more
    )


def entered_account(owner) -> None:
    number = f"6230{owner.pk:012d}"
    create(
        Account(owner=owner, number=number, number_index=blind.index(number, purpose="account"), account_name=owner.name,
                bank="陕西信合", entered_by="chen", entered_on=DAY, state="entered"),
        by=make.actor("clerk"), on=DAY,
    )  # fmt: skip


@pytest.fixture
def muddled(season):
    """Mazhao: a possible double, two facts that contradict, an unverified account, one left out. Yabai: its own."""
    mazhao, yabai = season.households[0], season.households[6]
    doubt("two_households", mazhao)
    doubt("lists_differ", season.households[1])
    doubt("same_person", yabai, settled_by="zhou", settled_on=DAY)
    entered_account(mazhao.head)
    listed = EvidenceList.objects.get(kind="death")  # the policy asks who is alive
    perform(listed, "withdraw", by=make.actor("county_checker"), on=DAY)
    return season


def totals(page) -> dict[str, int]:
    """All but the pairs that may be one person: the tests' families resemble each other."""
    found = {one.counted.check.name: one.counted.total for one in page.context["panels"]}
    del found["doubles"]
    return found


def test_a_clerk_sees_what_is_wrong_in_her_own_township(muddled):
    page = muddled.client("clerk").get(PAGE)
    assert totals(page) == {
        "contradict": 2, "entries": 0, "accounts": 1, "lists": 1, "missed": 1,
    }  # fmt: skip
    assert "数据质量：马召镇" in page.content.decode()
    elsewhere = muddled.client("clerk").get(PAGE, {"township": make.YABAI})
    assert totals(elsewhere) == totals(page)
    assert "哑柏镇" not in elsewhere.content.decode()


def test_the_county_sees_all_and_opens_one_township(muddled):
    county = muddled.client("county_checker").get(PAGE)
    assert totals(county) == {
        "contradict": 2, "entries": 0, "accounts": 1, "lists": 2, "missed": 3,
    }  # fmt: skip
    assert [(town.name, counts[1:]) for town, _url, counts in county.context["table"]] == [
        ("马召镇", [2, 0, 1, 1, 1]),
        ("哑柏镇", [0, 0, 0, 1, 2]),
    ]
    one = muddled.client("county_checker").get(PAGE, {"township": make.YABAI})
    assert totals(one) == {
        "contradict": 0,
        "entries": 0,
        "accounts": 0,
        "lists": 1,
        "missed": 2,
    }
    assert one.context["table"] == []


@pytest.mark.parametrize("role", READERS)
def test_every_number_is_a_link_to_as_many_rows_or_says_who_works_on_them(muddled, role):
    client = muddled.client(role)
    for town in ("", make.MAZHAO):
        for one in client.get(PAGE, {"township": town}).context["panels"]:
            counted = one.counted
            if not counted.url:
                assert counted.check.mended_by
            elif counted.check.name != "lists":
                if town and counted.check.name == "doubles":
                    continue  # its page has no townships to choose from
                paginator = client.get(counted.url).context["page"].paginator
                assert paginator.count == counted.total, counted.check.name


@pytest.mark.parametrize("role", READERS)
def test_no_link_of_the_page_is_refused(muddled, role):
    client = muddled.client(role)
    page = client.get(PAGE).content.decode()
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', page)}
    mine = {link for link in links if not link.startswith(("/static/", "/sign-out"))}
    assert {link for link in mine if client.get(link).status_code in (403, 404)} == set()


def test_pairs_that_may_be_one_person_are_counted_where_the_older_row_stands(desk):
    before = [counts[0] for _t, _u, counts in sorted_towns(desk)]
    for _ in range(2):
        make.person("郑重名", date(1990, 1, 2), division=make.HUAIHUA)
    mazhao, yabai = (counts[0] for _t, _u, counts in sorted_towns(desk))
    assert [mazhao, yabai] == [before[0], before[1] + 1]
    assert mazhao + yabai == len(suspected(desk.officials["county_checker"]))


def sorted_towns(desk):
    """The table's rows, Mazhao before Yabai."""
    table = desk.client("county_checker").get(PAGE).context["table"]
    return sorted(table, key=lambda row: row[0].code != make.MAZHAO)


def test_who_pays_or_keeps_officials_does_not_see_it(season):
    for role in ("batch_preparer", "administrator", "policy_officer"):
        assert season.client(role).get(PAGE).status_code == 403


def test_the_picture_names_villages_for_a_township_and_townships_for_the_county(muddled):
    at_home = str(muddled.client("clerk").get(PAGE).context["panels"][1].picture)
    assert "焦楼村" in at_home
    assert "<a " not in at_home
    county = str(muddled.client("county_checker").get(PAGE).context["panels"][-1].picture)
    assert f"township={make.MAZHAO}" in county
    assert "哑柏镇" in county


@pytest.fixture
def until_june(desk):
    """The list of the families on dibao reaches to the end of June; every other one to the end of the year."""
    of_all_year = EvidenceList.objects.get(kind="hardship", code="dibao")
    perform(of_all_year, "withdraw", by=make.actor("county_checker"), on=DAY)
    make.evidence_list("hardship", code="dibao", first=date(2026, 6, 1), last=date(2026, 6, 30))
    return desk


def late_of(desk, on: date, township: str = make.MAZHAO) -> list[tuple[str, str, date | None]]:
    found = overdue(desk.officials["county_checker"], on=on)[township]
    return [(one.kind.name, one.code, one.until) for one in found]


def test_a_monthly_list_is_overdue_ten_days_after_its_month(until_june):
    assert late_of(until_june, date(2026, 8, 9)) == []
    assert late_of(until_june, date(2026, 8, 10)) == [("hardship", "dibao", date(2026, 6, 30))]
    page = until_june.client("clerk").get(PAGE).content.decode()
    assert "困难家庭（低保）" in page
    assert "最近一份到 2026-06-30" in page


def test_a_list_of_one_township_does_not_serve_the_next(until_june):
    scope = make.YABAI[:9]
    make.evidence_list("hardship", code="dibao", scope=scope, first=date(2026, 7, 1), last=date(2026, 7, 31))
    assert late_of(until_june, DAY) == [("hardship", "dibao", date(2026, 6, 30))]
    assert late_of(until_june, DAY, make.YABAI) == []


def test_a_list_that_never_came_is_overdue_only_while_a_policy_asks_for_it(muddled):
    assert late_of(muddled, DAY) == [("death", "", None)]
    assert late_of(muddled, date(2027, 1, 1)) == []  # no policy is in force any more


def test_queries_do_not_grow_with_what_is_wrong(muddled):
    client = muddled.client("county_checker")

    def queries() -> int:
        PairCount.objects.all().delete()  # whether they were looked for before is another story
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PAGE).status_code == 200
        return len(asked)

    client.get(PAGE)
    before = queries()
    for household in muddled.households:
        doubt("other_name", household)
        entered_account(
            household.head if household != muddled.households[0] else household.memberships.last().person
        )
    assert queries() == before


def looks(officials, role: str) -> tuple[int, int]:
    """How many pairs are counted, and how many times the register was joined with itself for it."""
    with CaptureQueriesContext(connection) as asked:
        pairs = sum(pairs_by_village(officials[role]).values())
    return pairs, sum("p AS MATERIALIZED" in one["sql"] for one in asked)


def test_pairs_are_looked_for_once_while_the_register_is_as_it_was(db):
    officials = make.officials()
    one, other = (make.person("郑重名", date(1990, 1, 2), division=make.HUAIHUA) for _ in range(2))
    assert [looks(officials, "county_checker") for _ in range(2)] == [(1, 1), (1, 0)]
    assert looks(officials, "township_reviewer") == (0, 1)  # a scope of its own
    assert looks(officials, "auditor") == (1, 0)
    by = {"by": make.actor("county_checker"), "on": DAY, "reason": "看过身份证"}
    deeds = [
        (lambda: make.person("钱无关", date(1950, 1, 1)), 1),
        (lambda: make.account(one), 1),
        (lambda: correct_name(other, "郑秋月", **by), 0),
        (lambda: correct_name(Person.objects.get(pk=other.pk), "郑重名", **by), 1),
        (lambda: say_apart(one, other, **by), 0),
        (lambda: look_again(Double.objects.get(), **by | {"by": make.actor("county_checker", "two")}), 1),
    ]
    for deed, pairs in deeds:
        deed()
        assert [looks(officials, "county_checker") for _ in range(2)] == [(pairs, 1), (pairs, 0)]
    PairCount.objects.update(counted_at=Now() - timedelta(hours=2))
    assert looks(officials, "county_checker") == (1, 1)
