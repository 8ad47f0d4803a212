"""A family of the tests' county with a right, and the people who serve it."""

from dataclasses import dataclass
from datetime import date

import pytest

from beneficiaries.models import Fact, Household, Person
from ledger import services as ledger
from programs.models import PolicyVersion
from tests import factories as make
from tests.stages import Told, begins_with


@dataclass
class Family:
    """A poor two-daughter family in Jiaolou: father, mother, Yutong (18, admitted), Yuxin (13)."""

    father: Person
    mother: Person
    girl: Person
    sister: Person
    household: Household
    admission: Fact


def build_lists(_: None) -> None:
    whole_lists()


def build_poor_family(_: None) -> Family:
    return poor_family("赵")


@pytest.fixture
@begins_with(build_lists)
def lists(db: None, told: Told) -> None:
    """See :func:`whole_lists`."""
    told(build_lists)


def whole_lists() -> None:
    """Complete lists for every kind whose absence means no, and a register."""
    make.complete_lists("unadmitted", "medical")


@pytest.fixture
@begins_with(build_lists, build_poor_family)
def family(lists: None, told: Told) -> Family:
    return told(build_poor_family)


def poor_family(surname: str, number: str = "103209-0147") -> Family:
    """Made anew under another name and booklet number."""
    father = make.person(f"{surname}文斌", date(1979, 3, 2), female=False)
    mother = make.person(f"李秀{surname}", date(1981, 5, 6))
    girl = make.person(f"{surname}雨桐", date(2008, 2, 3), phone="13800000926")
    sister = make.person(f"{surname}雨欣", date(2013, 4, 5))
    household = make.household(number, (father, "02"), (mother, "10"), (girl, "20"), (sister, "20"))
    for one in (father, mother, girl, sister):
        make.fact(one, "register", date(2010, 1, 1), rural=True, residence=make.JIAOLOU)
    make.fact(household, "certificate", date(2012, 5, 16), kind="two_daughter", number="ZZ-2012-00417")
    make.fact(household, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["dibao"])
    admission = make.fact(
        girl,
        "admission",
        date(2026, 7, 20),
        year=2026,
        batch="本科批",
        level="本科",
        province="陕西",
        school="西安某大学",
    )
    return Family(father, mother, girl, sister, household, admission)


@pytest.fixture
def college_award(db: None) -> PolicyVersion:
    return make.active_policy("college-award")


@pytest.fixture
def budget(db: None) -> None:
    """Ten thousand yuan for the college award of 2026, confirmed by a second person."""
    allot("college-award", 1_000_000)


def allot(program: str, fen: int, document: str = "示例〔2026〕9号") -> None:
    """An allotment entered by one and confirmed by another."""
    entered = ledger.enter_allotment(
        program=program, source="county", fiscal_year=2026, document_number=document, amount_fen=fen,
        by=make.actor("batch_checker"), on=date(2026, 7, 1),
    )  # fmt: skip
    ledger.confirm_allotment(entered, by=make.actor("batch_approver"), on=date(2026, 7, 2))
