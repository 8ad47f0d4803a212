"""A version that reaches back in a program paid in parts: more and less, part by part."""

from datetime import date

import pytest

from applications.models import Application, Decision
from applications.services import counter, county, replaying, retroactive, township
from oversight.verify import CHECKS
from payments import services as payments
from payments.models import Instalment
from payments.services.recovering import propose_recovery, settle_recovery
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family, whole_lists
from tests.applications.walks import DECIDED, again, rechecked
from tests.payments.conftest import answer, sent
from tests.payments.granting import accounts, balances
from tests.payments.test_recovering import APPROVER, CHECKER, LATER, OFFICER, WHY, later, listed

END = date(2026, 12, 2)
FUND = "[[fund]]"
PARTS = """[[instalment]]
name  = "{first}"
words = {{ zh = "入学", en = "On admission" }}
share = "{share}"

[[instalment]]
name      = "second"
words     = {{ zh = "就业", en = "When employed" }}
share     = "rest"
need      = {{ fact = "employment.started_on" }}
within    = {{ months = 36, after = "admission.admitted_on" }}
if_missed = "lapse"

[[fund]]"""


def parts(share: str = "1/2", first: str = "first") -> tuple[str, str]:
    return FUND, PARTS.format(share=share, first=first)


@pytest.fixture
def family(db: None) -> Family:
    """2,000 yuan in two halves: one at once, one when she has work."""
    whole_lists()
    make.active_policy(
        "college-award", make.policy_bytes("college-award").decode().replace(*parts()).encode()
    )
    allot("college-award", 1_000_000)
    family = poor_family("赵")
    accounts([family.girl])
    return family


def granted(family: Family) -> Decision:
    decision = county.approve(rechecked(family.household), by=APPROVER, on=DECIDED)
    payments.plan_instalments(on=DECIDED)
    return decision


def employed(family: Family) -> None:
    make.fact(family.girl, "employment", date(2026, 8, 25), started_on="2026-08-25", employer="某厂")


def pay_what_is_due(on: date) -> None:
    payments.plan_instalments(on=on)
    for batch in payments.build_batches(by=make.actor("batch_preparer"), on=on):
        answer(sent(batch, on=on), dict.fromkeys(range(1, batch.count + 1), "paid"), on=on)


def instalments() -> list[tuple[int, str, int, bool]]:
    rows = Instalment.objects.order_by("entitlement_id", "number")
    return [
        (one.entitlement.application.supplements_id or 0, one.name, one.amount_fen, one.due_on is not None)
        for one in rows
    ]


def added(first: Decision, version: PolicyVersion) -> Decision:
    opened = retroactive.open_supplement(first, version, by=OFFICER, on=LATER)
    application: Application = counter.submit(opened, by=make.actor("clerk"), on=LATER)
    application = township.review(application, by=make.actor("township_reviewer"), on=LATER)
    township.post_notice(application.version, make.MAZHAO, by=make.actor("township_reviewer"), on=LATER)
    township.close_due_notices(on=date(2026, 12, 1), by=make.actor("township_reviewer"))
    checked = county.recheck(again(application), by=CHECKER, on=date(2026, 12, 1))
    decision = county.approve(checked, by=APPROVER, on=END)
    payments.plan_instalments(on=END)
    return decision


def culprits() -> set[str]:
    """The tables that the checks of rights and books name."""
    ours = ("owed", "money", "balances", "attempts", "instalments", "entitlements", "decisions")
    return {one.table for check in CHECKS if check.name in ours for one in check.find()}


