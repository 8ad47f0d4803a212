"""Money a family got and would not get by a later version: one person proposes to ask it back, another decides.

The program debits nobody. What is asked back moves in the ledger from what was paid to what is owed
(:mod:`payments.services.repaying`); what was decided stays on record with both reasons.
"""

from datetime import date

from django.db import transaction

from applications.models import Decision
from applications.services.retroactive import Against, against
from audit.actor import Actor
from audit.door import create, perform
from payments.lifecycle import RecoveryState
from payments.models import Recovery
from payments.queries.recoveries import asked_before, paid_parts, too_much
from payments.services.falling import hold_recoveries_of
from payments.services.repaying import book_owed
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.money import yuan
from standards.words import Refusal

REASON_MIN = 4  # characters: fewer say nothing a reader of the next year could use


def propose_recovery(
    decision: Decision, version: PolicyVersion, *, reason: str, by: Actor, on: date
) -> Recovery:
    """Propose to ask back what was paid above what ``version`` gives; worked out anew, not taken from the page.

    In a program paid in parts it is worked out part by part, of those that were paid. Raises Refusal: the version is not in
    force or says nothing less, nothing was paid above it that was not asked for before, or a proposal waits.
    """
    said = said_why(reason)
    with transaction.atomic():
        hold_recoveries_of(decision)
        found = _less(decision, version)
        paid = paid_parts([decision.pk]).get(decision.pk, {})
        asked = asked_before([decision.pk], version).get(decision.pk, 0)
        above = too_much(loaded(version).program.policy, found.fen, paid, asked)
        if not above.fen:
            raise Refusal(
                f"这件发了 {yuan(sum(paid.values()))} 元，没有多发，或已提议过追回：没发的部分，终止享受资格就不再发",
                f"{yuan(sum(paid.values()))} yuan were paid, nothing too much that was not proposed before: ending the"
                " entitlement stops what is not paid yet",
                code="nothing_too_much",
            )
        recovery = Recovery(
            decision=decision, version=version, division=decision.application.division, paid_fen=above.paid_fen,
            due_fen=above.due_fen, due_parts=above.due_parts, fen=above.fen, failing=list(found.names), reason=said,
            proposed_by=by.number, proposed_on=on, state="proposed",
        )  # fmt: skip
        return create(recovery, by=by, on=on, detail={"amount_fen": recovery.fen, "reason": said})


def settle_recovery(recovery: Recovery, move: str, *, finding: str, by: Actor, on: date) -> Recovery:
    """``pursue`` or ``waive``, with the reason in writing. What is asked back is owed from then on: the books hold it.

    Raises Refusal: no reason, the proposer, somebody was faster.
    """
    said = said_why(finding)
    with transaction.atomic():
        hold_recoveries_of(recovery.decision)
        settled = perform(recovery, move, by=by, on=on, detail={"reason": said}, finding=said)
        if settled.state == RecoveryState.PURSUED:
            book_owed(settled, by=by, on=on)
    return settled


def _less(decision: Decision, version: PolicyVersion) -> Against:
    found = against(decision, version) if version.state == "active" else None
    if found is None or found.change not in ("lost", "less"):
        raise Refusal(
            "按这一版，这件没有变少：刷新后再看",
            "By this version nothing of this decision became less: reload and look again",
            code="nothing_less",
        )
    return found


def said_why(reason: str) -> str:
    """The reason without blanks around it. Raises Refusal where it says nothing."""
    said = reason.strip()
    if len(said) < REASON_MIN:
        raise Refusal(
            f"写明理由，至少 {REASON_MIN} 个字",
            f"Write the reason, in at least {REASON_MIN} characters",
            code="reason_empty",
        )
    return said
