"""A debt that never comes back is written off by two people of finance, once, and no more of it than is owed."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Decision
from audit.door import perform
from audit.models import TrailRow
from ledger.models import Transfer
from officials.divisions import load_divisions
from officials.models import Division, Official
from payments.models import Recovery, WriteOff
from payments.services.recovering import propose_recovery
from payments.services.repaying import confirm_repayment, refuse_repayment
from payments.services.writing_off import decide_write_off, propose_write_off, refuse_write_off
from portal.queries import county
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family
from tests.otherwise import otherwise
from tests.payments.conftest import build_family
from tests.payments.granting import balances
from tests.payments.test_recovering import APPROVER, LATER, OFFICER, WHY, later
from tests.payments.test_repaying import CAME, CASHIER, HEAD, brought, build_debt, named
from tests.stages import Told, begins_with

DEAD = "债务人已去世，没有遗产，村委会和民政出具了证明"
SECOND = "610116000000"
DOCUMENT = "周财社〔2026〕88号"


@pytest.fixture
@begins_with(build_family, build_debt)
def recovery(family: Family, told: Told) -> Recovery:
    """500 yuan are owed."""
    return told(build_debt, family)


def proposed(recovery: Recovery, **changes) -> WriteOff:
    given = {"reason": DEAD, "document_number": DOCUMENT, "by": CASHIER, "on": CAME} | changes
    return propose_write_off(recovery, **given)


def test_what_is_left_is_written_off_by_a_second_person(recovery: Recovery) -> None:
    confirm_repayment(brought(recovery, 20_000), by=HEAD, on=CAME)
    write_off = proposed(recovery)
    assert (write_off.fen, balances()["owed"]) == (30_000, 30_000), "one person's proposal changes nothing"
    decide_write_off(write_off, by=HEAD, on=CAME)
    ended = Recovery.objects.get()
    assert (ended.state, ended.back_fen, ended.lost_fen, ended.left_fen) == ("written_off", 20_000, 30_000, 0)
    assert {kind: fen for kind, fen in balances().items() if fen} == {
        "treasury": -1_000_000, "available": 800_000, "paid": 150_000, "returned": 20_000, "written_off": 30_000,
    }  # fmt: skip
    booked = Transfer.objects.get(debit__kind="written_off")
    assert (booked.cause, booked.credit.kind, booked.actor_number) == (
        f"lose:{write_off.pk}:2026:county", "owed", HEAD.number,
    )  # fmt: skip
    told = TrailRow.objects.get(table="payments_writeoff", verb="create").detail
    assert (told["reason"], told["document"], told["amount_fen"]) == (DEAD, DOCUMENT, 30_000)
    assert TrailRow.objects.get(table="payments_recovery", verb="give_up").target == "written_off"
    assert named() == set()


def test_what_was_written_off_is_asked_for_no_more(recovery: Recovery) -> None:
    decide_write_off(proposed(recovery), by=HEAD, on=CAME)
    with pytest.raises(Refusal) as refused:
        brought(Recovery.objects.get(), 1)
    assert refused.value.code == "nothing_owed"
    with pytest.raises(Refusal, match="已提议过追回"):
        propose_recovery(Decision.objects.get(), recovery.version, reason=WHY, by=OFFICER, on=LATER)
    stricter = later(("tier2 = 2000", "tier2 = 1200"))
    again = propose_recovery(Decision.objects.get(), stricter, reason=WHY, by=OFFICER, on=LATER)
    assert again.fen == 30_000, "only what no version has asked for yet"


def test_who_proposed_it_cannot_decide_and_nobody_outside_finance_does_either(recovery: Recovery) -> None:
    for stranger in (APPROVER, OFFICER, make.actor("batch_preparer")):
        with pytest.raises(Refusal) as refused:
            proposed(recovery, by=stranger)
        assert refused.value.code == "not_your_role"
    write_off = proposed(recovery)
    with pytest.raises(Refusal, match="不能自己决定"):
        decide_write_off(write_off, by=make.actor("batch_approver", CASHIER.number), on=CAME)
    with pytest.raises(Refusal, match="不是你这个岗位"):
        decide_write_off(write_off, by=APPROVER, on=CAME)
    assert (Recovery.objects.get().state, balances()["owed"]) == ("pursued", 50_000)


def test_what_cannot_be_is_refused(recovery: Recovery) -> None:
    codes = []
    for changes in ({"reason": " "}, {"document_number": " "}):
        with pytest.raises(Refusal) as refused:
            proposed(recovery, **changes)
        codes.append(refused.value.code)
    entry = brought(recovery, 20_000)
    with pytest.raises(Refusal) as refused:
        proposed(recovery)
    codes.append(refused.value.code)
    refuse_repayment(entry, by=HEAD, on=CAME)
    proposed(recovery)
    with pytest.raises(Refusal) as refused:
        proposed(recovery)
    codes.append(refused.value.code)
    assert codes == ["reason_empty", "document_empty", "repayment_waits", "one_write_off_of_a_recovery"]


def test_the_family_brings_something_after_it_was_proposed(recovery: Recovery) -> None:
    write_off = proposed(recovery)
    entry = brought(recovery, 20_000)
    codes = []
    for step in (lambda: confirm_repayment(entry, by=HEAD, on=CAME), lambda: None):
        with pytest.raises(Refusal) as refused:
            decide_write_off(write_off, by=HEAD, on=CAME)
        codes.append(refused.value.code)
        step()
    assert codes == ["repayment_waits", "owed_less_now"]
    refuse_write_off(write_off, by=HEAD, on=CAME)
    assert proposed(recovery).fen == 30_000, "and anew for what is left"


def test_one_that_is_not_written_off_stays_owed(recovery: Recovery) -> None:
    refuse_write_off(proposed(recovery), by=HEAD, on=CAME)
    assert (Recovery.objects.get().state, balances()["owed"], named()) == ("pursued", 50_000, set())


class TestTheDatabase:
    @pytest.mark.parametrize("lost", [1, 49_999, 50_001])
    def test_no_more_and_no_less_is_written_off_than_is_owed(self, recovery: Recovery, lost: int) -> None:
        with pytest.raises(IntegrityError, match="what_is_left"), transaction.atomic():
            Recovery.objects.filter(pk=recovery.pk).update(lost_fen=lost)
        with pytest.raises(IntegrityError, match="what_is_left"), transaction.atomic():
            perform(recovery, "give_up", by=HEAD, on=CAME, lost_fen=lost)

    def test_the_state_moves_through_the_door_only_and_nobody_decides_alone(self, recovery: Recovery) -> None:
        write_off = proposed(recovery)
        row = WriteOff.objects.filter(pk=write_off.pk)
        with pytest.raises(IntegrityError, match="not a move"), transaction.atomic():
            row.update(state="decided")
        with pytest.raises(IntegrityError, match="different_people"), transaction.atomic():
            row.update(decided_by=CASHIER.number)
        assert WriteOff.objects.get().state == "proposed"

    def test_verify_names_what_the_books_do_not_hold(self, recovery: Recovery) -> None:
        decide_write_off(proposed(recovery), by=HEAD, on=CAME)
        lost = Transfer.objects.filter(cause__startswith="lose:")
        for table, harm in (
            ("payments_writeoff", lambda: WriteOff.objects.update(fen=10_000)),
            ("payments_recovery", lambda: WriteOff.objects.update(fen=10_000)),
            ("payments_writeoff", lambda: lost.update(cause="lose:0:2026:county")),
            ("ledger_transfer", lambda: lost.update(cause="gift:1")),
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
    def office(self, recovery: Recovery, settings) -> None:
        settings.BUSINESS_DAY = CAME
        self.officials = make.officials()
        self.recovery = recovery

    def test_two_people_of_finance_on_the_screens(self) -> None:
        checker, approver, auditor = map(self.client, ("batch_checker", "batch_approver", "auditor"))
        listed, ask = reverse("payments:recoveries"), reverse("payments:write_off", args=[self.recovery.pk])
        assert ask in checker.get(listed).content.decode()
        assert ask not in auditor.get(listed).content.decode()
        assert (auditor.get(ask).status_code, self.client("county_approver").get(ask).status_code) == (
            403,
            403,
        )
        assert checker.post(ask, {"reason": "", "document_number": ""}).status_code == 422
        assert checker.post(ask, {"reason": DEAD, "document_number": DOCUMENT}).status_code == 302
        decide = reverse("payments:decide_write_off", args=[WriteOff.objects.get().pk, "confirm"])
        text = checker.get(listed).content.decode()
        assert (DOCUMENT in text, decide in text, ask in text) == (True, False, False)
        assert checker.post(decide, {"go": "1"}).status_code == 422
        assert decide in approver.get(listed).content.decode()
        text = approver.get(decide).content.decode()
        assert (DEAD in text, "人民币伍佰元整" in text) == (True, True)
        assert approver.post(decide, {"go": "1"}).status_code == 302
        approver.get(listed)  # says it once
        text = approver.get(listed).content.decode()
        assert ("已核销" in text, DOCUMENT in text, DEAD in text) == (True, True, True)
        assert "500.00" in approver.get(reverse("payments:budget")).content.decode()

    def test_it_stays_owed_where_the_second_person_says_so(self) -> None:
        refuse = reverse("payments:decide_write_off", args=[proposed(self.recovery).pk, "refuse"])
        assert self.client("batch_approver").post(refuse, {"go": "1"}).status_code == 302
        assert (WriteOff.objects.get().state, Recovery.objects.get().state) == ("refused", "pursued")

    def test_the_county_s_budget_counts_it_as_spent(self) -> None:
        decide_write_off(proposed(self.recovery), by=HEAD, on=CAME)
        (budget,) = county.budgets(county.Overview(), fiscal_year=2026, programs={"college-award": None})
        assert (budget.allotted, budget.spent, budget.left) == (1_000_000, 200_000, 800_000)

    def test_another_county_finds_none_of_it(self) -> None:
        write_off = proposed(self.recovery)
        load_divisions(
            [{"code": SECOND, "name": "长安区", "from": "", "until": "", "successor": ""}], on=CAME
        )
        stranger = Official.objects.create_official(
            number="2-approver", name="长安批准", division=Division.objects.get(code=SECOND), roles=["batch_approver"],
            password="a-long-password",
        )  # fmt: skip
        client = Client()
        client.force_login(stranger)
        for name, arguments in (
            ("write_off", [self.recovery.pk]),
            ("decide_write_off", [write_off.pk, "confirm"]),
        ):
            assert client.get(reverse(f"payments:{name}", args=arguments)).status_code == 404
        assert DOCUMENT not in client.get(reverse("payments:recoveries")).content.decode()
