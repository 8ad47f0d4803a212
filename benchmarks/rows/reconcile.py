"""A bank's answer read and booked, beside a split of its text, one COPY, one UPDATE … FROM and the same rows by hand."""

import time

from django.db import connection

from benchmarks.offices import PREPARER
from benchmarks.paying import DAY, TRAIL, TRANSFERS, approved, built, give_rights, quickest, run_sql
from benchmarks.population import settle_statistics
from benchmarks.rows import Measured
from payments import services
from payments.banks import Answer, load_profiles, write_answers
from payments.models import Attempt, Batch, Instalment
from payments.queries.totals import totals_of

RUNS = 3
FAILED_EVERY = 50


def measure(count: int) -> Measured:
    """``count`` answers of one batch, every fiftieth a failure; each run rolled back."""
    if not Instalment.objects.exists():
        give_rights(count)
    batch = Batch.objects.first() or services.send(approved(built()), by=PREPARER, on=DAY)
    assert totals_of(batch).count == count
    settle_statistics()
    content = _answer(batch)
    ours = quickest(RUNS, lambda: _ours(batch, content))
    floor = quickest(RUNS, lambda: _floor(batch, content))
    return Measured(count, ours, floor)


def _answer(batch: Batch) -> bytes:
    lines = Attempt.objects.filter(batch=batch).order_by("line").values_list("line", "amount_fen")
    answers = [
        Answer(
            line, fen, "paid" if line % FAILED_EVERY else "failed", "" if line % FAILED_EVERY else "户名不符"
        )
        for line, fen in lines
    ]
    return write_answers(load_profiles()[batch.profile], answers, batch=batch.number, on=DAY)


def _ours(batch: Batch, content: bytes) -> float:
    uploaded = services.upload_result(batch, name="r.txt", content=content, by=PREPARER, on=DAY)
    began = time.perf_counter()
    read = services.read_result_file(uploaded, by=PREPARER, on=DAY)
    taken = time.perf_counter() - began
    assert read.counts["lines"] == batch.count
    return taken


def _floor(batch: Batch, content: bytes) -> float:
    began = time.perf_counter()
    rows = [line.split("|") for line in content[7:].decode("gbk").splitlines()]
    states = {"S": "paid", "E": "failed", "P": "unknown"}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE answered (line int, state text, reason text) ON COMMIT DROP")
        with cursor.cursor.copy("COPY answered FROM STDIN") as copy:
            copy.write("".join(f"{int(row[0][-6:])}\t{states[row[1]]}\t{row[6]}\n" for row in rows))
    run_sql(_BOOK, batch=batch.pk)
    taken = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE answered")
    return taken


_BOOK = f"""
    UPDATE payments_attempt t SET state = a.state, reason_text = a.reason, answered_on = DATE '2026-08-18'
    FROM answered a WHERE t.batch_id = %(batch)s AND t.line = a.line AND t.state IN ('sent', 'unknown');
    {TRAIL.format(verb="pay", source="sent", target="paid", which="batch_id = %(batch)s")};
    INSERT INTO ledger_ledgeraccount (program, source, fiscal_year, kind, balance_fen)
    VALUES ('college-award', 'county', 2026, 'paid', 0) ON CONFLICT DO NOTHING;
    {TRANSFERS.format(verb="pay", credit="in_transit", debit="paid", which="t.batch_id = %(batch)s AND t.state = 'paid'")};
    {TRANSFERS.format(verb="fail", credit="in_transit", debit="committed", which="t.batch_id = %(batch)s AND t.state = 'failed'")};
    UPDATE ledger_ledgeraccount l SET balance_fen = balance_fen + s.fen FROM (
        SELECT CASE state WHEN 'paid' THEN 'paid' ELSE 'committed' END AS kind, sum(amount_fen) AS fen FROM payments_attempt
        WHERE batch_id = %(batch)s GROUP BY 1 UNION ALL
        SELECT 'in_transit', -sum(amount_fen) FROM payments_attempt WHERE batch_id = %(batch)s) s WHERE l.kind = s.kind
"""
