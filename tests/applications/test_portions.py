"""A county judged a few subjects at a time: the same rows as all at once, though who stands beside whom is far away."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from applications.gathering import complete_lists, gather, may_stand_apart
from applications.models import Assessment
from applications.services import sweep
from beneficiaries.models import Fact, Household, Membership, Person
from programs.queries import active
from tests import factories as make
from tests.applications.conftest import poor_family
from tests.applications.test_places import FIRST_COME, TOP, applied, in_force
from tests.applications.walks import DAY, POSTED
from tests.otherwise import otherwise

NUMBERS = ("赵", "钱", "孙", "李", "周")


@pytest.fixture
def families(lists):
    return [poor_family(name, f"103209-015{at}") for at, name in enumerate(NUMBERS)]


def at_once(code, on):
    """(record, household, verdict, fen, what fails, what is not known) of every row, all judged in one table."""
    program = active(code, on).program
    gathered = gather(program, on=on)
    said = program.judge(gathered.table)
    return [
        (
            int(gathered.records[row]),
            int(gathered.households[row]),
            int(said.verdict[row]),
            int(said.amount_fen[row]) if said.verdict[row] else 0,
            tuple(name for name, values in said.needs.items() if values[row] == 0),
            tuple(name for name, rows in said.unknown.items() if rows[row]),
        )
        for row in range(gathered.table.n)
    ]


def in_portions(code, on, size):
    lists = complete_lists()
    with transaction.atomic():
        found = sweep.judge_in_portions(
            active(code, on).program, on=on, covered=lists, apart=may_stand_apart(), size=size
        )
    numbers = (found.records, found.households, found.verdict, found.amount_fen)
    return [
        (*map(int, row), found.failing_names[failing], found.unsettled_names[unsettled])
        for *row, failing, unsettled in zip(*numbers, found.failing, found.unsettled, strict=True)
    ]


def same_whatever_the_size(code, on):
    """The rows, which are the same for one subject at a time, for two and for all."""
    rows = at_once(code, on)
    for size in (1, 2, 1_000):
        assert in_portions(code, on, size) == rows
    return rows


def test_places_by_rank_are_given_across_portions(families):
    words = b'places = 2\nties = "none"\norder_by = [{ earliest = "born_on" }]\n'
    source = make.policy_bytes("college-award").replace(TOP, TOP + words)
    source = source.replace(b'route  = "both"\n', b'route  = "both"\nuntil  = 2026-08-19\n')
    make.active_policy("college-award", source)
    with otherwise():
        for at, family in enumerate(families):
            Person.objects.filter(pk=family.girl.pk).update(born_on=date(2008, 3, 20) - timedelta(days=at))
    for family in families[:4]:
        applied(family, DAY)
    rows = same_whatever_the_size("college-award", POSTED)
    assert [row[2] for row in rows] == [0, 0, 2, 2, 0]  # the fifth did not come in time
    assert [row[4] for row in rows[:2]] == [("places",)] * 2


def test_the_ceiling_is_spent_across_portions(families):
    in_force(b"ceiling_yuan = 5000\n" + FIRST_COME)  # 2,000 for each
    for at, family in enumerate(reversed(families)):
        applied(family, DAY + timedelta(days=at))
    rows = same_whatever_the_size("college-award", DAY + timedelta(days=9))
    assert [(row[2], row[5]) for row in rows] == [(1, ("ceiling",))] * 3 + [(2, ())] * 2


def test_a_household_s_limit_reaches_into_other_portions(families):
    """Two surveys of one house, and a widow's booklet far from her husband's."""
    make.active_policy("housing-subsidy")
    for at, family in enumerate([families[0], *families, families[0]]):
        make.fact(
            family.household, "housing", date(2026, 7, 10) - timedelta(days=at), grade="D", work="repair"
        )
    with otherwise():
        Membership.objects.filter(person=families[1].mother).update(valid_until=date(2026, 7, 9))
    widow = Household.objects.create(
        number="H9", division=make.JIAOLOU, head=families[1].mother, opened_on=date(2026, 7, 10)
    )
    Membership.objects.create(
        household=widow, person=families[1].mother, relation="02", valid_from=date(2026, 7, 10)
    )
    make.fact(widow, "certificate", date(2012, 5, 16), kind="two_daughter")
    make.fact(widow, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["dibao"])
    make.fact(widow, "housing", date(2026, 7, 12), grade="C", work="repair")
    rows = same_whatever_the_size("housing-subsidy", DAY)
    refused = [(row[1], row[4]) for row in rows if row[2] == 0]
    limit = ("limit.housing-subsidy",)
    assert refused == [
        (families[0].household.pk, limit), (families[0].household.pk, limit), (widow.pk, limit),
    ]  # fmt: skip


def test_what_is_not_known_stands_in_the_order_of_the_policy_s_page(families, college_award):
    with otherwise():
        Fact.objects.filter(kind="certificate", household=families[3].household).delete()
        Fact.objects.filter(kind="register", person=families[1].father).update(is_disputed=True)
        Fact.objects.filter(kind="admission", person=families[0].girl).update(
            values={"year": 2026, "level": "本科"}
        )
        Fact.objects.filter(kind="hardship", household=families[0].household).update(is_disputed=True)
    rows = same_whatever_the_size("college-award", DAY)
    assert [row[5] for row in rows] == [
        ("hardship.kinds", "admission.batch"), ("parents.rural",), (), ("certificate.kind",), (),
    ]  # fmt: skip


def test_a_sweep_keeps_the_same_rows_in_portions(families, college_award):
    sweep.assess(sweep.ask(on=DAY, by=make.actor("county_checker")))
    again = sweep.assess(sweep.ask(on=DAY, by=make.actor("county_checker")), size=2)
    assert again.counts["college-award"] == {"no": 0, "not_known": 0, "yes": 5, "changed": 0}
    assert Assessment.objects.count() == 5
