"""A batch of everybody with its transfers, beside hand-written SQL that leaves the same rows in the same tables.

Ours: building (payees, accounts, exclusions, attempts, trail) and sending (states, trail, transfers, balances). The
three signatures and the bank file between the two are not timed here.
"""

import time

from benchmarks.offices import PREPARER
from benchmarks.paying import DAY, TRAIL, TRANSFERS, approved, built, give_rights, quickest, run_sql
from benchmarks.rows import Measured
from payments import services
from payments.models import Attempt, Batch, Instalment

RUNS = 3


def measure(count: int) -> Measured:
    """``count`` payments, best of three, each run rolled back."""
    if not Instalment.objects.exists():
        give_rights(count)
    ours = quickest(RUNS, _ours)
    floor = quickest(RUNS, _floor)
    return Measured(count, ours, floor)


def _ours() -> float:
    began = time.perf_counter()
    batch = built()
    building = time.perf_counter() - began
    batch = approved(batch)
    services.export(batch, by=PREPARER, on=DAY)
    began = time.perf_counter()
    services.send(batch, by=PREPARER, on=DAY)
    return building + time.perf_counter() - began


def _floor() -> float:
    batch = Batch.objects.create(
        state="draft", number="F", program="x", division="610124101000", profile="x", profile_source=b"", fiscal_year=2026, made_by="b",
        made_on=DAY,
    )  # fmt: skip
    began = time.perf_counter()
    run_sql(_BUILD + _SEND, batch=batch.pk)
    taken = time.perf_counter() - began
    assert Attempt.objects.filter(batch=batch, state="sent").exists()
    return taken


_BUILD = f"""
    INSERT INTO payments_attempt (batch_id, line, instalment_id, amount_fen, payee_id, account_id, state, reason, reason_text)
    SELECT %(batch)s, row_number() OVER (ORDER BY e.division, i.id), i.id, i.amount_fen, a.owner_id, a.id, 'planned', '', ''
    FROM payments_instalment i JOIN applications_entitlement e ON e.id = i.entitlement_id
    JOIN beneficiaries_account a ON a.owner_id = e.person_id AND a.state = 'verified'
    WHERE i.due_on <= DATE '2026-08-18' ORDER BY i.id;
    {TRAIL.format(verb="create", source="", target="planned", which="batch_id = %(batch)s")};
"""
_SEND = f"""
    UPDATE payments_attempt SET state = 'sent' WHERE batch_id = %(batch)s AND state = 'planned';
    {TRAIL.format(verb="send", source="planned", target="sent", which="batch_id = %(batch)s")};
    INSERT INTO ledger_ledgeraccount (program, source, fiscal_year, kind, balance_fen)
    VALUES ('college-award', 'county', 2026, 'in_transit', 0) ON CONFLICT DO NOTHING;
    {TRANSFERS.format(verb="send", credit="committed", debit="in_transit", which="t.batch_id = %(batch)s")};
    UPDATE ledger_ledgeraccount SET balance_fen = balance_fen + CASE kind WHEN 'committed' THEN -1 ELSE 1 END *
           (SELECT sum(amount_fen) FROM payments_attempt WHERE batch_id = %(batch)s) WHERE kind IN ('committed', 'in_transit')
"""
