"""The books: each balance is the sum of its transfers, and nothing came from nowhere."""

from collections.abc import Iterator

from ledger.queries import differences
from oversight.verify.findings import Check, Culprit, Rule, all_of
from standards.money import yuan
from standards.words import Words


def _balances() -> Iterator[Culprit]:
    for found in differences():
        yield Culprit(
            "ledger_ledgeraccount",
            found.account,
            Words(
                f"余额 {yuan(found.balance_fen)} 元，各笔划转合计 {yuan(found.transfers_fen)} 元",
                f"The balance is {yuan(found.balance_fen)} yuan, its transfers sum to {yuan(found.transfers_fen)}",
            ),
        )


_OVERDRAWN = Rule(
    "ledger_ledgeraccount",
    Words("账户透支 {0} 分", "The account is overdrawn by {0} fen"),
    "SELECT id, -balance_fen FROM ledger_ledgeraccount WHERE kind <> 'treasury' AND balance_fen < 0 ORDER BY id",
)
_ALLOTMENTS = (
    Rule(
        "ledger_allotment",
        Words("指标 {0} 分，入账 {1} 分", "The allotment is {0} fen, {1} fen were booked"),
        """SELECT a.id, a.amount_fen, coalesce(t.fen, 0) FROM ledger_allotment a
           LEFT JOIN ledger_transfer t ON t.cause = 'allotment:' || a.id
           WHERE CASE WHEN a.state = 'confirmed' THEN a.amount_fen ELSE 0 END <> coalesce(t.fen, 0) ORDER BY a.id""",
    ),
    Rule(
        "ledger_transfer",
        Words(
            "从国库划出 {0} 分（{1}），没有对应的指标", "{0} fen left the treasury ({1}) without an allotment"
        ),
        """SELECT t.id, t.fen, t.cause FROM ledger_transfer t JOIN ledger_ledgeraccount c ON c.id = t.credit_id
           WHERE c.kind = 'treasury' AND NOT EXISTS
                 (SELECT FROM ledger_allotment a WHERE 'allotment:' || a.id = t.cause AND a.state = 'confirmed')
           ORDER BY t.id""",
    ),
    Rule(
        "ledger_transfer",
        Words("划转跨了项目、来源或年度（{0}）", "The transfer crosses programs, sources or years ({0})"),
        """SELECT t.id, t.cause FROM ledger_transfer t JOIN ledger_ledgeraccount c ON c.id = t.credit_id
           JOIN ledger_ledgeraccount d ON d.id = t.debit_id
           WHERE (c.program, c.source, c.fiscal_year) <> (d.program, d.source, d.fiscal_year) ORDER BY t.id""",
    ),
)

CHECKS = (
    Check("balances", Words("余额等于划转合计", "Balances are the sums of their transfers"), _balances),
    Check("overdrawn", Words("没有透支的账户", "No account is overdrawn"), _OVERDRAWN.culprits),
    Check(
        "allotments", Words("指标与入账一致", "Allotments agree with the books"), lambda: all_of(_ALLOTMENTS)
    ),
)
