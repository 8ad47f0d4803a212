"""Every paid fen, followed back: attempt, instalment, entitlement, decision, application, the policy's bytes."""

from oversight.verify.findings import Check, Rule, all_of
from oversight.verify.owed import OWED
from standards.words import Words

_POLICIES = (
    Rule(
        "programs_policyversion",
        Words("政策文件的内容与登记的摘要不符", "The policy's bytes do not match their digest"),
        "SELECT id FROM programs_policyversion WHERE encode(sha256(source), 'hex') <> sha256 ORDER BY id",
    ),
    Rule(
        "applications_decision",
        Words("决定所依据的政策摘要与该版本不符", "The decision's policy digest is not that of its version"),
        """SELECT d.id FROM applications_decision d JOIN programs_policyversion v ON v.id = d.version_id
           WHERE d.policy_sha256 <> v.sha256 ORDER BY d.id""",
    ),
)
_ACTIVATED = Rule(
    "programs_policyversion",
    Words(
        "政策文件不是装入或启用时留痕的那一份",
        "The policy is not the one that the trail saw loaded or activated",
    ),
    """SELECT DISTINCT v.id FROM programs_policyversion v
       JOIN audit_trailrow t ON t."table" = 'programs_policyversion' AND t.object_id = v.id AND t.detail ? 'sha256'
       WHERE t.detail ->> 'sha256' <> encode(sha256(v.source), 'hex') ORDER BY v.id""",
)
_DECISIONS = (
    Rule(
        "applications_application",
        Words("状态是“{0}”，决定是“{1}”", "Its state is “{0}”, its decision “{1}”"),
        """SELECT coalesce(a.id, d.application_id), a.state, d.outcome FROM applications_application a
           FULL JOIN applications_decision d ON d.application_id = a.id
           WHERE (a.state IN ('approved', 'refused') OR d.id IS NOT NULL) AND a.state IS DISTINCT FROM d.outcome
           ORDER BY 1""",
    ),
    Rule(
        "applications_application",
        Words("申请写 {0} 分，决定是 {1} 分", "The application says {0} fen, its decision {1} fen"),
        """SELECT a.id, a.amount_fen, d.amount_fen FROM applications_application a
           JOIN applications_decision d ON d.application_id = a.id
           WHERE d.outcome = 'approved' AND a.amount_fen <> d.amount_fen ORDER BY a.id""",
    ),
    Rule(
        "applications_application",
        Words("申请与决定所记的事实、政策或经办不同", "Facts, policy or decider differ from its decision"),
        """SELECT a.id FROM applications_application a JOIN applications_decision d ON d.application_id = a.id
           WHERE (a.facts, a.conditions, a.version_id, a.decided_by, a.decided_on)
                 IS DISTINCT FROM (d.facts, d.conditions, d.version_id, d.decided_by, d.decided_on) ORDER BY a.id""",
    ),
)
# The sum within a band that a decision was judged with is the newest that was set for its application.
_SUMS = Rule(
    "applications_decision",
    Words(
        "决定按 {0} 分定的金额，定金额的记录是 {1} 分",
        "It was judged with {0} fen set, on record are {1} fen",
    ),
    """SELECT d.id, d.judged -> 'set_fen' ->> 'value', s.fen FROM applications_decision d
       LEFT JOIN LATERAL (SELECT fen FROM applications_setsum WHERE application_id = d.application_id
                          ORDER BY id DESC LIMIT 1) s ON true
       WHERE d.outcome = 'approved' AND CASE WHEN d.judged -> 'set_fen' ->> 'known' = '1'
             THEN (d.judged -> 'set_fen' ->> 'value')::bigint END IS DISTINCT FROM s.fen ORDER BY d.id""",
)
# What adds to a decision is of the same right, and adds to the first grant.
_ADDED = Rule(
    "applications_application",
    Words("补差与它所补的决定不是同一项权利", "It adds to a decision that is not of the same right"),
    """SELECT a.id FROM applications_application a JOIN applications_decision d ON d.id = a.supplements_id
       JOIN applications_application f ON f.id = d.application_id
       LEFT JOIN beneficiaries_person p ON p.id = a.person_id LEFT JOIN beneficiaries_person q ON q.id = f.person_id
       WHERE d.outcome <> 'approved' OR f.supplements_id IS NOT NULL
          OR (a.program, a.record_id, coalesce(p.merged_into_id, p.id))
             IS DISTINCT FROM (f.program, f.record_id, coalesce(q.merged_into_id, q.id)) ORDER BY a.id""",
)
_ENTITLEMENTS = (
    Rule(
        "applications_decision",
        Words("决定 {0} 分，权益 {1} 分", "The decision is {0} fen, the entitlement {1} fen"),
        """SELECT coalesce(d.id, e.decision_id), d.amount_fen, e.amount_fen FROM applications_decision d
           FULL JOIN applications_entitlement e ON e.decision_id = d.id
           WHERE (d.outcome = 'approved' OR e.id IS NOT NULL) AND d.amount_fen IS DISTINCT FROM e.amount_fen ORDER BY 1""",
    ),
    Rule(
        "applications_entitlement",
        Words(
            "权益与其申请的项目、政策、人或户不同",
            "Program, policy, person or household differ from its application",
        ),
        """SELECT e.id FROM applications_entitlement e JOIN applications_decision d ON d.id = e.decision_id
           JOIN applications_application a ON a.id = e.application_id
           WHERE (e.application_id, e.version_id, e.program, e.person_id, e.household_id, e.division)
                 IS DISTINCT FROM (d.application_id, a.version_id, a.program, a.person_id, a.household_id, a.division)
           ORDER BY e.id""",
    ),
    Rule(
        "applications_entitlement",
        Words("权益 {0} 分，资金来源合计 {1} 分", "The entitlement is {0} fen, its sources sum to {1}"),
        """SELECT e.id, e.amount_fen, f.fen FROM applications_entitlement e
           CROSS JOIN LATERAL (SELECT coalesce(sum(value::bigint), 0) AS fen FROM jsonb_each_text(e.funds)) f
           WHERE e.amount_fen <> f.fen ORDER BY e.id""",
    ),
    Rule(
        "applications_entitlement",
        Words("权益 {0} 分，占用指标 {1} 分", "The entitlement is {0} fen, {1} fen were committed"),
        """SELECT e.id, e.amount_fen, coalesce(t.fen, 0) FROM applications_entitlement e
           LEFT JOIN (SELECT split_part(cause, ':', 2)::bigint AS id, sum(fen) AS fen FROM ledger_transfer
                      WHERE cause LIKE 'commit:%' GROUP BY 1) t ON t.id = e.id
           WHERE e.amount_fen <> coalesce(t.fen, 0) ORDER BY e.id""",
    ),
)
_INSTALMENTS = (
    Rule(
        "applications_entitlement",
        Words("权益 {0} 分，各期合计 {1} 分", "The entitlement is {0} fen, its instalments sum to {1}"),
        """SELECT e.id, e.amount_fen, i.fen FROM applications_entitlement e
           JOIN (SELECT entitlement_id, sum(amount_fen) AS fen FROM payments_instalment GROUP BY 1) i
             ON i.entitlement_id = e.id
           WHERE e.amount_fen <> i.fen ORDER BY e.id""",
    ),
    Rule(
        "payments_instalment",
        Words("本期 {0} 分，资金来源合计 {1} 分", "The instalment is {0} fen, its sources sum to {1}"),
        """SELECT i.id, i.amount_fen, f.fen FROM payments_instalment i
           CROSS JOIN LATERAL (SELECT coalesce(sum(value::bigint), 0) AS fen FROM jsonb_each_text(i.funds)) f
           WHERE i.amount_fen <> f.fen ORDER BY i.id""",
    ),
)
_ATTEMPTS = (
    Rule(
        "payments_attempt",
        Words("这一笔 {0} 分，本期应付 {1} 分", "The line is {0} fen, its instalment {1} fen"),
        """SELECT a.id, a.amount_fen, i.amount_fen FROM payments_attempt a
           JOIN payments_instalment i ON i.id = a.instalment_id
           WHERE a.amount_fen > i.amount_fen OR (a.rebuilds_id IS NULL AND a.amount_fen <> i.amount_fen) ORDER BY a.id""",
    ),
    Rule(
        "payments_attempt",
        Words(
            "更正 {0} 分，原失败的一笔 {1} 分、状态“{2}”", "It rebuilds {1} fen in state “{2}” with {0} fen"
        ),
        """SELECT a.id, a.amount_fen, f.amount_fen, f.state FROM payments_attempt a
           JOIN payments_attempt f ON f.id = a.rebuilds_id
           WHERE a.amount_fen > f.amount_fen OR a.instalment_id <> f.instalment_id
              OR (f.state NOT IN ('failed', 'returned') AND a.state NOT IN ('failed', 'returned', 'pulled_back'))
           ORDER BY a.id""",
    ),
    Rule(
        "payments_instalment",
        Words("应付 {0} 分，已付 {1} 分", "Due are {0} fen, paid were {1} fen"),
        """SELECT i.id, i.amount_fen, p.fen FROM payments_instalment i
           JOIN (SELECT instalment_id, sum(amount_fen) AS fen FROM payments_attempt WHERE state = 'paid' GROUP BY 1) p
             ON p.instalment_id = i.id
           WHERE p.fen > i.amount_fen ORDER BY i.id""",
    ),
    Rule(
        "payments_attempt",
        Words("批次的项目或年度与权益不符", "Program or fiscal year of its batch do not fit the entitlement"),
        """SELECT a.id FROM payments_attempt a JOIN payments_batch b ON b.id = a.batch_id
           JOIN payments_instalment i ON i.id = a.instalment_id
           JOIN applications_entitlement e ON e.id = i.entitlement_id
           WHERE b.program <> e.program OR b.fiscal_year < e.fiscal_year ORDER BY a.id""",
    ),
)


