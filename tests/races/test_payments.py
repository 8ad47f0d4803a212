"""Many hands at the cash desk: one batch, one answer, one correction, and the books balance."""

from datetime import date
from hashlib import sha256

import pytest

from ledger.queries import differences
from payments import services
from payments.banks import Answer, load_profiles, write_answers
from payments.models import Attempt, BankFile, Batch, ResultFile, ResultLine
from standards.words import Refusal
from tests import factories as make
from tests.payments.conftest import APPROVER, CHECKER, PREPARER, answer, approved, sent
from tests.payments.granting import DAY, accounts, allot, balances, entitlements, girls
from tests.payments.test_results import new_account
from tests.races.together import PROCESSES, together

LATER = date(2026, 8, 31)
LINES = 30
ROUNDS = [pytest.param(2, id="few"), pytest.param(100, id="hundred", marks=pytest.mark.long)]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def award(transactional_db):
    make.divisions()
    version = make.active_policy("college-award")
    allot("college-award", 10**9)
    return version


def grant(award, round_number):
    people = girls(LINES, first=round_number * LINES)
    accounts(people)
    entitlements(people, award)


def build(number):
    services.plan_instalments(on=DAY)
    services.build_batches(by=make.actor("batch_preparer", number), on=DAY)


def upload_and_read(batch, content):
    found = Batch.objects.get(pk=batch)
    row = services.upload_result(found, name="r.txt", content=content, by=PREPARER, on=DAY)
    services.read_result_file(row, by=PREPARER, on=DAY)


def read_again(row):
    services.read_result_file(ResultFile.objects.get(pk=row), by=PREPARER, on=DAY)


def correct(batch):
    services.build_correction(Batch.objects.get(pk=batch), by=PREPARER, on=LATER)


def send(batch):
    services.send(Batch.objects.get(pk=batch), by=PREPARER, on=DAY)


def confirm(batch, number):
    services.confirm(
        Batch.objects.get(pk=batch),
        count=LINES,
        total_fen=LINES * 200_000,
        by=make.actor("batch_checker", number),
        on=DAY,
    )


def assert_nobody_twice():
    live = Attempt.objects.exclude(state__in=["failed", "returned", "pulled_back"])
    assert live.count() == live.values("instalment").distinct().count()
    assert list(differences()) == []
    paid = sum(Attempt.objects.filter(state="paid").values_list("amount_fen", flat=True))
    assert balances().get("paid", 0) == paid


@pytest.mark.parametrize("rounds", ROUNDS)
def test_eight_preparers_build_over_the_same_instalments(award, rounds):
    for n in range(rounds):
        grant(award, n)
        outcomes = together(build, [(f"preparer-{m}",) for m in range(PROCESSES)])
        assert outcomes == ["done", *["nothing_due"] * (PROCESSES - 1)]
        assert (Batch.objects.count(), Attempt.objects.count()) == (n + 1, (n + 1) * LINES)
    assert_nobody_twice()


@pytest.mark.parametrize("rounds", ROUNDS)
def test_four_import_the_same_answer_at_once(award, rounds):
    for n in range(rounds):
        grant(award, n)
        build("wang")
        batch = sent(Batch.objects.latest("pk"))
        answers = [
            Answer(line, 200_000, "paid" if line % 5 else "failed", "" if line % 5 else "销户")
            for line in range(1, LINES + 1)
        ]
        content = write_answers(load_profiles()["abc_fixed"], answers, batch=batch.number, on=DAY)
        outcomes = together(upload_and_read, [(batch.pk, content)] * 4)
        assert outcomes == ["done", "same_file", "same_file", "same_file"]
        assert ResultFile.objects.filter(sha256=sha256(content).hexdigest()).count() == 1
        assert_nobody_twice()


@pytest.mark.parametrize("rounds", ROUNDS)
def test_four_workers_read_one_uploaded_file(award, rounds):
    for n in range(rounds):
        grant(award, n)
        build("wang")
        batch = sent(Batch.objects.latest("pk"))
        answers = [Answer(line, 200_000, "paid") for line in range(1, LINES + 1)]
        content = write_answers(load_profiles()["abc_fixed"], answers, batch=batch.number, on=DAY)
        row = services.upload_result(batch, name="r.txt", content=content, by=PREPARER, on=DAY)
        assert together(read_again, [(row.pk,)] * 4) == ["done"] * 4
        assert Batch.objects.get(pk=batch.pk).state == "answered"
        assert_nobody_twice()


