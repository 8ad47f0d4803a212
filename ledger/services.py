"""Writes to the books: allotments by two people, and transfers with their balances in one go."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection, transaction

from audit import door
from audit.actor import Actor
from ledger.lifecycle import FINANCE, AllotmentState
from ledger.models import Allotment, LedgerAccount
from standards import money
from standards.words import Refusal

Kind = LedgerAccount.Kind

YEARS = range(2000, 2100)
#: As PostgreSQL reads the columns of a movement, in the order of its fields below.
_TYPES = ("text", "text", "int", "text", "text", "bigint", "text")
_COLUMNS = "program, source, fiscal_year, credit, debit, fen, cause"


class Movement(NamedTuple):
    """``fen`` from the account of kind ``credit`` to that of kind ``debit``; ``cause`` is booked once for ever."""

    program: str
    source: str
    fiscal_year: int
    credit: str
    debit: str
    fen: int
    cause: str


_PLACES = """SELECT DISTINCT g.program, g.source, g.fiscal_year, k.kind
             FROM (SELECT DISTINCT program, source, fiscal_year, credit, debit FROM movements) AS g
             CROSS JOIN LATERAL (VALUES (g.credit), (g.debit)) AS k (kind)"""


def book(movements: Sequence[Movement], *, by: Actor, on: date, batch_key: int | None = None) -> int:
    """Book movements and give how many were new; a cause that is in the books already is left out.

    One transaction with whatever the caller does, and the last thing it does: transfers are inserted first, the
    balances are locked and updated at the end, in the order of their ids, so that many callers at once neither
    deadlock nor wait long. Call it once per transaction. Raises Refusal ``budget_short`` when an account would
    go below zero; then nothing is booked.
    """
    if not movements:
        return 0
    places = sorted(
        {(m.program, m.source, m.fiscal_year, kind) for m in movements for kind in (m.credit, m.debit)}
    )
    with transaction.atomic(), connection.cursor() as cursor:
        _open_accounts(cursor, _listed("text", "text", "int", "text"), _columns(places))
        return _book(cursor, _listed(*_TYPES), _columns(movements), by=by, on=on, batch_key=batch_key)


def book_selected(
    query: str, parameters: Iterable[Any] = (), *, by: Actor, on: date, batch_key: int | None = None
) -> int:
    """Like :func:`book`, for the movements that a SELECT gives in the columns of :class:`Movement`, in order.

    For whole batches: nothing leaves the database, and the SELECT is run once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE movements ON COMMIT DROP AS SELECT * FROM ({query}) AS q ({_COLUMNS})",  # noqa: S608 - the caller's own SELECT; values are parameters
            list(parameters),
        )
        _open_accounts(cursor, _PLACES, [])
        booked = _book(cursor, "SELECT * FROM movements", [], by=by, on=on, batch_key=batch_key)
        cursor.execute("DROP TABLE movements")
    return booked


def enter_allotment(
    *,
    program: str,
    source: str,
    fiscal_year: int,
    document_number: str,
    amount_fen: int,
    budget_line: str = "",
    by: Actor,
    on: date,
) -> Allotment:
    """Enter budget issued by a document. It counts once a second person has confirmed it. Raises Refusal."""
    if by.role not in FINANCE:
        raise Refusal(
            "录入指标不是你这个岗位的步骤",
            "Entering allotments is not a step of your role",
            code="not_your_role",
        )
    if fiscal_year not in YEARS:
        raise Refusal(
            f"预算年度 {fiscal_year} 不对，请填四位年份",
            f"The fiscal year {fiscal_year} cannot be: write four digits",
            code="fiscal_year",
        )
    if not program or not source or not document_number:
        raise Refusal(
            "项目、资金来源和文号都要填写",
            "Program, source of funds and document number are all needed",
            code="allotment_incomplete",
        )
    if not 0 < amount_fen <= money.FEN_MAX:
        raise Refusal(
            f"指标金额应大于 0，最多 {money.yuan(money.FEN_MAX)} 元",
            f"An allotment is more than 0 and at most {money.yuan(money.FEN_MAX)} yuan",
            code="allotment_amount",
        )
    allotment = Allotment(
        state=AllotmentState.ENTERED, program=program, source=source, fiscal_year=fiscal_year,
        document_number=document_number, amount_fen=amount_fen, budget_line=budget_line,
        entered_by=by.number, entered_on=on,
    )  # fmt: skip
    return door.create(allotment, by=by, on=on, detail={"amount_fen": amount_fen})


def confirm_allotment(allotment: Allotment, *, by: Actor, on: date) -> Allotment:
    """Make an allotment count: a second person, and the money is available in the same transaction."""
    with transaction.atomic():
        fresh = door.perform(allotment, "confirm", by=by, on=on)
        movement = Movement(
            fresh.program, fresh.source, fresh.fiscal_year, Kind.TREASURY, Kind.AVAILABLE, fresh.amount_fen,
            f"allotment:{fresh.pk}",
        )  # fmt: skip
        book([movement], by=by, on=on)
    return fresh


