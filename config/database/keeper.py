"""The keeper: parent of the database server, in a session of its own; stops it when nobody is left.

Run by path as a plain script (``python -I -S keeper.py '{…}'``): it must not need the virtual
environment, which may be rebuilt while it runs.

It says ``ready`` or one line of trouble on stdout, then waits for the exclusive lock on ``users.lock``.
Whoever uses the server holds that lock shared; the kernel frees it even after kill -9. If the keeper is
killed, the kernel tells the server to stop (PR_SET_PDEATHSIG) and the next user starts both anew.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import types

PR_SET_PDEATHSIG = 1
START_SECONDS_MAX = 120  # crash recovery of a large batch included
STOP_SECONDS_MAX = 60
LOG_BYTES_MAX = 10_000_000


class ServerGoneError(Exception):
    """The server ended although somebody used it."""


def end_with_parent() -> None:
    """In the server between fork and exec: SIGINT (fast shutdown) when the keeper dies.

    Called after the change of user, which would clear it.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def start_server(task: dict[str, object]) -> subprocess.Popen[bytes]:
    """Start the postmaster; its output goes to ``server.log`` in the home."""
    log = pathlib.Path(str(task["log"]))
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
    runs_as = task["runs_as"]
    command = task["command"]
    assert isinstance(command, list)
    assert runs_as is None or isinstance(runs_as, str)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own server
            command,
            user=runs_as,
            group=runs_as,
            extra_groups=[] if runs_as else None,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - the keeper has one thread
        )


def is_ready(data: pathlib.Path, pid: int) -> bool:
    """Whether the postmaster says so itself, as pg_ctl reads it (last line of its pid file)."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def wait_until_ready(server: subprocess.Popen[bytes], data: pathlib.Path) -> bool:
    """True when the server takes connections, False when it ended or took too long."""
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        if is_ready(data, server.pid):
            return True
        if server.poll() is not None:
            return False
        time.sleep(0.02)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; if that hangs, immediate, from which the server recovers at its next start."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            server.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS_MAX)


def wait_for_nobody(users: int, linger: float) -> None:
    """Return holding the lock, when nobody has used the server for ``linger`` seconds."""
    while True:
        fcntl.flock(users, fcntl.LOCK_EX)
        if not linger or is_hurried():
            return
        fcntl.flock(users, fcntl.LOCK_UN)
        until = time.monotonic() + linger
        while time.monotonic() < until and not is_hurried():
            time.sleep(0.1)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return


_hurried: list[int] = []


def is_hurried() -> bool:
    """Whether somebody who left asked the keeper not to linger (SIGTERM)."""
    return bool(_hurried)


def _on_child(_signal: int, _frame: types.FrameType | None) -> None:
    with contextlib.suppress(ChildProcessError):
        if os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            raise ServerGoneError


def main(task: dict[str, object]) -> int:
    """Start, keep, stop. The exit code is of no interest: nobody waits for it."""
    for sign in (signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda sign, _frame: _hurried.append(sign))
    home = pathlib.Path(str(task["home"]))
    keeper = os.open(home / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.ftruncate(keeper, 0)
    os.pwrite(keeper, str(os.getpid()).encode(), 0)
    users = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    server = start_server(task)
    try:
        if not wait_until_ready(server, pathlib.Path(str(task["data"]))):
            print("failed", flush=True)  # noqa: T201 - the caller reads it
            return 1
        print("ready", flush=True)  # noqa: T201 - the caller reads it
        sys.stdout.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        signal.signal(signal.SIGCHLD, _on_child)
        if server.poll() is None:
            wait_for_nobody(users, float(str(task["linger"])))
    except ServerGoneError:
        pass
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        stop(server)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(json.loads(sys.argv[1])))
