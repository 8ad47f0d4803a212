"""One family at the counter: all programs judged, beside one query that fetches the family's facts."""

from datetime import date

from django.db import connection

from applications.judging import judge_household
from benchmarks.offices import active_policies
from benchmarks.rows import Measured, best_of
from beneficiaries.models import Household

DAY = date(2026, 8, 18)
FAMILIES = 50


def measure(people: int) -> Measured:
    """Seconds for fifty families; divide by fifty for one."""
    active_policies()
    step = max(people // 4 // FAMILIES, 1)
    families = list(Household.objects.filter(pk__in=range(1, people // 4, step))[:FAMILIES])
    ours = best_of(3, lambda: [judge_household(family, on=DAY) for family in families])
    floor = best_of(3, lambda: [_facts(family.pk) for family in families])
    return Measured(len(families), ours, floor, note=f"one family: {ours / len(families) * 1000:.1f} ms")


def _facts(household: int) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT f.kind, f.person_id, f.household_id, f.valid_from, f.valid_until, f.values FROM beneficiaries_fact f
               WHERE f.superseded_by_id IS NULL AND (f.household_id = %s OR f.person_id IN
                 (SELECT m.person_id FROM beneficiaries_membership m WHERE m.household_id = %s AND m.valid_until IS NULL))""",
            [household, household],
        )
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows
