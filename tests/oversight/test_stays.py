"""What was written stays: the application may not change it, and what the owner changes is named."""

import datetime

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from audit.sealing import seal
from oversight import kept, stock
from oversight.models import Stock
from tests.oversight.harming import as_two_roles, behind_the_back, broken, run

DAY = datetime.date(2026, 9, 1)
SECOND = "(SELECT max(id) FROM beneficiaries_person)"


def tables():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_table_says_what_stays():
    """A new table is put into one of the two lists by the one who makes it."""
    assert tables() == kept.KEPT.keys() | kept.WORKED_OUT


@pytest.mark.django_db
def test_every_named_column_is_there():
    for model in kept.models():
        table, columns = model._meta.db_table, {field.column for field in model._meta.concrete_fields}
        for names in (kept.KEPT[table].changes, *(later.columns for later in kept.KEPT[table].later)):
            assert set(names) <= columns, table
        for later in kept.KEPT[table].later:
            assert set(later.columns) <= set(kept.KEPT[table].changes), table


@pytest.mark.django_db
def test_the_application_may_do_to_each_table_what_the_list_says():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, a.attname, has_column_privilege(%s, c.oid, a.attnum, 'UPDATE'),
                      has_table_privilege(%s, c.oid, 'DELETE'), has_table_privilege(%s, c.oid, 'TRUNCATE')
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace""",
            [settings.APP_ROLE] * 3,
        )
        for table, column, updates, deletes, truncates in cursor.fetchall():
            if table in kept.KEPT:
                assert updates == (column in kept.KEPT[table].changes), (table, column)
                assert deletes == kept.KEPT[table].deletes, table
            assert not truncates, table


REFUSED = [
    "UPDATE beneficiaries_account SET number = '\\x00'",
    "UPDATE beneficiaries_account SET account_name = 'x', bank = 'y'",
    f"UPDATE beneficiaries_account SET owner_id = {SECOND}",
    f"UPDATE applications_application SET person_id = {SECOND}",
    f"UPDATE applications_entitlement SET person_id = {SECOND}",
    "UPDATE applications_entitlement SET amount_fen = 1",
    "UPDATE applications_application SET amount_fen = 1, facts = '[]'",
    "UPDATE applications_notice SET days = 1, until = posted_on",
    "UPDATE beneficiaries_household SET number = 'x'",
    "INSERT INTO beneficiaries_change SELECT * FROM beneficiaries_change",
    "UPDATE beneficiaries_change SET reason = 'x'",
    f"UPDATE beneficiaries_parentage SET parent_id = {SECOND}",
    "UPDATE beneficiaries_evidencelist SET rows_digest = '\\x00'",
    "UPDATE beneficiaries_evidencelist SET covers_until = '2030-01-01', is_complete = NOT is_complete",
    "UPDATE beneficiaries_coverage SET is_complete = NOT is_complete",
    "UPDATE programs_policyversion SET source = source || ' '::bytea",
    "UPDATE programs_policyversion SET sha256 = repeat('0', 64)",
    "UPDATE payments_instalment SET due_on = '2020-01-01'",
    "UPDATE payments_instalment SET amount_fen = 1",
    "UPDATE payments_attempt SET account_id = account_id + 1",
    "UPDATE payments_attempt SET amount_fen = 1",
    "UPDATE payments_batch SET approved_by = 'x', total_fen = 1",
    "UPDATE payments_resultline SET outcome = 'failed'",
    "UPDATE payments_bankfile SET sha256 = repeat('0', 64)",
    "UPDATE ledger_transfer SET actor_number = 'x'",
    *(
        f"DELETE FROM {table}"
        for table in (
            "applications_limitclaim", "applications_noticeline", "applications_paper", "beneficiaries_parentage",
            "beneficiaries_membership", "beneficiaries_coverage", "beneficiaries_doubt", "beneficiaries_fact",
            "payments_resultline", "payments_resultfile", "payments_exclusion", "payments_attempt", "officials_official",
            "letters_letter", "oversight_stock", "ledger_transfer",
        )
    ),
]  # fmt: skip


@pytest.mark.django_db
def test_the_application_cannot(paid):
    assert [statement for statement in REFUSED if not is_refused(statement)] == []


def is_refused(statement):
    """Whether the database says no; whatever it did is undone."""
    try:
        with transaction.atomic():
            run(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "permission denied" in str(error) or "what stands there stays" in str(error)
    return False


NAMED = {
    "account number": ("UPDATE beneficiaries_account SET number = '\\x00'", "beneficiaries_account"),
    "account name": ("UPDATE beneficiaries_account SET account_name = 'x'", "beneficiaries_account"),
    "person of the right": (
        f"""UPDATE applications_application SET person_id = {SECOND};
            UPDATE applications_entitlement SET person_id = {SECOND}""",
        "applications_entitlement",
    ),
    "household head": ("UPDATE beneficiaries_household SET head_id = NULL", "beneficiaries_household"),
    "another head": (f"UPDATE beneficiaries_household SET head_id = {SECOND}", "beneficiaries_household"),
    "parentage": ("UPDATE beneficiaries_parentage SET kind = 'adopted'", "beneficiaries_parentage"),
    "parentage taken back": ("UPDATE beneficiaries_parentage SET valid_until = '0001-01-01'", "beneficiaries_parentage"),
    "membership ended": ("UPDATE beneficiaries_membership SET valid_until = '2026-01-01'", "beneficiaries_membership"),
    "name": ("UPDATE beneficiaries_person SET name = 'x'", "beneficiaries_person"),
    "parentage deleted": ("DELETE FROM beneficiaries_parentage", "beneficiaries_parentage"),
    "membership deleted": ("DELETE FROM beneficiaries_membership", "beneficiaries_membership"),
    "coverage deleted": ("DELETE FROM beneficiaries_coverage", "beneficiaries_coverage"),
    "coverage": ("UPDATE beneficiaries_coverage SET is_complete = NOT is_complete", "beneficiaries_coverage"),
    "person": ("UPDATE beneficiaries_person SET born_on = '2000-01-01'", "beneficiaries_person"),
    "claim deleted": ("DELETE FROM applications_limitclaim", "applications_limitclaim"),
    "claim of another": ("UPDATE applications_limitclaim SET holder_id = holder_id + 9999", "applications_limitclaim"),
    "instalment due": ("UPDATE payments_instalment SET due_on = '2020-01-01'", "payments_instalment"),
    "instalment lapsed": (
        "UPDATE payments_instalment SET due_on = NULL, lapsed_on = '2020-01-01'",
        "payments_instalment",
    ),
    "notice days": ("UPDATE applications_notice SET days = 1, until = posted_on", "applications_notice"),
    "notice line deleted": ("DELETE FROM applications_noticeline", "applications_noticeline"),
    "result line": ("UPDATE payments_resultline SET outcome = 'failed'", "payments_resultline"),
    "result lines deleted": ("DELETE FROM payments_resultline", "payments_resultline"),
    "result files deleted": (
        "DELETE FROM payments_resultline; DELETE FROM payments_resultfile",
        "payments_resultfile",
    ),
    "policy bytes": (
        """UPDATE programs_policyversion SET source = source || ' '::bytea;
           UPDATE programs_policyversion SET sha256 = encode(sha256(source), 'hex');
           UPDATE applications_decision SET policy_sha256 = (SELECT sha256 FROM programs_policyversion LIMIT 1)""",
        "programs_policyversion",
    ),
    "transfer actor": ("UPDATE ledger_transfer SET actor_number = 'x'", "ledger_transfer"),
    "transfer day": ("UPDATE ledger_transfer SET business_day = '2020-01-01'", "ledger_transfer"),
    "batch people": ("UPDATE payments_batch SET prepared_on = '2020-01-01'", "payments_batch"),
    "bank format": ("UPDATE payments_batch SET profile_source = '\\x00'", "payments_batch"),
    "the trail's receipt": ("UPDATE applications_application SET receipt_number = '1'", "applications_application"),
}  # fmt: skip


@as_two_roles
def test_each_change_by_the_owner_is_named(paid):
    stock.take(on=DAY)
    seal()
    assert broken() == {}
    silent = {}
    for name, (statement, table) in NAMED.items():
        found = behind_the_back(statement)
        if table not in {place for place, _ in found.get("stays", [])}:
            silent[name] = found
    assert silent == {}


@as_two_roles
def test_the_rows_are_named_and_no_others(paid):
    stock.take(on=DAY)
    key = paid.entitlement.claims.order_by("pk").first().pk
    found = behind_the_back("DELETE FROM applications_limitclaim WHERE id = %s", key)
    assert found["stays"] == [("applications_limitclaim", key)]


@as_two_roles
def test_the_stock_itself_cannot_be_edited_or_shortened(paid):
    stock.take(on=DAY)
    seal()
    last = Stock.objects.order_by("pk").last().pk
    assert ("oversight_stock", last) in behind_the_back("DELETE FROM oversight_stock WHERE id = %s", last)[
        "stock"
    ]
    claims = Stock.objects.get(table="applications_limitclaim").pk
    for harm in (
        "UPDATE oversight_stock SET digests = digests || '\\x00'::bytea WHERE id = %s",
        "UPDATE oversight_stock SET ids = '{}' WHERE id = %s",
        "UPDATE oversight_stock SET columns = '[]' WHERE id = %s",
    ):
        assert ("oversight_stock", claims) in behind_the_back(harm, claims)["stock"]
    assert behind_the_back("DELETE FROM oversight_stock WHERE id = %s", claims)["stock"] != []


@pytest.mark.django_db
def test_taking_again_writes_nothing_and_a_new_row_is_taken_once(paid):
    assert stock.take(on=DAY) > 0
    parts = Stock.objects.count()
    assert stock.take(on=DAY) == 0
    run("INSERT INTO officials_division (code, name, kind) VALUES ('610124999000', 'x', 'town')")
    assert stock.take(on=DAY) == 1
    assert Stock.objects.count() == parts + 1
    assert list(stock.changed()) == []
