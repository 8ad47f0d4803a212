"""Random deeds at the cash desk, allowed and not: after each the books balance and nobody is paid twice."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from applications.models import Entitlement
from audit.door import perform
from beneficiaries.models import Account, Fact
from ledger.queries import differences
from oversight.verify import lineage
from payments import services
from payments.models import Attempt, BankFile, Batch, Instalment, ResultLine
from payments.queries.failed import to_rebuild
from payments.queries.totals import totals_of
from standards.words import Refusal
from tests import factories as make
from tests.payments.conftest import answer
from tests.payments.granting import DAY, accounts, allot, balances, entitlements, girls

GIRLS = 5
FEN = 200_000
ALLOTTED = 10_000_000
PEOPLE = ("wang", "liu", "sun")
DOWN = ("failed", "returned")
NEXT_YEAR = 2 * FEN  # allotted: less than all could need
VERIFIED = {check.name: check for check in lineage.CHECKS if check.name in ("attempts", "money")}
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
        allot("college-award", NEXT_YEAR, year=DAY.year + 1, document="示例〔2027〕1号")
        self.numbers = 100
        people = girls(GIRLS)
        accounts(people)
        entitlements(people, version, fen=FEN, funds={"county": FEN})
        services.plan_instalments(on=DAY)

    def teardown(self):
        self.nothing_failed_is_lost_in_the_end()
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
        step=st.sampled_from(
            ["prepare", "take_back", "send", "drop", "close", "export", "leave_out_unpayable"]
        ),
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

    @rule(pick=ANY, who=WHO, statement=st.sampled_from(["", "没有交银行"]), again=st.booleans())
    def an_approval_is_taken_back_and_given_again(self, pick, who, statement, again):
        batch = self.one(Batch.objects.filter(state="approved"), pick)
        if not batch:
            return
        by = make.actor("batch_approver", batch.approved_by)
        taken = self.attempt(lambda: services.take_back(batch, by=by, on=self.day, statement=statement))
        assert not (taken and batch.downloaded_on and not statement)
        if taken and again:
            typed = {"count": batch.count, "total_fen": batch.total_fen}
            by = make.actor("batch_approver", who)
            self.attempt(lambda: services.approve(batch, **typed, by=by, on=self.day))

    @rule(pick=ANY, statement=st.sampled_from(["", "银行已收"]))
    def files_are_downloaded_and_the_batch_sent(self, pick, statement):
        batch = self.one(Batch.objects.filter(state="approved"), pick)
        if not batch:
            return
        by = make.actor("batch_preparer")
        for file in services.export(batch, by=by, on=self.day):
            self.attempt(lambda file=file: services.take_file(file, by=by, on=self.day))
        if pick % 2:
            self.attempt(lambda: services.send(batch, by=by, on=self.day, statement=statement))

    @rule(pick=ANY)
    def a_file_is_downloaded(self, pick):
        file = self.one(BankFile.objects.all(), pick)
        if file:
            self.attempt(lambda: services.take_file(file, by=make.actor("batch_preparer"), on=self.day))

    @rule(pick=ANY, drops=st.booleans())
    def a_correction_is_given_up(self, pick, drops):
        batch = self.one(
            Batch.objects.filter(state__in=["draft", "prepared"]).exclude(correction_of=None), pick
        )
        if not batch:
            return
        by = make.actor("batch_preparer", batch.prepared_by or "wang")
        if drops or batch.state == "prepared":
            assert self.attempt(lambda: services.drop(batch, by=by, on=self.day))
        elif line := self.one(batch.attempts.filter(state="planned"), pick):
            assert self.attempt(lambda: services.leave_out(line, by=by, on=self.day))

    @rule(pick=ANY)
    def an_account_is_closed(self, pick):
        line = self.one(Attempt.objects.filter(state="planned", account__state="verified"), pick)
        if line:
            perform(line.account, "close", by=make.actor("clerk"), on=self.day)

    @rule(pick=ANY)
    def somebody_dies(self, pick):
        line = self.one(Attempt.objects.filter(state="planned"), pick)
        if line and not Fact.objects.filter(kind="death").exists():
            make.fact(line.payee, "death", self.day)

    @rule(pick=ANY, move=st.sampled_from(["suspend", "resume", "resume", "end"]))
    def an_entitlement_changes(self, pick, move):
        held = {"suspend": ["active"], "resume": ["suspended"], "end": ["active", "suspended"]}[move]
        if move == "end" and Entitlement.objects.filter(state="ended").exists():
            return
        if right := self.one(Entitlement.objects.filter(state__in=held), pick):
            perform(right, move, by=make.actor("county_approver"), on=self.day)

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
        line = self.one(Attempt.objects.filter(state__in=DOWN, account__state="verified"), pick)
        if line and Account.objects.count() < 30:
            self.new_account(line)

    def new_account(self, line):
        """The township closes what the payee has, and another account is verified."""
        for account in Account.objects.filter(owner=line.payee, state="verified"):
            perform(account, "close", by=make.actor("clerk"), on=self.day)
        self.numbers += 1
        accounts([line.payee], verified=self.day, first=self.numbers)

    @rule(pick=ANY, finding=st.sampled_from(["not_paid", "was_paid"]))
    def a_contradiction_is_settled(self, pick, finding):
        line = self.one(ResultLine.objects.filter(quarantine__isnull=False), pick)
        if line:
            by = make.actor("batch_checker")
            self.attempt(lambda: services.settle_line(line, finding=finding, note="", by=by, on=self.day))

    @rule(days=st.sampled_from([1, 4, 4, 40, 150]))
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
            assert line.rebuilds.state in DOWN or line.state in (*DOWN, "pulled_back")
            assert (line.amount_fen, line.instalment_id) == (
                line.rebuilds.amount_fen,
                line.rebuilds.instalment_id,
            )

    @invariant()
    def what_is_committed_is_what_is_owed(self):
        owed = Counter()
        for instalment in Instalment.objects.prefetch_related("attempts__batch"):
            year, is_owed = standing_of(instalment)
            owed[year] += FEN if is_owed else 0
        for year in range(DAY.year, self.day.year + 1):
            assert balances(year=year).get("committed", 0) == owed[year]

    @invariant()
    def nothing_failed_is_lost(self):
        waiting = set(Attempt.objects.filter(to_rebuild()).values_list("pk", flat=True))
        newest = {}
        for line in (
            Attempt.objects.exclude(state="pulled_back")
            .exclude(instalment__entitlement__state="ended")
            .order_by("pk")
        ):
            newest[line.instalment_id] = line
        live = set(
            Attempt.objects.exclude(state__in=[*DOWN, "pulled_back"]).values_list("instalment", flat=True)
        )
        for instalment, line in newest.items():
            assert (line.pk in waiting) == (instalment not in live)

    @invariant()
    def lineage_holds(self):
        for check in VERIFIED.values():
            assert list(check.find()) == []

    @invariant()
    def a_file_bears_the_day_of_the_approval_that_stands(self):
        for file in BankFile.objects.select_related("batch"):
            assert f"{file.batch.approved_on:%Y%m%d}" in file.name
        back = Batch.objects.filter(state__in=["draft", "prepared", "checked", "dropped"])
        assert not back.exclude(downloaded_on=None).exists()
        assert not back.exclude(files=None).exists()

    def nothing_failed_is_lost_in_the_end(self):
        """Once every question is answered and every account mended, a correction pays each failed line."""
        for line in ResultLine.objects.filter(quarantine__isnull=False, settled_by=""):
            services.settle_line(
                line, finding="not_paid", note="", by=make.actor("batch_checker"), on=self.day
            )
        waiting = Attempt.objects.filter(to_rebuild(), instalment__entitlement__state="active").exclude(
            payee__facts__kind="death"
        )
        lines = list(waiting.select_related("payee", "batch"))
        for line in lines:
            self.new_account(line)
        self.day += timedelta(days=5)
        allot("college-award", GIRLS * FEN, year=self.day.year, document="示例补〔2028〕1号")
        for batch in {line.batch for line in lines}:
            services.build_correction(batch, by=make.actor("batch_preparer"), on=self.day)
        assert not waiting.exists()

    @invariant()
    def three_people_agreed_on_what_was_sent(self):
        for batch in Batch.objects.filter(state__in=["approved", "sent", "answered", "closed"]):
            assert len({batch.prepared_by, batch.checked_by, batch.approved_by} - {""}) == 3
            totals = totals_of(batch)
            assert (totals.count, totals.total_fen) == (batch.count, batch.total_fen)


def standing_of(instalment):
    """(fiscal year, whether its money is committed there): what the attempts of an instalment say."""
    lines = sorted(
        (line for line in instalment.attempts.all() if line.state != "pulled_back"), key=lambda one: one.pk
    )
    if not lines:
        return DAY.year, True
    live = [line for line in lines if line.state not in DOWN]
    newest = (live or lines)[-1]
    year = newest.batch.fiscal_year
    if live:
        return year, newest.state == "planned"
    late = [
        line
        for line in lines
        if line.state == "returned" and line.batch.fiscal_year == year and line.returned_on.year > year
    ]
    return year, not late


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
