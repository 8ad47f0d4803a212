"""A list of one county says nothing of another county's people, changes nothing there, and is told no name."""

import csv
import io

import pytest

from beneficiaries import services
from beneficiaries.models import Account, Doubt, Fact, Household, ListRow, Membership, Person
from beneficiaries.models.people import NOWHERE
from officials.divisions import load_divisions
from tests import factories as make
from tests.beneficiaries.test_register_rules import COUPLE, DAY, FATHER, GIRL, row, take
from tests.beneficiaries.workbooks import number_of

COUNTY, VILLAGE = "610116000000", "610116001201"
FILE = f"""code,name,from,until,successor
{COUNTY},长安区,,,
610116001000,韦曲街道,,,
{VILLAGE},南街村,2000-01-01,,
"""
OWN = number_of("19800101", 31)


@pytest.fixture(autouse=True)
def _counties(db):
    make.divisions()
    load_divisions(list(csv.DictReader(io.StringIO(FILE))), on=DAY)
    take([*COUPLE, row("长女", "赵雨桐", GIRL)])


def register(number, name="韦长安", home="S1"):
    return take([row("户主", name, number, home, VILLAGE)], division=COUNTY)


LISTS = {
    "deaths": lambda: take(
        [["王二", FATHER, "2026-07-01"]],
        kind="death",
        header=["姓名", "身份证号", "死亡日期"],
        division=COUNTY,
    ),
    "admissions": lambda: take(
        [["王二", GIRL, "2026", "本科批", "本科", "2026-07-10"]],
        kind="admission",
        header=["姓名", "身份证号", "录取年份", "录取批次", "录取层次", "录取日期"],
        division=COUNTY,
    ),
    "accounts": lambda: take(
        [[FATHER, "王二", "农商行", "6217000010001234566"]],
        kind="account",
        header=["开户人身份证号", "户名", "开户银行", "银行账号"],
        division=COUNTY,
    ),
    "a register with another name": lambda: register(FATHER, "王二"),
    "a register with the same name": lambda: register(FATHER, "赵文斌"),
}


def county():
    """What is on record of the first county's people."""
    return (
        sorted(Person.objects.values_list("pk", "name", "division", "phone_last4")),
        sorted(Membership.objects.values_list("pk", "household", "is_disputed", "valid_until")),
        sorted(Fact.objects.values_list("pk", "superseded_by", "is_disputed", "valid_until")),
        Account.objects.count(),
        Doubt.objects.count(),
    )


@pytest.mark.parametrize("listed", LISTS.values(), ids=LISTS)
def test_a_list_of_another_county_changes_nothing_and_is_told_no_name(listed):
    stood = county()
    evidence = listed()
    assert evidence.counts["refused"] == 1
    assert county() == stood
    (refused,) = ListRow.objects.filter(list=evidence)
    assert {problem["zh"] for problem in refused.problems}
    assert not any(name in str(refused.problems) for name in ("赵文斌", "赵雨桐", "李秀梅"))


def test_the_second_county_registers_its_own_beside_them():
    assert register(OWN).counts["refused"] == 0
    assert Person.objects.get(name="韦长安").division == VILLAGE
    mixed = take(
        [
            row("户主", "韦长安", OWN, "S1", VILLAGE),
            row("妻", "李秀梅", number_of("19810506", 22), "S1", VILLAGE),
        ],
        division=COUNTY,
    )
    assert (mixed.counts["refused"], Membership.objects.filter(household__number="S1").count()) == (1, 1)


def test_a_household_number_of_one_county_is_another_s_too():
    """Both count their booklets from H1; each keeps its own, also after a list was withdrawn and taken again."""
    ours = Household.objects.get(number="H1")
    first = register(OWN, home="H1")
    assert (first.counts["new"], first.counts["refused"]) == (1, 0)
    theirs = Household.objects.exclude(pk=ours.pk).get(number="H1")
    assert (theirs.division, theirs.head.name) == (VILLAGE, "韦长安")
    services.withdraw_list(first, by=make.actor("county_checker", "two"), on=DAY)
    theirs.refresh_from_db()
    assert theirs.division == NOWHERE
    again = register(OWN, home="H1", name="韦长安")
    assert (again.counts["refused"], Household.objects.filter(number="H1").count()) == (0, 2)
    theirs.refresh_from_db()
    assert theirs.division == VILLAGE
    ours.refresh_from_db()
    assert (ours.division, ours.head.citizen_id) == (make.JIAOLOU, FATHER)


def test_a_number_that_only_another_county_s_withdrawn_list_had_is_free():
    first = register(OWN, home="S7")
    services.withdraw_list(first, by=make.actor("county_checker", "two"), on=DAY)
    mine = take([row("户主", "钱文", number_of("19790101", 33), "S7")])
    assert mine.counts["refused"] == 0
    assert sorted(Household.objects.filter(number="S7").values_list("division", flat=True)) == [
        NOWHERE,
        make.JIAOLOU,
    ]
