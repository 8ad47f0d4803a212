"""A database server of its own for each test, apart from the one the tests run on."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from config.database.place import MACHINE_HOME

PROJECT = Path(__file__).parents[2]
USER = """
import sys, time
from pathlib import Path
import psycopg
from config.database.running import ensure_running
from standards.words import Refusal
try:
    info = ensure_running(Path(sys.argv[1]), linger=float(sys.argv[2]))
except Refusal as refusal:
    print(refusal.code)
    raise SystemExit(1)
with psycopg.connect(host=info.host, port=info.port, dbname=info.database, user="app", password=info.passwords["app"]) as c:
    print(c.execute("SELECT pg_postmaster_start_time()::text").fetchone()[0], flush=True)
time.sleep(float(sys.argv[3]))
"""


class Server:
    """Starts users of one server and looks at it from outside."""

    def __init__(self, home):
        self.home = home
        self.users = []

    def user(self, stays=0.0, linger=0.0, **environment):
        """A process that uses the server for ``stays`` seconds."""
        known = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "GUANAI_DATABASE_HOME": str(self.home),
        }
        process = subprocess.Popen(
            [sys.executable, "-c", USER, str(self.home), str(linger), str(stays)],
            env=known | environment,
            umask=0o077,  # a careful administrator: the system user must pass all the same
            stdout=subprocess.PIPE,
            text=True,
        )
        self.users.append(process)
        return process

    @property
    def data(self):
        return next(self.home.glob("cluster-*")) / "data"

    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split("\n")[0])

    def keeper(self):
        return int((self.home / "keeper.lock").read_text())

    def wait_until_stopped(self):
        until = time.monotonic() + 20
        while (self.data / "postmaster.pid").exists():
            assert time.monotonic() < until, "the server still runs"
            time.sleep(0.05)


@pytest.fixture
def server():
    """A server that is not started yet. The folder is one the system user can reach."""
    is_root = os.geteuid() == 0
    if is_root:
        MACHINE_HOME.mkdir(exist_ok=True, mode=0o755)
    home = Path(tempfile.mkdtemp(prefix="test-", dir=MACHINE_HOME if is_root else None))
    home.chmod(0o755 if is_root else 0o700)
    one = Server(home)
    yield one
    for user in one.users:
        user.kill()
        user.wait()
        user.stdout.close()
    if list(home.glob("cluster-*")):
        one.wait_until_stopped()
    shutil.rmtree(home)
