"""Reads of the books."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from ledger.lifecycle import AllotmentState
from ledger.models import Allotment, LedgerAccount, Transfer


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the money of one program, source and fiscal year stands, in fen."""

    program: str
    source: str
    fiscal_year: int
    allotted_fen: int
    available_fen: int
    committed_fen: int
    in_transit_fen: int
    paid_fen: int
    owed_fen: int
    returned_fen: int
    written_off_fen: int


def standings(*, fiscal_year: int | None = None, program: str | None = None) -> list[Standing]:
    """One line per program, source and year, newest year first. One query."""
    accounts = LedgerAccount.objects.order_by("-fiscal_year", "program", "source")
    if fiscal_year is not None:
        accounts = accounts.filter(fiscal_year=fiscal_year)
    if program is not None:
        accounts = accounts.filter(program=program)
    held: dict[tuple[str, str, int], dict[str, int]] = {}
    for account in accounts:
        key = (account.program, account.source, account.fiscal_year)
        held.setdefault(key, {})[account.kind] = account.balance_fen
    return [
        Standing(
            *key,
            allotted_fen=-balances.get("treasury", 0),
            available_fen=balances.get("available", 0),
            committed_fen=balances.get("committed", 0),
            in_transit_fen=balances.get("in_transit", 0),
            paid_fen=balances.get("paid", 0),
            owed_fen=balances.get("owed", 0),
            returned_fen=balances.get("returned", 0),
            written_off_fen=balances.get("written_off", 0),
        )
        for key, balances in held.items()
    ]


def available(program: str, fiscal_year: int) -> dict[str, int]:
    """Fen not promised yet, by source of funds."""
    found = LedgerAccount.objects.filter(
        program=program, fiscal_year=fiscal_year, kind=LedgerAccount.Kind.AVAILABLE
    )
    return dict(found.order_by("source").values_list("source", "balance_fen"))


def allotments_to_confirm(number: str) -> QuerySet[Allotment]:
    """Allotments that wait for a second person, without those that ``number`` entered."""
    return Allotment.objects.filter(state=AllotmentState.ENTERED).exclude(entered_by=number).order_by("id")


def transfers_of_batch(batch_key: int) -> QuerySet[Transfer]:
    """The transfers of one batch with their accounts, in the order of booking."""
    return Transfer.objects.filter(batch_key=batch_key).select_related("debit", "credit").order_by("id")


@dataclass(frozen=True, slots=True)
class Difference:
    """An account whose balance is not the sum of its transfers."""

    account: str
    balance_fen: int
    transfers_fen: int


def differences() -> Iterator[Difference]:
    """Every account whose balance differs from its transfers, all of them summed anew in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.fiscal_year || '/' || a.program || '/' || a.source || '/' || a.kind, a.balance_fen,
                      coalesce(s.fen, 0)::bigint
               FROM ledger_ledgeraccount a
               LEFT JOIN (SELECT account, sum(fen) AS fen
                          FROM (SELECT debit_id AS account, fen FROM ledger_transfer
                                UNION ALL SELECT credit_id, -fen FROM ledger_transfer) AS sides
                          GROUP BY account) AS s ON s.account = a.id
               WHERE a.balance_fen <> coalesce(s.fen, 0) ORDER BY a.id"""
        )
        for row in cursor.fetchall():
            yield Difference(*row)
