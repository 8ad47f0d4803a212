"""Money that a family owes and brings back: its account in the books, and what finance enters from the receipt.

A recovery that is pursued moves its fen from *paid* to *owed*, at the sources and years it was paid from; a confirmed
repayment moves its own from *owed* to *returned*. No account can go below zero: no more comes back than is owed. What a
family had brought when the bank returned the payment is its own: finance gives it back, by two people as well.
"""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import F, Sum

from audit.actor import Actor
from audit.door import create, explained, perform
from ledger.lifecycle import FINANCE
from ledger.models import LedgerAccount
from ledger.services import Movement, book
from payments.lifecycle import RecoveryState, RepaymentState
from payments.models import Recovery, Repayment
from payments.queries.recoveries import BOOKED, too_much_now
from payments.queries.standing import Place, owed_at, paid_at
from standards.money import split_by_weight, yuan
from standards.words import Refusal

Kind = LedgerAccount.Kind


def book_owed(recovery: Recovery, *, by: Actor, on: date) -> int:
    """The family owes it: from *paid* to *owed*, split over what was paid by source and year. The last step of its deed.

    Raises Refusal where less is paid by now than is asked back: the bank sent a payment back since it was proposed.
    """
    places = {place: fen for place, fen in paid_at(recovery.decision_id).items() if fen > 0}
    others = Recovery.objects.filter(decision=recovery.decision_id, state__in=BOOKED).exclude(pk=recovery.pk)
    asked = sum(one.fen - one.fallen_fen for one in others)
    above = too_much_now(recovery.decision_id, [recovery, *others]) - asked
    if min(sum(places.values()), above) < recovery.fen:
        raise Refusal(
            "提议以后银行退回了付款：家里没有拿到这么多，不追这一笔，再看要不要另提",
            "The bank sent a payment back since it was proposed: the family does not have that much. Do not ask it back and"
            " look again",
            code="paid_less_now",
        )
    return book_places(recovery.fen, places, "owe", recovery.pk, (Kind.PAID, Kind.OWED), by=by, on=on)


def enter_repayment(
    recovery: Recovery, *, fen: int, receipt: str, came_on: date, by: Actor, on: date
) -> Repayment:
    """Enter what a family brought back. It counts once a second person has confirmed it.

    Raises Refusal: not finance, nothing is owed, more than is owed beside what waits, no receipt, a day that cannot be.
    """
    number = _receipt(receipt, by)
    with transaction.atomic():
        owed = _held(recovery.pk)
        if owed.state != RecoveryState.PURSUED:
            raise Refusal(
                "这笔没有在追回，或已全部还清",
                "It is not being asked back, or all of it came back",
                code="nothing_owed",
            )
        _require_day(owed, came_on, on)
        left = owed.left_fen - _waiting_fen(owed, to_family=False)
        if not 0 < fen <= left:
            raise Refusal(
                f"还欠 {yuan(left)} 元（已录入待确认的不算），不能录 {yuan(fen)} 元",
                f"{yuan(left)} yuan are still owed beside what waits to be confirmed; {yuan(fen)} cannot be entered",
                code="more_than_owed",
            )
        return _enter(owed, fen, number, came_on, to_family=False, by=by, on=on)


def enter_giving_back(
    recovery: Recovery, *, fen: int, receipt: str, came_on: date, by: Actor, on: date
) -> Repayment:
    """Enter what finance gave back to a family that had repaid before the bank returned the payment.

    Raises Refusal: not finance, no receipt, a day that cannot be, more than is due beside what waits.
    """
    number = _receipt(receipt, by)
    with transaction.atomic():
        held = _held(recovery.pk)
        _require_day(held, came_on, on)
        left = held.over_fen - _waiting_fen(held, to_family=True)
        if not 0 < fen <= left:
            raise Refusal(
                f"应退给家里 {yuan(left)} 元（已录入待确认的不算），不能录 {yuan(fen)} 元",
                f"{yuan(left)} yuan are to be given back beside what waits to be confirmed; {yuan(fen)} cannot be entered",
                code="more_than_due",
            )
        return _enter(held, fen, number, came_on, to_family=True, by=by, on=on)


