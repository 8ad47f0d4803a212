"""A row is worked on by one worker at a time, and its outcome is written by the one who holds it."""

import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from jobs.leases import LeaseLostError, claim, resume
from jobs.models import TRIES_MAX
from jobs.work import work_through
from standards.words import Refusal, Words
from tests.jobs.conftest import Chore

NOW = timezone.now()
LATER = NOW + timedelta(minutes=10)


def open_chores():
    return Chore.objects.filter(is_done=False)


def test_progress_percent_is_rounded_down():
    assert [
        Chore(progress_done=done, progress_total=total).progress_percent
        for done, total in [(0, 0), (2, 3), (3, 3)]
    ] == [
        0,
        66,
        100,
    ]


def test_a_claimed_row_is_not_given_out_again_until_its_lease_ends(chores):
    row = chores.objects.create()
    lease = claim(open_chores(), worker="a", now=NOW)
    assert (lease.row.pk, lease.row.leased_by, lease.row.tries) == (row.pk, "a", 1)
    assert claim(open_chores(), worker="b", now=NOW) is None
    assert claim(open_chores(), worker="b", now=LATER).row.tries == 2


def test_finish_sets_the_fields_and_frees_the_row(chores):
    chores.objects.create()
    claim(open_chores(), worker="a", now=NOW).finish(is_done=True)
    row = chores.objects.get()
    assert (row.is_done, row.lease_until, row.leased_by, row.tries) == (True, None, "", 0)


def test_finish_rolls_the_work_back_when_the_lease_was_lost(chores):
    chores.objects.create()
    slow = claim(open_chores(), worker="slow", now=NOW)
    claim(open_chores(), worker="quick", now=LATER)
    with pytest.raises(LeaseLostError), transaction.atomic():
        chores.objects.create(is_done=True)
        slow.finish(is_done=True)
    assert list(chores.objects.values_list("is_done", "leased_by")) == [(False, "quick")]


def test_an_old_lease_does_not_fit_after_the_row_was_finished_and_reopened(chores):
    chores.objects.create()
    old = claim(open_chores(), worker="old", now=NOW)
    claim(open_chores(), worker="new", now=LATER).finish()
    claim(open_chores(), worker="third", now=LATER)
    with pytest.raises(LeaseLostError):
        old.finish(is_done=True)


def test_a_row_is_stopped_when_its_tries_are_used_up_and_resumed_by_a_person(chores):
    chores.objects.create(tries=TRIES_MAX)
    assert claim(open_chores(), worker="a", now=NOW) is None
    row = chores.objects.get()
    assert row.is_stopped
    assert "stopped" in row.error_en
    assert resume(open_chores()) == 1
    assert claim(open_chores(), worker="a", now=NOW).row.tries == 1


def test_eight_workers_take_every_row_once(chores):
    chores.objects.bulk_create(chores() for _ in range(40))
    taken, guard = [], threading.Lock()

    def take():
        while lease := claim(open_chores(), worker="w", now=NOW):
            with guard:
                taken.append(lease.row.pk)
        connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(chores.objects.values_list("pk", flat=True))


def test_kept_renews_the_lease_and_shows_the_progress_during_one_long_transaction(chores):
    chores.objects.create()
    lease = claim(open_chores(), worker="a", now=timezone.now(), seconds=0.6)
    seen = []

    def look():
        time.sleep(0.8)
        seen.append(chores.objects.values_list("progress_done", "progress_total").get())
        seen.append(claim(open_chores(), worker="thief", now=timezone.now()))
        connections.close_all()

    reader = threading.Thread(target=look)
    with lease.kept():
        reader.start()
        with transaction.atomic():
            lease.progress(3, 7)
            reader.join()
            lease.finish(is_done=True)
    assert seen == [(3, 7), None]


def test_a_late_beat_does_not_hold_a_row_that_is_given_back(chores):
    """A list that was checked a moment ago may be taken at once: the row's next work waits for no old lease."""
    chores.objects.create()
    lease = claim(open_chores(), worker="a", now=timezone.now(), seconds=0.3)
    with lease.kept():
        lease.finish()
        time.sleep(0.5)
    assert chores.objects.get().lease_until is None


def test_work_through_does_every_row(chores):
    chores.objects.bulk_create(chores() for _ in range(3))
    assert work_through(open_chores(), lambda lease: lease.finish(is_done=True)) == 3
    assert not open_chores().exists()


def test_work_through_stops_a_refused_row_and_gives_a_failed_one_back(chores, caplog):
    refused, failed, good = (chores.objects.create() for _ in range(3))

    def work(lease):
        if lease.row == refused:
            raise Refusal("空文件", "The file is empty")
        if lease.row == failed:
            raise ValueError("secret 610124")
        lease.finish(is_done=True)

    assert work_through(open_chores(), work) == 1
    rows = {row.pk: row for row in chores.objects.all()}
    assert (rows[refused.pk].is_stopped, rows[refused.pk].error_zh) == (True, "空文件")
    assert (rows[failed.pk].is_stopped, rows[failed.pk].tries) == (False, 1)
    assert rows[failed.pk].lease_until > timezone.now()
    assert rows[good.pk].is_done
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_stop_is_refused_when_the_lease_was_lost(chores):
    chores.objects.create()
    lease = claim(open_chores(), worker="a", now=NOW)
    claim(open_chores(), worker="b", now=LATER)
    with pytest.raises(LeaseLostError):
        lease.stop(Words("停", "stop"), now=LATER)


KILLED_WORKER = """
import sys, time
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.utils import timezone
from jobs.leases import claim
from tests.jobs.conftest import Chore
lease = claim(Chore.objects.filter(is_done=False), worker="doomed", now=timezone.now(), seconds=1.5)
with lease.kept():
    print(lease.number, flush=True)
    time.sleep(60)
"""


def test_a_row_of_a_worker_that_was_killed_is_taken_up_again_and_done_once(chores):
    chores.objects.create()
    project = Path(__file__).parents[2]
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED_WORKER, connection.settings_dict["NAME"]],
        cwd=project,
        env={
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(project),
        },
        stdout=subprocess.PIPE,
    )
    with worker:
        assert worker.stdout.readline() == b"1\n"
        time.sleep(2)
        assert claim(open_chores(), worker="heir", now=timezone.now()) is None, "it is kept while it lives"
        worker.send_signal(signal.SIGKILL)
    time.sleep(1.6)
    assert work_through(open_chores(), lambda lease: lease.finish(is_done=True)) == 1
    assert work_through(open_chores(), lambda lease: lease.finish(is_done=True)) == 0
