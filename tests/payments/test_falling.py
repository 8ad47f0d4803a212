"""The bank returns a payment whose family already owes something of it: in whatever order, the debt falls away by the same
step, what the family had brought is given back to it, and nothing is created or lost."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Decision
from audit.door import perform
from audit.models import TrailRow
from ledger import services as ledger
from ledger.models import Transfer
from payments import services as payments
from payments.models import Attempt, Batch, Recovery, Repayment, WriteOff
from payments.services.recovering import propose_recovery, settle_recovery
from payments.services.repaying import confirm_repayment, enter_giving_back, refuse_repayment
from payments.services.writing_off import decide_write_off, refuse_write_off
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family, whole_lists
from tests.applications.walks import DECIDED
from tests.otherwise import otherwise
from tests.payments import granting
from tests.payments import test_difference_in_parts as in_parts
from tests.payments.conftest import build_family
from tests.payments.granting import accounts, balances
from tests.payments.test_recovering import APPROVER, LATER, OFFICER, WHY, later
from tests.payments.test_repaying import (
    CAME,
    CASHIER,
    HEAD,
    brought,
    build_debt,
    later_or_paid,
    named,
)
from tests.payments.test_writing_off import proposed
from tests.stages import Told, begins_with

PREPARER = make.actor("batch_preparer")
CLOSED = "账户已注销"
WHOLE = {"treasury": -1_000_000, "available": 800_000, "committed": 200_000}


@pytest.fixture
@begins_with(build_family, build_debt)
def recovery(family: Family, told: Told) -> Recovery:
    """2,000 yuan were paid, 500 of them are asked back."""
    return told(build_debt, family)


def returned(attempt: Attempt | None = None, on: date = CAME) -> Attempt:
    return payments.record_return(
        attempt or Attempt.objects.get(state="paid"), reason_text=CLOSED, by=PREPARER, on=on
    )


def money() -> dict[str, int]:
    return {kind: fen for kind, fen in balances().items() if fen}


def stood(recovery: Recovery) -> tuple[str, int, int, int, int, int]:
    one = Recovery.objects.get(pk=recovery.pk)
    return one.state, one.back_fen, one.lost_fen, one.fallen_fen, one.over_fen, one.left_fen


def refused(code: str, act, *values, **options) -> None:
    with pytest.raises(Refusal) as found:
        act(*values, **options)
    assert found.value.code == code


class TestInEveryOrder:
    def test_asked_back_then_returned(self, recovery: Recovery) -> None:
        returned()
        assert stood(recovery) == ("fallen", 0, 0, 50_000, 0, 0)
        assert money() == WHOLE
        told = TrailRow.objects.get(table="payments_recovery", verb="fall")
        assert (told.detail["reason"], told.detail["amount_fen"], told.actor_number) == (
            CLOSED, 50_000, PREPARER.number,
        )  # fmt: skip
        refused("nothing_owed", brought, recovery, 1)
        refused("nothing_owed", proposed, recovery)
        assert named() == set()

    def test_returned_then_asked_back(self, family: Family) -> None:
        version = later_or_paid(family, 1500)
        waits = propose_recovery(Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER)
        returned(on=LATER)
        refused("paid_less_now", settle_recovery, waits, "pursue", finding=WHY, by=APPROVER, on=LATER)
        assert (settle_recovery(waits, "waive", finding=WHY, by=APPROVER, on=LATER).state, money()) == (
            "waived", WHOLE,
        )  # fmt: skip
        refused(
            "nothing_too_much", propose_recovery, Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER
        )  # fmt: skip
        assert named() == set()

    def test_part_repaid_then_returned_and_finance_gives_it_back(self, recovery: Recovery) -> None:
        confirm_repayment(brought(recovery, 20_000), by=HEAD, on=CAME)
        returned()
        assert (stood(recovery), money()) == (("fallen", 0, 0, 50_000, 20_000, 0), WHOLE)
        assert named() == set()
        give = {"receipt": "付-001", "came_on": CAME, "by": CASHIER, "on": CAME}
        refused("more_than_due", enter_giving_back, recovery, fen=20_001, **give)
        entry = enter_giving_back(recovery, fen=15_000, **give)
        refused("more_than_due", enter_giving_back, recovery, fen=5_001, **give | {"receipt": "付-002"})
        with pytest.raises(Refusal, match="不能自己确认"):
            confirm_repayment(entry, by=make.actor("batch_approver", CASHIER.number), on=CAME)
        assert stood(recovery)[4] == 20_000, "one person's entry does not count"
        confirm_repayment(entry, by=HEAD, on=CAME)
        assert (stood(recovery)[4], named(), money()) == (5_000, set(), WHOLE)
        confirm_repayment(
            enter_giving_back(recovery, fen=5_000, **give | {"receipt": "付-002"}), by=HEAD, on=CAME
        )
        assert (stood(recovery), named()) == (("fallen", 0, 0, 50_000, 0, 0), set())

    def test_all_repaid_then_returned(self, recovery: Recovery) -> None:
        confirm_repayment(brought(recovery, 50_000), by=HEAD, on=CAME)
        returned()
        assert (stood(recovery), money(), named()) == (("fallen", 0, 0, 50_000, 50_000, 0), WHOLE, set())

    def test_entered_then_returned_then_confirmed(self, recovery: Recovery) -> None:
        entry = brought(recovery, 20_000)
        returned()
        refused("owed_less_now", confirm_repayment, entry, by=HEAD, on=CAME)
        assert refuse_repayment(entry, by=HEAD, on=CAME).state == "refused"
        assert (stood(recovery), money(), named()) == (("fallen", 0, 0, 50_000, 0, 0), WHOLE, set())

    def test_written_off_then_returned(self, recovery: Recovery) -> None:
        confirm_repayment(brought(recovery, 20_000), by=HEAD, on=CAME)
        decide_write_off(proposed(recovery), by=HEAD, on=CAME)
        returned()
        assert (stood(recovery), money(), named()) == (("fallen", 0, 0, 50_000, 20_000, 0), WHOLE, set())
        assert WriteOff.objects.get().state == "decided", "what two people decided stays on record"

    def test_writing_off_proposed_then_returned(self, recovery: Recovery) -> None:
        write_off = proposed(recovery)
        returned()
        refused("nothing_owed", decide_write_off, write_off, by=HEAD, on=CAME)
        assert refuse_write_off(write_off, by=HEAD, on=CAME).state == "refused"
        assert (money(), named()) == (WHOLE, set())

    def test_returned_after_its_fiscal_year(self, recovery: Recovery) -> None:
        returned(on=date(2027, 1, 5))
        assert (stood(recovery)[0], money(), named()) == (
            "fallen", {"treasury": -800_000, "available": 800_000}, set(),
        )  # fmt: skip

    def test_asked_back_by_two_versions(self, recovery: Recovery) -> None:
        stricter = later(("tier2 = 2000", "tier2 = 1200"))
        second = propose_recovery(Decision.objects.get(), stricter, reason=WHY, by=OFFICER, on=LATER)
        settle_recovery(second, "pursue", finding=WHY, by=APPROVER, on=LATER)
        confirm_repayment(brought(recovery, 50_000), by=HEAD, on=CAME)
        returned()
        assert stood(recovery) == ("fallen", 0, 0, 50_000, 50_000, 0)
        assert (stood(second), money(), named()) == (("fallen", 0, 0, 30_000, 0, 0), WHOLE, set())

    def test_paid_again_it_may_be_asked_for_again(self, recovery: Recovery, family: Family) -> None:
        confirm_repayment(brought(recovery, 20_000), by=HEAD, on=CAME)
        line = returned(on=LATER)
        in_parts.answer(in_parts.sent(rebuilt(line, family), on=CAME), {1: "paid"}, on=CAME)
        again = propose_recovery(Decision.objects.get(), recovery.version, reason=WHY, by=OFFICER, on=CAME)
        assert (again.paid_fen, again.fen) == (200_000, 50_000)
        settle_recovery(again, "pursue", finding=WHY, by=APPROVER, on=CAME)
        assert (stood(again)[5], balances()["owed"], balances()["paid"], named()) == (
            50_000, 50_000, 150_000, set(),
        )  # fmt: skip
        returned()
        assert (stood(again)[0], stood(recovery)[4], named()) == ("fallen", 20_000, set())


def rebuilt(line: Attempt, family: Family):
    """A correction batch of one line, to another account."""
    perform(line.account, "close", by=make.actor("clerk"), on=LATER)
    accounts([family.girl], verified=LATER, first=77)
    (batch,) = payments.build_correction(line.batch, by=PREPARER, on=CAME)
    return batch


class TestInParts:
    """2,000 yuan in two halves, both paid; by the later version 700 of each are due: 600 are asked back."""

    @pytest.fixture
    def recovery(self, db: None) -> Recovery:
        whole_lists()
        make.active_policy(
            "college-award", make.policy_bytes("college-award").decode().replace(*in_parts.parts()).encode()
        )
        allot("college-award", 1_000_000)
        family = poor_family("赵")
        accounts([family.girl])
        decision = in_parts.granted(family)
        in_parts.employed(family)
        in_parts.pay_what_is_due(DECIDED)
        version = later(("tier2 = 2000", "tier2 = 1400"), in_parts.parts())
        asked = propose_recovery(decision, version, reason=WHY, by=OFFICER, on=LATER)
        assert (asked.fen, asked.due_parts) == (60_000, {"first": 70_000, "second": 70_000})
        return asked

    def pursued(self, recovery: Recovery) -> Recovery:
        return settle_recovery(recovery, "pursue", finding=WHY, by=APPROVER, on=LATER)

    def second(self) -> Attempt:
        return returned(Attempt.objects.get(instalment__name="second"))

    def test_what_is_too_much_of_the_part_that_stands_stays_owed(self, recovery: Recovery) -> None:
        self.pursued(recovery)
        self.second()
        assert stood(recovery) == ("pursued", 0, 0, 30_000, 0, 30_000)
        assert money() == {
            "treasury": -1_000_000, "available": 800_000, "committed": 100_000, "paid": 70_000, "owed": 30_000,
        }  # fmt: skip
        assert TrailRow.objects.get(verb="fall_in_part").detail == {"amount_fen": 30_000, "reason": CLOSED}
        assert named() == set()
        returned()
        assert (stood(recovery), money(), named()) == (("fallen", 0, 0, 60_000, 0, 0), WHOLE, set())

    @pytest.mark.parametrize(
        ("back", "expected"),
        [
            (10_000, ("pursued", 10_000, 0, 30_000, 0, 20_000)),
            (30_000, ("returned", 30_000, 0, 30_000, 0, 0)),
            (40_000, ("returned", 30_000, 0, 30_000, 10_000, 0)),
            (60_000, ("returned", 30_000, 0, 30_000, 30_000, 0)),
        ],
    )
    def test_what_was_repaid_counts_first_for_it(self, recovery: Recovery, back: int, expected) -> None:
        confirm_repayment(brought(self.pursued(recovery), back), by=HEAD, on=CAME)
        self.second()
        assert (stood(recovery), named()) == (expected, set())

    @pytest.mark.parametrize(
        ("back", "expected"),
        [
            (10_000, ("written_off", 10_000, 20_000, 30_000, 0, 0)),
            (30_000, ("returned", 30_000, 0, 30_000, 0, 0)),
        ],
    )
    def test_what_was_written_off_falls_before_what_was_repaid(
        self, recovery: Recovery, back: int, expected
    ) -> None:
        confirm_repayment(brought(self.pursued(recovery), back), by=HEAD, on=CAME)
        decide_write_off(proposed(recovery), by=HEAD, on=CAME)
        self.second()
        assert (stood(recovery), named()) == (expected, set())

    def test_a_proposal_of_both_parts_is_not_pursued_for_one(self, recovery: Recovery) -> None:
        self.second()
        refused("paid_less_now", self.pursued, recovery)
        settle_recovery(recovery, "waive", finding=WHY, by=APPROVER, on=LATER)
        assert named() == set()

    def test_a_waiting_entry_and_a_proposed_write_off_still_fit_or_are_made_anew(
        self, recovery: Recovery
    ) -> None:
        self.pursued(recovery)
        write_off, entry = proposed(recovery), brought(recovery, 40_000)
        self.second()
        refused("owed_less_now", confirm_repayment, entry, by=HEAD, on=CAME)
        refuse_repayment(entry, by=HEAD, on=CAME)
        refused("owed_less_now", decide_write_off, write_off, by=HEAD, on=CAME)
        confirm_repayment(brought(recovery, 30_000, "收-002"), by=HEAD, on=CAME)
        assert (stood(recovery), named()) == (("returned", 30_000, 0, 30_000, 0, 0), set())

    def test_money_of_another_year_falls_where_the_bank_returned_it(self, recovery: Recovery) -> None:
        """The second half stands in the books of 2027: what falls is taken there."""
        with otherwise():
            books_of_2027(Attempt.objects.get(instalment__name="second"))
        self.pursued(recovery)
        self.second()
        undone = Transfer.objects.get(cause__startswith="unowe:")
        assert (undone.debit.fiscal_year, undone.fen, stood(recovery)[3]) == (2027, 30_000, 30_000)
        assert named("owed") == set()


def books_of_2027(line: Attempt) -> None:
    """Another way the payment might have been booked: the year's own allotment."""
    granting.allot("college-award", 100_000, year=2027, document="示例〔2027〕1号")
    steps = (("available", "committed"), ("committed", "in_transit"), ("in_transit", "paid"))
    moved = [
        ledger.Movement("college-award", "county", 2027, *way, 100_000, f"x:{n}")
        for n, way in enumerate(steps)
    ]
    ledger.book(moved, by=HEAD, on=CAME)
    Transfer.objects.filter(cause=f"pay:{line.pk}:county").update(cause="x:pay")
    Transfer.objects.filter(cause="x:2").update(cause=f"pay:{line.pk}:county", batch_key=line.batch_id)
    Batch.objects.filter(pk=line.batch_id).update(fiscal_year=2027)


