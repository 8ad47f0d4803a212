"""Money a family got and would not get by a later version: one person proposes to ask it back, another decides.

The program debits nobody and books nothing here: there is no account in the ledger yet for money that a family brings
back. What was decided stays on record with both reasons.
"""

from datetime import date

from django.db import transaction
from django.db.models import Sum

from applications.models import Decision
from applications.services.retroactive import Against, against
from audit.actor import Actor
from audit.door import create, perform
from payments.lifecycle import AttemptState
from payments.models import Attempt, Recovery
from programs.models import PolicyVersion
from standards.money import yuan
from standards.words import Refusal

REASON_MIN = 4  # characters: fewer say nothing a reader of the next year could use


def paid_on(decision: Decision) -> int:
    """Fen that the bank has paid by a decision."""
    paid = Attempt.objects.filter(
        instalment__entitlement__decision=decision, state=AttemptState.PAID
    ).aggregate(fen=Sum("amount_fen"))
    return int(paid["fen"] or 0)


def propose_recovery(
    decision: Decision, version: PolicyVersion, *, reason: str, by: Actor, on: date
) -> Recovery:
    """Propose to ask back what was paid above what ``version`` gives; worked out anew, not taken from the page.

    Raises Refusal: the version is not in force or says nothing less, nothing was paid above it, or it was proposed before.
    """
    said = _said(reason)
    with transaction.atomic():
        found = _less(decision, version)
        paid = paid_on(decision)
        if paid <= found.fen:
            raise Refusal(
                f"这件只发了 {yuan(paid)} 元，没有多发：没发的部分，终止享受资格就不再发",
                f"Only {yuan(paid)} yuan were paid, nothing too much: ending the entitlement stops what is not paid yet",
                code="nothing_too_much",
            )
        recovery = Recovery(
            decision=decision, version=version, division=decision.application.division, paid_fen=paid, due_fen=found.fen,
            fen=paid - found.fen, failing=list(found.names), reason=said, proposed_by=by.number, proposed_on=on,
            state="proposed",
        )  # fmt: skip
        return create(recovery, by=by, on=on, detail={"amount_fen": recovery.fen, "reason": said})


def settle_recovery(recovery: Recovery, move: str, *, finding: str, by: Actor, on: date) -> Recovery:
    """``pursue`` or ``waive``, with the reason in writing. Raises Refusal: no reason, the proposer, somebody was faster."""
    said = _said(finding)
    return perform(recovery, move, by=by, on=on, detail={"reason": said}, finding=said)


def _less(decision: Decision, version: PolicyVersion) -> Against:
    found = against(decision, version) if version.state == "active" else None
    if found is None or found.change not in ("lost", "less"):
        raise Refusal(
            "按这一版，这件没有变少：刷新后再看",
            "By this version nothing of this decision became less: reload and look again",
            code="nothing_less",
        )
    return found


def _said(reason: str) -> str:
    said = reason.strip()
    if len(said) < REASON_MIN:
        raise Refusal(
            f"写明理由，至少 {REASON_MIN} 个字",
            f"Write the reason, in at least {REASON_MIN} characters",
            code="reason_empty",
        )
    return said
