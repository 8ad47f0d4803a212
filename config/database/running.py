"""`ensure_running`: the one way to the embedded server, for every process and every new connection.

Whoever calls it is a user of the server until its process ends: it holds ``users.lock`` shared. Looking
and starting are serialised by ``gate.lock``, so eight commands at once start one server.
"""

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from config.database import binaries, cluster, keeper
from config.database.place import Place, place_for
from standards.words import Refusal

# Long enough that commands in a row do not stop and start the server, short enough not to be noticed.
LINGER_SECONDS = 3.0
PORT = 5432  # only part of the socket's name: the server listens on no network


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """How to reach the server; ``passwords`` maps the role to its password."""

    host: str
    port: int
    database: str
    passwords: dict[str, str]
    binaries: Path


@dataclass(slots=True)
class _Use:
    """What this process holds: the shared lock, and where it leads."""

    place: Place
    binaries: binaries.Binaries
    users: int


_uses: dict[Path, _Use] = {}
_guard = threading.Lock()


def _after_fork() -> None:
    """A child shares the lock of its parent; only the guard may have been held by another thread."""
    global _guard  # noqa: PLW0603 - a lock cannot be reset in place
    _guard = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def ensure_running(var: Path, *, linger: float = LINGER_SECONDS) -> ConnectionInfo:
    """Start the server of ``var`` unless it runs; keep it until this process ends.

    Cheap when it runs (three system calls and one small file). Raises Refusal with one sentence.
    """
    with _guard:
        use = _uses.get(var)
        if use is None:
            place = place_for(var)
            use = _uses[var] = _Use(place, binaries.find(place), -1)
        gate = os.open(use.place.gate_lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
            if use.users < 0:
                use.users = os.open(use.place.users_lock, os.O_RDWR | os.O_CREAT, 0o600)
                # Waits while a keeper that found nobody stops its server.
                fcntl.flock(use.users, fcntl.LOCK_SH)
            made = cluster.open_or_make(use.place, use.binaries)
            if not _is_up(use.place, made):
                _start(use, made, linger)
        finally:
            os.close(gate)
    return ConnectionInfo(
        host=str(use.place.socket),
        port=PORT,
        database=cluster.DATABASE,
        passwords=made.passwords,
        binaries=use.binaries.folder,
    )


def hurry(var: Path) -> None:
    """Ask the keeper not to linger after the last user; for a launcher on its way out."""
    use = _uses.get(var)
    pid = _keeper_pid(use.place) if use else None
    if pid:
        os.kill(pid, signal.SIGTERM)


def _keeper_pid(place: Place) -> int | None:
    """The living keeper's process id, None if there is none. The caller need not hold the gate."""
    try:
        lock = os.open(place.keeper_lock, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(lock, 20, 0)
        return int(written) if written.isdigit() else None
    finally:
        os.close(lock)
    return None


def _is_up(place: Place, made: cluster.Cluster) -> bool:
    """Whether a keeper lives and its server takes connections; waits while one of them is on its way."""
    until = time.monotonic() + keeper.START_SECONDS_MAX
    while _keeper_pid(place) is not None and time.monotonic() < until:
        try:
            lines = (made.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        if len(lines) >= 8 and lines[7].strip() == "ready" and _lives(int(lines[0])):
            return True
        time.sleep(0.02)
    return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start(use: _Use, made: cluster.Cluster, linger: float) -> None:
    """Start a keeper with its server and wait until it is ready. The caller holds the gate."""
    place = use.place
    place.socket.mkdir(mode=0o700, exist_ok=True)
    if place.runs_as:
        os.chown(place.socket, *_ids(place.runs_as))
    log = place.home / "server.log"
    task = {
        "home": str(place.home),
        "data": str(made.data),
        "runs_as": place.runs_as,
        "linger": linger,
        "log": str(log),
        "command": server_command(use.binaries, made, place),
    }
    _await_orphans(made)
    started = subprocess.Popen(  # noqa: S603 - our own keeper
        [sys.executable, "-I", "-S", keeper.__file__, json.dumps(task)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert started.stdout is not None
    readable, _, _ = select.select([started.stdout], [], [], keeper.START_SECONDS_MAX + 5)
    answer = started.stdout.readline().strip() if readable else b""
    started.stdout.close()
    # The keeper outlives us on purpose; without this Python would warn that nobody waited for it.
    started.returncode = 0
    if answer != b"ready":
        raise Refusal(
            f"数据库未能启动，原因见 {log}：{_last_words(log)}",
            f"The database did not start, {log} says why: {_last_words(log)}",
            code="database_did_not_start",
        )


def _ids(user: str) -> tuple[int, int]:
    import pwd  # noqa: PLC0415 - only root needs it

    found = pwd.getpwnam(user)
    return found.pw_uid, found.pw_gid


def _await_orphans(made: cluster.Cluster) -> None:
    """Wait for a server whose keeper was killed; forget one that is long gone.

    After a restart of the machine its process id may be another program's, and PostgreSQL would refuse to
    start. No keeper lives and we hold the gate, so nobody else can have started one.
    """
    note = made.data / "postmaster.pid"
    for _ in range(250):
        try:
            pid = int(note.read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return
        if os.fsencode(made.data) not in command:
            note.unlink()
            return
        time.sleep(0.02)


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return "-"
    return lines[-1] if lines else "-"


def server_command(programs: binaries.Binaries, made: cluster.Cluster, place: Place) -> list[str]:
    """The command line of the server: no network, one private socket, nothing personal in its log."""
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "max_connections": "100",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "jit": "off",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        # The detail of a constraint error prints the row: a name would stand in the log.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_min_messages": "warning",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [str(programs.folder / "postgres"), "-D", str(made.data), *settings]
