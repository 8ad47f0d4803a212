"""What may be paid, to whom, and why not: one question in SQL for a whole township.

The SQL makes temporary tables of the transaction: ``due``, then ``payable`` with one row for each due instalment.
``reason`` says why it cannot be paid now, and is empty where ``payee``, ``account`` and ``profile`` say how it is
(`payments.queries.payees`).
A batch that is built already is asked the same again, line by line, of the account that each line has (``find_planned``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from beneficiaries.queries.changes import COOLS_WORKING_DAYS, cooled_by
from payments.banks import Profile, load_reasons, serving
from payments.models import Batch
from payments.queries.payees import find_payees, orders
from payments.queries.twice import limits_of
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.words import Words


@dataclass(frozen=True, slots=True)
class Group:
    """Due instalments of one program, township (12 digits) and fiscal year that are in no batch yet."""

    program: str
    township: str
    fiscal_year: int
    count: int
    total_fen: int


@dataclass(frozen=True, slots=True)
class Banks:
    """Columns of equal length: a bank as accounts name it, and the profile it is paid through ("" for none)."""

    names: list[str]
    cnaps: list[str]
    profiles: list[str]


REASONS: Mapping[str, tuple[Words, Words]] = {
    "institution": (
        Words("付给机构，不经家庭账户", "Paid to an institution, not to a family's account"),
        Words("财政", "Finance"),
    ),
    "suspended": (
        Words("享受资格已暂停", "The entitlement is suspended"),
        Words("县级审批", "County approver"),
    ),
    "ended": (
        Words("享受资格已终止", "The entitlement has ended"),
        Words("县级审批", "County approver"),
    ),
    "granted_twice": (
        Words(
            "两条名册记录合并成了一个人，这一项已经定给另一条；要人终止其中一份",
            "Two rows of the register are one person now, and the other row has this right; a person ends one of the two",
        ),
        Words("县级审批", "County approver"),
    ),
    "said_paid": (
        Words("银行又说原来失败的那一笔付了", "The bank now says that the failed line was paid after all"),
        Words("财政复核", "Finance's checker"),
    ),
    "account_gone": (
        Words(
            "账户已停用，或不再是该收款的人",
            "The account is no longer used, or its owner is no longer who is paid",
        ),
        Words("乡镇", "Township"),
    ),
    "beneficiary_died": (
        Words("享受人已去世，要人来定", "The beneficiary has died; a person decides"),
        Words("县级复核", "County checker"),
    ),
    "payee_died": (
        Words("收款人已去世", "The payee has died"),
        Words("乡镇", "Township"),
    ),
    "account_name": (
        Words(
            "户名和收款人姓名对不上，没有查清",
            "Account name and payee's name differ and nobody has looked yet",
        ),
        Words("县级复核", "County checker"),
    ),
    "account_cooling": (
        Words(
            f"账户刚换过，核验满 {COOLS_WORKING_DAYS} 个工作日再发",
            f"The account was changed; money goes to it {COOLS_WORKING_DAYS} working days after it was verified",
        ),
        Words("到期自动进下一批", "Goes into the next batch by itself"),
    ),
    "account_not_verified": (
        Words("收款账户没有核验", "The account is not verified yet"),
        Words("乡镇初审", "Township reviewer"),
    ),
    "no_account": (
        Words("没有登记收款账户", "No account is on record"),
        Words("乡镇", "Township"),
    ),
    "no_profile": (
        Words("没有银行格式能付这家开户行", "No bank format pays accounts of this bank"),
        Words("财政", "Finance"),
    ),
    "account_unchanged": (
        Words("账户还是上次失败的那个", "The account is still the one that failed"),
        Words("乡镇", "Township"),
    ),
    "not_covered": (
        Words("新年度没有指标承接", "No budget of the new year covers it yet"),
        Words("财政", "Finance"),
    ),
}
"""Why an instalment stays out, and who mends it."""


def waiting_groups(
    *, on: date, program: str | None = None, township: str | None = None, scope: str = ""
) -> list[Group]:
    """What could go into a batch today, by program, township and fiscal year, oldest year first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.program, rpad(left(e.division, 9), 12, '0'), e.fiscal_year, count(*), sum(i.amount_fen)::bigint
               FROM payments_instalment i JOIN applications_entitlement e ON e.id = i.entitlement_id
               WHERE i.due_on <= %(on)s AND i.lapsed_on IS NULL AND e.state <> 'ended'
                 AND (%(program)s::text IS NULL OR e.program = %(program)s)
                 AND (%(township)s::text IS NULL OR left(e.division, 9) = left(%(township)s, 9))
                 AND starts_with(e.division, %(scope)s)
                 AND NOT EXISTS (SELECT FROM payments_attempt t
                                 WHERE t.instalment_id = i.id AND t.state <> 'pulled_back')
               GROUP BY 1, 2, 3 ORDER BY 3, 1, 2""",
            {"on": on, "program": program, "township": township, "scope": scope},
        )
        return [Group(*row) for row in cursor.fetchall()]


def find_due(*, program: str, township: str, fiscal_year: int, on: date, banks: Banks) -> int:
    """Make the table ``payable`` for the instalments of a township that were never sent; gives their count."""
    return _find(
        _NEVER_SENT,
        {"program": program, "township": township, "fiscal_year": fiscal_year},
        program=program, on=on, banks=banks,
    )  # fmt: skip


def find_waiting(
    *, on: date, banks: Banks, program: str | None = None, township: str | None = None, scope: str = ""
) -> int:
    """The same for everything in scope that is due and was never sent, of every program and year; gives the count."""
    values = {"program": program, "township": township, "scope": scope}
    return _find(_WAITING, values, program=program, on=on, banks=banks)


def find_failed(*, batch: Batch, on: date, banks: Banks, is_late: bool = False) -> int:
    """The same for the failed or returned lines of ``batch`` that nobody has rebuilt; gives their count.

    ``is_late``: those whose money went back to the treasury, instead of the others. A line that the bank called paid
    after we had booked it failed is left alone until a person has found that it was not.
    """
    values = {"batch": batch.pk, "is_late": is_late}
    return _find(_FAILED, values, program=batch.program, on=on, banks=banks)


def find_planned(*, batch: Batch, on: date) -> dict[str, list[int]]:
    """The planned lines of ``batch`` that can no longer be paid as they stand, by reason."""
    _find(_PLANNED, {"batch": batch.pk}, program=batch.program, on=on, banks=Banks([], [], []))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.reason, array_agg(t.line ORDER BY t.line) FROM payable p
               JOIN payments_attempt t ON t.instalment_id = p.instalment AND t.batch_id = %s AND t.state = 'planned'
               WHERE p.reason <> '' GROUP BY 1 ORDER BY 1""",
            [batch.pk],
        )
        return dict(cursor.fetchall())


