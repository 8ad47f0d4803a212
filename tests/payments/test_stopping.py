"""A right that is suspended waits; one that has ended frees what was not paid, and nothing else."""

import pytest

from applications.models import Entitlement
from ledger.queries import differences
from payments import services
from payments.models import Attempt
from tests import factories as make
from tests.payments.conftest import PREPARER, answer, built, sent
from tests.payments.granting import DAY, balances
from tests.payments.test_batches import refused
from tests.payments.test_results import fresh

pytestmark = pytest.mark.usefixtures("granted")
APPROVER = make.actor("county_approver")
CHECKER = make.actor("county_checker")


def first() -> Entitlement:
    return Entitlement.objects.order_by("pk").first()


def test_a_suspended_one_waits_and_goes_with_a_later_batch():
    stopped = services.suspend_entitlement(first(), reason="核查中", by=CHECKER, on=DAY)
    assert built().count == 4
    services.resume_entitlement(stopped, reason="查清了", by=APPROVER, on=DAY)
    assert built().count == 1


def test_an_ended_one_gives_its_money_back_before_anything_was_planned():
    services.end_entitlement(first(), reason="已去世", by=APPROVER, on=DAY)
    assert (balances()["committed"], balances()["available"]) == (800_000, 9_200_000)
    assert built().count == 4
    assert list(differences()) == []


def test_what_is_on_its_way_is_settled_first():
    batch = built()
    refused("on_the_way", services.end_entitlement, first(), reason="已去世", by=APPROVER, on=DAY)
    assert first().state == "active"
    batch = sent(batch)
    refused("on_the_way", services.end_entitlement, first(), reason="已去世", by=APPROVER, on=DAY)
    answer(batch, dict.fromkeys(range(1, 6), "paid"))
    services.end_entitlement(first(), reason="已去世", by=APPROVER, on=DAY)
    assert (balances()["paid"], balances()["committed"]) == (1_000_000, 0), "what was paid stays paid"


def test_a_failed_one_is_ended_instead_of_rebuilt_and_the_batch_can_be_closed():
    batch = sent(built())
    said = dict.fromkeys(range(2, 6), "paid") | {1: ("failed", "账户已销户")}
    answer(batch, said)
    owner = Attempt.objects.get(batch=batch, line=1).instalment.entitlement
    services.end_entitlement(owner, reason="已去世", by=APPROVER, on=DAY)
    assert (balances()["committed"], balances()["available"]) == (0, 9_200_000)
    refused("nothing_failed", services.build_correction, fresh(batch), by=PREPARER, on=DAY)
    assert services.close(fresh(batch), by=make.actor("batch_checker"), on=DAY).state == "closed"
    assert list(differences()) == []


def test_it_needs_a_reason_and_the_right_person():
    refused("reason_empty", services.end_entitlement, first(), reason=" ", by=APPROVER, on=DAY)
    refused("not_your_role", services.end_entitlement, first(), reason="x", by=CHECKER, on=DAY)
