"""Money paid too much by a decision: what was paid of each part, what was asked back before, what finance waits for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from officials.models import Official
from payments.lifecycle import AttemptState, RecoveryState, RepaymentState, WriteOffState
from payments.models import Attempt, Recovery, Repayment, WriteOff
from programs.language.amounts import split_instalments
from programs.language.forms import Policy
from programs.models import PolicyVersion

# The family owes it, or did, and the payment it is of stands.
BOOKED = (RecoveryState.PURSUED, RecoveryState.RETURNED, RecoveryState.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class TooMuch:
    """What was paid and not asked back yet, what a later version gives of the same parts, and the fen above it.

    ``due_parts`` is what it gives of each part, empty where it is of the whole.
    """

    paid_fen: int
    due_parts: dict[str, int]
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
    """Fen by decision not to be asked for again: asked back by any version, proposed by another, or waived by this one.

    What fell away, because the bank returned the payment, may be asked for again once it is paid again.
    """
    waits = Q(state=RecoveryState.PROPOSED) & ~Q(version=version)
    counts = Q(state__in=BOOKED) | waits | Q(state=RecoveryState.WAIVED, version=version)
    rows = Recovery.objects.filter(counts, decision__in=list(decisions)).values_list("decision")
    return dict(rows.annotate(asked=Sum(F("fen") - F("fallen_fen"))).order_by())


def too_much(policy: Policy, fen: int, paid: Mapping[str, int], asked: int) -> TooMuch:
    """What was paid above the ``fen`` that a later version gives, part by part: of one not paid yet nothing is due back."""
    parts = _due_parts(policy, fen, paid)
    return TooMuch(sum(paid.values()) - asked, parts, sum(parts.values()) if parts else fen)


def _due_parts(policy: Policy, fen: int, paid: Mapping[str, int]) -> dict[str, int]:
    """Of parts that the later version does not know the whole counts: nobody is asked for more than was paid above it."""
    names = [one.name for one in policy.instalments]
    if not names or not set(paid) <= set(names):
        return {}
    parts = split_instalments(np.array([fen], np.int64), policy.instalments)
    return {name: int(part[0]) for name, part in zip(names, parts, strict=True) if name in paid}


def too_much_now(decision: int, recoveries: Iterable[Recovery]) -> int:
    """What the strictest version of ``recoveries`` would ask back of what is paid now by the decision. Two queries."""
    paid = paid_parts([decision]).get(decision, {})
    waived = dict(
        Recovery.objects.filter(decision=decision, state=RecoveryState.WAIVED)
        .values_list("version").annotate(Sum("fen")).order_by()
    )  # fmt: skip
    return max((_above(one, paid) - waived.get(one.version_id, 0) for one in recoveries), default=0)


def _above(recovery: Recovery, paid: Mapping[str, int]) -> int:
    """What is ``paid`` now, of the parts that the recovery was about, above what its version gives of them."""
    parts: dict[str, int] = recovery.due_parts
    held = {name: fen for name, fen in paid.items() if name in parts} if parts else paid
    due = sum(parts[name] for name in held) if parts else recovery.due_fen
    return max(0, sum(held.values()) - due)


def owed_of(line: Attempt) -> int:
    """What was asked back of the decision that ``line`` pays, and stands. Two queries."""
    paid = line.instalment.entitlement
    decision = paid.application.supplements_id or paid.decision_id
    rows = Recovery.objects.filter(decision=decision, state__in=BOOKED)
    return int(rows.aggregate(fen=Sum(F("fen") - F("fallen_fen")))["fen"] or 0)


def to_come_back(official: Official) -> "QuerySet[Recovery]":
    """Recoveries that families owe or have paid, in scope; what is still owed, or to be given back, first."""
    states = (*BOOKED, RecoveryState.FALLEN)
    found: QuerySet[Recovery] = Recovery.objects.visible_to(official).filter(state__in=states)
    return found.select_related(
        "version", "decision__application__person", "decision__application__household__head"
    ).order_by(
        Case(When(Q(state=RecoveryState.PURSUED) | Q(over_fen__gt=0), then=0), default=1), "state", "-id"
    )


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