_RECOVERIES = Rule(
    "payments_recovery",
    Words("提议时已发 {0} 分，付款只有 {1} 分", "It says {0} fen had been paid, payments are {1} fen"),
    """SELECT r.id, r.paid_fen, coalesce(p.fen, 0) FROM payments_recovery r
       LEFT JOIN LATERAL (SELECT sum(a.amount_fen) AS fen FROM payments_attempt a
                          JOIN payments_instalment i ON i.id = a.instalment_id
                          JOIN applications_entitlement e ON e.id = i.entitlement_id
                          JOIN applications_application n ON n.id = e.application_id
                          WHERE coalesce(n.supplements_id, e.decision_id) = r.decision_id
                            AND a.state IN ('paid', 'returned')) p ON true
       WHERE r.paid_fen > coalesce(p.fen, 0) ORDER BY r.id""",
)


def _booked(verb: str, states: str, undone: str = "") -> Rule:
    """Attempts in ``states`` and the transfers of ``verb`` name each other, fen for fen; those of ``undone`` undo them."""
    return Rule(
        "payments_attempt",
        Words(
            f"状态“{{0}}”，{{1}} 分，账上“{verb}”{{2}} 分",
            f"In state “{{0}}” with {{1}} fen, the books hold {{2}} fen of “{verb}”",
        ),
        f"""SELECT coalesce(a.id, t.id), a.state, a.amount_fen, coalesce(t.fen, 0) FROM payments_attempt a
            FULL JOIN (SELECT split_part(cause, ':', 2)::bigint AS id,
                              sum(CASE WHEN cause LIKE '{verb}:%' THEN fen ELSE -fen END) AS fen
                       FROM ledger_transfer WHERE cause LIKE '{verb}:%' OR cause LIKE '{undone or verb}:%' GROUP BY 1) t
                   ON t.id = a.id
            WHERE CASE WHEN a.state IN ({states}) THEN a.amount_fen ELSE 0 END <> coalesce(t.fen, 0) ORDER BY 1""",
    )


