"""The worker's part: found in the database, done once, stopped with a sentence where a person must act."""

from datetime import date

import pytest
from django.utils import timezone

from applications.models import Entitlement
from payments import banks, services, tasks
from payments.banks import Answer, FileRefused, load_profiles, write_answers
from payments.models import BankFile, Batch, Instalment, ResultFile
from standards.words import Refusal
from tests import factories as make
from tests.payments.conftest import APPROVER, CHECKER, PREPARER, approved, built, sent, states
from tests.payments.granting import DAY, accounts, allot, entitlements, girls

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _township(settings, transactional_db):
    settings.BUSINESS_DAY = DAY
    make.officials()
    version = make.active_policy("college-award")
    allot("college-award", 10_000_000)
    people = girls(3)
    accounts(people)
    entitlements(people, version)


def result_of(batch):
    answers = [Answer(line, 200_000, "paid") for line in (1, 2, 3)]
    return write_answers(load_profiles()[batch.profile], answers, batch=batch.number, on=DAY)


def test_planning_is_found_and_done_once():
    tasks.plan_instalments()
    tasks.plan_instalments()
    assert Instalment.objects.count() == Entitlement.objects.count() == 3


def test_an_approved_batch_gets_its_files_from_the_worker():
    batch = approved(built())
    tasks.export_batches()
    tasks.export_batches()
    file = BankFile.objects.get()
    assert (file.batch_id, file.lines) == (batch.pk, 3)
    assert services.send(batch, by=PREPARER, on=DAY).state == "sent"


def test_an_uploaded_answer_is_read_by_the_worker_in_the_name_of_who_uploaded_it():
    batch = sent(built())
    services.upload_result(batch, name="r.txt", content=result_of(batch), by=PREPARER, on=DAY)
    tasks.read_result_files()
    row = ResultFile.objects.get()
    assert (row.read_on, row.counts["paid"]) == (DAY, 3)
    assert set(states(batch).values()) == {"paid"}
    assert Batch.objects.get().state == "answered"


def no_files(*_):
    raise FileRefused([Refusal("GBK 写不了“𬭎”", "GBK cannot write “𬭎”", code="unencodable")])


def test_files_that_cannot_be_made_stop_with_a_sentence_and_go_on_after_the_next_approval():
    batch = approved(built())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(banks, "write_files", no_files)
        tasks.export_batches()
    stopped = Batch.objects.get()
    assert stopped.is_stopped
    assert "𬭎" in stopped.error_zh
    assert stopped.error_en
    assert not BankFile.objects.exists()
    for by in (APPROVER, CHECKER, PREPARER):
        batch = services.take_back(batch, by=by, on=DAY)
    services.leave_out(batch.attempts.get(line=1), by=PREPARER, on=DAY)
    approved(batch)
    tasks.export_batches()
    assert [file.lines for file in BankFile.objects.all()] == [2]


def test_a_file_the_worker_gave_up_is_read_when_it_is_uploaded_again():
    batch = sent(built())
    row = services.upload_result(batch, name="r.txt", content=result_of(batch), by=PREPARER, on=DAY)
    ResultFile.objects.filter(pk=row.pk).update(stopped_at=timezone.now())
    tasks.read_result_files()
    assert ResultFile.objects.get().read_on is None
    again = services.upload_result(
        batch, name="r.txt", content=result_of(batch), by=PREPARER, on=date(2026, 8, 20)
    )
    assert again.pk == row.pk
    tasks.read_result_files()
    assert ResultFile.objects.get().read_on == DAY
