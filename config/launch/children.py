"""The web server and the worker: started together, restarted when they die, ended together.

Each child gets a session of its own, so that Ctrl-C reaches only the launcher, which then ends them in
order. If the launcher itself is killed, the kernel tells them to end (PR_SET_PDEATHSIG).
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.database.keeper import PR_SET_PDEATHSIG

END_SECONDS_MAX = 15.0  # a request or a piece of work may take this long to end by itself
QUICK_DEATH_SECONDS = 5.0
QUICK_DEATHS_MAX = 5  # a child that dies this often at once will not live
LOG_BYTES_MAX = 10_000_000
# The C library otherwise learns from large columns to keep what was freed: a sweep over a million people held 220 MB
# above its start, of which it used 120.
GIVES_BACK = {"MALLOC_TRIM_THRESHOLD_": "1048576"}

_libc = ctypes.CDLL(None)


def web_command(port: int) -> list[str]:
    """Granian with four threads for Django; its access log knows neither address nor query."""
    options = ["--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port)]
    options += ["--workers", "1", "--blocking-threads", "4", "--workers-kill-timeout", "10"]
    options += ["--respawn-failed-workers", "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *options, "config.wsgi:application"]


def worker_command() -> list[str]:
    """Celery's worker with the clock inside and two threads."""
    options = ["-B", "-P", "threads", "-c", "2", "--loglevel", "WARNING"]
    options += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [sys.executable, "-m", "celery", "-A", "config.celery", "worker", *options]


@dataclass(slots=True)
class Child:
    """One process with its children."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = field(default=0)

    def start(self) -> None:
        """Start it; a rest of its last life is ended first, for it would hold the port."""
        self._signal_group(signal.SIGKILL)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | GIVES_BACK,
                start_new_session=True,
                preexec_fn=_end_with_launcher,  # noqa: PLW1509 - the launcher starts children from its one thread
            )
        self.started = time.monotonic()

    def is_dead(self) -> bool:
        """Whether it ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def restart(self) -> bool:
        """Start it again; False when it keeps dying at once."""
        lived = time.monotonic() - self.started
        self.quick_deaths = self.quick_deaths + 1 if lived < QUICK_DEATH_SECONDS else 0
        if self.quick_deaths >= QUICK_DEATHS_MAX:
            return False
        self.start()
        return True

    def _signal_group(self, sign: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, sign)

    def ask_to_end(self) -> None:
        """A warm end: what is being done is finished."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, until: float) -> None:
        """Wait until ``until`` (monotonic), then end it and every child of it."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, until - time.monotonic()))
        self._signal_group(signal.SIGKILL)
        self.process.wait()


def end_all(children: list[Child]) -> None:
    """Ask all, then wait for all."""
    for child in children:
        child.ask_to_end()
    until = time.monotonic() + END_SECONDS_MAX
    for child in children:
        child.end(until)


def _end_with_launcher() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
