"""Random deeds at the cash desk, allowed and not: after each the books balance and nobody is paid twice."""

from collections import Counter

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from beneficiaries.queries.changes import pays_from
from ledger.queries import differences
from oversight.verify import lineage
from payments import services
from payments.models import Attempt, BankFile, Batch, Instalment, ResultLine
from payments.queries.failed import to_rebuild
from payments.queries.totals import totals_of
from tests import factories as make
from tests.invariants.cash_desk import DOWN, FEN, GIRLS, Deeds
from tests.payments.granting import DAY, allot, balances

VERIFIED = [check for check in lineage.CHECKS if check.name in ("attempts", "money")]


class CashDesk(Deeds):
    """What holds after every deed, and what can be put right in the end."""

    def teardown(self):
        try:
            self.nothing_failed_is_lost_in_the_end()
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

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
        for instalment in Instalment.objects.select_related("entitlement").prefetch_related(
            "attempts__batch"
        ):
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
        for check in VERIFIED:
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
        self.day = pays_from(self.day)
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
        return DAY.year, instalment.entitlement.state != "ended"
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
    return year, not late and instalment.entitlement.state != "ended"


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
