"""Two rows of the register that are one person: paid to either row's account, and not twice."""

import pytest
from django.db import connection

from applications.models import LimitClaim
from audit.door import perform
from payments import services
from payments.banks import load_profiles
from payments.queries.due import REASONS, find_waiting, profiles_of_banks
from payments.services.rechecking import not_payable
from programs.queries import loaded
from tests import factories as make
from tests.applications.test_merged_people import merged, parted
from tests.payments.conftest import PREPARER, built, planned, sent, states
from tests.payments.granting import DAY, accounts, allot, entitlements, girls
from tests.payments.test_batches import refused


@pytest.fixture
def pair(award):
    """One girl under two rows, each row with an account of its own."""
    allot("college-award", 10_000_000)
    one, other = girls(2)
    accounts([one, other])
    return one, other


def granted(version, *people):
    """Entitlements with the claims that an approval writes."""
    made = entitlements(list(people), version)
    for one in made:
        LimitClaim.objects.create(
            limit=_limit(version),
            holder_kind="person",
            holder_id=one.person_id,
            period="life",
            nth=1,
            entitlement=one,
        )
    return made


def _limit(version):
    return loaded(version).program.policy.limits[0].name


def test_a_payee_whose_row_was_merged_is_paid_on_the_others_account(award):
    allot("college-award", 10_000_000)
    one, other = girls(2)
    (account,) = accounts([one])
    granted(award, other)
    planned()
    refused("nothing_payable", services.build_batches, by=PREPARER, on=DAY)
    double = merged(one, other)
    (batch,) = services.build_batches(by=PREPARER, on=DAY)
    assert batch.attempts.get().account == account
    parted(double)
    assert not_payable(batch, on=DAY) == {"account_gone": [1]}


def test_of_two_rights_of_one_person_only_the_older_is_paid(award, pair):
    one, other = pair
    granted(award, one)
    (newer,) = granted(award, other)
    batch = built()
    assert batch.count == 2
    double = merged(one, other)
    line = batch.attempts.get(instalment__entitlement=newer).line
    assert not_payable(batch, on=DAY) == {"granted_twice": [line]}
    assert (
        REASONS["granted_twice"][0].zh
        in refused("not_payable", services.prepare, batch, by=PREPARER, on=DAY).words.zh
    )
    parted(double)
    assert not_payable(batch, on=DAY) == {}


def test_what_was_paid_under_one_row_is_not_paid_under_the_other(award, pair):
    one, other = pair
    (older,) = granted(award, one)
    granted(award, other)
    planned()
    perform(older, "suspend", by=make.actor("county_approver"), on=DAY)
    (batch,) = services.build_batches(by=PREPARER, on=DAY)  # the newer right alone
    assert set(states(sent(batch)).values()) == {"sent"}
    older = perform(older, "resume", by=make.actor("county_approver"), on=DAY)
    merged(one, other)
    refused("nothing_payable", services.build_batches, by=PREPARER, on=DAY)
    find_waiting(on=DAY, banks=profiles_of_banks(load_profiles()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM payable")
        assert cursor.fetchall() == [("granted_twice",)]


def test_a_right_ended_unpaid_frees_the_other(award, pair):
    one, other = pair
    (older,) = granted(award, one)
    (newer,) = granted(award, other)
    planned()
    merged(one, other)
    perform(older, "end", by=make.actor("county_approver"), on=DAY)
    (batch,) = services.build_batches(by=PREPARER, on=DAY)
    assert [line.instalment.entitlement_id for line in batch.attempts.all()] == [newer.pk]


def test_who_died_under_one_row_is_dead_under_both(award, pair):
    one, other = pair
    granted(award, one)
    batch = built()
    make.fact(other, "death", DAY)
    merged(one, other)
    assert not_payable(batch, on=DAY) == {"beneficiary_died": [1]}
