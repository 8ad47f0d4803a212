"""The launcher's parts: ports, children, environments, and what ``./test`` prints at the end."""

import os
import signal
import socket
import sys
import time
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.launch import environment, start
from config.launch.children import QUICK_DEATHS_MAX, Child, end_all
from config.launch.test import pytest_command, summary
from standards.words import Refusal

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_free_port_refuses_the_wished_one_when_it_is_taken(taken_port):
    with pytest.raises(Refusal) as refusal:
        start.free_port(taken_port)
    assert refusal.value.code == "port_in_use"


def test_free_port_takes_the_next_one_without_a_wish(taken_port, monkeypatch, capsys):
    monkeypatch.setattr(start, "PORT", taken_port)
    assert taken_port < start.free_port(None) < taken_port + start.PORTS_TRIED
    assert str(taken_port) in capsys.readouterr().out


def test_options_are_named_in_both_languages(capsys):
    with pytest.raises(SystemExit):
        start.main(["--help"])
    assert "网页端口" in capsys.readouterr().out


@pytest.fixture
def child(tmp_path):
    """A child with a child of its own, as the web server has."""
    one = Child("parent", [sys.executable, "-c", PARENT], tmp_path / "log" / "parent.log")
    yield one
    end_all([one])


def grandchild(child):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        lines = child.log.read_text().split()
        if lines:
            return int(lines[-1])
        time.sleep(0.02)
    raise AssertionError("the child said nothing")


def is_running(pid):
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_end_all_ends_the_children_of_the_children(child):
    child.start()
    below = grandchild(child)
    end_all([child])
    time.sleep(0.1)
    assert not is_running(below)


def test_restart_ends_what_a_killed_child_left_behind(child):
    child.start()
    below = grandchild(child)
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert child.is_dead()
    assert child.restart()
    time.sleep(0.1)
    assert not is_running(below)
    assert not child.is_dead()


def test_a_child_that_dies_at_once_is_given_up(tmp_path):
    child = Child("broken", [sys.executable, "-c", "raise SystemExit(1)"], tmp_path / "broken.log")
    child.start()
    restarts = 0
    while True:
        child.process.wait()
        if not child.restart():
            break
        restarts += 1
    assert restarts == QUICK_DEATHS_MAX - 1


def test_a_folder_that_cannot_be_written_is_two_sentences(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(environment.CannotInstallError) as error:
        environment._writable(tmp_path / "file" / "var")
    assert len(error.value.args) == 2


def test_an_environment_of_another_python_does_not_work(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho 3.9.0\n")
    fake.chmod(0o755)
    assert not environment._works(fake)
    assert not environment._works(tmp_path / "missing")
    assert environment._works(Path(sys.executable))


def test_a_changed_requirement_is_installed_anew(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text("a==1")
    before = environment._digest(tmp_path, file)
    assert environment._digest(tmp_path, file) == before
    assert environment._digest(tmp_path / "elsewhere", file) != before
    file.write_text("a==2")
    assert environment._digest(tmp_path, file) != before


@pytest.mark.parametrize(
    ("settings", "mirror"),
    [
        ("", None),
        ("global.timeout='60'\nglobal.extra-index-url='https://more.example/simple'", None),
        ("global.index-url='https://mirror.example/simple'", "https://mirror.example/simple"),
        (":env:.index-url='https://a.example'\nglobal.index-url='https://b.example'", "https://a.example"),
    ],
)
def test_the_mirror_that_pip_was_told_of_is_asked(settings, mirror):
    assert environment.index_among(settings) == mirror


def test_the_installer_is_one_release_and_known_by_its_hashes():
    name, *hashes = [line for line in environment.INSTALLER.read_text().splitlines() if line[0] != "#"]
    assert name.startswith("uv==")
    assert hashes
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)


def test_a_quick_installer_that_fails_or_is_not_there_leaves_the_work_to_pip(tmp_path):
    with (tmp_path / "log").open("w") as log:
        assert not environment._by_uv("false", Path(sys.executable), ["-r", os.devnull], log)
        assert not environment._by_uv(str(tmp_path / "missing"), Path(sys.executable), [], log)


WRITTEN = """
SKIPPED [3] tests/browser/conftest.py:60: Chromium is not installed
SKIPPED [1] tests/x.py:1: another reason
TOTAL                                 9000    700    92%
============ 812 passed, 4 skipped in 301.22s (0:05:01) ============
"""


def test_summary_repeats_the_closing_line_with_coverage_and_time():
    assert summary(WRITTEN, seconds=312.4, has_browser=True).splitlines() == [
        "",
        "812 passed, 4 skipped in 301.22s (0:05:01)",
        "coverage 92 %",
        "312 s in all",
    ]


def test_summary_says_how_many_browser_tests_did_not_run():
    assert (
        summary(WRITTEN, seconds=1, has_browser=False).splitlines()[-1].startswith("not run: 3 browser tests")
    )


def test_summary_says_when_pytest_did_not_finish():
    assert "did not finish" in summary("Killed", seconds=1, has_browser=True)


@pytest.mark.parametrize("asked", ["-q", "-qq", "--quiet"])
def test_who_asks_for_quiet_again_keeps_the_closing_line(asked):
    command = pytest_command(["tests/payments", asked, "-x"], is_long=False, is_covered=False)
    assert (command.count("-q"), command[-2:]) == (1, ["tests/payments", "-x"])


def test_the_lists_of_packages_are_whole():
    """They are installed as they stand, with nothing resolved; a package left out would be missed only in use."""
    listed = set()
    for file in environment.REQUIREMENTS["test"]:
        lines = (environment.PROJECT / file).read_text().splitlines()
        listed |= {canonicalize_name(line.split("==")[0]) for line in lines if "==" in line}
    wanted = set()
    for name in listed:
        needs = [Requirement(need) for need in distribution(name).requires or []]
        wanted |= {
            canonicalize_name(n.name) for n in needs if n.marker is None or n.marker.evaluate({"extra": ""})
        }
    assert wanted <= listed
