"""Facts as columns: dates, sources, absence and dispute, each judged on the day that counts."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection

from applications.gathering import EVERYBODY, Among, complete_lists
from applications.gathering.base import subjects_of
from applications.gathering.columns import ask
from applications.gathering.copying import copy_all, in_portions
from applications.gathering.known import ask_for
from applications.judging import judge
from applications.services import sweep
from beneficiaries.models import Coverage, Fact, Parentage
from programs.language.columns import ABSENT, Column
from programs.queries import active, active_on
from tests import factories as make
from tests.applications.conftest import Family
from tests.otherwise import otherwise

DAY = date(2026, 8, 18)
pytestmark = pytest.mark.usefixtures("college_award")


def seen(family: Family, name: str) -> object:
    """What the evaluator is given for one fact of the girl's admission: its word or value, or None for not known."""
    column = base_facts(family, name)
    if column.known.dtype != bool:
        return sorted(
            word for bit, word in enumerate(column.words) if int(column.known[0]) >> bit & 1
        ), sorted(word for bit, word in enumerate(column.words) if int(column.values[0]) >> bit & 1)
    if not column.known[0]:
        return None
    return (
        column.words[int(column.values[0])]
        if column.words and column.values[0] >= 0
        else int(column.values[0])
    )


def base_facts(family: Family, name: str) -> Column:
    loaded = active("college-award", DAY)
    assert loaded is not None
    among = Among(records=[family.admission.pk])
    base = subjects_of(loaded.program.policy, on=DAY, among=among)
    lists = complete_lists()
    reading = ask(base, [name], record_kind="admission")
    (copied,) = copy_all([reading.query], among.parameters)
    return reading.made(copied, lists).facts[name]


def verdict(family: Family) -> int:
    (judged,) = judge(active("college-award", DAY), on=DAY, among=Among(records=[family.admission.pk]))
    return judged.verdict


def test_each_fact_is_judged_on_the_day_of_admission(family: Family) -> None:
    assert [seen(family, name) for name in ("sex", "certificate.kind", "admission.batch", "admission.year")] == [
        "female", "two_daughter", "本科批", 2026,
    ]  # fmt: skip


def test_hardship_of_another_month_does_not_count(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="hardship").update(
            valid_from=date(2026, 8, 1), valid_until=date(2026, 8, 31)
        )
    assert seen(family, "hardship.kinds")[1] == []
    assert verdict(family) == 0


def test_without_that_months_list_nobody_knows(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="hardship").delete()
    with otherwise():
        Coverage.objects.filter(kind="hardship", code="monitored").update(valid_until=date(2026, 6, 30))
    assert "monitored" not in seen(family, "hardship.kinds")[0]
    assert verdict(family) == 1


def test_a_list_of_another_township_covers_nobody_here(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="hardship").delete()
    with otherwise():
        Coverage.objects.filter(kind="hardship").update(scope="610124101")
    assert seen(family, "hardship.kinds") == ([], [])


def test_two_categories_are_held_together(family: Family) -> None:
    make.fact(family.household, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["monitored"])
    assert seen(family, "hardship.kinds")[1] == ["dibao", "monitored"]


def test_two_certificates_that_differ_are_not_known(family: Family) -> None:
    make.fact(family.household, "certificate", date(2013, 1, 1), kind="only_daughter")
    assert seen(family, "certificate.kind") is None
    assert verdict(family) == 1


def test_two_certificates_that_say_the_same_are_one(family: Family) -> None:
    make.fact(family.household, "certificate", date(2013, 1, 1), kind="two_daughter")
    assert seen(family, "certificate.kind") == "two_daughter"


def test_a_disputed_fact_is_not_known_whatever_it_says(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="certificate").update(is_disputed=True)
    assert seen(family, "certificate.kind") is None


def test_a_cancelled_certificate_is_known_not_to_hold(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="certificate").update(valid_until=date(2026, 7, 1))
    assert seen(family, "certificate.kind") == ABSENT["code"]
    assert verdict(family) == 0