def profiles_of_banks(profiles: Mapping[str, Profile]) -> Banks:
    """Which profile pays each bank that a verified account names; asked once for a whole build."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT bank, cnaps FROM beneficiaries_account WHERE state = 'verified'")
        banks = cursor.fetchall()
    chosen = [serving(profiles, bank_number=cnaps, bank_name=bank) for bank, cnaps in banks]
    return Banks(
        [bank for bank, _ in banks],
        [cnaps for _, cnaps in banks],
        [one.code if one else "" for one in chosen],
    )


def _find(due: str, values: dict[str, Any], *, program: str | None, on: date, banks: Banks) -> int:
    """From due lines to ``payable``: who is paid, on which account, through which bank, or the reason why not."""
    versions = PolicyVersion.objects.filter(code=program) if program else PolicyVersion.objects.all()
    policies = [loaded(version) for version in versions.order_by("pk")]
    limits = limits_of(policies)
    values = {**values, "on": on}
    with connection.cursor() as cursor:
        # A table of its own, analysed: as a part of the next statement its size is guessed, and a wrong guess
        # joined ten thousand lines with ten thousand accounts row by row.
        cursor.execute("DROP TABLE IF EXISTS due, payable, open")
        cursor.execute(f"CREATE TEMPORARY TABLE due ON COMMIT DROP AS {due}", values)
        cursor.execute("ANALYZE due")
    return find_payees(
        {
            "on": on, "cooled": cooled_by(on), **orders(policies), "banks": banks.names, "cnaps": banks.cnaps,
            "profiles": banks.profiles, "limited": limits[0], "limits": limits[1], "times": limits[2],
        }
    )  # fmt: skip


def profiles_in_use() -> list[str]:
    """The profiles through which ``payable`` has lines to pay, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT profile FROM payable WHERE reason = '' ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def names_in(profile: str) -> tuple[list[int], list[str]]:
    """Instalments and account names that would go through ``profile``."""
    query = "SELECT instalment, account_name FROM payable WHERE reason = '' AND profile = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [profile])
        rows = cursor.fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]