class TestTheDatabase:
    def test_what_fell_away_is_said_whole(self, recovery: Recovery) -> None:
        rows = Recovery.objects.filter(pk=recovery.pk)
        for changes in ({"fallen_fen": 50_000}, {"fallen_fen": -1}, {"over_fen": 1}):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**changes)
        returned()
        for changes in ({"fallen_fen": 49_999}, {"over_fen": 50_001}, {"back_fen": 1}):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**changes)

    def test_verify_names_what_the_books_do_not_hold(self, recovery: Recovery) -> None:
        confirm_repayment(brought(recovery, 20_000), by=HEAD, on=CAME)
        returned()
        undone = Transfer.objects.filter(cause__startswith="un")
        for table, harm in (
            ("payments_recovery", lambda: Recovery.objects.update(over_fen=19_999)),
            ("payments_recovery", lambda: undone.filter(cause__startswith="unowe").update(fen=1)),
            ("payments_recovery", lambda: Repayment.objects.update(to_family=True)),
            ("payments_attempt", lambda: undone.filter(cause__startswith="unowe").update(
                cause=f"unowe:0:{recovery.pk}:2026:county")),
            ("ledger_transfer", lambda: undone.filter(cause__startswith="unback").update(cause="gift:1")),
        ):  # fmt: skip
            with transaction.atomic():
                with otherwise():
                    harm()
                assert table in named("owed")
                transaction.set_rollback(True)
        assert named() == set()


