"""What every test gets: a database made by its owner and used by the application's role."""

import gc
import gettext
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.utils.translation import trans_real

from config.database.roles import become_owner, log_in
from config.translations import compile_all
from tests import emptying
from tests.otherwise import OWNER_RUNS
from tests.stages import STAGE, Told, builds_of
from vault.keys import make_key_file

# A machine that does other work besides is slow, not wrong.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# Each run has a database of its own, so that two runs side by side do not drop each other's.
TEST_DATABASE = "test_guanai_"
SESSIONS_END_SECONDS_MAX = 10.0
LONGEST = ("tests/crash/", "tests/browser/", "tests/sample/", "tests/architecture/test_tools.py")
DROPS_TRIED = 4  # of five seconds each
SESSIONS = """SELECT backend_type, usename, backend_start, state, wait_event, query
              FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"""


def _drop_left_behind() -> None:
    """Databases of runs that were killed: their process is gone."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{TEST_DATABASE}[0-9]+"])
        for (name,) in cursor.fetchall():
            pid = name.removeprefix(TEST_DATABASE).split("_")[0]
            if not Path(f"/proc/{pid}").exists():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _do_not_wait_for_the_disk() -> None:
    """A test database is worth nothing after a power cut: its commits need not reach the disk at once."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")


def _let_stories_be_otherwise() -> None:
    """Tests tell stories with rows that the application may not change; see tests/otherwise.py."""
    role = connections["default"].ops.quote_name(settings.APP_ROLE)
    with connections["default"].cursor() as cursor:
        cursor.execute(OWNER_RUNS)
        cursor.execute(f"GRANT USAGE ON SCHEMA stories TO {role}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, whatever the order of the rest: at the end no worker waits for another's browser.

    Tests that begin with the same county follow one another; see tests/stages.py.
    """
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith(LONGEST),
            [build.__qualname__ for build in builds_of(item)],
        )
    )


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the garbage collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_configure() -> None:
    """Tests know no sample season, keep no files in the working folder, and need no collected statics."""
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{TEST_DATABASE}{os.getpid()}"
    settings.BUSINESS_DAY = None
    settings.IS_DEMO = False
    settings.CELERY = {**settings.CELERY, "broker_url": "memory://"}
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is missing
    emptying.take_over()
    if compile_all(settings.BASE_DIR, settings.ROOMS, settings.LOCALE_PATHS[0]):
        forget_words()


def forget_words() -> None:
    """What was read while Django was set up are the old words; gettext keeps each file it has read, too."""
    gettext._translations.clear()
    trans_real._translations.clear()
    trans_real._default = None


@pytest.fixture(scope="session")
def _app_login(django_db_modify_db_settings_parallel_suffix: None) -> dict[str, str]:
    """The application's login, kept while the owner makes the test database."""
    return become_owner(connections["default"])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(_app_login: dict[str, str]) -> None:
    """Make the test database as the owner."""


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """This file drops the database itself, patiently; see `_drop`."""
    return True


@pytest.fixture(scope="session")
def django_db_setup(
    _app_login: dict[str, str], django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """Run the tests as the application; the owner drops the database at the end."""
    with django_db_blocker.unblock():
        _drop_left_behind()
        _do_not_wait_for_the_disk()
        _let_stories_be_otherwise()
        owner = log_in(connections["default"], _app_login)
    yield
    with django_db_blocker.unblock():
        STAGE.leave()
        log_in(connections["default"], owner)
        _no_session_is_left_open()
        _drop(connections["default"])


def _no_session_is_left_open() -> None:
    """A session that a test's thread has closed lives a moment longer; one that stays is named by its last words."""
    until = time.monotonic() + SESSIONS_END_SECONDS_MAX
    left: list[Any] = []
    with connections["default"].cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(SESSIONS, [connections["default"].settings_dict["NAME"]])
            left = [session for session in cursor.fetchall() if session[0] == "client backend"]
            if not left:
                return
            time.sleep(0.1)
    raise AssertionError(f"left open by a test: {left}")


def _drop(connection: Any) -> None:
    """Drop the test database; who still holds it is named and waited for.

    No test has a session left by now: it is one of PostgreSQL's own, which the owner may not send away. Where it
    outlasts the wait, the next run drops the database (`_drop_left_behind`).
    """
    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        for _ in range(DROPS_TRIED):
            try:
                cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)}")
            except OperationalError as error:
                cursor.execute(SESSIONS, [name])
                sys.stderr.write(f"{error} {cursor.fetchall()}\n")
            else:
                return


@pytest.fixture(scope="session", autouse=True)
def _keys_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The run has keys of its own, and never reads those of a county."""
    before = settings.KEYS_FILE
    settings.KEYS_FILE = tmp_path_factory.mktemp("keys") / "guanai.json"
    make_key_file(settings.KEYS_FILE)
    yield
    settings.KEYS_FILE = before


@pytest.fixture
def _django_db_helper(_stage: None, _django_db_helper: None) -> None:
    """The transaction of a test lies inside that of the county it begins with."""


@pytest.fixture
def _stage(
    request: pytest.FixtureRequest, _files_of_this_test: None, django_db_setup: None, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        STAGE.enter(builds_of(request.node))


@pytest.fixture(scope="module")
def nothing_stands(django_db_setup: None, django_db_blocker: Any) -> None:
    """What a module makes for all its tests lies in no county of others: it would be undone with that."""
    with django_db_blocker.unblock():
        STAGE.leave()


@pytest.fixture
def told() -> Told:
    """What stands already; see tests/stages.py."""
    return Told()


@pytest.fixture(autouse=True)
def _files_of_this_test(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Stored files go to a folder of the test run."""
    before = settings.FILES_ROOT
    settings.FILES_ROOT = tmp_path_factory.getbasetemp() / "files"
    yield
    settings.FILES_ROOT = before
