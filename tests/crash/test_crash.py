"""kill -9 of the worker, the web server or the database at random moments: nothing is paid twice or lost.

On a database server of its own, because the server itself is killed. The seed is printed; run one again with
``GUANAI_CRASH_SEED=…``.
"""

import base64
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from config.database.place import MACHINE_HOME
from config.launch.children import worker_command
from tests.crash.acts_named import DECIDED, GIRLS, KILLED, REFUSED_EVERY
from tests.crash.web import Web

PROJECT = Path(__file__).parents[2]
ACTS, LATER = "tests.crash.acts", "GUANAI_CRASH_LATER"
MOMENTS_SECONDS = 0.35  # the acts take about this long on two hundred lines
JUDGING_SECONDS = 0.8  # four hundred decisions
SERVER_SECONDS_MAX = 5  # to come up; an idle one goes after three
ACT_SECONDS_MAX = 900  # 100,000 people on a busy machine


class Forked:
    """A process that the stem has made: as much of ``Popen`` as is needed here."""

    def __init__(self, stem, acts, *, is_later, out):
        self.stem = stem
        os.mkfifo(out)
        self.pid = stem.ask({"acts": acts, "later": is_later, "out": str(out)})
        self.stdout = out.open()  # waits for the process to open its end
        out.unlink()

    def kill(self):
        """As ``Popen.kill``: no harm if it is done by then, for the stem has not asked for its end yet."""
        os.kill(self.pid, signal.SIGKILL)

    def communicate(self, timeout):
        with self.stdout:
            said = self.stdout.read()
        self.returncode = self.stem.ask({"wait": self.pid})
        return said, None


class Stem:
    """The process that forks them; see tests/crash/stem.py."""

    def __init__(self, environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.stem"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self):
        self.process.communicate(timeout=ACT_SECONDS_MAX)


class County:
    """A county whose processes can be killed."""

    def __init__(self, folder, home):
        self.folder, self.home = folder, home
        self.forked = 0
        self.has_decisions = False
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "GUANAI_VAR": str(folder),
            "GUANAI_DATABASE_HOME": str(home),
            "GUANAI_TODAY": "2026-08-18",
            "GUANAI_BROKER": "memory://",
        }
        self.stem = Stem(self.environment)

    def begin(self, *acts, module=ACTS, **environment):
        """Start a process; it is at work when this returns. With settings of its own it loads the program itself."""
        if module == ACTS and set(environment) <= {LATER}:
            self.forked += 1
            out = self.folder / f"said-{self.forked}"
            process = Forked(self.stem, acts, is_later=LATER in environment, out=out)
        else:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *acts],
                cwd=PROJECT,
                env=self.environment | environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        assert process.stdout.readline() == "go\n", process.communicate(timeout=ACT_SECONDS_MAX)[0]
        return process

    def do(self, *acts, **environment):
        """Do it to the end; gives what it printed last."""
        process = self.begin(*acts, **{LATER: "1"}, **environment)
        said, _ = process.communicate(timeout=ACT_SECONDS_MAX)
        assert process.returncode == 0, said[-3000:]
        return said.strip().splitlines()[-1] if said.strip() else ""

    def kill_during(self, act, victim, moment, **environment):
        """Strike ``moment`` seconds into ``act``; it may be done by then, and that is a case too."""
        if victim == "web":
            self.kill_web_during(act, moment)
            return
        process = self.begin(act, **environment)
        time.sleep(moment)
        if victim == "database":
            self.kill_database()
        else:
            process.kill()
        process.communicate(timeout=ACT_SECONDS_MAX)

    def kill_database(self):
        """Strike the server, which the act's process may still be starting; that it has gone again is a case too."""
        until = time.monotonic() + SERVER_SECONDS_MAX
        while time.monotonic() < until:
            for note in self.home.glob("cluster-*/data/postmaster.pid"):
                with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
                    os.kill(int(note.read_text().split("\n")[0]), signal.SIGKILL)
                    return
            time.sleep(0.01)

    def kill_web_during(self, act, moment):
        """The same where the act is what a person presses: the real web server answers, and is struck."""
        web = Web(PROJECT, self.environment)
        web.start()
        try:
            web.sign_in("wang")
            (path, fields), *more = self.presses(act)
            assert not more, "one batch a round"
            asked = web.begin(path, fields)
            time.sleep(moment)
        finally:
            web.kill()
        asked.join(ACT_SECONDS_MAX)

    def presses(self, act):
        """The addresses and fields that a person sends to do it."""
        if act == "build":
            return [("/payments/batches/build/", {})]
        waiting = json.loads(self.do("desk"))[act]
        if act == "send":
            return [(f"/payments/batches/{pk}/send/", {}) for pk in waiting]
        return [
            (
                "/payments/results/upload/",
                {"batch": pk, "file": ("result.txt", base64.b64decode(content), "text/plain")},
            )
            for pk, content in waiting.items()
        ]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    if os.geteuid() == 0:
        MACHINE_HOME.mkdir(exist_ok=True, mode=0o755)
    home = Path(tempfile.mkdtemp(prefix="crash-", dir=MACHINE_HOME if os.geteuid() == 0 else None))
    home.chmod(0o755 if os.geteuid() == 0 else 0o700)
    one = County(tmp_path_factory.mktemp("crash"), home)
    one.do("setup")
    yield one
    one.stem.end()
    until = time.monotonic() + 30
    while list(home.glob("cluster-*/data/postmaster.pid")) and time.monotonic() < until:
        time.sleep(0.1)
    shutil.rmtree(home)