class TestThePages:
    def client(self, role: str) -> Client:
        client = Client()
        client.force_login(self.officials[role])
        return client

    @pytest.fixture(autouse=True)
    def office(self, recovery: Recovery, settings) -> None:
        settings.BUSINESS_DAY = CAME
        self.officials = make.officials()
        self.recovery = recovery

    def test_the_preparer_is_told_and_finance_gives_back_what_was_brought(self) -> None:
        confirm_repayment(brought(self.recovery, 20_000), by=HEAD, on=CAME)
        line = Attempt.objects.get()
        preparer, checker, approver = map(self.client, ("batch_preparer", "batch_checker", "batch_approver"))
        page = reverse("payments:give_back", args=[line.pk])
        assert "500.00" in preparer.get(page).content.decode(), "what falls away stands there before"
        assert preparer.post(page, {"reason_text": CLOSED}).status_code == 302
        listed, give = (
            reverse("payments:recoveries"),
            reverse("payments:give_to_family", args=[self.recovery.pk]),
        )
        text = checker.get(listed).content.decode()
        assert (give in text, "款已退回，不再追" in text, "200.00" in text) == (True, True, True)
        assert reverse("payments:repay", args=[self.recovery.pk]) not in text
        assert give not in self.client("auditor").get(listed).content.decode()
        assert self.client("auditor").get(give).status_code == 403
        wrong = checker.post(give, {"fen": "200.01", "receipt": "付-001", "came_on": "2026-11-25"})
        assert (wrong.status_code, "应退给家里 200.00 元" in wrong.content.decode()) == (422, True)
        assert (
            checker.post(give, {"fen": "200", "receipt": "付-001", "came_on": "2026-11-25"}).status_code
            == 302
        )
        entry = Repayment.objects.get(to_family=True)
        confirm = reverse("payments:decide_repayment", args=[entry.pk, "confirm"])
        assert confirm in approver.get(listed).content.decode()
        assert "确认已退给家里" in approver.get(confirm).content.decode()
        assert approver.post(confirm, {"go": "1"}).status_code == 302
        approver.get(listed)  # says it once
        assert give not in approver.get(listed).content.decode()

    def test_a_proposed_write_off_is_only_set_aside(self) -> None:
        write_off = proposed(self.recovery)
        returned()
        text = self.client("batch_approver").get(reverse("payments:recoveries")).content.decode()
        found = [
            reverse("payments:decide_write_off", args=[write_off.pk, verb]) in text
            for verb in ("confirm", "refuse")
        ]
        assert found == [False, True]
        page = reverse("payments:decide_write_off", args=[write_off.pk, "refuse"])
        text = self.client("batch_approver").get(page).content.decode()
        assert ("家里不再欠这一笔" in text, "继续追回" in text) == (True, False)
