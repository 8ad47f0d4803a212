"""A bank's return against every step of finance about the same debt, at the same moment: whoever is first, the sums hold."""

import pytest

from applications.models import Decision
from applications.services import county
from ledger.queries import differences
from payments import services as payments
from payments.models import Attempt, Recovery, Repayment, WriteOff
from payments.services.recovering import propose_recovery, settle_recovery
from payments.services.repaying import confirm_repayment
from payments.services.writing_off import decide_write_off
from tests import factories as make
from tests.applications.conftest import allot, poor_family, whole_lists
from tests.applications.walks import DECIDED, rechecked
from tests.payments.conftest import answer, sent
from tests.payments.granting import accounts, balances
from tests.payments.test_falling import returned
from tests.payments.test_recovering import APPROVER, LATER, OFFICER, WHY, later
from tests.payments.test_repaying import CAME, HEAD, brought, named
from tests.payments.test_writing_off import proposed
from tests.races.together import together

ROUNDS = [pytest.param(1, id="once"), pytest.param(30, id="thirty", marks=pytest.mark.long)]
SURNAMES = "赵钱孙李周吴郑王冯陈"
pytestmark = pytest.mark.django_db(transaction=True)


def give_back(key: int) -> None:
    returned(Attempt.objects.get(pk=key))


def ask_back(key: int) -> None:
    settle_recovery(Recovery.objects.get(pk=key), "pursue", finding=WHY, by=APPROVER, on=LATER)


def take_in(key: int) -> None:
    confirm_repayment(Repayment.objects.get(recovery=key), by=HEAD, on=CAME)


def give_up(key: int) -> None:
    decide_write_off(WriteOff.objects.get(recovery=key), by=HEAD, on=CAME)


def paid_too_much(rounds: int) -> list[tuple[int, int]]:
    """(attempt, proposed recovery) by family: 2,000 yuan were paid to each, 500 too much by a later version."""
    whole_lists()
    make.active_policy("college-award")
    allot("college-award", 200_000 * 3 * rounds)
    for n in range(3 * rounds):
        family = poor_family(SURNAMES[n % 10] + chr(0x4E00 + n), f"103209-{n:04d}")
        county.approve(rechecked(family.household), by=APPROVER, on=DECIDED)
        accounts([family.girl], first=n)
    payments.plan_instalments(on=DECIDED)
    (batch,) = payments.build_batches(by=make.actor("batch_preparer"), on=DECIDED)
    answer(sent(batch), dict.fromkeys(range(1, 3 * rounds + 1), "paid"), on=DECIDED)
    version = later(("tier2 = 2000", "tier2 = 1500"))
    found = []
    for decision in Decision.objects.order_by("pk"):
        asked = propose_recovery(decision, version, reason=WHY, by=OFFICER, on=LATER)
        line = Attempt.objects.get(instalment__entitlement__decision=decision)
        found.append((line.pk, asked.pk))
    return found


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_return_against_asking_back_a_repayment_and_a_writing_off(transactional_db, rounds: int) -> None:
    found = paid_too_much(rounds)
    for n, (line, recovery) in enumerate(found):
        step = (ask_back, take_in, give_up)[n % 3]
        if step is not ask_back:
            ask_back(recovery)
            owed = Recovery.objects.get(pk=recovery)
            if step is take_in:
                brought(owed, 20_000, f"收-{n}")
            else:
                proposed(owed, document_number=f"文-{n}")
        outcome = together(either, [(give_back, line), (step, recovery)])
        assert outcome in (
            ["done", "done"],
            ["done", "paid_less_now"],
            ["done", "owed_less_now"],
            ["done", "nothing_owed"],
        )
        after = Recovery.objects.get(pk=recovery)
        assert after.state == ("proposed" if "paid_less_now" in outcome else "fallen")
        assert after.over_fen == (20_000 if step is take_in and outcome == ["done", "done"] else 0)
        assert balances()["owed"] == 0
    assert balances()["committed"] == 200_000 * len(found)
    assert {
        kind: fen for kind, fen in balances().items() if kind in ("paid", "returned", "written_off") and fen
    } == {}
    assert (named(), list(differences())) == (set(), [])


def either(step, key: int) -> None:
    step(key)
