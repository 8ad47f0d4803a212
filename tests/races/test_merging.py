"""A merge among lists and approvals at the same moment: nothing lost, no error, nobody granted twice unseen."""

from datetime import date

import pytest
from django.db import connection, transaction

from applications.judging import judge_household
from applications.models import Application
from applications.services import counter
from beneficiaries import services
from beneficiaries.models import Double, EvidenceList, Fact, Membership, Person
from payments.banks import load_profiles
from payments.queries.due import find_waiting, profiles_of_banks
from payments.services import plan_instalments
from standards import citizen_id
from tests import factories as make
from tests.applications.conftest import allot, poor_family
from tests.applications.test_merged_people import double_of
from tests.beneficiaries.test_register_rules import HEADER, row
from tests.beneficiaries.workbooks import xlsx
from tests.races.test_approvals import DAY, LATER, ROUNDS, approve, assert_granted_once, to_the_desk
from tests.races.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offices(lists: None) -> None:
    make.divisions()
    make.active_policy("college-award")


def asked(stays: Person, other: Person) -> Double:
    return services.ask_to_merge(stays, other, by=make.actor("township_reviewer"), on=DAY, reason="同一张证")


def to_part(other: Person) -> Double:
    merged = Double.objects.get(other=other, state="merged")
    return services.ask_to_part(merged, by=make.actor("township_reviewer"), on=DAY, reason="两个人")


def merge(double: int) -> None:
    services.merge(Double.objects.get(pk=double), by=make.actor("county_checker"), on=DAY)


def part(double: int) -> None:
    services.part(Double.objects.get(pk=double), by=make.actor("county_checker"), on=DAY)


def take(evidence: int) -> None:
    services.import_list(
        EvidenceList.objects.get(pk=evidence), by=make.actor("county_checker", "two"), on=DAY
    )


def register(numbers: list[str], home: str) -> EvidenceList:
    rows = [row("户主", "王小娃", number, f"{home}-{n}") for n, number in enumerate(numbers)]
    return services.upload_list(
        xlsx([HEADER, *rows]),
        services.CoveringLetter("register", "r.xlsx", make.COUNTY),
        by=make.actor("county_checker", "one"),
        on=DAY,
    )


def numbers_of(year: int) -> list[str]:
    """Ten numbers of ten people."""
    firsts = [f"610124{year}{month:02d}15013" for month in range(1, 11)]
    return [first + citizen_id.check_digit(first) for first in firsts]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_list_is_taken_while_two_of_its_people_are_merged_and_parted(offices: None, rounds: int) -> None:
    for n in range(rounds):
        numbers = numbers_of(1900 + n)
        take(register(numbers, f"H{n}").pk)
        stays, other = Person.objects.order_by("-pk")[:2]
        people = Person.objects.count()
        for verb in (merge, part):
            double = asked(stays, other).pk if verb is merge else to_part(other).pk
            listed = register(numbers, f"H{n}-{verb.__name__}")
            facts = Fact.objects.filter(superseded_by=None).count()
            outcomes = together(_either, [(verb.__name__, double), ("take", listed.pk)])
            assert outcomes == ["done", "done"]
            assert EvidenceList.objects.get(pk=listed.pk).state == "taken"
            assert (Person.objects.count(), Fact.objects.filter(superseded_by=None).count()) == (
                people,
                facts,
            )
            assert Membership.objects.filter(list=listed).count() == 10
        assert Person.objects.filter(merged_into__isnull=False).count() == 0


def _either(name: str, key: int) -> None:
    {"merge": merge, "part": part, "take": take}[name](key)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_an_approval_and_a_merge_at_once(offices: None, rounds: int) -> None:
    """Merged first, the second right is refused; approved first, the second is never paid."""
    allot("college-award", 400_000 * rounds)
    granted = 0
    for n in range(rounds):
        family = poor_family("赵", number=f"A-{n}")
        other = double_of(family)
        one, second = to_the_desk(
            [
                counter.open_application(judged, by=make.actor("clerk"), on=DAY)
                for judged in judge_household(family.household, on=DAY)
            ]
        )
        approve(one.pk, "first")
        make.account(family.girl, f"62170000123{n:05d}")
        outcomes = together(_step, [("merge", asked(family.girl, other).pk), ("approve", second.pk)])
        assert outcomes in (["done", "done"], ["done", "not_clear"], ["done", "promised_once"])
        granted += 1 + (outcomes == ["done", "done"])
        assert_granted_once(granted)
        assert Application.objects.get(pk=second.pk).state == (
            "approved" if outcomes[1] == "done" else "rechecked"
        )
    plan_instalments(on=LATER)
    assert payable() == (rounds, granted - rounds)


def _step(name: str, key: int) -> None:
    if name == "merge":
        merge(key)
    else:
        approve(key, "second")


def payable() -> tuple[int, int]:
    """How many rights are paid, and how many are held back as granted twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        find_waiting(on=date(2026, 12, 1), banks=profiles_of_banks(load_profiles()))
        cursor.execute("SELECT reason, count(*) FROM payable GROUP BY 1")
        found = dict(cursor.fetchall())
    return found.get("", 0), found.get("granted_twice", 0)


@pytest.mark.parametrize("rounds", ROUNDS)
def test_two_people_confirm_opposite_merges_at_once(offices: None, rounds: int) -> None:
    """A into B, and B into C: one of them is refused, and nobody stands under who stands under another."""
    for n in range(rounds):
        a, b, c = (make.person(f"王{'甲乙丙'[k]}", date(1980, 1, 1 + n % 28)) for k in range(3))
        doubles = [asked(b, a).pk, asked(c, b).pk]
        assert together(merge, [(key,) for key in doubles]) == ["done", "merged_already"]
        assert Person.objects.filter(merged_into__merged_into__isnull=False).count() == 0