def test_a_corrected_fact_is_out_of_sight(family: Family) -> None:
    wrong = Fact.objects.get(kind="certificate")
    right = make.fact(family.household, "certificate", date(2012, 5, 16), kind="only_daughter")
    with otherwise():
        Fact.objects.filter(pk=wrong.pk).update(superseded_by=right)
    assert seen(family, "certificate.kind") == "only_daughter"


def test_of_two_deaths_the_one_after_the_day_counts_first(family: Family) -> None:
    make.fact(family.girl, "death", date(2026, 9, 1), died_on="2026-09-01")
    assert seen(family, "death.died_on") == (date(2026, 9, 1) - date(2000, 1, 1)).days
    assert verdict(family) == 2


def parents(family: Family) -> list[object]:
    loaded = active("college-award", DAY)
    (one,) = judge(loaded, on=DAY, among=Among(records=[family.admission.pk]))
    rural = one.gathered.table.sets["parents"].facts["rural"]
    return [int(value) if known else None for value, known in zip(rural.values, rural.known, strict=True)]


def test_there_are_two_parents_and_the_one_not_on_record_is_not_known(family: Family) -> None:
    assert parents(family) == [1, 1]
    with otherwise():
        Parentage.objects.filter(child=family.girl, parent=family.father).delete()
    assert sorted(parents(family), key=str) == [1, None]
    assert verdict(family) == 1


def test_a_parent_dead_by_that_day_is_none(family: Family) -> None:
    make.fact(family.father, "death", date(2020, 1, 1), died_on="2020-01-01")
    assert parents(family) == [1]
    assert verdict(family) == 2


def test_a_town_father_fails_the_need_about_both(family: Family) -> None:
    with otherwise():
        Fact.objects.filter(kind="register", person=family.father).update(
            values={"rural": False, "residence": make.JIAOLOU}
        )
    assert sorted(parents(family), key=str) == [0, 1]
    assert verdict(family) == 0


def every(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's node and all below it."""
    yield node
    for part in node.get("Plans", []):
        yield from every(part)


JOINS = {"Nested Loop", "Hash Join", "Merge Join"}


def joins_in_loops(plan: dict[str, Any]) -> list[str]:
    """The joins that PostgreSQL would do again for every row of a loop; what it hashes it asks once."""
    once = set(re.findall(r"hashed (SubPlan \d+)", json.dumps(plan)))

    def found(node: dict[str, Any], *, is_in_a_loop: bool) -> list[str]:
        joins = [node["Node Type"]] if is_in_a_loop and node["Node Type"] in JOINS else []
        for part in node.get("Plans", []):
            named = part.get("Subplan Name", "")
            again = node["Node Type"] == "Nested Loop" and part["Parent Relationship"] == "Inner"
            again |= "SubPlan" in named and named not in once
            joins += found(part, is_in_a_loop=is_in_a_loop or again)
        return joins

    return found(plan, is_in_a_loop=False)


def test_a_sweep_of_a_register_without_statistics_joins_nothing_within_a_loop(family: Family) -> None:
    """With such a join a county of 20,000 people, taken in a moment ago, stood still at its first sweep."""
    for file in make.POLICIES.glob("*.toml"):
        if file.stem != "college-award":
            make.active_policy(file.stem)
    for loaded in active_on(DAY):
        asked = ask_for(loaded.program, DAY, EVERYBODY)
        for reading in (asked.own, *asked.sets.values()):
            with connection.cursor() as cursor:
                sweep.in_bulk()
                cursor.execute(f"EXPLAIN (FORMAT JSON) {in_portions(reading.query, [1000, 2000])}")
                plan = cursor.fetchone()[0][0]["Plan"]
            assert joins_in_loops(plan) == [], (loaded.version.code, plan)
            # Portions come one by one: they are sorted, and none waits for the last row of all to be summed up.
            assert (plan["Node Type"], plan["Strategy"]) == ("Aggregate", "Sorted")
