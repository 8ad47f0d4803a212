"""The tests run as the application's role, and only the owner shapes tables."""

import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import ProgrammingError

from audit.models import TrailRow
from config.database.roles import as_owner
from officials.models import Division
from tests import emptying, factories


def who() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_run_as_the_application():
    assert who() == "app"


@pytest.mark.django_db(transaction=True)
def test_a_thread_is_the_application_too():
    seen = []

    def look():
        seen.append(who())
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == ["app"]


@pytest.mark.django_db(transaction=True)
def test_as_owner_changes_the_role_and_gives_it_back():
    with as_owner():
        assert who() == "owner"
    assert who() == "app"


@pytest.mark.django_db(transaction=True)
def test_as_owner_gives_the_role_back_after_an_error():
    with pytest.raises(KeyError), as_owner():
        raise KeyError
    assert who() == "app"


@pytest.mark.django_db
def test_as_owner_is_refused_inside_a_transaction():
    with transaction.atomic(), pytest.raises(TransactionManagementError), as_owner():
        pytest.fail("the body must not run")


@pytest.mark.django_db(transaction=True)
def test_the_application_makes_no_tables():
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("CREATE TABLE mine (id int)")


@pytest.mark.django_db(transaction=True)
def test_flush_is_the_owners_and_gives_the_role_back():
    factories.divisions()
    call_command("flush", interactive=False, verbosity=0)
    assert not Division.objects.exists()
    assert who() == "app"


@pytest.mark.django_db(transaction=True)
def test_what_a_test_left_is_emptied_and_what_the_program_is_stays():
    factories.officials()
    emptying.empty()
    assert not Division.objects.exists()
    assert not TrailRow.objects.exists()
    assert ContentType.objects.exists()
    assert who() == "app"
