"""A merged village's families belong to the village that took its place: its township finds them and works for them."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from audit.actor import SYSTEM
from audit.door import record_all
from beneficiaries.models import Doubt, Household, Person
from beneficiaries.services.because import because
from officials.divisions import successors

VERB = "follow_division"


def follow_successors(*, on: date) -> int:
    """Move households, people and open doubts out of divisions that are over; gives how many households.

    What was decided keeps the division in which it was decided. May run at any time: the second run finds nobody.
    """
    over = successors(on)
    lived_in = {
        code
        for rows in (Household.objects, Person.objects, Doubt.objects.filter(settled_on=None))
        for code in rows.filter(division__in=list(over))
        .order_by()
        .values_list("division", flat=True)
        .distinct()
    }
    return sum(_follow(old, over[old], on=on) for old in sorted(lived_in))


def _follow(old: str, new: str, *, on: date) -> int:
    by = replace(SYSTEM, division=new)
    detail = {"before": old, "division": new}
    with transaction.atomic():
        households = Household.objects.select_for_update().filter(division=old)
        people = Person.objects.select_for_update().filter(division=old)
        moved = record_all(VERB, households, by=by, on=on, detail=detail)
        record_all(VERB, people, by=by, on=on, detail=detail)
        with because(by, f"{old} → {new}"):
            households.update(division=new)
            people.update(division=new)
        Doubt.objects.filter(division=old, settled_on=None).update(division=new)
    return moved
