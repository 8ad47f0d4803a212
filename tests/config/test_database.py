"""The embedded server: one for all who use it, gone after the last, and back after every kind of kill."""

import os
import shutil
import signal
import time
from pathlib import Path

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.database import binaries, place
from config.database.login import settings_for
from standards.words import Refusal


def is_running(pid):
    """Whether the process still does anything (where nobody waits for it, a dead one keeps its id)."""
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and command.read_bytes() != b""


def first_line(user):
    return user.stdout.readline().strip()


def test_eight_commands_at_once_share_one_server_and_the_last_stops_it(server):
    users = [server.user() for _ in range(8)]
    answers = {first_line(user) for user in users}
    assert len(answers) == 1
    assert "20" in answers.pop()
    server.wait_until_stopped()


def test_a_user_that_was_killed_does_not_keep_the_server_alive(server):
    user = server.user(stays=60)
    first_line(user)
    user.send_signal(signal.SIGKILL)
    server.wait_until_stopped()


def test_the_server_stays_while_one_user_is_left(server):
    staying, leaving = server.user(stays=60), server.user()
    assert first_line(staying) == first_line(leaving)
    leaving.wait()
    time.sleep(0.5)
    assert first_line(server.user()) != ""
    os.kill(server.postmaster(), 0)


def test_the_server_comes_back_after_kill_9_of_the_postmaster(server):
    first = first_line(server.user(stays=60))
    os.kill(server.postmaster(), signal.SIGKILL)
    assert first_line(server.user()) not in ("", first)


def test_the_server_comes_back_after_kill_9_of_the_keeper(server):
    first = first_line(server.user(stays=60))
    postmaster = server.postmaster()
    os.kill(server.keeper(), signal.SIGKILL)
    assert first_line(server.user()) not in ("", first)
    assert not is_running(postmaster)


def test_the_keeper_ignores_ctrl_c_and_hang_up(server):
    first = first_line(server.user(stays=60))
    for sign in (signal.SIGINT, signal.SIGHUP):
        os.kill(server.keeper(), sign)
    assert first_line(server.user()) == first


def test_the_keeper_lingers_for_commands_in_a_row(server):
    user = server.user(linger=30)
    first = first_line(user)
    user.wait()
    assert first_line(server.user(linger=30)) == first
    os.kill(server.keeper(), signal.SIGTERM)


def test_an_unfinished_initdb_is_made_anew(server):
    (server.home / "unfinished" / "data").mkdir(parents=True)
    (server.home / "unfinished" / "data" / "PG_VERSION").write_text("18\n")
    assert first_line(server.user()) != ""


def test_a_process_id_that_is_another_programs_now_does_not_block_the_start(server):
    user = server.user()
    first_line(user)
    server.wait_until_stopped()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    shutil.chown(server.data / "postmaster.pid", server.data.stat().st_uid)
    assert first_line(server.user()) != ""


def test_data_of_another_version_are_refused(server):
    (server.home / "cluster-14").mkdir()
    assert first_line(server.user()) == "other_postgresql_version"
    (server.home / "cluster-14").rmdir()


def test_a_folder_without_postgresql_is_refused(server):
    assert first_line(server.user(GUANAI_PG_BIN="/nowhere")) == "no_postgresql"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GUANAI_DATABASE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(Refusal) as refusal:
        place.place_for(tmp_path)
    assert (refusal.value.code, "\n" in refusal.value.words.en) == ("folder_not_writable", False)


def test_two_checkouts_have_two_places(tmp_path):
    assert place.digest_of(tmp_path / "a") != place.digest_of(tmp_path / "b")


@pytest.mark.skipif(os.geteuid() == 0, reason="root keeps the socket beside the data")
def test_a_deep_folder_gets_a_short_socket(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 90)
    monkeypatch.setenv("GUANAI_DATABASE_HOME", str(deep))
    assert len(os.fsencode(place.place_for(deep).socket)) <= place.SOCKET_FOLDER_BYTES_MAX


def test_the_machines_own_postgresql_is_found_newest_first():
    found = binaries._on_this_machine()
    majors = [int(folder.parent.name) for folder in found if folder.parent.name.isdigit()]
    assert majors == sorted(majors, reverse=True)


def settings_from(monkeypatch, **urls):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, url in urls.items():
        monkeypatch.setenv(name, url)
    return settings_for(environ.Env(), Path("/var/empty"))


def test_settings_name_the_embedded_server_without_starting_it(monkeypatch):
    databases, owner = settings_from(monkeypatch)
    assert databases["default"]["ENGINE"] == "config.database.engine"
    assert (databases["default"]["USER"], owner["USER"]) == ("app", "owner")


def test_settings_take_a_server_with_two_roles(monkeypatch):
    databases, owner = settings_from(
        monkeypatch,
        DATABASE_URL="postgres://app:a@db/county",
        DATABASE_OWNER_URL="postgres://boss:b@db/county",
    )
    assert databases["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert (databases["default"]["USER"], owner) == ("app", {"USER": "boss", "PASSWORD": "b"})


@pytest.mark.parametrize(
    "urls",
    [
        {"DATABASE_URL": "sqlite:///x"},
        {"DATABASE_URL": "postgres://a:a@db/x", "DATABASE_OWNER_URL": "postgres://b:b@db/y"},
        {"DATABASE_URL": "postgres://a:a@db/x", "DATABASE_OWNER_URL": "postgres://a:a@db/x"},
    ],
)
def test_settings_refuse_a_wrong_server(monkeypatch, urls):
    with pytest.raises(ImproperlyConfigured):
        settings_from(monkeypatch, **urls)
