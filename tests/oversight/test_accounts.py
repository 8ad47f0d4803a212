"""An account is what was entered: nobody is paid to one that was changed behind the program's back."""

import datetime

import pytest
from django.db import transaction

from config.database.roles import as_owner
from payments import services
from payments.services.rechecking import not_payable
from standards.words import Refusal
from tests import factories as make
from tests.oversight.harming import as_two_roles, behind_the_back, run
from tests.payments import conftest as payments
from tests.payments.conftest import CHECKER, PREPARER

COPIED = """UPDATE beneficiaries_account a SET number = b.number, number_index = b.number_index
            FROM beneficiaries_account b WHERE a.id = %s AND b.id = %s"""


@pytest.fixture
def two(built):
    """The girl's account in the batch, and another family's."""
    _, batch = built
    other = make.account(make.person("钱多多", datetime.date(2008, 1, 1)), "6228480099999999999")
    return batch, batch.attempts.get().account_id, other.pk


@as_two_roles
@pytest.mark.parametrize(
    "change",
    [
        COPIED,
        "UPDATE beneficiaries_account a SET number = b.number FROM beneficiaries_account b WHERE a.id = %s AND b.id = %s",
        "UPDATE beneficiaries_account a SET owner_id = b.owner_id FROM beneficiaries_account b WHERE a.id=%s AND b.id=%s",
        "UPDATE beneficiaries_account SET account_name = 'x' || %s WHERE id = %s",
        "UPDATE beneficiaries_account SET bank = 'x' || %s WHERE id = %s",
        "UPDATE beneficiaries_account SET number = '\\x00' WHERE %s <> 0 AND id = %s",
    ],
    ids=["number and index", "number alone", "owner", "name", "bank", "rubbish"],
)
def test_a_changed_account_is_named(two, change):
    _, ours, theirs = two
    parameters = (ours, theirs) if "FROM beneficiaries_account b" in change else (theirs, ours)
    found = behind_the_back(change, *parameters)
    assert found["account_digests"] == [("beneficiaries_account", ours)]


@as_two_roles
def test_another_row_of_the_same_digest_is_named(two):
    """A whole row copied onto another, digest and all, is not that other row."""
    _, ours, theirs = two
    found = behind_the_back(
        f"""CREATE TEMP TABLE other AS SELECT * FROM beneficiaries_account WHERE id = {theirs};
            UPDATE beneficiaries_account SET number_index = '\\x00' WHERE id = {theirs};
            UPDATE beneficiaries_account a SET (number, number_index, account_name, bank, owner_id, digest) =
            (SELECT number, number_index, account_name, bank, owner_id, digest FROM other) WHERE id = {ours}"""
    )
    assert found["account_digests"] == [("beneficiaries_account", ours), ("beneficiaries_account", theirs)]


@as_two_roles
def test_a_number_changed_after_approval_never_reaches_the_bank(two):
    batch, ours, theirs = two
    batch = payments.approved(batch)
    with as_owner():
        run(COPIED, ours, theirs)
    for step in (services.export, services.send):
        with pytest.raises(Refusal) as refused:
            step(batch, by=PREPARER, on=batch.made_on)
        assert refused.value.code == "account_changed"
    assert not batch.files.exists()


@as_two_roles
def test_a_number_changed_after_the_files_were_made_is_not_sent(two):
    batch, ours, theirs = two
    batch = payments.approved(batch)
    services.export(batch, by=PREPARER, on=batch.made_on)
    with as_owner():
        run(COPIED, ours, theirs)
    with pytest.raises(Refusal) as refused:
        services.send(batch, by=PREPARER, on=batch.made_on)
    assert refused.value.code == "account_changed"
    batch.refresh_from_db()
    assert (batch.state, batch.attempts.get().state) == ("approved", "planned")


@as_two_roles
def test_a_changed_account_is_said_before_whatever_else_speaks_against_it(two):
    """An account that is another person's now is also nobody's that may be paid."""
    batch, ours, theirs = two
    batch = payments.approved(batch)
    services.export(batch, by=PREPARER, on=batch.made_on)
    with as_owner():
        run(
            "UPDATE beneficiaries_account SET owner_id = (SELECT owner_id FROM beneficiaries_account WHERE id = %s)"
            " WHERE id = %s",
            theirs,
            ours,
        )
    with transaction.atomic():
        assert not_payable(batch, on=batch.made_on)
    with pytest.raises(Refusal) as refused:
        services.send(batch, by=PREPARER, on=batch.made_on)
    assert refused.value.code == "account_changed"


@as_two_roles
def test_a_changed_account_is_not_prepared_checked_or_approved(two):
    batch, ours, theirs = two
    batch = services.prepare(batch, by=PREPARER, on=batch.made_on)
    with as_owner():
        run(COPIED, ours, theirs)
    with pytest.raises(Refusal) as refused, transaction.atomic():
        services.confirm(batch, count=batch.count, total_fen=batch.total_fen, by=CHECKER, on=batch.made_on)
    assert refused.value.code == "account_changed"
