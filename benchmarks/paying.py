"""A county in which everybody has a right: entitlements, accounts and commitments, made in bulk."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from django.db import connection, transaction

from benchmarks.offices import APPROVER, BATCH_APPROVER, BATCH_CHECKER, ON, PREPARER, active_policies
from benchmarks.population import settle_statistics
from beneficiaries.models import Account, Person
from ledger import services as ledger
from payments import services
from payments.models import Batch
from vault import blind

DAY = date(2026, 8, 18)
FEN = 200_000
PROGRAM = "college-award"
TOWNSHIP = "610124101000"


def give_rights(count: int) -> None:
    """``count`` girls of one township with a verified account, an entitlement of 2,000 yuan and its commitment."""
    version = active_policies()[PROGRAM]
    entered = ledger.enter_allotment(
        program=PROGRAM, source="county", fiscal_year=2026, document_number="示例", amount_fen=count * FEN,
        by=BATCH_CHECKER, on=ON,
    )  # fmt: skip
    ledger.confirm_allotment(entered, by=BATCH_APPROVER, on=ON)
    with transaction.atomic(), connection.cursor() as cursor:
        _accounts(count)
        cursor.execute("SELECT set_config('guanai.actor', 'benchmark', true)")
        cursor.execute(
            "UPDATE beneficiaries_account SET state = 'verified', verified_by = 'b', verified_on = %s", [ON]
        )
        cursor.execute("SELECT set_config('guanai.actor', '', true)")
        for statement in _RIGHTS:
            cursor.execute(
                statement, {"version": version, "program": PROGRAM, "fen": FEN, "on": ON, "count": count}
            )
        ledger.book_selected(
            """SELECT program::text, 'county'::text, 2026, 'available'::text, 'committed'::text, amount_fen,
                      'commit:' || id || ':county' FROM applications_entitlement ORDER BY id""",
            by=APPROVER, on=ON,
        )  # fmt: skip
    services.plan_instalments(on=DAY)
    settle_statistics()


def _accounts(count: int) -> None:
    """One account for each of the first ``count`` people."""
    people = Person.objects.filter(pk__lte=count).order_by("pk").values_list("pk", "name")
    numbers = [f"62284800{n:011d}" for n in range(count)]
    indexes = blind.index_many(numbers, purpose="account")
    Account.objects.bulk_create(
        (
            Account(
                owner_id=pk, number=number, number_index=index, account_name=name, bank="中国农业银行", kind="card",
                entered_by="a", entered_on=ON, state="entered",
            )
            for (pk, name), number, index in zip(people, numbers, indexes, strict=True)
        ),
        batch_size=5000,
    )  # fmt: skip


def built() -> Batch:
    """The draft batch of everybody."""
    (batch,) = services.build_batches(by=PREPARER, on=DAY)
    return batch


def approved(batch: Batch) -> Batch:
    """The three people's steps."""
    batch = services.prepare(batch, by=PREPARER, on=DAY)
    services.confirm(batch, count=batch.count, total_fen=batch.total_fen, by=BATCH_CHECKER, on=DAY)
    return services.approve(batch, count=batch.count, total_fen=batch.total_fen, by=BATCH_APPROVER, on=DAY)


class Undone(AbstractContextManager["Undone"]):
    """A transaction that is rolled back at the end, so that every run begins with the same tables."""

    def __enter__(self) -> "Undone":
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)


def run_sql(statements: str, **values: Any) -> None:
    """Statements of a floor, one after another, with the door's mark set: the guard is part of our tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('guanai.actor', 'floor', true)")
        for statement in filter(str.strip, statements.split(";")):
            cursor.execute(statement, values)
        cursor.execute("SELECT set_config('guanai.actor', '', true)")


def quickest(runs: int, work: Callable[[], float]) -> float:
    """The least of what ``work`` measured itself, each run undone."""
    times = []
    for _ in range(runs):
        with Undone():
            times.append(work())
    return min(times)


_RIGHTS = (
    """INSERT INTO applications_application (program, version_id, person_id, household_id, division, receipt_number, token,
              origin, applied_on, decide_by_is_provisional, verdict, amount_fen, facts, conditions, missing_papers,
              proposes_refusal, reasons, note, submitted_by, reviewed_by, rechecked_by, decided_by, state)
       SELECT %(program)s, %(version)s, p.id, m.household_id, '610124101' || right(p.division, 3), lpad(p.id::text, 12, '0'),
              'token' || p.id, 'lists', %(on)s, false, 2, %(fen)s, '{}', '[]', '[]', false, '[]', '', '', '', '', '', 'submitted'
       FROM beneficiaries_person p JOIN beneficiaries_membership m ON m.person_id = p.id WHERE p.id <= %(count)s ORDER BY p.id""",
    """INSERT INTO applications_decision (application_id, outcome, amount_fen, version_id, policy_sha256, judged, facts,
              conditions, reasons, decided_by, decided_on, digest)
       SELECT id, 'approved', amount_fen, version_id, '', '{}', '{}', '[]', '[]', 'b', %(on)s, '\\x00'
       FROM applications_application ORDER BY id""",
    """INSERT INTO applications_entitlement (decision_id, application_id, program, version_id, person_id, household_id,
              division, amount_fen, funds, fiscal_year, granted_on, state)
       SELECT d.id, a.id, a.program, a.version_id, a.person_id, a.household_id, a.division, a.amount_fen,
              jsonb_build_object('county', a.amount_fen), 2026, %(on)s, 'active'
       FROM applications_application a JOIN applications_decision d ON d.application_id = a.id ORDER BY a.id""",
)

TRAIL = """INSERT INTO audit_trailrow (day, actor_number, actor_name, role, division, verb, "table", object_id, source, target,
    detail) SELECT DATE '2026-08-18', 'b', 'b', 'batch_preparer', '', '{verb}', 'payments_attempt', id, '{source}', '{target}',
    '{{}}' FROM payments_attempt WHERE {which} ORDER BY id"""
TRANSFERS = """INSERT INTO ledger_transfer (debit_id, credit_id, fen, cause, batch_key, business_day, actor_number)
    SELECT d.id, c.id, t.amount_fen, '{verb}:' || t.id || ':county', t.batch_id, DATE '2026-08-18', 'b' FROM payments_attempt t
    JOIN ledger_ledgeraccount d ON d.kind = '{debit}' JOIN ledger_ledgeraccount c ON c.kind = '{credit}'
    WHERE {which} ORDER BY t.id"""
