"""Where the money of a decision's recoveries stands: owed, come back or written off, by source and fiscal year."""

from collections import Counter
from dataclasses import dataclass

from django.db import connection

from ledger.models import LedgerAccount
from payments.models import Recovery

Kind = LedgerAccount.Kind
Place = tuple[str, str, int]  # program, source, fiscal year
# What stands elsewhere and goes back to *paid* when the bank returns the payment, by the first word of its cause.
UNDONE = {Kind.OWED: "unowe", Kind.WRITTEN_OFF: "unlose", Kind.RETURNED: "unback"}


@dataclass(frozen=True, slots=True)
class Stands:
    """``fen`` of one recovery on the account of ``kind`` at one place."""

    recovery: int
    kind: str
    place: Place
    fen: int


def stands(decision: int) -> list[Stands]:
    """What the decision's recoveries moved out of *paid* and stands there still. One query."""
    found: Counter[tuple[int, str, Place]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, {"decision": decision})
        for recovery, program, source, year, owed, back, lost in cursor.fetchall():
            place = (program, source, year)
            found[recovery, Kind.OWED, place] = owed
            found[recovery, Kind.RETURNED, place] = back
            found[recovery, Kind.WRITTEN_OFF, place] = lost
    return [Stands(*key, fen) for key, fen in found.items() if fen]


def owed_at(recovery: Recovery) -> dict[Place, int]:
    """Where the recovery's money is owed and did not come back."""
    rows = stands(recovery.decision_id)
    return {one.place: one.fen for one in rows if (one.recovery, one.kind) == (recovery.pk, Kind.OWED)}


def paid_at(decision: int) -> dict[Place, int]:
    """Where the decision's payments that stand were paid from, less what its recoveries moved on. Two queries.

    Below zero where a recovery stands on money that the bank has returned.
    """
    found: Counter[Place] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_PAID, {"decision": decision})
        for program, source, year, fen in cursor.fetchall():
            found[program, source, year] += fen
    for one in stands(decision):
        found[one.place] -= one.fen
    return dict(sorted(found.items()))


# A cause is asked for whole, account by account: the index of causes answers it, however many transfers there are.
_PAID = """
    SELECT l.program, l.source, l.fiscal_year, sum(t.fen)::bigint FROM payments_attempt a
    JOIN payments_instalment i ON i.id = a.instalment_id
    JOIN applications_entitlement e ON e.id = i.entitlement_id
    JOIN applications_application p ON p.id = e.application_id
    CROSS JOIN LATERAL jsonb_object_keys(i.funds) s (source)
    JOIN ledger_transfer t ON t.cause = 'pay:' || a.id || ':' || s.source
    JOIN ledger_ledgeraccount l ON l.id = t.debit_id
    WHERE a.state = 'paid' AND coalesce(p.supplements_id, e.decision_id) = %(decision)s
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
_STANDS = """
    SELECT r.id, o.program, o.source, o.fiscal_year,
           (t.fen - coalesce(b.fen, 0) - coalesce(w.fen, 0) - coalesce(u.owed, 0))::bigint,
           (coalesce(b.fen, 0) - coalesce(u.back, 0))::bigint,
           (coalesce(w.fen, 0) - coalesce(u.lost, 0))::bigint
    FROM payments_recovery r
    JOIN applications_entitlement e ON e.decision_id = r.decision_id
    JOIN ledger_ledgeraccount o ON o.kind = 'owed' AND o.program = e.program
    CROSS JOIN LATERAL (SELECT ':' || o.fiscal_year || ':' || o.source AS place) at
    JOIN ledger_transfer t ON t.cause = 'owe:' || r.id || at.place
    LEFT JOIN LATERAL (SELECT sum(x.fen) AS fen FROM payments_repayment p
                       JOIN ledger_transfer x ON x.cause = 'back:' || p.id || at.place
                       WHERE p.recovery_id = r.id) b ON true
    LEFT JOIN LATERAL (SELECT sum(x.fen) AS fen FROM payments_writeoff p
                       JOIN ledger_transfer x ON x.cause = 'lose:' || p.id || at.place
                       WHERE p.recovery_id = r.id) w ON true
    LEFT JOIN LATERAL (SELECT sum(x.fen) FILTER (WHERE v.verb = 'unowe') AS owed,
                              sum(x.fen) FILTER (WHERE v.verb = 'unback') AS back,
                              sum(x.fen) FILTER (WHERE v.verb = 'unlose') AS lost
                       FROM payments_attempt a
                       JOIN payments_instalment i ON i.id = a.instalment_id
                       JOIN applications_entitlement n ON n.id = i.entitlement_id
                       JOIN applications_application p ON p.id = n.application_id
                       CROSS JOIN (VALUES ('unowe'), ('unback'), ('unlose')) v (verb)
                       JOIN ledger_transfer x ON x.cause = v.verb || ':' || a.id || ':' || r.id || at.place
                       WHERE a.state = 'returned' AND coalesce(p.supplements_id, n.decision_id) = r.decision_id) u ON true
    WHERE r.decision_id = %(decision)s ORDER BY 1, 2, 3, 4"""
