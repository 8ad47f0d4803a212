"""Money that a family owes: in the books from the day it is asked back, and less with every receipt of two people."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Decision
from audit.models import TrailRow
from ledger.models import LedgerAccount, Transfer
from oversight.verify import CHECKS
from payments import services as payments
from payments.models import Attempt, Recovery, Repayment
from payments.services.recovering import propose_recovery, settle_recovery
from payments.services.repaying import confirm_repayment, enter_repayment, refuse_repayment
from portal.queries import county
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family, whole_lists
from tests.otherwise import otherwise
from tests.payments import granting
from tests.payments.conftest import build_family
from tests.payments.granting import balances
from tests.payments.test_recovering import APPROVER, LATER, OFFICER, WHY, later, paid
from tests.stages import Told, begins_with

CASHIER, HEAD = make.actor("batch_checker"), make.actor("batch_approver")
CAME = date(2026, 11, 25)
TWO_FUNDS = (
    '[[fund]]\nsource      = "county"\nshare       = "rest"',
    '[[fund]]\nsource = "city"\nshare = "1/3"\n[[fund]]\nsource      = "county"\nshare       = "rest"',
)


def asked_back(family: Family, tier: int = 1500) -> Recovery:
    """2,000 yuan were paid, 1,500 are due by the later version: 500 are asked back."""
    version = later_or_paid(family, tier)
    proposed = propose_recovery(Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER)
    return settle_recovery(proposed, "pursue", finding=WHY, by=APPROVER, on=LATER)


def build_debt(family: Family) -> Recovery:
    return asked_back(family)


@pytest.fixture
@begins_with(build_family, build_debt)
def recovery(family: Family, told: Told) -> Recovery:
    """500 yuan are owed."""
    return told(build_debt, family)


def later_or_paid(family: Family, tier: int):
    paid(family)
    return later(("tier2 = 2000", f"tier2 = {tier}"))


def brought(recovery: Recovery, fen: int, receipt: str = "收-001") -> Repayment:
    return enter_repayment(recovery, fen=fen, receipt=receipt, came_on=CAME, by=CASHIER, on=CAME)


def transfers(verb: str):
    return Transfer.objects.filter(cause__startswith=verb)


BOOKS = ("owed", "money", "balances", "overdrawn", "attempts")


def named(*checks: str) -> set[str]:
    """The tables that the checks of the books name."""
    found = (one.find() for one in CHECKS if one.name in (checks or BOOKS))
    return {culprit.table for culprits in found for culprit in culprits}


def test_what_is_asked_back_is_owed_and_no_longer_paid(recovery: Recovery) -> None:
    assert {kind: fen for kind, fen in balances().items() if fen} == {
        "treasury": -1_000_000, "available": 800_000, "paid": 150_000, "owed": 50_000,
    }  # fmt: skip
    booked = Transfer.objects.get(debit__kind="owed")
    assert (booked.fen, booked.cause, booked.credit.kind, booked.actor_number) == (
        50_000, f"owe:{recovery.pk}:2026:county", "paid", APPROVER.number,
    )  # fmt: skip
    assert Attempt.objects.get().amount_fen == 200_000, "what the bank paid stays what it paid"
    assert named() == set()


def test_what_is_not_asked_back_is_not_owed(family: Family) -> None:
    version = later_or_paid(family, 1500)
    proposed = propose_recovery(Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER)
    settle_recovery(proposed, "waive", finding=WHY, by=APPROVER, on=LATER)
    assert not Transfer.objects.filter(debit__kind="owed").exists()
    with pytest.raises(Refusal) as refused:
        brought(proposed, 1)
    assert refused.value.code == "nothing_owed"
    with pytest.raises(Refusal, match="已提议过追回"):
        propose_recovery(Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER)
    assert named() == set()


def test_it_comes_back_by_two_people_of_finance_until_nothing_is_owed(recovery: Recovery) -> None:
    first = brought(recovery, 20_000)
    assert balances()["owed"] == 50_000, "one person's entry does not count"
    confirm_repayment(first, by=HEAD, on=CAME)
    recovery = Recovery.objects.get()
    assert (recovery.state, recovery.back_fen, recovery.left_fen) == ("pursued", 20_000, 30_000)
    confirm_repayment(brought(recovery, 30_000, "收-002"), by=HEAD, on=CAME)
    recovery = Recovery.objects.get()
    assert (recovery.state, recovery.left_fen) == ("returned", 0)
    assert {kind: fen for kind, fen in balances().items() if fen} == {
        "treasury": -1_000_000, "available": 800_000, "paid": 150_000, "returned": 50_000,
    }  # fmt: skip
    with pytest.raises(Refusal, match="已全部还清"):
        brought(recovery, 1, "收-003")
    verbs = TrailRow.objects.filter(table="payments_repayment").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["create", "confirm", "create", "confirm"]
    assert TrailRow.objects.get(table="payments_recovery", verb="finish").target == "returned"
    assert named() == set()


def test_who_entered_it_cannot_confirm_it_and_nobody_else_enters_it(recovery: Recovery) -> None:
    entry = brought(recovery, 20_000)
    with pytest.raises(Refusal, match="不能自己确认"):
        confirm_repayment(entry, by=make.actor("batch_approver", CASHIER.number), on=CAME)
    with pytest.raises(Refusal, match="不是你这个岗位"):
        confirm_repayment(entry, by=APPROVER, on=CAME)
    with pytest.raises(Refusal) as refused:
        enter_repayment(recovery, fen=1, receipt="收-009", came_on=CAME, by=OFFICER, on=CAME)
    assert refused.value.code == "not_your_role"
    assert balances()["owed"] == 50_000


WRONG = (
    ({"fen": 40_000}, "more_than_owed"),  # 20,000 fen wait already
    ({"fen": 0}, "more_than_owed"),
    ({"fen": -1}, "more_than_owed"),
    ({"receipt": " "}, "receipt_empty"),
    ({"receipt": "收-001"}, "receipt_once"),
    ({"came_on": date(2026, 11, 26)}, "came_on"),  # tomorrow
    ({"came_on": date(2026, 11, 19)}, "came_on"),  # before it was asked back
)


def test_what_cannot_be_is_refused(recovery: Recovery) -> None:
    brought(recovery, 20_000)
    codes = []
    for changes, _ in WRONG:
        given = {"fen": 10_000, "receipt": "收-002", "came_on": CAME} | changes
        with pytest.raises(Refusal) as refused:
            enter_repayment(recovery, **given, by=CASHIER, on=CAME)
        codes.append(refused.value.code)
    assert (codes, Repayment.objects.count()) == ([code for _, code in WRONG], 1)


def test_an_entry_set_aside_counts_for_nothing_and_its_receipt_is_free_again(recovery: Recovery) -> None:
    refuse_repayment(brought(recovery, 50_000), by=HEAD, on=CAME)
    confirm_repayment(brought(recovery, 50_000), by=HEAD, on=CAME)
    assert (Recovery.objects.get().state, balances()["returned"]) == ("returned", 50_000)


def test_each_source_is_owed_its_share_to_the_fen(db: None) -> None:
    whole_lists()
    source = make.policy_bytes("college-award").decode().replace(*TWO_FUNDS)
    make.active_policy("college-award", source.encode())
    allot("college-award", 1_000_000)
    granting.allot("college-award", 1_000_000, source="city", document="示例〔2026〕10号")
    paid(poor_family("赵"))
    version = later(("tier2 = 2000", "tier2 = 1500"))
    proposed = propose_recovery(Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER)
    recovery = settle_recovery(proposed, "pursue", finding=WHY, by=APPROVER, on=LATER)
    owed = dict(Transfer.objects.filter(debit__kind="owed").values_list("debit__source", "fen"))
    assert owed == {"city": 16_667, "county": 33_333}
    for fen, receipt in ((10_001, "收-001"), (39_999, "收-002")):
        confirm_repayment(brought(Recovery.objects.get(), fen, receipt), by=HEAD, on=CAME)
    kinds = LedgerAccount.objects.filter(kind__in=["owed", "returned"])
    assert {(one.source, one.kind): one.balance_fen for one in kinds} == {
        ("city", "owed"): 0, ("county", "owed"): 0, ("city", "returned"): 16_667, ("county", "returned"): 33_333,
    }  # fmt: skip
    assert (Recovery.objects.get(pk=recovery.pk).state, named()) == ("returned", set())


def test_a_still_later_version_asks_only_for_what_was_not_asked_yet(family: Family) -> None:
    asked_back(family)
    version = later(("tier2 = 2000", "tier2 = 1200"))
    proposed = propose_recovery(Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER)
    assert (proposed.paid_fen, proposed.due_fen, proposed.fen) == (150_000, 120_000, 30_000)
    settle_recovery(proposed, "pursue", finding=WHY, by=APPROVER, on=LATER)
    assert (balances()["owed"], balances()["paid"], named()) == (80_000, 120_000, set())


def test_a_payment_that_the_bank_sent_back_since_is_not_owed(family: Family) -> None:
    version = later_or_paid(family, 1500)
    proposed = propose_recovery(Decision.objects.get(), version, reason=WHY, by=OFFICER, on=LATER)
    payments.record_return(
        Attempt.objects.get(), reason_text="账户注销", by=make.actor("batch_preparer"), on=LATER
    )
    with pytest.raises(Refusal) as refused:
        settle_recovery(proposed, "pursue", finding=WHY, by=APPROVER, on=LATER)
    assert (refused.value.code, Recovery.objects.get().state) == ("paid_less_now", "proposed")
    assert settle_recovery(proposed, "waive", finding=WHY, by=APPROVER, on=LATER).state == "waived"


class TestTheDatabase:
    def test_no_more_comes_back_than_is_owed(self, recovery: Recovery) -> None:
        for back, state in ((50_001, "pursued"), (50_000, "pursued"), (-1, "pursued")):
            with pytest.raises(IntegrityError, match="no_more_comes_back"), transaction.atomic():
                Recovery.objects.filter(pk=recovery.pk, state=state).update(back_fen=back)

    def test_two_who_confirm_more_than_is_owed_between_them(self, recovery: Recovery) -> None:
        """Both were entered while they fitted; the second no longer does."""
        entries = [brought(recovery, 25_000, "收-001"), brought(recovery, 25_000, "收-002")]
        with otherwise():
            Repayment.objects.filter(pk=entries[1].pk).update(fen=25_001)
        confirm_repayment(entries[0], by=HEAD, on=CAME)
        with pytest.raises(Refusal), transaction.atomic():
            confirm_repayment(Repayment.objects.get(pk=entries[1].pk), by=HEAD, on=CAME)
        assert (Recovery.objects.get().back_fen, balances()["owed"]) == (25_000, 25_000)

    def test_verify_names_what_the_books_do_not_hold(self, recovery: Recovery) -> None:
        confirm_repayment(brought(recovery, 20_000), by=HEAD, on=CAME)
        assert named() == set()
        for table, harm in (
            ("payments_recovery", lambda: Recovery.objects.update(back_fen=10_000)),
            ("payments_repayment", lambda: Repayment.objects.update(fen=10_000)),
            ("payments_recovery", lambda: transfers("owe:").update(fen=40_000)),
            ("payments_repayment", lambda: transfers("back:").update(cause="back:0:2026:county")),
            ("ledger_transfer", lambda: transfers("back:").update(cause="gift:1")),
        ):
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
    def office(self, family: Family, settings) -> None:
        settings.BUSINESS_DAY = CAME
        self.officials = make.officials()
        self.recovery = asked_back(family)

    def test_two_people_of_finance_on_the_screens(self) -> None:
        checker, approver, auditor = (
            self.client(one) for one in ("batch_checker", "batch_approver", "auditor")
        )
        listed, repay = reverse("payments:recoveries"), reverse("payments:repay", args=[self.recovery.pk])
        text = checker.get(listed).content.decode()
        assert ("赵雨桐" in text, "500.00" in text, repay in text) == (True, True, True)
        assert repay not in auditor.get(listed).content.decode()
        assert auditor.get(repay).status_code == 403
        wrong = checker.post(repay, {"fen": "500.01", "receipt": "收-001", "came_on": "2026-11-25"})
        assert (wrong.status_code, "还欠 500.00 元" in wrong.content.decode()) == (422, True)
        assert checker.post(repay, {"fen": "x", "receipt": "", "came_on": ""}).status_code == 422
        entered = checker.post(repay, {"fen": "200", "receipt": "收-001", "came_on": "2026-11-25"})
        assert entered.status_code == 302
        (entry,) = Repayment.objects.all()
        confirm = reverse("payments:decide_repayment", args=[entry.pk, "confirm"])
        assert confirm not in checker.get(listed).content.decode()
        assert checker.post(confirm, {"go": "1"}).status_code == 422
        assert confirm in approver.get(listed).content.decode()
        assert "人民币贰佰元整" in approver.get(confirm).content.decode()
        assert approver.post(confirm, {"go": "1"}).status_code == 302
        assert "收-001 · 200.00" in approver.get(listed).content.decode(), "said once"
        text = approver.get(listed).content.decode()
        assert ("200.00" in text, "300.00" in text, "收-001" in text) == (True, True, False)
        budget = approver.get(reverse("payments:budget")).content.decode()
        assert ("家庭应退" in budget, "300.00" in budget, "200.00" in budget) == (True, True, True)

    def test_the_county_s_budget_counts_it_as_spent(self) -> None:
        """What a family owes is not there to be promised again."""
        confirm_repayment(brought(self.recovery, 20_000), by=HEAD, on=CAME)
        (budget,) = county.budgets(county.Overview(), fiscal_year=2026, programs={"college-award": None})
        assert (budget.allotted, budget.spent, budget.left) == (1_000_000, 200_000, 800_000)
        assert self.client("county_approver").get(reverse("portal:county")).status_code == 200

    def test_what_was_entered_wrongly_is_set_aside(self) -> None:
        entry = brought(self.recovery, 20_000)
        refuse = reverse("payments:decide_repayment", args=[entry.pk, "refuse"])
        assert self.client("batch_approver").post(refuse, {"go": "1"}).status_code == 302
        assert Repayment.objects.get().state == "refused"
        assert self.client("clerk").get(refuse).status_code == 403
