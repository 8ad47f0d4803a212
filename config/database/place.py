"""Where the embedded server lives on this machine, and as whom it runs.

PostgreSQL refuses to run as root, and an ordinary user cannot read a folder under a home of mode 0700.
So root gets ``/var/lib/guanai`` and a system user of its own; everybody else runs it as themselves,
inside the project. Two checkouts never share a server: their names carry a digest of the path.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from standards.words import Refusal

PROJECT = Path(__file__).resolve().parent.parent.parent
MACHINE_HOME = Path("/var/lib/guanai")
SYSTEM_USER = "guanai"
# sockaddr_un holds 107 bytes and a zero; PostgreSQL adds "/.s.PGSQL.5432" (14 bytes).
SOCKET_FOLDER_BYTES_MAX = 107 - 14


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one server, its socket folder, and the user who runs it (None: the caller)."""

    home: Path
    socket: Path
    runs_as: str | None = None

    @property
    def users_lock(self) -> Path:
        """Held shared by whoever uses the server; the keeper waits for it to be free."""
        return self.home / "users.lock"

    @property
    def gate_lock(self) -> Path:
        """Held while somebody looks whether a server runs, or starts one."""
        return self.home / "gate.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for as long as it lives."""
        return self.home / "keeper.lock"


def place_for(var: Path) -> Place:
    """The place of this checkout's server; ``var`` is the project's folder for its own files.

    ``GUANAI_DATABASE_HOME`` names another folder. Raises Refusal when it cannot be made.
    """
    given = os.environ.get("GUANAI_DATABASE_HOME")
    if os.geteuid() == 0:
        _make_folder(MACHINE_HOME, mode=0o755)
        home = Path(given) if given else MACHINE_HOME / f"{PROJECT.name}-{digest_of(var)}"
        _make_folder(home, mode=0o755)
        return Place(home=home, socket=home / "socket", runs_as=_system_user())
    home = Path(given) if given else var / "database"
    _make_folder(home, mode=0o700)
    return Place(home=home, socket=_socket_folder(home))


def digest_of(path: Path) -> str:
    """Ten characters that tell one folder from another."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:10]


def _make_folder(folder: Path, *, mode: int) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)  # whatever the caller's umask: the system user must pass
        (folder / "gate.lock").touch(mode=0o600)
    except OSError as error:
        raise Refusal(
            f"不能在 {folder} 写文件（{error.strerror}）。"
            "请把程序复制到自己可写的目录，或用 GUANAI_VAR 指定可写的目录。",
            f"{folder} cannot be written ({error.strerror}). Copy the project to a folder of your own,"
            " or name a folder that can be written in GUANAI_VAR.",
            code="folder_not_writable",
        ) from error


def _socket_folder(home: Path) -> Path:
    """A short private folder for the socket: the runtime folder of the session, else one under /tmp.

    The path does not depend on the session where the home is short enough, so that two sessions of one
    user (one with, one without a runtime folder) meet.
    """
    inside = home / "socket"
    if len(os.fsencode(inside)) <= SOCKET_FOLDER_BYTES_MAX:
        return inside
    name = f"guanai-{digest_of(home)}"
    runtime = Path(f"/run/user/{os.getuid()}")
    folder = runtime / name if os.access(runtime, os.W_OK) else Path("/tmp") / f"{name}-{os.getuid()}"  # noqa: S108 - checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise Refusal(
            f"{folder} 不是本用户的私有目录，请删除它后再试。",
            f"{folder} is not a private folder of yours. Delete it and try again.",
            code="socket_folder_not_ours",
        )
    return folder


def _system_user() -> str:
    """The user that runs the server when the caller is root; made at the first start."""
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_name
    except KeyError:
        pass
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(MACHINE_HOME)]
    try:
        subprocess.run(  # noqa: S603 - a fixed command
            [*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True,
            capture_output=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError) as error:
        try:
            # Another start may have been quicker by a moment.
            return pwd.getpwnam(SYSTEM_USER).pw_name
        except KeyError:
            raise Refusal(
                f"数据库不能以 root 运行，而系统用户 {SYSTEM_USER} 未能建立。"
                "请先建立该用户，或改用普通用户启动。",
                f"A database does not run as root, and the system user {SYSTEM_USER} could not be made."
                " Make that user, or start as an ordinary user.",
                code="no_system_user",
            ) from error
    return pwd.getpwnam(SYSTEM_USER).pw_name
