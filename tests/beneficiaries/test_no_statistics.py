"""A first register is checked (written, undone), swept up, then taken: PostgreSQL believes that nobody lives there."""

from datetime import date

import pytest
from django.db import connection, transaction

from beneficiaries.models import Parentage, Person
from beneficiaries.queries import births
from config.database.roles import as_owner
from vault import blind

pytestmark = pytest.mark.django_db(transaction=True)
CHILDREN = 800
COUNTS_AS = "SELECT reltuples, relpages FROM pg_class WHERE oid = 'beneficiaries_person'::regclass"


def written():
    """Children, each with a father and a mother of their own; the children's keys."""
    numbers = [f"61012419{70 + n % 30}0101{n:04d}" for n in range(3 * CHILDREN)]
    indexes = blind.index_many(numbers, purpose="citizen_id")
    last_fours = blind.index_many(numbers, purpose="citizen_id_last4")
    people = Person.objects.bulk_create(
        Person(
            name=f"人{n}", sex="male" if n % 3 else "female", born_on=date(1970, 1, 1), division="610124101201",
            citizen_id=number, citizen_id_index=index, citizen_id_last4=last4,
        )
        for n, (number, index, last4) in enumerate(zip(numbers, indexes, last_fours, strict=True))
    )  # fmt: skip
    families = [people[n : n + 3] for n in range(0, len(people), 3)]
    Parentage.objects.bulk_create(
        Parentage(child=child, parent=parent, kind="birth") for child, *both in families for parent in both
    )
    return [child.pk for child, *_ in families]


def swept_up():
    """As autovacuum does it while somebody writes: the file keeps its length, and nobody stands in it."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM (TRUNCATE false) beneficiaries_person, beneficiaries_parentage")


def test_parents_are_still_looked_up_child_by_child():
    with transaction.atomic():
        written()
        transaction.set_rollback(True)
    swept_up()
    with transaction.atomic(), connection.cursor() as cursor:
        children = written()
        cursor.execute(COUNTS_AS)
        tuples, pages = cursor.fetchone()
        assert (tuples, pages > 10) == (0, True), "it counts as empty"
        cursor.execute("EXPLAIN " + births._TWO, {"children": children, "newer_than": 0})
        plan = [line for (line,) in cursor.fetchall() if "Scan" in line]
        transaction.set_rollback(True)
    assert ("born p" in plan[1], "Index" in plan[2]) == (True, True), plan
