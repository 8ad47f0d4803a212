"""The control totals that three people compare: count, sum and a digest over every line."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from beneficiaries.queries.accounts import COLUMNS, wrong_among
from payments.models import Batch
from standards.words import Refusal


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


def require_sound_accounts(batch: Batch) -> None:
    """Raises Refusal where a line's account is no longer what was entered, or is not its payee's."""
    with sound_accounts(batch):
        pass


@contextmanager
def sound_accounts(batch: Batch) -> Iterator[None]:
    """The same at the end of what is done inside, of the accounts as they stood before it.

    Decrypting and digesting keep the processor busy while the database works for the caller. Whatever else is
    refused inside, an account that was changed is said first.
    """
    rows = _accounts_of(batch)
    with ThreadPoolExecutor(1) as beside:
        edited = beside.submit(wrong_among, [row[2:] for row in rows])
        try:
            yield
        finally:
            _require_unchanged(rows, set(edited.result()))


def _accounts_of(batch: Batch) -> list[tuple[Any, ...]]:
    """Of each line: its number, whether its account is another's than its payee's, and the account's columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT t.line, a.owner_id <> t.payee_id, {COLUMNS}
                FROM payments_attempt t JOIN beneficiaries_account a ON a.id = t.account_id
                WHERE t.batch_id = %s AND t.state <> 'pulled_back' ORDER BY t.line""",  # noqa: S608 - columns of our own
            [batch.pk],
        )
        return list(cursor.fetchall())


def _require_unchanged(rows: Iterable[tuple[Any, ...]], edited: set[int]) -> None:
    if lines := [str(row[0]) for row in rows if row[1] or row[2] in edited]:
        raise Refusal(
            f"第 {'、'.join(lines[:10])} 笔的账户和登记时不一样，不能付款：把这几笔拿掉，并报告管理员查 verify",
            f"The accounts of lines {', '.join(lines[:10])} are not what was entered and cannot be paid to: leave these"
            " lines out and have the administrator run verify",
            code="account_changed",
        )
