"""Before anything is taken: who is gone, whether the totals agree, and a few rows as they will be taken."""

from datetime import date

import pytest
from django.urls import reverse

from beneficiaries import services
from beneficiaries.models import Coverage, EvidenceList, Fact
from beneficiaries.tasks import work_on_lists
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.workbooks import check, number_of, xlsx

DAY = date(2026, 9, 18)
ONE, TWO = (make.actor("county_checker", number) for number in ("one", "two"))
NAMES = ["赵雨桐", "钱思涵", "孙欣怡"]
IDS = [number_of(f"2008031{n}", 24) for n in range(3)]
PAID = ["享受人", "享受人身份证号", "项目", "发放日期", "发放金额"]


@pytest.fixture(autouse=True)
def girls(db, settings):
    settings.BUSINESS_DAY = DAY
    make.divisions()
    return [
        make.person(name, date(2008, 3, 10 + n), number=IDS[n])
        for n, name in enumerate(NAMES)
    ]  # fmt: skip


def upload(source, kind="medical", **letter):
    evidence = services.upload_list(
        source,
        services.CoveringLetter(kind, "医保.xlsx", make.COUNTY, is_complete=True, **letter),
        by=ONE,
        on=DAY,
    )
    work_on_lists()
    return EvidenceList.objects.get(pk=evidence.pk)


def enrolled(year, *people):
    rows = [[NAMES[n], IDS[n]] for n in people]
    return xlsx([[f"{year}年度城乡居民医保参保名册"], ["姓名", "身份证号"], *rows])


def take(evidence):
    return services.take_list(evidence, by=TWO, on=DAY)


def test_who_stood_on_the_last_complete_list_and_is_missing_now_is_gone():
    first = upload(enrolled(2025, 0, 1, 2))
    assert first.counts["gone"] is None  # nothing to compare with
    take(first)
    second = upload(enrolled(2026, 0))
    assert second.counts["gone"] == {
        "count": 2,
        "days": "2025-01-01 – 2025-12-31",
        "names": ["钱思涵", "孙欣怡"],
    }
    assert take(second).counts["gone"]["count"] == 2


def test_a_list_that_came_in_late_is_not_compared_with_a_later_one():
    take(upload(enrolled(2026, 0, 1)))
    assert upload(enrolled(2025, 0)).counts["gone"] is None


def test_households_of_a_month_are_compared_by_household_and_category(girls):
    for number, girl in enumerate(girls):
        make.household(f"H{number}", (girl, "02"))

    def hardship_of(number, *people):
        rows = [[NAMES[n], IDS[n]] for n in people]
        return xlsx([[f"2026年{number}月农村低保名单"], ["姓名", "身份证号"], *rows])

    take(upload(hardship_of(7, 0, 1), "hardship"))
    take(upload(hardship_of(7, 0, 1, 2), "hardship", code="extreme_poverty"))
    assert upload(hardship_of(8, 1), "hardship").counts["gone"] == {
        "count": 1,
        "days": "2026-07-01 – 2026-07-31",
        "names": ["赵雨桐"],
    }


def test_control_totals_are_compared_and_named():
    rows = [
        ["2025年发放台账"],
        PAID,
        [NAMES[0], IDS[0], "升学奖励", "2025-09-01", "1,000.00"],
        [NAMES[1], IDS[1], "升学奖励", "2025-09-01", "2000"],
        ["合计", "共 3 人", "", "", "3,000.00"],
    ]
    evidence = upload(xlsx(rows), "earlier_payment")
    assert [(one["cell"], one["zh"], one["stated"], one["found"]) for one in evidence.counts["totals"]] == [
        ("5", "行数", "3", "2"),
        ("E5", "发放金额", "3,000.00", "3,000.00"),
    ]


def test_a_subtotal_is_compared_with_its_own_rows():
    rows = [
        ["2025年发放台账"],
        PAID,
        [NAMES[0], IDS[0], "升学奖励", "2025-09-01", "1000"],
        ["小计", "", "", "", "1000"],
        [NAMES[1], IDS[1], "升学奖励", "2025-09-01", "2000"],
        ["小计", "", "", "", "2500"],
        ["合计", "", "", "", "3000"],
    ]
    totals = check(xlsx(rows), "earlier_payment").totals
    assert [(one.cell, one.agrees) for one in totals] == [("E4", True), ("E6", False), ("E7", True)]


def test_a_few_rows_are_shown_as_they_will_be_taken_without_their_numbers(client):
    client.force_login(make.officials()["county_checker"])
    evidence = upload(enrolled(2026, 0, 1))
    examples = evidence.counts["examples"]
    assert [row["cells"][1][0] for row in examples["rows"]["new"]] == NAMES[:2]
    assert IDS[0] not in str(evidence.counts)
    shown = client.get(reverse("beneficiaries:list", args=[evidence.pk])).content.decode()
    assert "导入后的样子" in shown
    assert IDS[0] not in shown
    assert "examples" not in take(evidence).counts  # nothing of it is kept once the list is taken


def test_nobody_this_month_is_taken_on_an_explicit_choice():
    empty = xlsx([["2026年8月农村低保名单"], ["姓名", "身份证号"]])
    assert upload(empty, "hardship").problem["code"] == "no_rows"
    evidence = upload(empty, "hardship", nobody=True)
    assert (evidence.state, evidence.counts["rows"]) == ("checked", 0)
    taken = take(evidence)
    assert (taken.state, Fact.objects.count()) == ("taken", 0)
    covered = Coverage.objects.get(list=taken)
    assert (covered.is_complete, covered.code, covered.valid_until) == (True, "dibao", date(2026, 8, 31))


def test_nobody_is_contradicted_by_a_row():
    source = xlsx([["2026年8月农村低保名单"], ["姓名", "身份证号"], [NAMES[0], IDS[0]]])
    assert upload(source, "hardship", nobody=True).problem["code"] == "not_empty"


@pytest.mark.parametrize(("kind", "complete"), [("hardship", False), ("register", True), ("account", True)])
def test_only_a_complete_list_of_evidence_may_hold_nobody(kind, complete):
    letter = services.CoveringLetter(kind, "空.xlsx", make.COUNTY, is_complete=complete, nobody=True)
    with pytest.raises(Refusal) as caught:
        services.upload_list(b"x", letter, by=ONE, on=DAY)
    assert caught.value.code == "nobody_incomplete"
