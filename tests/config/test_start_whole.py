"""``./start`` as a whole, attacked: what it started lives while it lives, and nothing outlives it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
WAIT_SECONDS = 90


class Started:
    """A running ``./start --empty`` with its own data, database and port."""

    def __init__(self, home, var):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "GUANAI_VAR": str(var),
            "GUANAI_DATABASE_HOME": str(home),
        }
        self.process = self.start()

    def start(self):
        command = [sys.executable, "-m", "config.launch.start", "--empty", "--port", str(self.port)]
        return subprocess.Popen(
            command,
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def answers(self):
        """Whether the sign-in page is served."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/sign-in/")
                with connection.getresponse() as response:
                    return response.status == 200
            except (OSError, http.client.HTTPException):
                return False

    def children(self):
        """Process ids below the launcher by name; the database's keeper too."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (folder / "cmdline").read_text()
            except (OSError, IndexError):
                continue
            for name in ("granian", "celery", "keeper.py"):
                if parent == self.process.pid and name in command:
                    found[name] = int(folder.name)
        return found


def eventually(question, seconds=WAIT_SECONDS):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if question():
            return True
        time.sleep(0.2)
    return False


def is_running(pid):
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and command.read_bytes() != b""


@pytest.fixture
def started(server, tmp_path):
    one = Started(server.home, tmp_path / "var")
    one.home = server.home
    (tmp_path / "var").mkdir(exist_ok=True)
    assert eventually(one.answers)
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.process.communicate(timeout=WAIT_SECONDS)


@pytest.mark.long
def test_start_survives_every_kill_and_leaves_nothing_behind(started, server):
    second = started.start()
    said, _ = second.communicate(timeout=WAIT_SECONDS)
    assert (second.returncode, "Already running" in said) == (0, True)

    for name in ("granian", "celery"):
        before = started.children()[name]
        os.kill(before, signal.SIGKILL)
        assert eventually(lambda name=name, before=before: started.children().get(name, before) != before), (
            name
        )
        assert eventually(started.answers), name
    for pid in (server.postmaster(), server.keeper()):
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda pid=pid: not is_running(pid))
        assert eventually(
            lambda: (server.data / "postmaster.pid").exists() and is_running(server.postmaster())
        )
        assert eventually(started.answers)

    below = started.children()
    started.process.send_signal(signal.SIGINT)
    said, _ = started.process.communicate(timeout=WAIT_SECONDS)
    assert started.process.returncode == 0, said
    assert re.search(rf"http://127.0.0.1:{started.port}/", said)
    assert not any(is_running(pid) for name, pid in below.items() if name != "keeper.py")
    server.wait_until_stopped()


@pytest.mark.long
def test_kill_9_of_the_launcher_ends_everything(started, server):
    below = started.children()
    started.process.kill()
    assert eventually(lambda: not any(is_running(pid) for pid in below.values()))
    server.wait_until_stopped()
    assert not started.answers()