_MONEY = (
    _booked("send", "'sent', 'paid', 'failed', 'unknown', 'returned'"),
    _booked("pay", "'paid', 'returned'"),
    _booked("fail", "'failed'", undone="unfail"),
    Rule(
        "ledger_transfer",
        Words("款项记为已付（{0}），却不是由一笔付款而来", "Money was booked as paid ({0}) by no payment"),
        """SELECT t.id, t.cause FROM ledger_transfer t JOIN ledger_ledgeraccount d ON d.id = t.debit_id
           WHERE d.kind = 'paid' AND split_part(t.cause, ':', 1) NOT IN ('pay', 'unowe', 'unback', 'unlose')
           ORDER BY t.id""",
    ),
    Rule(
        "ledger_transfer",
        Words(
            "划转的项目或年度与其付款不同（{0}）",
            "Program or year of the transfer differ from its payment ({0})",
        ),
        """SELECT t.id, t.cause FROM ledger_transfer t JOIN ledger_ledgeraccount d ON d.id = t.debit_id
           JOIN payments_attempt a ON a.id = split_part(t.cause, ':', 2)::bigint
           JOIN payments_batch b ON b.id = a.batch_id
           WHERE t.cause LIKE 'pay:%' AND ((d.program, d.fiscal_year) <> (b.program, b.fiscal_year)
                                           OR t.batch_key IS DISTINCT FROM b.id) ORDER BY t.id""",
    ),
)

CHECKS = (
    Check(
        "policies",
        Words("政策文件未被改动", "Policies hold their bytes"),
        lambda: all_of((*_POLICIES, _ACTIVATED)),
    ),
    Check(
        "decisions",
        Words("申请与决定一致", "Applications agree with decisions"),
        lambda: all_of((*_DECISIONS, _SUMS, _ADDED)),
    ),
    Check(
        "entitlements",
        Words("权益与决定、指标一致", "Entitlements agree with decisions and budget"),
        lambda: all_of(_ENTITLEMENTS),
    ),
    Check(
        "instalments",
        Words("各期合计等于权益", "Instalments sum to their entitlements"),
        lambda: all_of(_INSTALMENTS),
    ),
    Check(
        "attempts",
        Words("付款不超过应付", "No more is paid than is due"),
        lambda: all_of((*_ATTEMPTS, _RECOVERIES)),
    ),
    Check("money", Words("付款与账目一一对应", "Payments and books name each other"), lambda: all_of(_MONEY)),
    Check(
        "owed",
        Words(
            "追回、还款、核销与账目一一对应", "Recoveries, repayments, write-offs and books name each other"
        ),
        lambda: all_of(OWED),
    ),
)
