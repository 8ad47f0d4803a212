"""Random deeds at the cash desk, allowed and not: after each the books balance and nobody is paid twice."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from beneficiaries.models import Account
from ledger.queries import differences
from payments import services
from payments.models import Attempt, Batch, Instalment, ResultLine
from payments.queries.totals import totals_of
from standards.words import Refusal
from tests import factories as make
from tests.payments.conftest import answer
from tests.payments.granting import DAY, accounts, allot, balances, entitlements, girls
from tests.payments.test_results import new_account

GIRLS = 5
FEN = 200_000
ALLOTTED = 10_000_000
PEOPLE = ("wang", "liu", "sun")
ROLES = st.sampled_from(["batch_preparer", "batch_checker", "batch_approver", "clerk"])
WHO = st.sampled_from(PEOPLE)
ANY = st.integers(0, 10**6)
ANSWERS = st.sampled_from(
    [
        "paid",
        "paid",
        ("failed", "额度不足"),
        ("failed", "已销户"),
        ("failed", "重复提交"),
        ("unknown", "处理中"),
        None,
    ]
)


class CashDesk(RuleBasedStateMachine):
    """One township; a deed that is refused must change nothing, which the invariants then see."""

    def __init__(self):
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.day = DAY
        make.divisions()
        version = make.active_policy("college-award")
        allot("college-award", ALLOTTED)
        people = girls(GIRLS)
        accounts(people)
        entitlements(people, version, fen=FEN, funds={"county": FEN})
        services.plan_instalments(on=DAY)

    def teardown(self):
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def attempt(self, deed):
        """Whether the deed was done; a refusal is a sentence in both languages."""
        words = None
        try:
            with transaction.atomic():
                deed()
        except Refusal as refusal:
            words = refusal.words
        assert words is None or (words.zh and words.en)
        return words is None

    def one(self, rows, pick):
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    @rule(role=ROLES, who=WHO)
    def build(self, role, who):
        self.attempt(lambda: services.build_batches(by=make.actor(role, who), on=self.day))

    @rule(
        pick=ANY,
        step=st.sampled_from(["prepare", "take_back", "send", "drop", "close", "export"]),
        role=ROLES,
        who=WHO,
    )
    def take_a_step(self, pick, step, role, who):
        batch = self.one(Batch.objects.all(), pick)
        if batch:
            self.attempt(lambda: getattr(services, step)(batch, by=make.actor(role, who), on=self.day))

    @rule(pick=ANY, step=st.sampled_from(["confirm", "approve"]), who=WHO, off=st.sampled_from([0, 0, 0, 1]))
    def agree(self, pick, step, who, off):
        batch = self.one(Batch.objects.all(), pick)
        if batch:
            totals = totals_of(batch)
            role = {"confirm": "batch_checker", "approve": "batch_approver"}[step]
            self.attempt(
                lambda: getattr(services, step)(
                    batch,
                    count=totals.count,
                    total_fen=totals.total_fen + off,
                    by=make.actor(role, who),
                    on=self.day,
                )
            )

    @rule(pick=ANY)
    def go_all_the_way_to_the_bank(self, pick):
        batch = self.one(Batch.objects.filter(state="draft"), pick)
        if not batch:
            return

        def deed():
            prepared = services.prepare(batch, by=make.actor("batch_preparer"), on=self.day)
            typed = {"count": prepared.count, "total_fen": prepared.total_fen}
            services.confirm(prepared, **typed, by=make.actor("batch_checker"), on=self.day)
            services.approve(prepared, **typed, by=make.actor("batch_approver"), on=self.day)
            services.send(prepared, by=make.actor("batch_preparer"), on=self.day)

        self.attempt(deed)

    @rule(pick=ANY, said=st.lists(ANSWERS, min_size=GIRLS, max_size=GIRLS))
    def the_bank_answers(self, pick, said):
        batch = self.one(Batch.objects.filter(state__in=["sent", "answered", "closed"]), pick)
        if not batch:
            return
        lines = Attempt.objects.filter(batch=batch).exclude(state="pulled_back").order_by("line")
        words = {
            line: word for line, word in zip(lines.values_list("line", flat=True), said, strict=False) if word
        }
        if words:
            self.attempt(lambda: answer(batch, words, on=self.day))

    @rule(pick=ANY)
    def leave_a_line_out(self, pick):
        line = self.one(Attempt.objects.all(), pick)
        if line:
            self.attempt(lambda: services.leave_out(line, by=make.actor("batch_preparer"), on=self.day))

    @rule(pick=ANY, who=WHO)
    def rebuild(self, pick, who):
        batch = self.one(Batch.objects.all(), pick)
        if batch:
            self.attempt(
                lambda: services.build_correction(batch, by=make.actor("batch_preparer", who), on=self.day)
            )

    @rule(pick=ANY)
    def money_comes_back(self, pick):
        line = self.one(Attempt.objects.all(), pick)
        if line:
            self.attempt(
                lambda: services.record_return(
                    line, reason_text="退票", by=make.actor("batch_preparer"), on=self.day
                )
            )

    @rule(pick=ANY)
    def a_new_account(self, pick):
        line = self.one(
            Attempt.objects.filter(state__in=["failed", "returned"], account__state="verified"), pick
        )
        if line and Account.objects.count() < 30:
            self.attempt(lambda: new_account(line.batch, line.line, on=self.day))

    @rule(pick=ANY, finding=st.sampled_from(["not_paid", "was_paid"]))
    def a_contradiction_is_settled(self, pick, finding):
        line = self.one(ResultLine.objects.filter(quarantine__isnull=False), pick)
        if line:
            by = make.actor("batch_checker")
            self.attempt(lambda: services.settle_line(line, finding=finding, note="", by=by, on=self.day))

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.day += timedelta(days=days)
        services.plan_instalments(on=self.day)

    @invariant()
    def the_books_balance(self):
        assert list(differences()) == []
        for year in range(DAY.year, self.day.year + 1):
            found = balances(year=year)
            assert sum(found.values()) == 0
            assert all(fen >= 0 for kind, fen in found.items() if kind != "treasury")

    @invariant()
    def the_books_say_what_the_lines_say(self):
        lines = dict(Attempt.objects.order_by().values_list("state").annotate(Sum("amount_fen")))
        total = {}
        for year in range(DAY.year, self.day.year + 1):
            for kind, fen in balances(year=year).items():
                total[kind] = total.get(kind, 0) + fen
        assert total.get("in_transit", 0) == lines.get("sent", 0) + lines.get("unknown", 0)
        assert total.get("paid", 0) == lines.get("paid", 0)
        assert -total["treasury"] - total["available"] == total["committed"] + total.get(
            "in_transit", 0
        ) + total.get("paid", 0)

    @invariant()
    def nobody_is_paid_twice(self):
        live = Attempt.objects.exclude(state__in=["failed", "returned", "pulled_back"])
        assert not live.values("instalment").annotate(n=Count("pk")).filter(n__gt=1).exists()
        assert Instalment.objects.count() == GIRLS
        for line in Attempt.objects.exclude(rebuilds=None).select_related("rebuilds"):
            assert line.rebuilds.state in ("failed", "returned")
            assert (line.amount_fen, line.instalment_id) == (
                line.rebuilds.amount_fen,
                line.rebuilds.instalment_id,
            )

    @invariant()
    def three_people_agreed_on_what_was_sent(self):
        for batch in Batch.objects.filter(state__in=["approved", "sent", "answered", "closed"]):
            assert len({batch.prepared_by, batch.checked_by, batch.approved_by} - {""}) == 3
            totals = totals_of(batch)
            assert (totals.count, totals.total_fen) == (batch.count, batch.total_fen)


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [6, pytest.param(300, marks=pytest.mark.long)])
def test_random_deeds_at_the_cash_desk(examples):
    run_state_machine_as_test(
        CashDesk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
