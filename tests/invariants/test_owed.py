"""Random steps about one debt, allowed and not: after each nothing was created or lost, whoever gave what to whom."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Decision
from audit.door import perform
from payments import services
from payments.lifecycle import RecoveryState
from payments.models import Attempt, Recovery, Repayment, WriteOff
from payments.queries.failed import to_rebuild
from payments.services.recovering import propose_recovery, settle_recovery
from payments.services.repaying import confirm_repayment, enter_giving_back, enter_repayment, refuse_repayment
from payments.services.writing_off import decide_write_off, propose_write_off, refuse_write_off
from programs.models import PolicyVersion
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family, whole_lists
from tests.applications.walks import DECIDED
from tests.payments import test_difference_in_parts as in_parts
from tests.payments.conftest import PREPARER, answer, sent
from tests.payments.granting import accounts, balances
from tests.payments.test_recovering import APPROVER, OFFICER, WHY, later
from tests.payments.test_repaying import CAME, CASHIER, HEAD, named

FEN = st.sampled_from([1, 10_000, 30_000, 60_000])
STEPS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 7), FEN), min_size=6, max_size=18)


class Walk:
    """One family's two payments, what is asked back of them, and every step that may come next."""

    def __init__(self, family: Family, version: PolicyVersion) -> None:
        self.family, self.version, self.numbers = family, version, 0

    def steps(self) -> list[Callable[[int, int], object]]:
        return [
            self.propose, self.settle, self.repay, self.confirm, self.propose_write_off, self.decide_write_off,
            self.bank_returns, self.pay_again, self.give_back,
        ]  # fmt: skip

    def one(self, rows, pick: int):
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    def number(self) -> str:
        self.numbers += 1
        return f"号-{self.numbers}"

    def propose(self, _pick: int, _fen: int) -> None:
        propose_recovery(Decision.objects.get(), self.version, reason=WHY, by=OFFICER, on=CAME)

    def settle(self, pick: int, _fen: int) -> None:
        if waits := self.one(Recovery.objects.filter(state="proposed"), pick):
            settle_recovery(waits, "waive" if pick == 0 else "pursue", finding=WHY, by=APPROVER, on=CAME)

    def repay(self, pick: int, fen: int) -> None:
        if owed := self.one(Recovery.objects.all(), pick):
            enter_repayment(owed, fen=fen, receipt=self.number(), came_on=CAME, by=CASHIER, on=CAME)

    def give_back(self, pick: int, fen: int) -> None:
        if over := self.one(Recovery.objects.filter(over_fen__gt=0), pick):
            enter_giving_back(over, fen=fen, receipt=self.number(), came_on=CAME, by=CASHIER, on=CAME)

    def confirm(self, pick: int, _fen: int) -> None:
        if entry := self.one(Repayment.objects.filter(state="entered"), pick):
            (refuse_repayment if pick == 0 else confirm_repayment)(entry, by=HEAD, on=CAME)

    def propose_write_off(self, pick: int, _fen: int) -> None:
        if owed := self.one(Recovery.objects.all(), pick):
            propose_write_off(owed, reason=WHY, document_number=self.number(), by=CASHIER, on=CAME)

    def decide_write_off(self, pick: int, _fen: int) -> None:
        if waits := self.one(WriteOff.objects.filter(state="proposed"), pick):
            (refuse_write_off if pick == 0 else decide_write_off)(waits, by=HEAD, on=CAME)

    def bank_returns(self, pick: int, _fen: int) -> None:
        if line := self.one(Attempt.objects.filter(state="paid"), pick):
            services.record_return(line, reason_text="销户", by=PREPARER, on=CAME)

    def pay_again(self, pick: int, _fen: int) -> None:
        if line := self.one(Attempt.objects.filter(to_rebuild()), pick):
            perform(line.account, "close", by=make.actor("clerk"), on=CAME)
            self.numbers += 1
            accounts([self.family.girl], verified=DECIDED, first=100 + self.numbers)
            (batch,) = services.build_correction(line.batch, by=PREPARER, on=CAME)
            answer(sent(batch), dict.fromkeys(range(1, batch.count + 1), "paid"), on=CAME)


def nothing_created_or_lost() -> None:
    books, rows = balances(), list(Recovery.objects.all())
    paid = sum(Attempt.objects.filter(state="paid").values_list("amount_fen", flat=True))
    assert sum(books.get(kind, 0) for kind in ("paid", "owed", "returned", "written_off")) == paid
    assert books.get("committed", 0) == 200_000 - paid, "what is not paid is still hers"
    stands = [one for one in rows if one.state not in (RecoveryState.PROPOSED, RecoveryState.WAIVED)]
    assert books.get("owed", 0) == sum(one.left_fen for one in stands)
    assert books.get("returned", 0) == sum(one.back_fen for one in rows)
    assert books.get("written_off", 0) == sum(one.lost_fen for one in rows)
    confirmed = Repayment.objects.filter(state="confirmed").order_by().values_list("to_family")
    cash = dict(confirmed.annotate(Sum("fen")))
    assert cash.get(False, 0) - cash.get(True, 0) == sum(one.back_fen + one.over_fen for one in rows)
    asked = sum(one.fen - one.fallen_fen for one in stands)
    assert asked <= max(0, paid - 70_000 * (paid // 100_000)), (
        "nobody owes more than is too much of what is paid"
    )
    assert named() == set()


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [8, pytest.param(250, marks=pytest.mark.long)])
def test_random_steps_about_one_debt(examples: int) -> None:
    """2,000 yuan in two halves, both paid; a later version gives 700 of each."""
    whole_lists()
    source = make.policy_bytes("college-award").decode().replace(*in_parts.parts())
    make.active_policy("college-award", source.encode())
    allot("college-award", 1_000_000)
    family = poor_family("赵")
    accounts([family.girl])
    in_parts.granted(family)
    in_parts.employed(family)
    in_parts.pay_what_is_due(DECIDED)
    version = later(("tier2 = 2000", "tier2 = 1400"), in_parts.parts())

    @settings(max_examples=examples, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
    @given(chosen=STEPS)
    def walked(chosen) -> None:
        with transaction.atomic():
            walk = Walk(family, version)
            steps = walk.steps()
            for which, pick, fen in [(0, 1, 0), (1, 1, 0), *chosen]:
                try:
                    with transaction.atomic():
                        steps[which](pick, fen)
                except Refusal:
                    pass
                nothing_created_or_lost()
            transaction.set_rollback(True)

    walked()