def confirm_repayment(repayment: Repayment, *, by: Actor, on: date) -> Repayment:
    """Make it count: a second person, the books in the same transaction, and the recovery ends with the last fen.

    Raises Refusal: the person who entered it, somebody was faster, more than is owed (the bank returned the payment).
    """
    with transaction.atomic(), explained(Recovery):
        held = _held(repayment.recovery_id)
        fresh = perform(repayment, "confirm", by=by, on=on, detail={"amount_fen": repayment.fen})
        if fresh.to_family:
            Recovery.objects.filter(pk=held.pk).update(over_fen=F("over_fen") - fresh.fen)
            return fresh
        if fresh.fen > held.left_fen:
            raise Refusal(
                f"录入以后银行退回了付款，现在只欠 {yuan(held.left_fen)} 元：这一条作废，多收的退给家里",
                f"The bank returned the payment since it was entered, {yuan(held.left_fen)} yuan are owed now: set the entry"
                " aside and give the family back what is too much",
                code="owed_less_now",
            )
        if fresh.fen == held.left_fen:
            perform(held, "finish", by=by, on=on, back_fen=held.back_fen + fresh.fen)
        else:
            Recovery.objects.filter(pk=held.pk).update(back_fen=F("back_fen") + fresh.fen)
        book_places(fresh.fen, owed_at(held), "back", fresh.pk, (Kind.OWED, Kind.RETURNED), by=by, on=on)
    return fresh


def refuse_repayment(repayment: Repayment, *, by: Actor, on: date) -> Repayment:
    """Set aside what was entered wrongly; the same receipt can be entered again."""
    return perform(repayment, "refuse", by=by, on=on)


def book_places(
    fen: int, places: Mapping[Place, int], verb: str, key: int, way: tuple[str, str], *, by: Actor, on: date
) -> int:
    """``fen`` split over ``places`` by what each holds; one transfer a place."""
    parts = split_by_weight(fen, list(places.values()))
    movements = [
        Movement(program, source, year, *way, part, f"{verb}:{key}:{year}:{source}")
        for (program, source, year), part in zip(places, parts, strict=True)
        if part
    ]
    return book(movements, by=by, on=on)


def _held(recovery: int) -> Recovery:
    """As it stands now, until the transaction ends."""
    held: Recovery = Recovery.objects.select_for_update(no_key=True).get(pk=recovery)
    return held


def _receipt(receipt: str, by: Actor) -> str:
    if by.role not in FINANCE:
        raise Refusal(
            "录入还款不是你这个岗位的步骤",
            "Entering a repayment is not a step of your role",
            code="not_your_role",
        )
    if not receipt.strip():
        raise Refusal("写明收据编号", "Write the number of the receipt", code="receipt_empty")
    return receipt.strip()


def _require_day(recovery: Recovery, came_on: date, on: date) -> None:
    if recovery.settled_on is None or not recovery.settled_on <= came_on <= on:
        raise Refusal(
            f"收付日期应在 {recovery.settled_on} 到 {on} 之间",
            f"The day lies between {recovery.settled_on} and {on}",
            code="came_on",
        )


def _enter(
    recovery: Recovery, fen: int, receipt: str, came_on: date, *, to_family: bool, by: Actor, on: date
) -> Repayment:
    repayment = Repayment(
        recovery=recovery, to_family=to_family, fen=fen, receipt=receipt, came_on=came_on, entered_by=by.number,
        entered_on=on, state="entered",
    )  # fmt: skip
    return create(repayment, by=by, on=on, detail={"amount_fen": fen, "receipt": receipt})


def _waiting_fen(recovery: Recovery, *, to_family: bool) -> int:
    waiting = Repayment.objects.filter(recovery=recovery, state=RepaymentState.ENTERED, to_family=to_family)
    return int(waiting.aggregate(fen=Sum("fen"))["fen"] or 0)
