"""PostgreSQL's own programs, run as the owner of the tables and from the folder of the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import connection

from config.database import ensure_running
from config.database.roles import as_owner
from standards.words import Refusal

_BLOCK = 1 << 20
# Sessions are left out: whoever finds a backup must not be signed in by it.
_DUMP = ("--format=custom", "--compress=6", "--exclude-table-data=django_session")
_RESTORE = ("--no-owner", "--exit-on-error", "--single-transaction")


def dump() -> Iterator[bytes]:
    """The database as one dump, block by block. Raises Refusal when the program fails."""
    command, environment = _prepared("pg_dump", *_DUMP)
    with subprocess.Popen(  # noqa: S603 - a fixed command, no data in it
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        while block := program.stdout.read(_BLOCK):
            yield block
        words = program.stderr.read().decode(errors="replace")
    if program.returncode:
        raise _failed("pg_dump", words)


def load(blocks: Iterable[bytes]) -> None:
    """Fill the empty database from a dump, all or nothing. Raises Refusal when the program fails."""
    command, environment = _prepared("pg_restore", *_RESTORE)
    command += ["--dbname", environment["PGDATABASE"]]
    with subprocess.Popen(  # noqa: S603 - as above
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as program:
        assert program.stdin is not None
        assert program.stderr is not None
        try:
            for block in blocks:
                program.stdin.write(block)
            program.stdin.close()
        except BrokenPipeError:
            pass  # it stopped; its own words say why
        except BaseException:
            program.kill()  # half a dump is no dump: the transaction goes with it
            raise
        words = program.stderr.read().decode(errors="replace")
    if program.returncode:
        raise _failed("pg_restore", words)


def _prepared(name: str, *options: str) -> tuple[list[str], dict[str, str]]:
    """The command, and the owner's login in its environment (an argument could be read by every user)."""
    with as_owner():
        login = connection.get_connection_params()
    embedded = connection.settings_dict.get("EMBEDDED_IN")
    folder = ensure_running(Path(embedded)).binaries if embedded else None
    found = shutil.which(name, path=str(folder) if folder else None)
    if found is None:
        raise Refusal(
            f"没有找到 {name}：请安装与服务器同版本的 PostgreSQL 客户端",
            f"{name} was not found: install the PostgreSQL client of the server's version",
            code="no_postgresql",
        )
    keys = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    environment = {variable: str(login[key]) for key, variable in keys.items() if login.get(key)}
    return [found, *options], {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"} | environment


def _failed(name: str, words: str) -> Refusal:
    """Its first error alone: the lines after it may print a row."""
    found = re.search(r"error: (.*)", words)
    said = found[1].strip() if found else "-"
    return Refusal(f"{name} 没有完成（{said}）", f"{name} did not finish ({said})", code=f"{name}_failed")