def refuse_allotment(allotment: Allotment, *, by: Actor, on: date) -> Allotment:
    """Set aside an allotment that was entered wrongly; the same document can be entered again."""
    return door.perform(allotment, "refuse", by=by, on=on)


def _listed(*types: str) -> str:
    """A SELECT over one array parameter per column."""
    return f"SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in types)})"  # noqa: S608 - types from above


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    return [list(column) for column in zip(*rows, strict=True)]


def _open_accounts(cursor: Any, query: str, values: list[Any]) -> None:
    """Make the ledger accounts that ``query`` names and that are not there yet, in one order."""
    cursor.execute(
        f"""WITH named (program, source, fiscal_year, kind) AS ({query})
            INSERT INTO ledger_ledgeraccount (program, source, fiscal_year, kind, balance_fen)
            SELECT n.program, n.source, n.fiscal_year, n.kind, 0 FROM named n
            WHERE NOT EXISTS (SELECT FROM ledger_ledgeraccount a WHERE (a.program, a.source, a.fiscal_year, a.kind)
                              = (n.program, n.source, n.fiscal_year, n.kind))
            ORDER BY 1, 2, 3, 4
            ON CONFLICT DO NOTHING""",  # noqa: S608 - our own statements; values are parameters
        values,
    )


def _book(cursor: Any, query: str, values: list[Any], *, by: Actor, on: date, batch_key: int | None) -> int:
    """Insert the transfers of ``query`` in the order of their causes, then change the balances."""
    cursor.execute(
        f"""WITH given ({_COLUMNS}) AS ({query}),
            booked AS (
                INSERT INTO ledger_transfer (debit_id, credit_id, fen, cause, batch_key, business_day, actor_number)
                SELECT d.id, c.id, g.fen, g.cause, %s, %s, %s
                FROM given g
                JOIN ledger_ledgeraccount d ON (d.program, d.source, d.fiscal_year, d.kind)
                                             = (g.program, g.source, g.fiscal_year, g.debit)
                JOIN ledger_ledgeraccount c ON (c.program, c.source, c.fiscal_year, c.kind)
                                             = (g.program, g.source, g.fiscal_year, g.credit)
                ORDER BY g.cause
                ON CONFLICT (cause) DO NOTHING
                RETURNING debit_id, credit_id, fen)
            SELECT account, sum(change)::bigint, sum(lines)::bigint
            FROM (SELECT debit_id AS account, fen AS change, 1 AS lines FROM booked
                  UNION ALL SELECT credit_id, -fen, 0 FROM booked) AS sides
            GROUP BY account ORDER BY account""",  # noqa: S608 - as above
        [*values, batch_key, on, by.number],
    )
    changes = cursor.fetchall()
    _change_balances(cursor, {account: change for account, change, _ in changes})
    return sum(lines for _, _, lines in changes)


def _change_balances(cursor: Any, changes: dict[int, int]) -> None:
    """Lock the accounts in the order of their ids and change what they hold. Raises Refusal ``budget_short``.

    NO KEY UPDATE: inserting a transfer holds a key-share lock on both accounts, which a full FOR UPDATE of
    another caller would wait for, and that caller for ours.
    """
    if not changes:
        return
    cursor.execute(
        """SELECT id, program, source, fiscal_year, kind, balance_fen FROM ledger_ledgeraccount
           WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE""",
        [list(changes)],
    )
    for account, program, source, fiscal_year, kind, balance_fen in cursor.fetchall():
        if kind != Kind.TREASURY and balance_fen + changes[account] < 0:
            raise _short(program, source, fiscal_year, kind, balance_fen, -changes[account])
    cursor.execute(
        """UPDATE ledger_ledgeraccount a SET balance_fen = a.balance_fen + c.change
           FROM unnest(%s::bigint[], %s::bigint[]) AS c (account, change) WHERE a.id = c.account""",
        [list(changes), list(changes.values())],
    )


def _short(program: str, source: str, fiscal_year: int, kind: str, held: int, needed: int) -> Refusal:
    if kind == Kind.AVAILABLE:
        return Refusal(
            f"{fiscal_year} 年 {program}（{source}）可用指标 {money.yuan(held)} 元，不够 {money.yuan(needed)} 元，"
            "没有办成。请先下达指标",
            f"{fiscal_year} {program} ({source}): {money.yuan(held)} yuan are available, {money.yuan(needed)} are"
            " needed; nothing was done. Enter an allotment first",
            code="budget_short",
        )
    return Refusal(
        f"{fiscal_year} 年 {program}（{source}）账户“{kind}”只有 {money.yuan(held)} 元，不够 {money.yuan(needed)} 元，"
        "没有办成",
        f"{fiscal_year} {program} ({source}): the account “{kind}” holds {money.yuan(held)} yuan, {money.yuan(needed)}"
        " are needed; nothing was done",
        code="budget_short",
    )
