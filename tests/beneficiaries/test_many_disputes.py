"""A list that differs about many families is withdrawn in as many statements as one that differs about few."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import TrailRow
from beneficiaries import services
from beneficiaries.models import Doubt, EvidenceList, Fact
from beneficiaries.services.because import because
from beneficiaries.services.standing import choose
from tests import factories as make
from tests.beneficiaries.test_register_rules import take

DAY = date(2026, 7, 15)
CERTIFICATES = ["持证人身份证号", "证件类型", "证件编号", "发证日期"]
MARRIAGES = ["男方身份证号", "女方身份证号", "结婚登记日期"]
FEW, MANY = 3, 9


@pytest.fixture(autouse=True)
def _county(db):
    make.divisions()


def families(count: int):
    """Husband and wife of each."""
    found = []
    for number in range(count):
        husband = make.person(f"赵{number}", date(1979, 3, 2), female=False)
        wife = make.person(f"李{number}", date(1980, 3, 2))
        make.household(f"H{number}", (husband, "02"), (wife, "10"))
        found.append((husband, wife))
    return found


def certificates(couples, kind: str, letter: str) -> EvidenceList:
    rows = [[one.citizen_id, kind, f"{letter}-{n}", "2012-05-16"] for n, (one, _) in enumerate(couples)]
    return take(rows, header=CERTIFICATES, kind="certificate", on=DAY)


def withdrawn(evidence: EvidenceList) -> int:
    """How many statements it takes."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        services.withdraw_list(evidence, by=make.actor("county_checker", "two"), on=DAY)
    return len(asked)


def open_doubts() -> int:
    return Doubt.objects.filter(settled_on=None).count()


def counting() -> list[tuple[str, int]]:
    facts = Fact.objects.filter(superseded_by=None)
    return [
        (kind, facts.filter(is_disputed=False, values__kind=kind).count())
        for kind in ("two_daughter", "only_daughter")
    ]


def two_lists_differ(count: int) -> int:
    couples = families(count)
    certificates(couples, "双女户", "A")
    wrong = certificates(couples, "独女户", "B")
    assert (open_doubts(), counting()) == (count, [("two_daughter", 0), ("only_daughter", 0)])
    statements = withdrawn(wrong)
    assert (open_doubts(), counting()) == (0, [("two_daughter", count), ("only_daughter", 0)])
    told = TrailRow.objects.filter(verb="settle", table="beneficiaries_doubt", actor_number="system")
    assert told.values("object_id").distinct().count() == count
    return statements


def a_third_list_was_chosen(count: int) -> int:
    """When it goes, the two differ again: each family is one doubt, named after who is head."""
    couples = families(count)
    certificates(couples, "双女户", "A")
    certificates(couples, "独女户", "B")
    chosen = certificates(couples, "双女户", "C")
    with transaction.atomic(), because(make.actor("county_checker"), "看了证"):
        for fact in Fact.objects.filter(list=chosen).select_related("household__head"):
            choose(fact, on=DAY)
    Doubt.objects.filter(settled_on=None).update(settled_by="zhou", settled_on=DAY, outcome="看了证")
    statements = withdrawn(chosen)
    asked = Doubt.objects.filter(settled_on=None, kind="lists_differ").values_list("person__name", flat=True)
    assert (sorted(asked), counting()) == (
        [f"赵{number}" for number in range(count)], [("two_daughter", 0), ("only_daughter", 0)],
    )  # fmt: skip
    return statements


def entries_were_denied(count: int) -> int:
    """A complete list of another code did not hold what papers said."""
    for husband, _ in families(count):
        services.enter_fact(husband.memberships.get().household, kind="hardship", values={"kinds": ["dibao"]},
                            paper="hardship_certificate", by=make.actor("clerk"), on=DAY)  # fmt: skip
    neighbour = make.person("钱文斌", date(1980, 3, 2), female=False)
    make.household("N", (neighbour, "02"))
    silent = take([[neighbour.name, neighbour.citizen_id]], header=["姓名", "身份证号"], kind="hardship", on=DAY,
                  is_complete=True, code="dibao", period=services.entering.month(2026, 7))  # fmt: skip
    assert open_doubts() == count
    statements = withdrawn(silent)
    assert (open_doubts(), Fact.objects.filter(superseded_by=None, is_disputed=True).count()) == (0, 0)
    return statements


def marriages_differ(count: int) -> int:
    """Said of husband and wife alike: both sides are free again."""
    couples = families(count)
    for day in ("2005-05-01", "2006-05-01"):
        rows = [[husband.citizen_id, wife.citizen_id, day] for husband, wife in couples]
        last = take(rows, header=MARRIAGES, kind="marriage", on=DAY)
    assert Fact.objects.filter(is_disputed=True, superseded_by=None).count() == 4 * count
    statements = withdrawn(last)
    assert Fact.objects.filter(superseded_by=None, is_disputed=False).count() == 2 * count
    assert open_doubts() == 0
    return statements


@pytest.mark.parametrize(
    "story", [two_lists_differ, a_third_list_was_chosen, entries_were_denied, marriages_differ]
)
def test_few_and_many_disputes_take_the_same_number_of_statements(story):
    counted = []
    for count in (FEW, MANY):
        with transaction.atomic():
            counted.append(story(count))
            transaction.set_rollback(True)
    assert counted[0] == counted[1]