def mark_unchanged() -> None:
    """Sending the same account again would fail again, where the reason says that something must change first."""
    stays = [reason.code for reason in load_reasons().values() if reason.retry == "no"]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payable p SET reason = 'account_unchanged'
               FROM payments_attempt t JOIN beneficiaries_account o ON o.id = t.account_id,
                    beneficiaries_account n
               WHERE t.id = p.failed AND n.id = p.account AND p.reason = '' AND t.reason = ANY(%s)
                 AND (o.number_index, o.account_name) = (n.number_index, n.account_name)""",
            [stays],
        )


LATE = """EXISTS (
        SELECT FROM payments_attempt r JOIN payments_batch y ON y.id = r.batch_id
        WHERE r.instalment_id = t.instalment_id AND r.state = 'returned' AND y.fiscal_year = b.fiscal_year
          AND extract(year FROM r.returned_on) > y.fiscal_year)"""
"""Whether the money of ``t``, an attempt in batch ``b``, went back to the treasury after its fiscal year."""
_NEVER_SENT = """
    SELECT i.id AS instalment, i.number, i.amount_fen, NULL::bigint AS failed, e.version_id AS version,
           e.person_id AS person, e.household_id AS household, e.division, e.state,
           NULL::bigint AS account, false AS said_paid
    FROM payments_instalment i JOIN applications_entitlement e ON e.id = i.entitlement_id
    WHERE e.program = %(program)s AND left(e.division, 9) = left(%(township)s, 9) AND e.fiscal_year = %(fiscal_year)s
      AND i.due_on <= %(on)s AND i.lapsed_on IS NULL AND e.state <> 'ended'
      AND NOT EXISTS (SELECT FROM payments_attempt t WHERE t.instalment_id = i.id AND t.state <> 'pulled_back')"""
_WAITING = """
    SELECT i.id AS instalment, i.number, i.amount_fen, NULL::bigint AS failed, e.version_id AS version,
           e.person_id AS person, e.household_id AS household, e.division, e.state,
           NULL::bigint AS account, false AS said_paid
    FROM payments_instalment i JOIN applications_entitlement e ON e.id = i.entitlement_id
    WHERE i.due_on <= %(on)s AND i.lapsed_on IS NULL AND e.state <> 'ended'
      AND (%(program)s::text IS NULL OR e.program = %(program)s)
      AND (%(township)s::text IS NULL OR left(e.division, 9) = left(%(township)s, 9))
      AND starts_with(e.division, %(scope)s)
      AND NOT EXISTS (SELECT FROM payments_attempt t WHERE t.instalment_id = i.id AND t.state <> 'pulled_back')"""
_SAID_PAID = """EXISTS (
        SELECT FROM payments_attempt q JOIN payments_resultfile f ON f.batch_id = q.batch_id
        JOIN payments_resultline r ON r.result_file_id = f.id AND r.line = q.line
        WHERE q.instalment_id = t.instalment_id AND q.state = 'failed' AND r.outcome = 'paid'
          AND r.quarantine IS NOT NULL AND r.quarantine->>'finding' IS DISTINCT FROM 'not_paid')"""
_FAILED = f"""
    SELECT i.id AS instalment, i.number, t.amount_fen, t.id AS failed, e.version_id AS version,
           e.person_id AS person, e.household_id AS household, e.division, e.state,
           NULL::bigint AS account, false AS said_paid
    FROM payments_attempt t JOIN payments_instalment i ON i.id = t.instalment_id
    JOIN applications_entitlement e ON e.id = i.entitlement_id
    JOIN payments_batch b ON b.id = t.batch_id
    WHERE t.batch_id = %(batch)s AND t.state IN ('failed', 'returned') AND e.state <> 'ended'
      AND {LATE} = %(is_late)s AND NOT {_SAID_PAID}
      AND NOT EXISTS (SELECT FROM payments_attempt o WHERE o.rebuilds_id = t.id AND o.state <> 'pulled_back')
      AND NOT EXISTS (SELECT FROM payments_attempt o WHERE o.instalment_id = t.instalment_id
                      AND o.state NOT IN ('failed', 'returned', 'pulled_back'))"""  # noqa: S608 - parts from above
_PLANNED = f"""
    SELECT i.id AS instalment, i.number, t.amount_fen, NULL::bigint AS failed, e.version_id AS version,
           e.person_id AS person, e.household_id AS household, e.division, e.state,
           t.account_id AS account, t.rebuilds_id IS NOT NULL AND {_SAID_PAID} AS said_paid
    FROM payments_attempt t JOIN payments_instalment i ON i.id = t.instalment_id
    JOIN applications_entitlement e ON e.id = i.entitlement_id
    WHERE t.batch_id = %(batch)s AND t.state = 'planned'"""  # noqa: S608 - as above
