"""A later version reaches back to days on which others were decided: who gains, who loses, and what people make of it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from applications.models import Application, Decision, LimitClaim
from applications.services import counter, county, replaying, retroactive, township
from applications.services.retroactive import against_decisions
from audit.door import perform
from audit.models import TrailRow
from ledger.models import LedgerAccount, Transfer
from oversight.verify import verify
from payments import services as payments
from payments.models import Attempt, Recovery
from payments.services.recovering import propose_recovery, settle_recovery
from programs import services
from programs.models import PolicyVersion
from standards.words import Refusal
from tests import factories as make
from tests.applications.conftest import Family, poor_family, whole_lists
from tests.applications.walks import DECIDED, OVER, again, rechecked, submitted
from tests.otherwise import otherwise
from tests.payments.conftest import answer, sent
from tests.payments.granting import accounts

OFFICER, APPROVER, CHECKER = (
    make.actor("policy_officer"),
    make.actor("county_approver"),
    make.actor("county_checker"),
)
LATER = date(2026, 11, 20)
WHY = "新办法追溯到今年六月，他家不在特困名单里"
ENROLLED = """
[need.enrolled]
fact      = "medical.enrolled"
is        = true
otherwise = { zh = "没有参保", en = "Not enrolled" }
"""
POOR = 'has_any   = ["dibao", "extreme_poverty", "monitored"]'


def later(*changes: tuple[str, str]) -> PolicyVersion:
    """The award with other words, in force in place of the first version, past the gate of its examples."""
    text = make.policy_bytes("college-award").decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    version = services.load(text.encode(), file_name="college-award.toml", by=OFFICER, on=LATER)
    version = make.looked_through(perform(version, "propose", by=OFFICER, on=LATER), on=LATER)
    perform(
        PolicyVersion.objects.get(code="college-award", state="active"), "supersede", by=APPROVER, on=LATER
    )
    return perform(version, "activate", by=APPROVER, on=LATER)


def granted(family: Family) -> Decision:
    return county.approve(rechecked(family.household), by=APPROVER, on=DECIDED)


def paid(family: Family) -> Decision:
    decision = granted(family)
    accounts([family.girl])
    payments.plan_instalments(on=DECIDED)
    (batch,) = payments.build_batches(by=make.actor("batch_preparer"), on=DECIDED)
    answer(sent(batch), {1: "paid"}, on=DECIDED)
    assert Attempt.objects.get().state == "paid"
    return decision


def listed(version: PolicyVersion, **scope: str) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(one.change, one.fen, one.names) for one in against_decisions(version, **scope)]


def named_by_verify() -> set[str]:
    """The checks that name a recovery (accounts made in bulk have no trail of their own)."""
    found = verify()
    return {
        one.check.name for one in found for culprit in one.culprits if culprit.table == "payments_recovery"
    }


class TestTheList:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ([("2100799", "2100798")], []),
            ([("tier2 = 2000", "tier2 = 2500")], [("more", 250_000, ())]),
            ([("tier2 = 2000", "tier2 = 1500")], [("less", 150_000, ())]),
            ([(POOR, 'has_any   = ["extreme_poverty"]')], [("lost", 0, ("poor",))]),
            ([("from = 2024-06-01", "from = 2026-08-01"), (POOR, 'has_any   = ["extreme_poverty"]')], []),
        ],
        ids=["the same", "more", "less", "lost", "not of that day"],
    )
    def test_a_decision_is_judged_again_by_the_later_version(self, family: Family, changes, expected) -> None:
        granted(family)
        assert listed(later(*changes)) == expected

    def test_the_facts_are_those_of_then(self, family: Family) -> None:
        granted(family)
        make.fact(family.girl, "register", date(2010, 1, 2), rural=False, residence=make.JIAOLOU)
        assert listed(later(("2100799", "2100798"))) == []

    def test_what_was_never_looked_at_is_read_as_of_that_day(self, family: Family) -> None:
        """A need about a fact of which the decision says nothing."""
        granted(family)
        version = later(("\n[need.girl]", ENROLLED + "\n[need.girl]"))
        (one,) = against_decisions(version)
        assert (one.change, one.names) == ("lost", ("enrolled",))
        make.fact(family.girl, "medical", date(2026, 1, 1), date(2026, 12, 31), year=2026, enrolled=True)
        assert listed(version) == []

    def test_only_the_divisions_asked_for_and_only_earlier_versions(self, family: Family) -> None:
        granted(family)
        version = later((POOR, 'has_any   = ["extreme_poverty"]'))
        assert listed(version, scope=make.MAZHAO[:9]) == [("lost", 0, ("poor",))]
        assert listed(version, scope=make.YABAI[:9]) == []
        assert listed(PolicyVersion.objects.get(number=1)) == []


class TestARecovery:
    def test_one_person_proposes_it_and_another_decides(self, family: Family) -> None:
        decision = paid(family)
        version = later(("tier2 = 2000", "tier2 = 1500"))
        before = (Transfer.objects.count(), Attempt.objects.count())
        proposed = propose_recovery(decision, version, reason=WHY, by=OFFICER, on=LATER)
        assert (proposed.paid_fen, proposed.due_fen, proposed.fen) == (200_000, 150_000, 50_000)
        with pytest.raises(Refusal, match="不能自己决定"):
            settle_recovery(
                proposed, "pursue", finding=WHY, by=make.actor("county_approver", OFFICER.number), on=LATER
            )
        settled = settle_recovery(
            proposed, "waive", finding="钱已交学费，家里没有别的收入", by=APPROVER, on=LATER
        )
        assert (settled.state, settled.settled_by) == ("waived", APPROVER.number)
        assert (Transfer.objects.count(), Attempt.objects.count()) == before, "nothing is debited or booked"
        verbs = (
            TrailRow.objects.filter(table="payments_recovery").order_by("id").values_list("verb", flat=True)
        )
        assert list(verbs) == ["create", "waive"]
        assert named_by_verify() == set()

    def test_a_lost_right_asks_back_all_that_was_paid(self, family: Family) -> None:
        decision = paid(family)
        version = later((POOR, 'has_any   = ["extreme_poverty"]'))
        proposed = propose_recovery(decision, version, reason=WHY, by=CHECKER, on=LATER)
        assert (proposed.fen, proposed.failing) == (200_000, ["poor"])
        assert settle_recovery(proposed, "pursue", finding=WHY, by=APPROVER, on=LATER).state == "pursued"

    def test_what_was_not_paid_is_not_asked_back(self, family: Family) -> None:
        decision = granted(family)
        with pytest.raises(Refusal, match="没有多发"):
            propose_recovery(
                decision, later(("tier2 = 2000", "tier2 = 1500")), reason=WHY, by=OFFICER, on=LATER
            )

    def test_who_gets_more_or_the_same_owes_nothing(self, family: Family) -> None:
        decision = paid(family)
        with pytest.raises(Refusal) as refused:
            propose_recovery(
                decision, later(("tier2 = 2000", "tier2 = 2500")), reason=WHY, by=OFFICER, on=LATER
            )
        assert refused.value.code == "nothing_less"

    def test_without_a_reason_or_twice_or_by_another_role_nothing_happens(self, family: Family) -> None:
        decision = paid(family)
        version = later(("tier2 = 2000", "tier2 = 1500"))
        with pytest.raises(Refusal, match="写明理由"):
            propose_recovery(decision, version, reason=" 嗯 ", by=OFFICER, on=LATER)
        proposed = propose_recovery(decision, version, reason=WHY, by=OFFICER, on=LATER)
        with pytest.raises(Refusal, match="已经有人提议"):
            propose_recovery(decision, version, reason=WHY, by=CHECKER, on=LATER)
        with pytest.raises(Refusal, match="写明理由"):
            settle_recovery(proposed, "pursue", finding="", by=APPROVER, on=LATER)
        with pytest.raises(Refusal, match="不是你这个岗位"):
            settle_recovery(proposed, "pursue", finding=WHY, by=CHECKER, on=LATER)
        settle_recovery(proposed, "pursue", finding=WHY, by=APPROVER, on=LATER)
        with pytest.raises(Refusal, match="先办了一步"):
            settle_recovery(proposed, "waive", finding=WHY, by=APPROVER, on=LATER)

    def test_the_database_holds_the_sum_and_the_reasons(self, family: Family) -> None:
        decision = paid(family)
        version = later(("tier2 = 2000", "tier2 = 1500"))
        row = {
            "decision": decision,
            "version": version,
            "division": make.JIAOLOU,
            "proposed_by": "x",
            "proposed_on": LATER,
        }
        for wrong, name in (
            (
                {"paid_fen": 200_000, "due_fen": 150_000, "fen": 60_000, "reason": WHY},
                "recovery_is_of_what_was_paid",
            ),
            (
                {"paid_fen": 150_000, "due_fen": 150_000, "fen": 0, "reason": WHY},
                "recovery_is_of_what_was_paid",
            ),
            ({"paid_fen": 200_000, "due_fen": 150_000, "fen": 50_000, "reason": ""}, "recovery_says_why"),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                Recovery.objects.create(state="proposed", **row, **wrong)
        right = {"paid_fen": 250_000, "due_fen": 150_000, "fen": 100_000, "reason": WHY}
        Recovery.objects.create(state="proposed", **row, **right)
        assert "attempts" in named_by_verify(), "more is asked back than was paid"


def refused(family: Family) -> Decision:
    """By the first version, where only dibao counts, a monitored family has no right."""
    application = submitted(family.household)
    application = township.propose_refusal(application, by=make.actor("township_reviewer"), on=OVER)
    checked = county.propose_refusal(application, by=CHECKER, on=OVER, reasons=[])
    return county.decline(checked, by=APPROVER, on=DECIDED)


def test_who_was_refused_and_has_a_right_now_goes_the_ordinary_road_with_the_origin_shown(db: None) -> None:
    whole_lists()
    strict = make.policy_bytes("college-award").replace(POOR.encode(), b'has_any   = ["extreme_poverty"]')
    make.active_policy("college-award", strict)
    decision = refused(poor_family("赵"))
    version = later(("2100799", "2100798"))
    assert listed(version) == [("gained", 200_000, ())]
    opened = retroactive.open_supplement(decision, version, by=OFFICER, on=LATER)
    assert (opened.state, opened.origin, opened.version_id) == ("draft", "supplement", version.pk)
    assert decision.application.receipt_number in opened.note
    assert listed(version) == [], "it is under way"
    with pytest.raises(Refusal, match="已经有一件在办"):
        retroactive.open_supplement(decision, version, by=OFFICER, on=LATER)
    assert Application.objects.count() == 2
    assert again(decision.application).state == "refused"


class TestADifference:
    """Granted 2,000 yuan; by the later version 2,500."""

    def approved(self, opened: Application) -> Decision:
        """The ordinary road: four people, a notice."""
        application = counter.submit(opened, by=make.actor("clerk"), on=LATER)
        application = township.review(application, by=make.actor("township_reviewer"), on=LATER)
        township.post_notice(application.version, make.MAZHAO, by=make.actor("township_reviewer"), on=LATER)
        township.close_due_notices(on=date(2026, 12, 1), by=make.actor("township_reviewer"))
        checked = county.recheck(again(application), by=CHECKER, on=date(2026, 12, 1))
        return county.approve(checked, by=APPROVER, on=date(2026, 12, 2))

    def test_it_goes_the_ordinary_road_to_the_bank_under_the_first_claim(self, family: Family) -> None:
        first = paid(family)
        version = later(("tier2 = 2000", "tier2 = 2500"))
        opened = retroactive.open_supplement(first, version, by=OFFICER, on=LATER)
        assert (opened.origin, opened.amount_fen, opened.applied_on) == (
            "supplement", 50_000, first.application.applied_on,
        )  # fmt: skip
        (line,) = against_decisions(version)
        assert (line.change, line.is_under_way) == ("more", True)
        with pytest.raises(Refusal, match="补差已经有一件在办"):
            retroactive.open_supplement(first, version, by=CHECKER, on=LATER)
        claims = LimitClaim.objects.count()
        decision = self.approved(opened)
        assert (decision.amount_fen, decision.entitlement.funds) == (50_000, {"county": 50_000})
        assert decision.conditions[-1]["working"][1]["zh"] == "已批 2,000.00 元，补差 500.00 元"
        assert LimitClaim.objects.count() == claims, "one right, one claim"
        assert LedgerAccount.objects.get(kind="committed").balance_fen == 50_000
        assert replaying.replay_decision(decision).differences == []
        assert replaying.replay_decision(first).differences == []
        assert listed(version) == [], "nothing is left to add"
        payments.plan_instalments(on=date(2026, 12, 2))
        (batch,) = payments.build_batches(by=make.actor("batch_preparer"), on=date(2026, 12, 2))
        assert [one.amount_fen for one in batch.attempts.all()] == [50_000]
        tables = {
            "applications_application",
            "applications_decision",
            "applications_entitlement",
            "payments_instalment",
        }
        assert (
            tables & {c.table for one in verify() if one.check.name != "definitions" for c in one.culprits}
            == set()
        )

    def test_without_budget_nothing_is_added(self, family: Family) -> None:
        first = granted(family)
        with otherwise():
            LedgerAccount.objects.filter(kind="available").update(balance_fen=40_000)
        opened = retroactive.open_supplement(
            first, later(("tier2 = 2000", "tier2 = 2500")), by=OFFICER, on=LATER
        )
        with pytest.raises(Refusal) as refused:
            self.approved(opened)
        assert refused.value.code == "budget_short"
        assert Decision.objects.count() == 1

    def test_an_ended_grant_is_not_added_to(self, family: Family) -> None:
        first = granted(family)
        version = later(("tier2 = 2000", "tier2 = 2500"))
        payments.end_entitlement(first.entitlement, reason="户口迁出", by=APPROVER, on=LATER)
        with pytest.raises(Refusal) as refused:
            retroactive.open_supplement(first, version, by=OFFICER, on=LATER)
        assert refused.value.code == "not_active"

    def test_who_adds_to_another_right_is_named(self, family: Family) -> None:
        first = granted(family)
        other = granted(poor_family("钱", "103209-0148"))
        opened = retroactive.open_supplement(
            first, later(("tier2 = 2000", "tier2 = 2500")), by=OFFICER, on=LATER
        )
        with otherwise():
            Application.objects.filter(pk=opened.pk).update(supplements=other)
        found = {c.id for one in verify() if one.check.name == "decisions" for c in one.culprits}
        assert found == {opened.pk}
