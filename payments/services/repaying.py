"""Money that a family owes and brings back: its account in the books, and what finance enters from the receipt.

A recovery that is pursued moves its fen from *paid* to *owed*, at the sources and years it was paid from; a confirmed
repayment moves its own from *owed* to *returned*. No account can go below zero: no more comes back than is owed.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import F, Sum

from audit.actor import Actor
from audit.door import create, explained, perform
from ledger.lifecycle import FINANCE
from ledger.models import LedgerAccount
from ledger.services import Movement, book
from payments.lifecycle import RecoveryState, RepaymentState
from payments.models import Recovery, Repayment
from standards.money import split_by_weight, yuan
from standards.words import Refusal

Kind = LedgerAccount.Kind
Place = tuple[str, str, int, int]  # program, source, fiscal year, fen


def book_owed(recovery: Recovery, *, by: Actor, on: date) -> int:
    """The family owes it: from *paid* to *owed*, split over what was paid by source and year. The last step of its deed.

    Raises Refusal where less is paid by now than is asked back: the bank sent a payment back since it was proposed.
    """
    places = _paid_at(recovery)
    if sum(place[-1] for place in places) < recovery.fen:
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
    if by.role not in FINANCE:
        raise Refusal(
            "录入还款不是你这个岗位的步骤",
            "Entering a repayment is not a step of your role",
            code="not_your_role",
        )
    number = receipt.strip()
    if not number:
        raise Refusal("写明收据编号", "Write the number of the receipt", code="receipt_empty")
    with transaction.atomic():
        owed = Recovery.objects.select_for_update(no_key=True).get(pk=recovery.pk)
        if owed.state != RecoveryState.PURSUED:
            raise Refusal(
                "这笔没有在追回，或已全部还清",
                "It is not being asked back, or all of it came back",
                code="nothing_owed",
            )
        if owed.settled_on is None or not owed.settled_on <= came_on <= on:
            raise Refusal(
                f"收款日期应在 {owed.settled_on} 到 {on} 之间",
                f"It came back between {owed.settled_on} and {on}",
                code="came_on",
            )
        left = owed.left_fen - _waiting_fen(owed)
        if not 0 < fen <= left:
            raise Refusal(
                f"还欠 {yuan(left)} 元（已录入待确认的不算），不能录 {yuan(fen)} 元",
                f"{yuan(left)} yuan are still owed beside what waits to be confirmed; {yuan(fen)} cannot be entered",
                code="more_than_owed",
            )
        repayment = Repayment(
            recovery=owed,
            fen=fen,
            receipt=number,
            came_on=came_on,
            entered_by=by.number,
            entered_on=on,
            state="entered",
        )
        return create(repayment, by=by, on=on, detail={"amount_fen": fen, "receipt": number})


def confirm_repayment(repayment: Repayment, *, by: Actor, on: date) -> Repayment:
    """Make it count: a second person, the books in the same transaction, and the recovery ends with the last fen.

    Raises Refusal: the person who entered it, somebody was faster, more than is owed.
    """
    with transaction.atomic(), explained(Recovery):
        owed = Recovery.objects.select_for_update(no_key=True).get(pk=repayment.recovery_id)
        fresh = perform(repayment, "confirm", by=by, on=on, detail={"amount_fen": repayment.fen})
        if fresh.fen == owed.left_fen:
            perform(owed, "finish", by=by, on=on, back_fen=owed.fen)
        else:
            Recovery.objects.filter(pk=owed.pk).update(back_fen=F("back_fen") + fresh.fen)
        book_places(fresh.fen, owed_at(owed), "back", fresh.pk, (Kind.OWED, Kind.RETURNED), by=by, on=on)
    return fresh


def refuse_repayment(repayment: Repayment, *, by: Actor, on: date) -> Repayment:
    """Set aside what was entered wrongly; the same receipt can be entered again."""
    return perform(repayment, "refuse", by=by, on=on)


def _waiting_fen(recovery: Recovery) -> int:
    waiting = Repayment.objects.filter(recovery=recovery, state=RepaymentState.ENTERED)
    return int(waiting.aggregate(fen=Sum("fen"))["fen"] or 0)


def book_places(
    fen: int, places: Sequence[Place], verb: str, key: int, way: tuple[str, str], *, by: Actor, on: date
) -> int:
    """``fen`` split over ``places`` by what each holds; one transfer a place."""
    parts = split_by_weight(fen, [place[-1] for place in places])
    movements = [
        Movement(program, source, year, *way, part, f"{verb}:{key}:{year}:{source}")
        for (program, source, year, _), part in zip(places, parts, strict=True)
        if part
    ]
    return book(movements, by=by, on=on)


def _paid_at(recovery: Recovery) -> list[Place]:
    """Where the decision's money was paid from and is not owed by an earlier recovery."""
    return _places(_PAID, {"decision": recovery.decision_id, "recovery": recovery.pk})


def owed_at(recovery: Recovery) -> list[Place]:
    """Where the recovery's money is owed and did not come back."""
    return _places(_OWED, {"recovery": recovery.pk})


def _places(query: str, values: dict[str, int]) -> list[Place]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [
            (str(program), str(source), int(year), int(fen))
            for program, source, year, fen in cursor.fetchall()
        ]


# A cause is asked for whole, account by account: the index of causes answers it, however many transfers there are.
_PAID = """
    SELECT l.program, l.source, l.fiscal_year, sum(m.fen)::bigint FROM (
        SELECT t.debit_id AS account, t.fen FROM payments_attempt a
        JOIN payments_instalment i ON i.id = a.instalment_id
        JOIN applications_entitlement e ON e.id = i.entitlement_id
        JOIN applications_application p ON p.id = e.application_id
        CROSS JOIN LATERAL jsonb_object_keys(i.funds) s (source)
        JOIN ledger_transfer t ON t.cause = 'pay:' || a.id || ':' || s.source
        WHERE a.state = 'paid' AND coalesce(p.supplements_id, e.decision_id) = %(decision)s
        UNION ALL
        SELECT t.credit_id, -t.fen FROM payments_recovery r
        JOIN applications_entitlement e ON e.decision_id = r.decision_id
        JOIN ledger_ledgeraccount o ON o.kind = 'owed' AND o.program = e.program
        JOIN ledger_transfer t ON t.cause = 'owe:' || r.id || ':' || o.fiscal_year || ':' || o.source
        WHERE r.decision_id = %(decision)s AND r.id <> %(recovery)s) m
    JOIN ledger_ledgeraccount l ON l.id = m.account
    GROUP BY 1, 2, 3 HAVING sum(m.fen) > 0 ORDER BY 1, 2, 3"""
_OWED = """
    SELECT o.program, o.source, o.fiscal_year, (t.fen - coalesce(b.fen, 0))::bigint
    FROM payments_recovery r
    JOIN applications_entitlement e ON e.decision_id = r.decision_id
    JOIN ledger_ledgeraccount o ON o.kind = 'owed' AND o.program = e.program
    JOIN ledger_transfer t ON t.cause = 'owe:' || r.id || ':' || o.fiscal_year || ':' || o.source
    LEFT JOIN LATERAL (
        SELECT sum(x.fen) AS fen FROM payments_repayment p
        JOIN ledger_transfer x ON x.cause = 'back:' || p.id || ':' || o.fiscal_year || ':' || o.source
        WHERE p.recovery_id = r.id) b ON true
    WHERE r.id = %(recovery)s AND t.fen > coalesce(b.fen, 0) ORDER BY 1, 2, 3"""
