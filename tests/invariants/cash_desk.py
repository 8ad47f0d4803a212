"""Random deeds at the cash desk, allowed and not; what must hold after each stands in ``test_payments``."""

from datetime import timedelta

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from applications.models import Entitlement
from audit.door import perform
from beneficiaries.models import Account, Fact
from payments import services
from payments.models import Attempt, BankFile, Batch, ResultLine
from payments.queries.failed import to_rebuild
from payments.queries.totals import totals_of
from standards.words import Refusal
from tests import factories as make
from tests.payments.conftest import answer
from tests.payments.granting import DAY, accounts, allot, entitlements, girls

GIRLS = 5
FEN = 200_000
ALLOTTED = 10_000_000
PEOPLE = ("wang", "liu", "sun")
DOWN = ("failed", "returned")
NEXT_YEAR = 2 * FEN  # allotted: less than all could need
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


class Deeds(RuleBasedStateMachine):
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

    @initialize(
        opening=st.sampled_from(["built", "answered", "corrected", "corrected", "late"]),
        said=st.lists(ANSWERS, min_size=GIRLS, max_size=GIRLS),
    )
    def the_first_batch(self, opening, said):
        """Most stories begin with failed lines, mended accounts and a correction: what comes of them is asked here."""
        by = make.actor("batch_preparer")
        (batch,) = services.build_batches(by=by, on=self.day)
        if opening == "built":
            return
        self.go_all_the_way_to_the_bank(0)
        self.the_bank_answers(0, said)
        if opening == "late":
            self.day = DAY.replace(year=DAY.year + 1, month=1, day=8)
            for line in batch.attempts.filter(state="paid")[:2]:
                services.record_return(line, reason_text="退票", by=by, on=self.day)
        for line in batch.attempts.filter(state__in=DOWN).select_related("payee"):
            self.new_account(line)
        self.day += timedelta(days=4)
        if opening != "answered":
            self.attempt(lambda: services.build_correction(batch, by=by, on=self.day))

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

    @rule(pick=ANY, download=st.booleans())
    def the_right_person_takes_the_next_step(self, pick, download):
        found = Batch.objects.filter(state__in=["draft", "prepared", "checked", "approved"])
        batch = self.one(found.exclude(correction_of=None), pick) or self.one(found, pick)
        if not batch:
            return
        step, role = {
            "draft": ("prepare", "batch_preparer"),
            "prepared": ("confirm", "batch_checker"),
            "checked": ("approve", "batch_approver"),
            "approved": ("send", "batch_preparer"),
        }[batch.state]
        typed = {"count": batch.count, "total_fen": batch.total_fen} if step in ("confirm", "approve") else {}
        if step == "send" and download:
            self.files_are_downloaded_and_the_batch_sent(0, "")
        else:
            self.attempt(lambda: getattr(services, step)(batch, **typed, by=make.actor(role), on=self.day))

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
            verb = getattr(services, f"{move}_entitlement")
            by = make.actor("county_approver")
            self.attempt(lambda: verb(right, reason="核查", by=by, on=self.day))

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
        waiting = Attempt.objects.filter(to_rebuild()).values("batch")
        batch = self.one(Batch.objects.filter(pk__in=waiting), pick) or self.one(Batch.objects.all(), pick)
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
