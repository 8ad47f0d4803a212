"""Making the cluster: initdb, the two roles and the database, all or nothing.

Everything is made under another name and renamed when it is whole: a killed initdb leaves a folder that
already says which version it is of.
"""

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.database.binaries import Binaries
from config.database.place import PROJECT, Place
from standards.words import Refusal

DATABASE = "guanai"
APP, OWNER = "app", "owner"
BUILTIN_LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
BUILTIN_LOCALE_SINCE = 17


@dataclass(frozen=True, slots=True)
class Cluster:
    """A finished cluster: its data, and a password for each role."""

    folder: Path
    passwords: dict[str, str]

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"


def open_or_make(place: Place, binaries: Binaries) -> Cluster:
    """The cluster of ``place``, made if there is none. The caller holds the gate."""
    folder = place.home / f"cluster-{binaries.major}"
    if not folder.is_dir():
        _refuse_another_version(place, binaries)
        _make(place, binaries, folder)
    logins: dict[str, str] = json.loads((folder / "logins.json").read_text())
    return Cluster(folder, logins)


def _refuse_another_version(place: Place, binaries: Binaries) -> None:
    """A data directory belongs to one major version; never start an empty one beside a full one."""
    others = sorted(path.name.removeprefix("cluster-") for path in place.home.glob("cluster-[0-9]*"))
    if others:
        raise Refusal(
            f"数据是 PostgreSQL {others[-1]} 建立的，现在找到的是 {binaries.major}。"
            f"请用 GUANAI_PG_BIN 指定 {others[-1]} 版的程序目录；"
            "要换版本，先用旧版 backup，再在空库 restore。",
            f"The data were made by PostgreSQL {others[-1]} and version {binaries.major} was found."
            f" Name the bin folder of version {others[-1]} in GUANAI_PG_BIN;"
            " to move on, back up with the old version and restore.",
            code="other_postgresql_version",
        )


def _make(place: Place, binaries: Binaries, folder: Path) -> None:
    unfinished = place.home / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    unfinished.chmod(0o755)
    data = unfinished / "data"
    data.mkdir(mode=0o700)
    if place.runs_as:
        shutil.chown(data, place.runs_as, place.runs_as)
    locale = ["--locale=C", *(BUILTIN_LOCALE if binaries.major >= BUILTIN_LOCALE_SINCE else [])]
    manners = ["--username=postgres", "--encoding=UTF8", "--auth-local=scram-sha-256", "--auth-host=reject"]
    run_as_server(
        place, [binaries.folder / "initdb", "--pgdata", data, "--no-instructions", *locale, *manners]
    )
    logins = {role: secrets.token_urlsafe(32) for role in (OWNER, APP)}
    run_as_server(
        place,
        [binaries.folder / "postgres", "--single", "-D", data, "postgres"],
        words=bootstrap_sql(logins, database=DATABASE),
    )
    written = unfinished / "logins.json"
    written.touch(mode=0o600)
    written.write_text(json.dumps(logins))
    (unfinished / "project.txt").write_text(f"{PROJECT}\n")
    os.sync()
    unfinished.rename(folder)


def bootstrap_sql(logins: dict[str, str], *, database: str) -> str:
    """The statements that make the roles and the database, one a line.

    The superuser gets no password, so nobody logs in as it.
    """
    return "\n".join(
        [
            f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{logins[OWNER]}';",
            f"CREATE ROLE {APP} LOGIN PASSWORD '{logins[APP]}';",
            f"CREATE DATABASE {database} OWNER {OWNER};",
            f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;",
            f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {APP};",
            "",
        ]
    )


def run_as_server(place: Place, command: list[str | Path], *, words: str | None = None) -> None:
    """Run one of PostgreSQL's programs as the user of ``place``; raises Refusal with its last words."""
    answer = subprocess.run(  # noqa: S603 - the programs this house runs
        command,
        user=place.runs_as,
        group=place.runs_as,
        extra_groups=[] if place.runs_as else None,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        input=words,
        stdin=None if words is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    if answer.returncode != 0 or (words is not None and "ERROR:" in answer.stderr):
        last = (answer.stderr.strip() or answer.stdout.strip() or f"exit {answer.returncode}").splitlines()[
            -1
        ]
        raise Refusal(
            f"数据库未能建立（{last}）。请检查磁盘空间与目录权限：{place.home}。",
            f"The database could not be made ({last})."
            f" Look at the disk space and the rights of {place.home}.",
            code="initdb_failed",
        )
