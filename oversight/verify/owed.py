"""What families owe: recoveries, repayments, write-offs, what fell away, and the books name each other, fen for fen."""

from oversight.verify.findings import Rule
from standards.words import Words

# What went back to *paid* by recovery, because the bank returned a payment.
_UNDONE = """(SELECT split_part(cause, ':', 3)::bigint AS id, sum(fen) AS fen,
                     sum(fen) FILTER (WHERE cause LIKE 'unback:%') AS back,
                     sum(fen) FILTER (WHERE cause LIKE 'unlose:%') AS lost
              FROM ledger_transfer WHERE split_part(cause, ':', 1) IN ('unowe', 'unback', 'unlose') GROUP BY 1)"""
OWED = (
    Rule(
        "payments_recovery",
        Words(
            "状态“{0}”，追回 {1} 分，账上转为应收 {2} 分",
            "In state “{0}” with {1} fen, the books hold {2} fen owed",
        ),
        """SELECT coalesce(r.id, t.id), r.state, r.fen, coalesce(t.fen, 0) FROM payments_recovery r
           FULL JOIN (SELECT split_part(cause, ':', 2)::bigint AS id, sum(fen) AS fen FROM ledger_transfer
                      WHERE cause LIKE 'owe:%' GROUP BY 1) t ON t.id = r.id
           WHERE CASE WHEN r.state IN ('pursued', 'returned', 'written_off', 'fallen') THEN r.fen ELSE 0 END
                 <> coalesce(t.fen, 0)
           ORDER BY 1""",
    ),
    Rule(
        "payments_repayment",
        Words(
            "状态“{0}”，还款 {1} 分，账上收回 {2} 分",
            "In state “{0}” with {1} fen, the books hold {2} fen returned",
        ),
        """SELECT coalesce(p.id, t.id), p.state, p.fen, coalesce(t.fen, 0) FROM payments_repayment p
           FULL JOIN (SELECT split_part(cause, ':', 2)::bigint AS id, sum(fen) AS fen FROM ledger_transfer
                      WHERE cause LIKE 'back:%' GROUP BY 1) t ON t.id = p.id
           WHERE CASE WHEN p.state = 'confirmed' AND NOT p.to_family THEN p.fen ELSE 0 END <> coalesce(t.fen, 0)
           ORDER BY 1""",
    ),
    Rule(
        "payments_recovery",
        Words(
            "记为收回 {0} 分，确认的还款合计 {1} 分",
            "{0} fen are said to have come back, repayments sum to {1}",
        ),
        f"""SELECT r.id, r.back_fen, coalesce(p.fen, 0) - coalesce(u.back, 0) FROM payments_recovery r
            LEFT JOIN (SELECT recovery_id, sum(fen) AS fen FROM payments_repayment
                       WHERE state = 'confirmed' AND NOT to_family GROUP BY 1) p ON p.recovery_id = r.id
            LEFT JOIN {_UNDONE} u ON u.id = r.id
            WHERE r.back_fen <> coalesce(p.fen, 0) - coalesce(u.back, 0) ORDER BY r.id""",
    ),
    Rule(
        "payments_recovery",
        Words(
            "记为应退家庭 {0} 分，退回时已还的减去已退家庭的是 {1} 分",
            "{0} fen are said to be due to the family, what it had brought less what it was given is {1}",
        ),
        f"""SELECT r.id, r.over_fen, coalesce(u.back, 0) - coalesce(p.fen, 0) FROM payments_recovery r
            LEFT JOIN (SELECT recovery_id, sum(fen) AS fen FROM payments_repayment
                       WHERE state = 'confirmed' AND to_family GROUP BY 1) p ON p.recovery_id = r.id
            LEFT JOIN {_UNDONE} u ON u.id = r.id
            WHERE r.over_fen <> coalesce(u.back, 0) - coalesce(p.fen, 0) ORDER BY r.id""",
    ),
    Rule(
        "payments_recovery",
        Words(
            "记为不再追 {0} 分，账上因银行退回转回 {1} 分",
            "{0} fen are said to have fallen away, the books undid {1} for returned payments",
        ),
        f"""SELECT coalesce(r.id, u.id), r.fallen_fen, coalesce(u.fen, 0) FROM payments_recovery r
            FULL JOIN {_UNDONE} u ON u.id = r.id
            WHERE r.fallen_fen IS DISTINCT FROM coalesce(u.fen, 0) ORDER BY 1""",
    ),
    Rule(
        "payments_attempt",
        Words(
            "不再追的款所凭的一笔（{0}）没有被银行退回，或不是同一决定的",
            "What fell away names a payment ({0}) that the bank did not return, or of another decision",
        ),
        """SELECT split_part(t.cause, ':', 2)::bigint, t.cause FROM ledger_transfer t
           JOIN payments_recovery r ON r.id = split_part(t.cause, ':', 3)::bigint
           LEFT JOIN payments_attempt a ON a.id = split_part(t.cause, ':', 2)::bigint AND a.state = 'returned'
           LEFT JOIN payments_instalment i ON i.id = a.instalment_id
           LEFT JOIN applications_entitlement e ON e.id = i.entitlement_id
           LEFT JOIN applications_application n ON n.id = e.application_id
           WHERE split_part(t.cause, ':', 1) IN ('unowe', 'unback', 'unlose')
             AND coalesce(n.supplements_id, e.decision_id) IS DISTINCT FROM r.decision_id ORDER BY t.id""",
    ),
    Rule(
        "payments_writeoff",
        Words(
            "状态“{0}”，核销 {1} 分，账上核销 {2} 分",
            "In state “{0}” with {1} fen, the books hold {2} fen written off",
        ),
        """SELECT coalesce(w.id, t.id), w.state, w.fen, coalesce(t.fen, 0) FROM payments_writeoff w
           FULL JOIN (SELECT split_part(cause, ':', 2)::bigint AS id, sum(fen) AS fen FROM ledger_transfer
                      WHERE cause LIKE 'lose:%' GROUP BY 1) t ON t.id = w.id
           WHERE CASE WHEN w.state = 'decided' THEN w.fen ELSE 0 END <> coalesce(t.fen, 0) ORDER BY 1""",
    ),
    Rule(
        "payments_recovery",
        Words(
            "记为核销 {0} 分，决定核销的合计 {1} 分",
            "{0} fen are said to be written off, what was decided sums to {1}",
        ),
        f"""SELECT r.id, r.lost_fen, coalesce(w.fen, 0) - coalesce(u.lost, 0) FROM payments_recovery r
            LEFT JOIN (SELECT recovery_id, sum(fen) AS fen FROM payments_writeoff WHERE state = 'decided' GROUP BY 1) w
              ON w.recovery_id = r.id
            LEFT JOIN {_UNDONE} u ON u.id = r.id
            WHERE r.lost_fen <> coalesce(w.fen, 0) - coalesce(u.lost, 0) ORDER BY r.id""",
    ),
    Rule(
        "ledger_transfer",
        Words(
            "应收、收回或核销的款项（{0}），不是由追回、还款或核销而来",
            "Owed, returned or written-off money ({0}) comes from no recovery",
        ),
        """SELECT t.id, t.cause FROM ledger_transfer t JOIN ledger_ledgeraccount d ON d.id = t.debit_id
           JOIN ledger_ledgeraccount c ON c.id = t.credit_id
           WHERE (d.kind IN ('owed', 'returned', 'written_off') OR c.kind IN ('owed', 'returned', 'written_off'))
             AND (c.kind, d.kind, split_part(t.cause, ':', 1))
               NOT IN (('paid', 'owed', 'owe'), ('owed', 'returned', 'back'), ('owed', 'written_off', 'lose'),
                       ('owed', 'paid', 'unowe'), ('returned', 'paid', 'unback'), ('written_off', 'paid', 'unlose'))
           ORDER BY t.id""",
    ),
    Rule(
        "ledger_transfer",
        Words("追回的项目与决定不同（{0}）", "It is owed to another program than the decision's ({0})"),
        """SELECT t.id, t.cause FROM ledger_transfer t JOIN ledger_ledgeraccount d ON d.id = t.debit_id
           LEFT JOIN payments_repayment p ON t.cause LIKE 'back:%' AND p.id = split_part(t.cause, ':', 2)::bigint
           LEFT JOIN payments_writeoff w ON t.cause LIKE 'lose:%' AND w.id = split_part(t.cause, ':', 2)::bigint
           JOIN payments_recovery r
             ON r.id = coalesce(p.recovery_id, w.recovery_id,
                                split_part(t.cause, ':', CASE WHEN t.cause LIKE 'un%' THEN 3 ELSE 2 END)::bigint)
           JOIN applications_entitlement e ON e.decision_id = r.decision_id
           WHERE split_part(t.cause, ':', 1) IN ('owe', 'back', 'lose', 'unowe', 'unback', 'unlose')
             AND d.program <> e.program ORDER BY t.id""",
    ),
)
