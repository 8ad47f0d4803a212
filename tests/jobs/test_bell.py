"""The bell rings once per commit, and never breaks a service."""

import pytest
from celery import current_app
from django.db import connection, transaction

from jobs import bell
from jobs.alone import alone


@pytest.fixture
def heard(monkeypatch):
    """The names of the tasks sent."""
    names = []
    monkeypatch.setattr(
        type(current_app._get_current_object()), "send_task", lambda _app, name, **_: names.append(name)
    )
    return names


@pytest.mark.django_db(transaction=True)
def test_ring_is_sent_once_after_the_commit(heard):
    with transaction.atomic():
        for _ in range(100):
            bell.ring("payments.tasks.export")
        bell.ring("letters.tasks.print")
        assert heard == []
    assert heard == ["payments.tasks.export", "letters.tasks.print"]


@pytest.mark.django_db(transaction=True)
def test_ring_is_not_sent_after_a_rollback(heard):
    with pytest.raises(KeyError), transaction.atomic():
        bell.ring("payments.tasks.export")
        raise KeyError
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_ring_survives_a_savepoint_that_is_rolled_back(heard):
    with transaction.atomic():
        with pytest.raises(KeyError), transaction.atomic():
            bell.ring("payments.tasks.export")
            raise KeyError
        bell.ring("payments.tasks.export")
    assert heard == ["payments.tasks.export"]


@pytest.mark.django_db(transaction=True)
def test_ring_does_not_fail_when_the_broker_is_gone(monkeypatch, caplog):
    def broken(*_args, **_options):
        raise ConnectionError("redis://:secret@host")

    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", broken)
    bell.ring("payments.tasks.export")
    assert "ConnectionError" in caplog.text
    assert "secret" not in caplog.text


def test_answers_puts_a_task_on_the_clock(monkeypatch):
    monkeypatch.setattr(bell, "_every", {})

    @bell.answers(every=5)
    def look() -> None:
        """Nothing to see."""

    assert bell.schedule() == {
        look.name: {"task": look.name, "schedule": 5, "options": {"expires": 5}},
    }


@pytest.mark.django_db(transaction=True)
def test_alone_lets_one_in():
    other = connection.copy()
    try:
        with alone("sweep") as first, other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('sweep', 0))")
            assert (first, cursor.fetchone()) == (True, (False,))
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('sweep', 0))")
            assert cursor.fetchone() == (True,)
        with alone("sweep") as second:
            assert second is False
    finally:
        other.close()
