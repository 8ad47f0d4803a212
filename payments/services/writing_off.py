"""A debt that never comes back: proposed by one person of finance, decided by another, and moved in the books.

All that is left of the recovery is written off, at the sources and years it is owed at (*owed* → *written off*), in the
transaction of the decision. Money that comes after that belongs to no recovery: finance enters it by a document.
"""

from datetime import date

from django.db import transaction

from audit.actor import Actor
from audit.door import create, explained, perform
from ledger.lifecycle import FINANCE
from ledger.models import LedgerAccount
from payments.lifecycle import RecoveryState, RepaymentState
from payments.models import Recovery, Repayment, WriteOff
from payments.queries.standing import owed_at
from payments.services.recovering import said_why
from payments.services.repaying import book_places
from standards.money import yuan
from standards.words import Refusal

Kind = LedgerAccount.Kind


def propose_write_off(
    recovery: Recovery, *, reason: str, document_number: str, by: Actor, on: date
) -> WriteOff:
    """Propose to write off all that is left. Nothing changes in the books until a second person has decided.

    Raises Refusal: not finance, no reason or document, nothing is owed, a repayment waits, it is proposed already.
    """
    if by.role not in FINANCE:
        raise Refusal(
            "提议核销不是你这个岗位的步骤",
            "Proposing to write off is not a step of your role",
            code="not_your_role",
        )
    why, document = said_why(reason), document_number.strip()
    if not document:
        raise Refusal(
            "写明准许核销的文号", "Write the number of the document that allows it", code="document_empty"
        )
    with transaction.atomic():
        owed = _owed(recovery)
        write_off = WriteOff(
            recovery=owed,
            fen=owed.left_fen,
            reason=why,
            document_number=document,
            proposed_by=by.number,
            proposed_on=on,
            state="proposed",
        )
        return create(
            write_off, by=by, on=on, detail={"amount_fen": write_off.fen, "reason": why, "document": document}
        )


def decide_write_off(write_off: WriteOff, *, by: Actor, on: date) -> WriteOff:
    """Write it off: a second person, the recovery's end and the books in one transaction.

    Raises Refusal: the person who proposed it, somebody was faster, something came back since.
    """
    with transaction.atomic(), explained(Recovery):
        owed = _owed(write_off.recovery)
        if write_off.fen != owed.left_fen:
            raise Refusal(
                f"提议以后又还了钱，或银行退回了付款，现在欠 {yuan(owed.left_fen)} 元：这一条不核销，再看要不要另提",
                f"More came back since it was proposed, from the family or the bank; {yuan(owed.left_fen)} yuan are owed"
                " now: let it stay owed and look again",
                code="owed_less_now",
            )
        decided = perform(write_off, "decide", by=by, on=on, detail={"amount_fen": write_off.fen})
        places = owed_at(owed)  # read while it is owed
        perform(owed, "give_up", by=by, on=on, detail={"amount_fen": decided.fen}, lost_fen=decided.fen)
        book_places(decided.fen, places, "lose", decided.pk, (Kind.OWED, Kind.WRITTEN_OFF), by=by, on=on)
    return decided


def refuse_write_off(write_off: WriteOff, *, by: Actor, on: date) -> WriteOff:
    """It stays owed; it can be proposed again with another reason."""
    return perform(write_off, "refuse", by=by, on=on)


def _owed(recovery: Recovery) -> Recovery:
    """The recovery, locked, of which something is owed and nothing waits to be confirmed."""
    owed: Recovery = Recovery.objects.select_for_update(no_key=True).get(pk=recovery.pk)
    if owed.state != RecoveryState.PURSUED:
        raise Refusal(
            "这笔没有在追回，或已经了结",
            "It is not being asked back, or it has ended",
            code="nothing_owed",
        )
    if Repayment.objects.filter(recovery=owed, state=RepaymentState.ENTERED, to_family=False).exists():
        raise Refusal(
            "有一笔还款等人确认：先确认或作废，再谈核销",
            "A repayment waits to be confirmed: confirm it or set it aside first",
            code="repayment_waits",
        )
    return owed
