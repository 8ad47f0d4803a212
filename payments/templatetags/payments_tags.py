"""Words of this room's states: ``{{ batch|state_of }}``."""

from django import template
from django.db import models

from ledger.lifecycle import AllotmentState
from ledger.models import Allotment
from payments.lifecycle import AttemptState, BatchState, RecoveryState, RepaymentState, WriteOffState
from payments.models import Attempt, Batch, Recovery, Repayment, WriteOff

register = template.Library()
WORDS: dict[type[models.Model], type[models.TextChoices]] = {
    Batch: BatchState,
    Attempt: AttemptState,
    Allotment: AllotmentState,
    Recovery: RecoveryState,
    Repayment: RepaymentState,
    WriteOff: WriteOffState,
}


@register.filter
def state_of(row: Batch | Attempt | Allotment | Recovery | Repayment | WriteOff) -> str:
    """Where the row stands, in words."""
    return str(WORDS[type(row)](row.state).label)
