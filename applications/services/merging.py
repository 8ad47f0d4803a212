"""What is under way for a family of a merged village goes on in the township of the village that took its place."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from applications.lifecycle import UNDECIDED
from applications.models import Application
from audit.actor import SYSTEM
from audit.door import record_all
from officials.divisions import successors


def follow_successors(*, on: date) -> int:
    """Hand over the applications that nobody has decided; gives how many. What was decided stays where it was."""
    over = successors(on)
    undecided = Application.objects.filter(state__in=UNDECIDED, division__in=list(over)).order_by()
    moved = 0
    for old in sorted(set(undecided.values_list("division", flat=True))):
        with transaction.atomic():
            rows = Application.objects.select_for_update().filter(state__in=UNDECIDED, division=old)
            detail = {"before": old, "division": over[old]}
            by = replace(SYSTEM, division=over[old])
            moved += record_all("follow_division", rows, by=by, on=on, detail=detail)
            rows.update(division=over[old])
    return moved
