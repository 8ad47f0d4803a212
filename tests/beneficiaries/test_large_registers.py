"""What a large register takes in portions, and asks of all children at once, is what a small one gets row by row."""

import json
import random
from datetime import date

import pytest

from beneficiaries.models import ListRow, Parentage, Person
from beneficiaries.queries.births import two_by_register
from beneficiaries.services import list_rows
from beneficiaries.services import people as people_service
from tests import factories as make
from tests.beneficiaries.test_register_rules import row, take
from tests.beneficiaries.workbooks import number_of
from tests.otherwise import otherwise


@pytest.fixture(autouse=True)
def county(db):
    make.divisions()


@pytest.mark.parametrize("at_once", [1, 3, 7, 100])
def test_a_register_written_in_portions_is_whole(monkeypatch, at_once):
    monkeypatch.setattr(list_rows, "ROWS_AT_ONCE", at_once)
    monkeypatch.setattr(people_service, "ROWS_AT_ONCE", at_once)
    numbers = [number_of(f"1970010{n + 1}", 11 + 2 * n) for n in range(7)]
    rows = [row("户主", f"赵{'甲乙丙丁戊己庚'[n]}", number, f"H{n}") for n, number in enumerate(numbers)]
    assert take(rows).counts["new"] == len(rows)
    kept = [json.loads(one.raw) for one in ListRow.objects.order_by("row")]
    assert [(one["姓名"], one["身份证号"]) for one in kept] == [
        (f"赵{'甲乙丙丁戊己庚'[n]}", number) for n, number in enumerate(numbers)
    ]
    assert {one.citizen_id: one.name for one in Person.objects.all()} == {
        one["身份证号"]: one["姓名"] for one in kept
    }


@pytest.mark.parametrize("seed", range(3))
def test_who_has_two_fathers_or_two_mothers_is_found_for_all_children_at_once(seed):
    rng = random.Random(seed)
    everybody = [make.person(f"人{n}", date(1970, 1, 1), female=rng.random() < 0.5) for n in range(24)]
    children, parents = everybody[:8], everybody[8:]
    with otherwise():
        for one, stays in zip(parents[:4], rng.choices(parents[4:], k=4), strict=True):
            Person.objects.filter(pk=one.pk).update(merged_into=stays)
    births = Parentage.objects.bulk_create(
        Parentage(
            child=child, parent=parent, kind="birth", valid_until=rng.choice([None, None, date(2020, 1, 1)])
        )
        for child in children
        for parent in rng.sample(parents, rng.randint(1, 4))
    )
    person = {one.pk: one for one in Person.objects.all()}
    asked = [one.pk for one in children[:6]]
    for newer_than in (0, births[len(births) // 2].pk, births[-1].pk):
        two = {
            new.child_id
            for new in births
            for old in births
            if old.pk < new.pk and new.pk > newer_than and new.child_id == old.child_id and new.child_id in asked
            and new.valid_until is None and old.valid_until is None
            and person[new.parent_id].sex == person[old.parent_id].sex
            and _who(person[new.parent_id]) != _who(person[old.parent_id])
        }  # fmt: skip
        assert two_by_register(asked, newer_than=newer_than) == two


def _who(one):
    return one.merged_into_id or one.pk
