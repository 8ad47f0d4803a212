"""A girl's award from the counter to the bank holds together; each thing changed behind the program's back is named."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from applications.models import Application, Decision
from applications.services.granting import digest_of_old
from audit.models import Block
from audit.sealing import seal
from beneficiaries.models import EvidenceList, Fact
from payments.models import Attempt, BankFile
from programs import services as programs
from tests import factories as make
from tests.oversight.harming import as_two_roles, behind_the_back, broken

DAY = date(2026, 8, 31)


@pytest.mark.django_db
def test_what_went_through_the_program_holds_together(paid, capsys):
    assert broken() == {}
    call_command("verify", json=True)
    assert json.loads(capsys.readouterr().out)["ok"] is True


@as_two_roles
def test_each_change_behind_the_programs_back_is_named(paid):
    seal()
    decision, application = paid.pk, paid.application_id
    entitlement, attempt = paid.entitlement.pk, Attempt.objects.get().pk
    fact = Fact.objects.get(kind="admission").pk
    the_decision, the_attempt = ("applications_decision", decision), ("payments_attempt", attempt)
    the_application, the_entitlement = (
        ("applications_application", application),
        ("applications_entitlement", entitlement),
    )

    found = behind_the_back("UPDATE applications_decision SET amount_fen = 300000")
    assert found == {
        "decision_digests": [the_decision],
        "decisions": [the_application],
        "entitlements": [the_decision],
    }
    assert behind_the_back("UPDATE applications_decision SET reasons = '[{}]'") == {
        "decision_digests": [the_decision]
    }
    assert behind_the_back(
        'UPDATE beneficiaries_fact SET values = \'{"batch": "x"}\' WHERE id = %s', fact
    ) == {"fact_digests": [("beneficiaries_fact", fact)]}
    assert behind_the_back("UPDATE applications_application SET amount_fen = 1") == {
        "decisions": [the_application]
    }
    assert behind_the_back("UPDATE applications_application SET facts = '{}'") == {
        "decisions": [the_application]
    }
    found = behind_the_back("UPDATE applications_application SET reviewed_by = 'somebody'")
    assert found == {"people": [the_application]}
    found = behind_the_back("UPDATE applications_entitlement SET amount_fen = 1")
    assert found["entitlements"] == [the_decision, the_entitlement, the_entitlement]
    found = behind_the_back("UPDATE payments_attempt SET amount_fen = amount_fen + 1")
    assert found["attempts"][0] == the_attempt
    assert found["money"] == [the_attempt, the_attempt]
    assert set(found) == {"attempts", "money", "batches"}
    found = behind_the_back("UPDATE payments_attempt SET account_id = account_id, line = 2")
    assert list(found) == ["batches"]
    found = behind_the_back("UPDATE ledger_transfer SET fen = fen + 1 WHERE cause LIKE 'pay:%%'")
    assert found["money"] == [the_attempt]
    assert [table for table, _ in found["balances"]] == ["ledger_ledgeraccount"] * 2
    found = behind_the_back("DELETE FROM ledger_transfer WHERE cause LIKE 'commit:%%'")
    assert found["entitlements"] == [the_entitlement]
    found = behind_the_back(
        "UPDATE ledger_ledgeraccount SET balance_fen = balance_fen + 1 WHERE kind = 'paid'"
    )
    assert found == {"balances": [("ledger_ledgeraccount", "2026/college-award/county/paid")]}
    found = behind_the_back("UPDATE programs_policyversion SET source = source || '#'::bytea")
    assert [table for table, _ in found["policies"]] == ["programs_policyversion"]
    assert behind_the_back("UPDATE payments_batch SET total_fen = 1")["batches"] != []


@as_two_roles
def test_a_changed_trail_is_named(paid):
    seal()
    first = Block.objects.order_by("n").first().pk
    assert behind_the_back(
        "UPDATE audit_trailrow SET actor_name = 'x' WHERE id = (SELECT min(id) FROM audit_trailrow)"
    ) == {"trail": [("audit_block", first)]}
    found = behind_the_back("DELETE FROM audit_trailrow WHERE verb = 'recheck'")
    assert [table for table, _ in found["trail"]] == ["audit_block"]
    assert found["states"] == [("applications_application", paid.application_id)]
    found = behind_the_back("UPDATE audit_block SET digest = %s WHERE n = %s", bytes(32), first)
    assert ("audit_block", first) in found["trail"]
    found = behind_the_back("UPDATE applications_notice SET head = '#1 0000…0000'")
    assert [table for table, _ in found["heads"]] == ["applications_notice"]


@pytest.mark.django_db
def test_a_legal_move_behind_the_door_is_named(paid):
    with transaction.atomic(), connection.cursor() as cursor:  # as the application itself
        cursor.execute("SELECT set_config('guanai.actor', 'somebody', true)")
        cursor.execute("UPDATE applications_entitlement SET state = 'suspended'")
        assert broken() == {"states": [("applications_entitlement", paid.entitlement.pk)]}
        transaction.set_rollback(True)


@as_two_roles
def test_a_row_that_was_removed_is_named(paid):
    found = behind_the_back("DELETE FROM payments_resultline; DELETE FROM payments_attempt")
    assert found["states"] == [("payments_attempt", Attempt.objects.get().pk)]


@as_two_roles
def test_guards_that_are_gone_are_named(paid):
    found = behind_the_back(f"GRANT UPDATE ON ledger_transfer TO {settings.APP_ROLE}")
    assert found["guards"] == [("ledger_transfer", "UPDATE")]
    found = behind_the_back("ALTER TABLE payments_batch DISABLE TRIGGER batch_moves")
    assert found["guards"] == [("payments_batch", "batch_moves")]


@pytest.mark.django_db
def test_a_stored_file_that_was_changed_or_is_gone_is_named(paid, capsys):
    stored = BankFile.objects.get()
    place = Path(settings.FILES_ROOT) / stored.file.name
    whole = place.read_bytes()
    for harm in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1])):
        place.write_bytes(harm)
        assert broken() == {"files": [("payments_bankfile", stored.pk)]}
    place.unlink()
    with pytest.raises(SystemExit) as caught:
        call_command("verify")
    assert caught.value.code == 1
    said = capsys.readouterr().out
    assert f"payments_bankfile {stored.pk}" in said
    assert "1 rows do not hold together" in said
    assert Application.objects.get().pk == Decision.objects.get().application_id


@as_two_roles
def test_facts_set_aside_without_a_deed_are_named(paid):
    fact = Fact.objects.get(kind="admission").pk
    other = Fact.objects.exclude(kind="admission").first().pk
    for harm in ("superseded_by_id = id", "is_disputed = true", f"superseded_by_id = {other}"):
        found = behind_the_back(f"UPDATE beneficiaries_fact SET {harm} WHERE id = %s", fact)
        assert found["evidence"] == [("beneficiaries_fact", fact)], harm


@as_two_roles
def test_a_list_without_its_digest_is_named(paid):
    key = EvidenceList.objects.filter(state="taken").first().pk
    harm = """UPDATE audit_trailrow SET detail = '{"rows": 1}'
              WHERE "table" = 'beneficiaries_evidencelist' AND verb = 'take'"""
    found = behind_the_back(harm)  # as a list that the program took, and whose digest was emptied
    assert ("beneficiaries_evidencelist", key) in found["evidence"]


@as_two_roles
def test_a_policy_that_nothing_was_decided_by_keeps_its_bytes(paid):
    version = programs.load(
        make.policy_bytes("training-subsidy"),
        file_name="training-subsidy.toml",
        by=make.actor("policy_officer"),
        on=DAY,
    )
    key = version.pk
    found = behind_the_back(
        f"""UPDATE programs_policyversion SET source = convert_to(replace(convert_from(source, 'UTF8'), '1200', '9200'),
            'UTF8') WHERE id = {key};
            UPDATE programs_policyversion SET sha256 = encode(sha256(source), 'hex') WHERE id = {key}"""
    )
    assert found["policies"] == [("programs_policyversion", version.pk)]


@as_two_roles
def test_whose_a_decision_is_stands_in_its_digest(paid):
    person = "(SELECT max(id) FROM beneficiaries_person)"
    found = behind_the_back(
        f"""UPDATE applications_application SET person_id = {person};
            UPDATE applications_entitlement SET person_id = {person}"""
    )
    assert found["decision_digests"] == [("applications_decision", paid.pk)]


@as_two_roles
def test_a_decision_of_an_older_program_still_holds(paid):
    assert behind_the_back("UPDATE applications_decision SET digest = %s", digest_of_old(paid)) == {}


@as_two_roles
def test_powers_without_a_deed_are_named(paid):
    people = make.officials()
    assert "powers" not in broken()
    clerk = people["clerk"].pk
    for harm in (
        "roles = '{county_approver,batch_preparer}'",
        "roles = roles || '{county_approver}'",
        "division_id = '610124000000'",
    ):
        found = behind_the_back(f"UPDATE officials_official SET {harm} WHERE id = %s", clerk)
        assert found["powers"] == [("officials_official", clerk)]
    found = behind_the_back(
        """INSERT INTO officials_official
                  (password, password_is_temporary, number, name, office, division_id, roles, is_active)
           SELECT 'x', false, 'zz9', 'x', '', code, '{county_approver}', true FROM officials_division LIMIT 1"""
    )
    assert len(found["powers"]) == 1
