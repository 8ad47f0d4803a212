"""Money paid too much by a decision: what was paid of each part, what was asked back before, what finance waits for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from officials.models import Official
from payments.lifecycle import AttemptState, RecoveryState, RepaymentState, WriteOffState
from payments.models import Attempt, Recovery, Repayment, WriteOff
from programs.language.amounts import split_instalments
from programs.language.forms import Policy
from programs.models import PolicyVersion

# The family owes it, or did.
BOOKED = (RecoveryState.PURSUED, RecoveryState.RETURNED, RecoveryState.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class TooMuch:
    """What was paid and not asked back yet, what a later version gives of the same parts, and the fen above it."""

    paid_fen: int
    due_fen: int

    @property
    def fen(self) -> int:
        return max(0, self.paid_fen - self.due_fen)


def paid_parts(decisions: Iterable[int]) -> dict[int, dict[str, int]]:
    """{decision: {name of the instalment: fen paid}}, with what was added to a decision. One query."""
    first = Coalesce("instalment__entitlement__application__supplements", "instalment__entitlement__decision")
    rows = Attempt.objects.annotate(first=first).filter(first__in=list(decisions), state=AttemptState.PAID)
    paid: dict[int, dict[str, int]] = defaultdict(dict)
    for decision, part, fen in (
        rows.values_list("first", "instalment__name").annotate(Sum("amount_fen")).order_by()
    ):
        paid[decision][part] = fen
    return dict(paid)


def asked_before(decisions: Iterable[int], version: PolicyVersion) -> dict[int, int]:
    """Fen by decision not to be asked for again: asked back by any version, proposed by another, or waived by this one."""
    waits = Q(state=RecoveryState.PROPOSED) & ~Q(version=version)
    counts = Q(state__in=BOOKED) | waits | Q(state=RecoveryState.WAIVED, version=version)
    rows = Recovery.objects.filter(counts, decision__in=list(decisions)).values_list("decision")
    return dict(rows.annotate(Sum("fen")).order_by())


def too_much(policy: Policy, fen: int, paid: Mapping[str, int], asked: int) -> TooMuch:
    """What was paid above the ``fen`` that a later version gives, part by part: of one not paid yet nothing is due back."""
    return TooMuch(sum(paid.values()) - asked, _due(policy, fen, paid))


def _due(policy: Policy, fen: int, paid: Mapping[str, int]) -> int:
    """Of parts that the later version does not know the whole counts: nobody is asked for more than was paid above it."""
    names = [one.name for one in policy.instalments]
    if not names or not set(paid) <= set(names):
        return fen
    parts = split_instalments(np.array([fen], np.int64), policy.instalments)
    return sum(int(part[0]) for name, part in zip(names, parts, strict=True) if name in paid)


def to_come_back(official: Official) -> "QuerySet[Recovery]":
    """Recoveries that families owe or have paid, in scope; what is still owed first."""
    found: QuerySet[Recovery] = Recovery.objects.visible_to(official).filter(state__in=BOOKED)
    return found.select_related(
        "version", "decision__application__person", "decision__application__household__head"
    ).order_by("state", "-id")


def waiting(recoveries: Iterable[Recovery]) -> dict[int, list[Repayment]]:
    """The entries of each recovery that wait for a second person. One query."""
    found: dict[int, list[Repayment]] = defaultdict(list)
    for one in Repayment.objects.filter(recovery__in=list(recoveries), state=RepaymentState.ENTERED):
        found[one.recovery_id].append(one)
    return dict(found)


def written_off(recoveries: Iterable[Recovery]) -> dict[int, WriteOff]:
    """What was proposed to be written off of each recovery, or was. One query."""
    rows = WriteOff.objects.filter(recovery__in=list(recoveries)).exclude(state=WriteOffState.REFUSED)
    return {one.recovery_id: one for one in rows}
