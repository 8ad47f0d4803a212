"""A batch is its lines, its bank files, and what three people agreed to."""

from oversight.verify.findings import Check, Rule, all_of
from standards.words import Words

_LINES = """SELECT batch_id, count(*) AS count, sum(amount_fen) AS fen,
                   encode(sha256(convert_to(string_agg(concat_ws(':', line, instalment_id, amount_fen, payee_id, account_id),
                          ',' ORDER BY line), 'UTF8')), 'hex') AS digest
            FROM payments_attempt WHERE state <> 'pulled_back' GROUP BY batch_id"""
_RULES = (
    Rule(
        "payments_batch",
        Words(
            "批次 {0} 笔 {1} 分，明细 {2} 笔 {3} 分", "The batch says {0} lines of {1} fen, it has {2} of {3}"
        ),
        f"""SELECT b.id, b.count, b.total_fen, coalesce(l.count, 0), coalesce(l.fen, 0) FROM payments_batch b
            LEFT JOIN ({_LINES}) l ON l.batch_id = b.id
            WHERE b.state NOT IN ('draft', 'dropped')
              AND (b.count, b.total_fen) <> (coalesce(l.count, 0), coalesce(l.fen, 0)) ORDER BY b.id""",
    ),
    Rule(
        "payments_batch",
        Words(
            "批次 {0} 笔 {1} 分，银行文件 {2} 笔 {3} 分",
            "The batch says {0} lines of {1} fen, its files {2} of {3}",
        ),
        """SELECT b.id, b.count, b.total_fen, coalesce(f.lines, 0), coalesce(f.fen, 0) FROM payments_batch b
           LEFT JOIN (SELECT batch_id, sum(lines) AS lines, sum(total_fen) AS fen FROM payments_bankfile GROUP BY 1) f
                  ON f.batch_id = b.id
           WHERE b.state IN ('sent', 'answered', 'closed')
             AND (b.count, b.total_fen) <> (coalesce(f.lines, 0), coalesce(f.fen, 0)) ORDER BY b.id""",
    ),
    Rule(
        "payments_batch",
        Words("“{0}”时三人核对的明细与现在不同", "Its lines are not those that were agreed to at “{0}”"),
        f"""SELECT b.id, t.verb FROM payments_batch b JOIN ({_LINES}) l ON l.batch_id = b.id
            JOIN (SELECT DISTINCT ON (object_id, verb) object_id, verb, detail ->> 'digest' AS digest
                  FROM audit_trailrow WHERE "table" = 'payments_batch' AND verb IN ('prepare', 'confirm', 'approve')
                  ORDER BY object_id, verb, id DESC) t ON t.object_id = b.id
            WHERE b.state IN ('approved', 'sent', 'answered', 'closed') AND t.digest IS DISTINCT FROM l.digest
            ORDER BY b.id""",
    ),
)

CHECKS = (
    Check(
        "batches",
        Words("批次、明细、银行文件一致", "Batch, lines and bank files agree"),
        lambda: all_of(_RULES),
    ),
)
