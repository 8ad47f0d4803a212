"""The control totals that three people compare: count, sum and a digest over every line."""

from dataclasses import dataclass

from django.db import connection

from payments.models import Batch


@dataclass(frozen=True, slots=True)
class Totals:
    """``digest`` is a SHA-256 over line, instalment, amount, payee and account (their keys, no number)."""

    count: int
    total_fen: int
    digest: str


def totals_of(batch: Batch) -> Totals:
    """Computed from the lines as they stand now, without those pulled back."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), coalesce(sum(amount_fen), 0)::bigint, encode(sha256(convert_to(coalesce(string_agg(
                      concat_ws(':', line, instalment_id, amount_fen, payee_id, account_id), ',' ORDER BY line), ''),
                      'UTF8')), 'hex')
               FROM payments_attempt WHERE batch_id = %s AND state <> 'pulled_back'""",
            [batch.pk],
        )
        return Totals(*cursor.fetchone())