class TestMore:
    def test_each_part_gets_what_the_later_version_gives_of_it_above_what_was_granted(
        self, family: Family
    ) -> None:
        first = granted(family)
        version = later(("tier2 = 2000", "tier2 = 2500"), parts("3/5"))
        assert listed(version) == [("more", 250_000, ())]
        decision = added(first, version)
        assert decision.amount_fen == 50_000
        assert instalments() == [
            (0, "first", 100_000, True), (0, "second", 100_000, False),
            (first.pk, "first", 50_000, True),  # 1,500 of the later version; its second half is the 1,000 that was granted
        ]  # fmt: skip
        assert (replaying.replay_decision(decision).differences, culprits()) == ([], set())
        assert listed(version) == []

    def test_a_part_that_waits_for_its_evidence_waits_in_the_difference_too(self, family: Family) -> None:
        first = granted(family)
        added(first, later(("tier2 = 2000", "tier2 = 2500"), parts()))
        assert instalments()[2:] == [(first.pk, "first", 25_000, True), (first.pk, "second", 25_000, False)]
        employed(family)
        payments.plan_instalments(on=END)
        assert [row[3] for row in instalments()] == [True] * 4

    def test_a_third_version_adds_to_what_both_granted(self, family: Family) -> None:
        first = granted(family)
        second = later(("tier2 = 2000", "tier2 = 2500"), parts("3/5"))
        added(first, second)
        third = later(("tier2 = 2000", "tier2 = 2600"), parts("3/5"))
        found = retroactive.against(first, third)
        assert found is not None
        assert (found.decided_fen, found.fen) == (250_000, 260_000)
        assert retroactive.parts_added(first, loaded(third), found.fen) == [6_000, 4_000]

    def test_other_parts_are_listed_and_not_granted(self, family: Family) -> None:
        """One is less, one has another name, or all is paid at once."""
        first = granted(family)
        for changed in (parts("1/4"), parts(first="at_once"), ("2100799", "2100798")):
            version = later(("tier2 = 2000", "tier2 = 2500"), changed)
            assert listed(version) == [("more", 250_000, ())]
            with pytest.raises(Refusal) as refused:
                retroactive.open_supplement(first, version, by=OFFICER, on=LATER)
            assert refused.value.code == "parts_moved"


class TestLess:
    def test_of_a_part_that_was_not_paid_nothing_is_asked_back(self, family: Family) -> None:
        first = granted(family)
        pay_what_is_due(DECIDED)
        version = later(("tier2 = 2000", "tier2 = 1500"), parts())
        proposed = propose_recovery(first, version, reason=WHY, by=OFFICER, on=LATER)
        assert (proposed.paid_fen, proposed.due_fen, proposed.fen) == (100_000, 75_000, 25_000)

    def test_the_next_part_is_asked_back_when_it_was_paid_and_only_it(self, family: Family) -> None:
        first = granted(family)
        pay_what_is_due(DECIDED)
        version = later(("tier2 = 2000", "tier2 = 1500"), parts())
        proposed = propose_recovery(first, version, reason=WHY, by=OFFICER, on=LATER)
        settle_recovery(proposed, "pursue", finding=WHY, by=APPROVER, on=LATER)
        with pytest.raises(Refusal) as refused:
            propose_recovery(first, version, reason=WHY, by=OFFICER, on=LATER)
        assert refused.value.code == "nothing_too_much"
        employed(family)
        pay_what_is_due(END)
        again_ = propose_recovery(first, version, reason=WHY, by=OFFICER, on=END)
        assert (again_.paid_fen, again_.due_fen, again_.fen) == (175_000, 150_000, 25_000)
        settle_recovery(again_, "pursue", finding=WHY, by=APPROVER, on=END)
        assert (balances()["owed"], balances()["paid"], culprits()) == (50_000, 150_000, set())

    def test_a_first_part_that_is_no_smaller_owes_nothing(self, family: Family) -> None:
        first = granted(family)
        pay_what_is_due(DECIDED)
        version = later(("tier2 = 2000", "tier2 = 1500"), parts("2/3"))
        with pytest.raises(Refusal) as refused:
            propose_recovery(first, version, reason=WHY, by=OFFICER, on=LATER)
        assert refused.value.code == "nothing_too_much"

    def test_paid_at_once_by_the_later_version_counts_as_a_whole(self, family: Family) -> None:
        first = granted(family)
        employed(family)
        pay_what_is_due(DECIDED)
        proposed = propose_recovery(
            first, later(("tier2 = 2000", "tier2 = 1500")), reason=WHY, by=OFFICER, on=LATER
        )
        assert (proposed.paid_fen, proposed.due_fen, proposed.fen) == (200_000, 150_000, 50_000)