def seeded():
    seed = int(os.environ.get("GUANAI_CRASH_SEED", secrets.randbelow(1_000_000)))
    sys.stdout.write(f"GUANAI_CRASH_SEED={seed}\n")
    return random.Random(seed)


def play(county, rounds):
    """Each round: new girls, and every step of their payment killed once before it is done."""
    dice = seeded()
    before = json.loads(county.do("look"))
    for number in range(rounds):
        granted = county.do("grant", "look")
        if number == 0:
            # Grants made by the factory have no trail; verify says so, before and after.
            before["holds"] = json.loads(granted)["holds"]
        for act, victims, rest in KILLED:
            county.kill_during(act, dice.choice(victims), dice.uniform(0, MOMENTS_SECONDS))
            county.do(act, *rest)
    return before, json.loads(county.do("look"))


def check(before, after, rounds):
    lines = before["instalments"] + rounds * GIRLS
    failed = before["states"].get("failed", 0) + rounds * (GIRLS // REFUSED_EVERY)
    fen = 200_000
    assert {name: after[name] for name in ("instalments", "states", "batches")} == {
        "instalments": lines,
        "states": {"paid": lines - failed, "failed": failed},
        "batches": {"answered": before["batches"].get("answered", 0) + rounds},
    }
    assert (after["paid_twice"], after["never_tried"], after["broken_files"], after["causes_twice"]) == (
        0,
        0,
        [],
        0,
    )
    assert after["balances"]["paid"] == (lines - failed) * fen
    assert after["balances"]["committed"] == failed * fen, "a failed line waits for its correction"
    assert after["balances"].get("in_transit", 0) == 0
    assert set(before["holds"]) <= set(after["holds"]), "verify finds nothing new"


def test_nothing_is_paid_twice_or_lost_after_kill_9(county):
    check(*play(county, 1), 1)


@pytest.mark.long
def test_the_worker_hears_the_bell_and_the_clock_rings_without_one(county):
    """The real worker with its folder broker: first rung, then after kill -9 only by the clock."""
    broker = {"GUANAI_BROKER": "filesystem://"}
    for acts in (["approve", "ring"], ["approve"]):
        county.do("grant", "plan", "build", *acts, **broker)
        worker = subprocess.Popen(
            worker_command(),
            cwd=PROJECT,
            env=county.environment | broker,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + ACT_SECONDS_MAX
        try:
            while json.loads(county.do("look"))["waiting_for_files"]:
                assert time.monotonic() < until, "no file was made"
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        county.do("send", "upload", "read")


@pytest.mark.long
def test_nothing_is_paid_twice_or_lost_after_sixty_kills(county):
    check(*play(county, 10), 10)


def judge(county, rounds):
    """Each round: a version is asked about anew; the worker is killed once while it simulates, once while it compares."""
    dice = seeded()
    if not county.has_decisions:
        county.do("decide")
        county.has_decisions = True
    before = json.loads(county.do("judged"))
    for _ in range(rounds):
        county.do("ask")
        for act, kept in (("simulate", "simulations"), ("compare", "comparisons")):
            stood = json.loads(county.do("judged"))[kept]
            county.kill_during(act, dice.choice(["worker", "database"]), dice.uniform(0, JUDGING_SECONDS))
            struck = json.loads(county.do("judged"))[kept]
            assert struck in (stood, ended(stood, kept)), "half of a list"
            county.do(act)
            assert json.loads(county.do("judged"))[kept] == ended(stood, kept)
    return before, json.loads(county.do("judged"))


def ended(rows, kept):
    """The last one has ended with a line for each girl; a comparison takes the lines of those before it."""
    earlier = [[True, False, 0 if kept == "comparisons" else DECIDED] for _ in rows[1:]]
    return [*earlier, [True, False, DECIDED]]


def check_judged(before, after, rounds):
    assert (len(after["simulations"]), len(after["comparisons"])) == (
        len(before["simulations"]) + rounds,
        len(before["comparisons"]) + rounds,
    )
    assert after["of_one"] == [len(after["simulations"]) * DECIDED, DECIDED], "each once, and what is right"
    assert after["asked"] == before["asked"] + 2 * rounds
    assert after["proposals"] == before["proposals"], "what follows is for people to propose"


def test_a_simulation_and_a_comparison_that_are_killed_are_taken_up_again_and_end_once(county):
    check_judged(*judge(county, 1), 1)


@pytest.mark.long
def test_simulations_and_comparisons_end_once_after_twenty_kills(county):
    check_judged(*judge(county, 10), 10)


IMPORTING = "tests.crash.acts_importing"
LEFT = ("people", "households", "memberships", "parents", "facts")


def kill_while_writing(county, act, how):
    """kill -9 some seconds after the worker has said that the file is read: its rows are being written."""
    process = county.begin("told", act, **how)
    assert process.stdout.readline() == "writing\n", process.communicate(timeout=ACT_SECONDS_MAX)[0]
    time.sleep(5)
    process.kill()
    process.communicate(timeout=ACT_SECONDS_MAX)


def import_and_kill(county, rows, kill):
    """A list whose check and whose taking are killed: what stood before each stands, and the next does it whole."""
    how = {"module": IMPORTING, "GUANAI_CRASH_ROWS": str(rows)}
    start = before = json.loads(county.do("upload", "look", **how))
    seconds = {}
    for act, rest in (("check", ["ask"]), ("take", [])):
        kill(act, how)
        found = json.loads(county.do("look", **how))
        if found["state"] == before["state"]:  # else it was quicker
            assert found == before, "half done"
        started = time.monotonic()
        before = json.loads(county.do(act, *rest, "look", **how))
        seconds[act] = time.monotonic() - started
    assert (before["state"], before["is_stopped"], before["rows"], before["edited"]) == (
        "taken",
        False,
        rows,
        [],
    )
    assert before["counts"] == {"rows": rows, "new": rows, "refused": 0, "doubtful": 0}
    brought = {name: before[name] - start[name] for name in LEFT}
    assert brought == {
        "people": rows,
        "households": rows // 4,
        "memberships": rows,
        "parents": rows,
        "facts": rows,
    }
    return seconds


@pytest.mark.long  # tests/beneficiaries/test_import_races.py kills a small one in every run
def test_an_import_that_is_killed_leaves_nothing_and_is_finished_by_the_next(county):
    import_and_kill(county, 400, lambda act, how: county.kill_during(act, "worker", 0.3, **how))


@pytest.mark.long
def test_an_import_of_100_000_people_that_is_killed_leaves_nothing_and_is_finished_by_the_next(county):
    seconds = import_and_kill(county, 100_000, lambda act, how: kill_while_writing(county, act, how))
    told = ", ".join(f"{act} {took:.0f} s" for act, took in seconds.items())
    sys.stdout.write(f"100,000 people, begun again: {told}\n")
