"""The story that the tests of ``verify`` harm: one award from the counter to the bank."""

from datetime import date

import pytest

from applications.services import county
from tests import factories as make
from tests.applications import conftest as applications
from tests.applications import test_road as road
from tests.payments import conftest as payments
from tests.payments.granting import ABC

DECIDED = date(2026, 8, 31)


@pytest.fixture
def built(settings, tmp_path):
    """One award, decided, in a draft batch: (decision, batch)."""
    settings.FILES_ROOT = tmp_path / "files"
    make.divisions()
    make.complete_lists()
    make.active_policy("college-award")
    applications.allot("college-award", 1_000_000)
    family = applications.poor_family("赵")
    make.account(family.girl, "6228480012345678901", bank=ABC)
    decision = county.approve(road.rechecked(family), by=make.actor("county_approver"), on=DECIDED)
    payments.services.plan_instalments(on=DECIDED)
    (batch,) = payments.services.build_batches(by=payments.PREPARER, on=DECIDED)
    return decision, batch


@pytest.fixture
def paid(built):
    """The same award, sent and paid."""
    decision, batch = built
    payments.answer(payments.sent(batch), {1: "paid"})
    return decision
