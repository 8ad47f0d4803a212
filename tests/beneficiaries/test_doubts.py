"""Doubts on the screen: what a person settles counts again, the other side stays on record."""

from datetime import date

import pytest
from django.urls import reverse

from beneficiaries.models import Doubt, Fact, Membership, Person
from beneficiaries.queries import edited_facts, household_of
from beneficiaries.queries.compared import comparisons_of
from beneficiaries.services import enter_fact
from tests import factories as make
from tests.beneficiaries.test_register_rules import (
    COUPLE,
    DAY,
    FATHER,
    HEADER,
    MOTHER,
    certificate,
    row,
    take,
)


@pytest.fixture
def checker(db, client, settings):
    settings.BUSINESS_DAY = DAY
    officials = make.officials()
    client.force_login(officials["county_checker"])
    return officials["county_checker"]


def settle(client, **data):
    doubt = Doubt.objects.get(settled_on=None)
    url = reverse("beneficiaries:doubt", args=[doubt.pk])
    assert client.get(url).status_code == 200
    return client.post(url, data).status_code


def test_the_household_that_was_chosen_counts(checker, client):
    take(COUPLE)
    take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)])
    mother = Person.objects.get(name="李秀梅")
    chosen = Membership.objects.get(person=mother, household__number="H2")
    assert "李秀梅" in client.get(reverse("beneficiaries:doubts")).content.decode()
    assert settle(client, outcome="户口本已核对") == 422  # no side chosen
    assert settle(client, keep=chosen.pk, outcome="户口本已核对") == 302
    assert household_of(mother, on=DAY).number == "H2"
    (fact,) = Fact.objects.filter(person=mother, kind="register", superseded_by=None)
    assert (fact.values["residence"], fact.is_disputed) == (make.HUAIHUA, False)
    assert Person.objects.get(pk=mother.pk).division == make.HUAIHUA
    assert Doubt.objects.get().outcome == "户口本已核对"


def test_the_fact_that_was_chosen_counts_and_the_other_stays_on_record(checker, client):
    take(COUPLE)
    certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    certificate(MOTHER, "独女户", "ZZ-1", "2012-05-16", "")
    chosen = Fact.objects.get(values__kind="two_daughter")
    assert settle(client, keep=chosen.pk, outcome="证件已核对") == 302
    live = Fact.objects.filter(kind="certificate", superseded_by=None)
    assert [(fact.pk, fact.is_disputed) for fact in live] == [(chosen.pk, False)]
    assert (Fact.objects.filter(kind="certificate").count(), edited_facts()) == (2, [])


def test_what_has_no_sides_is_settled_by_a_note_once(checker, client):
    take([row("户主", "赵文斌", FATHER, sex="女")])
    doubt = Doubt.objects.get()
    page = client.get(reverse("beneficiaries:doubt", args=[doubt.pk])).content.decode()
    assert page.count("autofocus") == 1
    assert "autofocus" in page.split("<textarea")[1].split(">")[0], "the note comes first, not the verb"
    assert settle(client, outcome="别名") == 302
    again = client.post(reverse("beneficiaries:doubt", args=[doubt.pk]), {"outcome": "再来"})
    assert (again.status_code, Doubt.objects.get().outcome) == (422, "别名")


def test_who_may_not(checker, client):
    take(COUPLE)
    take([row("户主", "赵文武", FATHER)])
    officials = {one.number: one for one in make.Official.objects.all()}
    url = reverse("beneficiaries:doubt", args=[Doubt.objects.get().pk])
    answers = {}
    for number in ("chen", "gao", "shen", "guan"):
        client.force_login(officials[number])
        answers[number] = client.get(url).status_code
    # The township reviewer settles entries from papers only: a list's doubt is not among hers. The auditor reads.
    assert answers == {"chen": 403, "gao": 404, "shen": 200, "guan": 403}


def compared(doubt):
    """What the page shows beside each other: what is compared, each source with its row, and the lines that differ."""
    return [
        (one.title.zh, [(source.words.zh, source.row) for source in one.sources],
         {line.label.zh: [cell.zh for cell in line.cells] for line in one.lines if line.differs})
        for one in comparisons_of(doubt)
    ]  # fmt: skip


def test_two_lists_that_differ_stand_beside_each_other_with_row_and_days(checker, client):
    take(COUPLE)
    certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    certificate(MOTHER, "独女户", "ZZ-1", "2012-05-16", "2020-01-31")
    doubt = Doubt.objects.get()
    assert compared(doubt) == [
        ("女儿户证", [("certificate.xlsx", 2), ("certificate.xlsx", 2)],
         {"证件类型": ["双女户", "独女户"], "注销日期": ["—", "2020-01-31"], "到": ["至今", "2020-01-31"]}),
    ]  # fmt: skip
    page = client.get(reverse("beneficiaries:doubt", args=[doubt.pk])).content.decode()
    assert [word in page for word in ("第 2 行", f"{DAY} 收到", "双女户", "独女户")] == [True] * 4


def test_two_households_stand_beside_each_other(checker, client):
    take(COUPLE)
    take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)])
    ((title, sources, differing),) = compared(Doubt.objects.get())
    assert (title, len(sources)) == ("户籍", 2)
    assert differing == {
        "村": ["马召镇焦楼村", "哑柏镇槐花村"], "户编号": ["H1", "H2"], "与户主关系": ["妻", "户主"],
    }  # fmt: skip


def test_another_name_stands_beside_the_registers(checker, client):
    take(COUPLE)
    take([row("户主", "赵文武", FATHER)])
    ((_, sources, differing),) = compared(Doubt.objects.get())
    assert (sources, differing["姓名"]) == ([("户籍登记", None), ("register.xlsx", 2)], ["赵文斌", "赵文武"])


def test_another_way_of_writing_is_no_difference(checker, client):
    header = [*HEADER, "出生日期"]
    take([[*row("户主", "赵文斌", FATHER, sex="女性"), "1979年3月2日"]], header=header)
    ((_, _, differing),) = compared(Doubt.objects.get())
    assert differing == {"性别": ["男", "女"]}


def test_a_paper_and_the_complete_list_that_does_not_hold_it_stand_beside_each_other(checker, client):
    take(COUPLE)
    father = Person.objects.get(name="赵文斌")
    make.evidence_list(
        "hardship", code="dibao", title="农村低保 2026-07", first=date(2026, 7, 1), last=date(2026, 7, 31)
    )
    enter_fact(household_of(father, on=DAY), kind="hardship", values={"kinds": ["dibao"]}, paper="hardship_certificate",
               by=make.actor("clerk"), on=DAY, valid_from=date(2026, 7, 15))  # fmt: skip
    ((_, sources, differing),) = compared(Doubt.objects.get())
    assert [name for name, _ in sources][1] == "农村低保 2026-07"
    assert next(iter(differing.values()))[1] == "名单上没有"
