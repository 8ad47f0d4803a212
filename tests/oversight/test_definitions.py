"""What the database enforces is written down and compared: nothing is dropped, emptied or switched off unseen."""

import os

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from config.database.roles import as_owner
from oversight import definitions, grants
from tests.oversight.harming import as_two_roles, broken, run

HARMS = {
    "guard emptied": "CREATE OR REPLACE FUNCTION guanai_refuse_move() RETURNS trigger LANGUAGE plpgsql"
    " AS $b$ BEGIN RETURN NEW; END $b$",
    "guard of what stays emptied": "CREATE OR REPLACE FUNCTION guanai_refuse_change() RETURNS trigger LANGUAGE plpgsql"
    " AS $b$ BEGIN RETURN NEW; END $b$",
    "guard that never fires": "DROP TRIGGER batch_moves ON payments_batch; CREATE TRIGGER batch_moves BEFORE UPDATE OF state"
    " ON payments_batch FOR EACH ROW WHEN (false) EXECUTE FUNCTION guanai_refuse_move()",
    "guard of what stays off": "ALTER TABLE payments_batch DISABLE TRIGGER stays_batch_sent",
    "check dropped": "ALTER TABLE payments_batch DROP CONSTRAINT batch_different_people",
    "four people": "ALTER TABLE applications_application DROP CONSTRAINT application_different_people",
    "unique dropped": "DROP INDEX one_live_attempt",
    "overdraft": "ALTER TABLE ledger_ledgeraccount DROP CONSTRAINT ledger_never_overdrawn",
    "exclusion dropped": "ALTER TABLE programs_policyversion DROP CONSTRAINT versions_do_not_overlap",
    "column privilege": f"GRANT UPDATE (fen) ON ledger_transfer TO {settings.APP_ROLE}",
    "delete privilege": f"GRANT DELETE ON applications_limitclaim TO {settings.APP_ROLE}",
    "rule": "CREATE RULE quiet AS ON INSERT TO audit_trailrow DO INSTEAD NOTHING",
    "trigger slipped in": "CREATE TRIGGER slipped BEFORE INSERT ON audit_trailrow FOR EACH ROW"
    " EXECUTE FUNCTION guanai_refuse_change()",
}


@pytest.mark.django_db
def test_the_file_is_what_the_migrations_make():
    """After a migration that changes a constraint: ``GUANAI_WRITE_DEFINITIONS=1`` with this test, and look at the diff."""
    if os.environ.get("GUANAI_WRITE_DEFINITIONS"):
        definitions.write()
    assert definitions.live() == definitions.expected()


@as_two_roles
@pytest.mark.parametrize("statement", HARMS.values(), ids=HARMS)
def test_each_guard_that_is_weakened_is_named(statement):
    with as_owner(), transaction.atomic():
        run(statement)
        found = broken()
        transaction.set_rollback(True)
    assert found["definitions"] != []


@as_two_roles
def test_migrating_again_brings_privileges_and_triggers_back(capsys):
    with as_owner():
        run(f"GRANT UPDATE, DELETE ON applications_limitclaim TO {settings.APP_ROLE}")
        run("DROP TRIGGER stays_batch_sent ON payments_batch")
    call_command("migrate", verbosity=0)
    assert definitions.live() == definitions.expected()
    with as_owner():
        grants.hold()
    assert definitions.live() == definitions.expected()


@pytest.mark.django_db
def test_the_command_writes_the_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(definitions, "FILE", tmp_path / "definitions.txt")
    call_command("definitions")
    assert definitions.live() == definitions.expected()
