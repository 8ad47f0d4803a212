"""What the books hear of a batch: one transfer for each line and source of funds, by a cause that is unique."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from applications.lifecycle import EntitlementState
from applications.models import Entitlement
from audit.actor import Actor
from ledger.services import Movement, book, book_selected
from payments.models import Attempt, Batch
from payments.queries.due import LATE

_LINES = """SELECT b.program::text, f.key::text, b.fiscal_year, '{credit}'::text, '{debit}'::text, f.value::bigint,
                   '{verb}:' || t.id || ':' || f.key
            FROM payments_attempt t JOIN payments_batch b ON b.id = t.batch_id
            JOIN payments_instalment i ON i.id = t.instalment_id
            CROSS JOIN LATERAL jsonb_each_text(i.funds) f (key, value)
            WHERE t.batch_id = %s AND {which}"""


_ANSWERED = """SELECT b.program::text, f.key::text, b.fiscal_year, 'in_transit'::text,
                      CASE t.state WHEN 'paid' THEN 'paid' ELSE 'committed' END, f.value::bigint,
                      CASE t.state WHEN 'paid' THEN 'pay:' ELSE 'fail:' END || t.id || ':' || f.key
               FROM payments_resultline r JOIN payments_resultfile a ON a.id = r.result_file_id
               JOIN payments_batch b ON b.id = a.batch_id
               JOIN payments_attempt t ON t.batch_id = b.id AND t.line = r.line AND t.state = r.outcome
               JOIN payments_instalment i ON i.id = t.instalment_id
               CROSS JOIN LATERAL jsonb_each_text(i.funds) f (key, value)
               WHERE r.result_file_id = %s AND b.id = %s AND r.quarantine IS NULL AND r.outcome IN ('paid', 'failed')"""


_UNCOMMITTED = """SELECT b.program::text, f.key::text, b.fiscal_year, 'committed'::text, 'available'::text, f.value::bigint,
                         'uncommit:' || t.id || ':' || f.key
                  FROM payments_attempt t JOIN payments_batch b ON b.id = t.batch_id
                  JOIN payments_instalment i ON i.id = t.instalment_id
                  CROSS JOIN LATERAL jsonb_each_text(i.funds) f (key, value)
                  WHERE {which} AND EXISTS (SELECT FROM ledger_transfer x
                                            WHERE x.cause = 'recommit:' || t.id || ':' || f.key)"""
_ENDED = "EXISTS (SELECT FROM ledger_transfer x WHERE x.cause = 'end:' || i.id || ':' || f.key)"
_ELSEWHERE = f"t.instalment_id = %s AND b.fiscal_year <> %s AND NOT {LATE} AND NOT {_ENDED}"
_FOUND_PAID = f"""SELECT b.program::text, f.key::text, b.fiscal_year, m.credit, m.debit, f.value::bigint,
                         m.verb || ':' || t.id || ':' || f.key
                  FROM payments_attempt t JOIN payments_batch b ON b.id = t.batch_id
                  JOIN payments_instalment i ON i.id = t.instalment_id
                  CROSS JOIN LATERAL jsonb_each_text(i.funds) f (key, value)
                  CROSS JOIN LATERAL (VALUES (CASE WHEN {LATE} THEN 'treasury' WHEN {_ENDED} THEN 'available'
                                                   ELSE 'committed' END, 'in_transit', 'unfail'),
                                             ('in_transit', 'paid', 'pay')) m (credit, debit, verb)
                  WHERE t.id = %s
                  UNION ALL
                  {_UNCOMMITTED.format(which=_ELSEWHERE)}"""  # noqa: S608 - parts from above


def book_sent(batch: Batch, *, by: Actor, on: date) -> int:
    """The commitment of every sent line is now at the bank."""
    query = _LINES.format(credit="committed", debit="in_transit", verb="send", which="t.state = 'sent'")
    return book_selected(query, [batch.pk], by=by, on=on, batch_key=batch.pk)


def book_answered(batch: Batch, *, answer: int, by: Actor, on: date) -> int:
    """Lines that result file ``answer`` settled: paid, or free to be sent again. One call, one lock of balances."""
    return book_selected(_ANSWERED, [answer, batch.pk], by=by, on=on, batch_key=batch.pk)


def book_returned(batch: Batch, attempt: int, fallen: Sequence[Movement], *, by: Actor, on: date) -> int:
    """Money that came back: within its fiscal year it is committed again, later it belongs to the treasury.

    Where its entitlement has ended nothing is owed any more: within the year the money is available. ``fallen`` is what a
    family owed of it, back in *paid* by the same step.
    """
    ended = Entitlement.objects.filter(instalments__attempts=attempt, state=EntitlementState.ENDED).exists()
    debit = "treasury" if on.year != batch.fiscal_year else "available" if ended else "committed"
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES.format(credit="paid", debit=debit, verb="return", which="t.id = %s"), [batch.pk, attempt]
        )
        movements = [Movement(*row) for row in cursor.fetchall()]
    return book([*fallen, *movements], by=by, on=on, batch_key=batch.pk)


def book_uncommitted(batch: Batch, *, by: Actor, on: date) -> int:
    """What was recommitted for lines of the batch that are pulled back now is available again."""
    query = _UNCOMMITTED.format(which="t.batch_id = %s AND t.state = 'pulled_back'")
    return book_selected(query, [batch.pk], by=by, on=on, batch_key=batch.pk)


def book_found_paid(batch: Batch, attempt: Attempt, *, by: Actor, on: date) -> int:
    """A line of ``batch`` booked as failed was paid: the failure is undone, then it is paid.

    Its money is committed, with the treasury where it came back too late, or available where its entitlement has
    ended; what another year has committed for the same instalment is available again.
    """
    values = [attempt.pk, attempt.instalment_id, batch.fiscal_year]
    return book_selected(_FOUND_PAID, values, by=by, on=on, batch_key=batch.pk)


def book_recommitted(batch: Batch, *, by: Actor, on: date) -> int:
    """A line rebuilt in a later fiscal year needs that year's budget; Refusal ``budget_short`` where there is none."""
    query = _LINES.format(credit="available", debit="committed", verb="recommit", which="true")
    return book_selected(query, [batch.pk], by=by, on=on, batch_key=batch.pk)