@pytest.mark.parametrize("rounds", ROUNDS)
def test_eight_rebuild_the_same_failed_lines(award, rounds):
    for n in range(rounds):
        grant(award, n)
        build("wang")
        batch = sent(Batch.objects.filter(correction_of=None).latest("pk"))
        said = dict.fromkeys(range(3, LINES + 1), "paid") | {
            1: ("failed", "销户"),
            2: ("failed", "额度不足"),
        }
        answer(batch, said)
        new_account(batch, 1)
        outcomes = together(correct, [(batch.pk,)] * PROCESSES)
        assert outcomes == ["done", *["nothing_failed"] * (PROCESSES - 1)]
        assert Attempt.objects.filter(rebuilds__batch=batch).count() == 2
        assert_nobody_twice()


@pytest.mark.parametrize("rounds", ROUNDS)
def test_eight_checkers_and_eight_senders(award, rounds):
    for n in range(rounds):
        grant(award, n)
        build("wang")
        batch = services.prepare(Batch.objects.latest("pk"), by=PREPARER, on=DAY)
        outcomes = together(confirm, [(batch.pk, f"checker-{m}") for m in range(PROCESSES)])
        assert outcomes == ["done", *["state_moved_on"] * (PROCESSES - 1)]
        services.approve(
            batch, count=LINES, total_fen=LINES * 200_000, by=make.actor("batch_approver"), on=DAY
        )
        outcomes = together(send, [(batch.pk,)] * PROCESSES)
        assert outcomes == [*["already_sent"] * (PROCESSES - 1), "done"]
        assert balances()["in_transit"] == (n + 1) * LINES * 200_000
    assert_nobody_twice()


def test_an_answer_and_a_correction_at_once_never_pay_twice(award):
    grant(award, 0)
    build("wang")
    batch = sent(Batch.objects.get())
    answer(batch, {1: ("failed", "额度不足")} | dict.fromkeys(range(3, LINES + 1), "paid"))
    late = write_answers(
        load_profiles()["abc_fixed"],
        [Answer(1, 200_000, "paid"), Answer(2, 200_000, "paid")],
        batch=batch.number,
        on=DAY,
    )
    outcomes = together(either, [("correct", batch.pk, late), ("read", batch.pk, late)])
    assert outcomes in (["done", "done"], ["done", "nothing_failed"])
    assert_nobody_twice()
    assert ResultFile.objects.get(sha256=sha256(late).hexdigest()).counts["quarantined"] == 1


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_download_and_a_take_back_at_once_never_leave_a_file_behind(award, rounds):
    for n in range(rounds):
        grant(award, n)
        build("wang")
        batch = approved(Batch.objects.latest("pk"))
        (file,) = services.export(batch, by=PREPARER, on=DAY)
        outcomes = together(take_or_undo, [("take", file.pk, batch.pk), ("undo", file.pk, batch.pk)])
        after = Batch.objects.get(pk=batch.pk)
        if after.state == "approved":
            assert (outcomes, after.downloaded_on) == (["done", "downloaded"], DAY)
        else:
            assert (outcomes, after.downloaded_on) == (["done", "not_approved"], None)
            assert not after.files.exists()


def take_or_undo(deed, file, batch):
    if deed == "undo":
        services.take_back(Batch.objects.get(pk=batch), by=APPROVER, on=DAY)
    elif found := BankFile.objects.filter(pk=file).first():
        services.take_file(found, by=PREPARER, on=DAY)
    else:
        raise Refusal("没有了", "gone", code="not_approved")


def test_a_finding_and_a_correction_at_once_never_pay_twice(award):
    grant(award, 0)
    build("wang")
    batch = sent(Batch.objects.get())
    answer(batch, {1: ("failed", "额度不足")} | dict.fromkeys(range(2, LINES + 1), "paid"))
    answer(batch, {1: "paid"}, name="again.txt")
    line = ResultLine.objects.get(quarantine__isnull=False)
    outcomes = together(find_or_correct, [("find", line.pk, batch.pk), ("correct", line.pk, batch.pk)])
    assert outcomes == ["done", "nothing_failed"]
    assert Batch.objects.count() == 1
    assert_nobody_twice()
    assert balances()["paid"] == LINES * 200_000


def find_or_correct(deed, line, batch):
    if deed == "correct":
        correct(batch)
    else:
        found = ResultLine.objects.get(pk=line)
        services.settle_line(found, finding="was_paid", note="", by=CHECKER, on=LATER)


def either(deed, batch, content):
    correct(batch) if deed == "correct" else upload_and_read(batch, content)
