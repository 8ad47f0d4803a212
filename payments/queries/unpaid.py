"""What of an entitlement may still be paid."""

from django.db.models import QuerySet

from applications.models import Entitlement
from payments.lifecycle import AttemptState
from payments.models import Instalment


def unpaid(entitlement: Entitlement) -> "QuerySet[Instalment]":
    """Its instalments that were neither paid nor have lapsed."""
    rows: QuerySet[Instalment] = Instalment.objects.filter(entitlement=entitlement, lapsed_on=None)
    return rows.exclude(attempts__state=AttemptState.PAID)


def is_over(entitlement: Entitlement) -> bool:
    """Whether all of it was paid or has lapsed, so that there is nothing to suspend or end. A grant of this morning has
    no instalments yet. Two queries at most."""
    return not unpaid(entitlement).exists() and entitlement.instalments.exists()
