"""A virtual environment with the pinned packages, made or brought up to date; then the command in it.

Plain standard library, run by path on the machine's own Python (3.11 or later):
``python3 -I config/launch/environment.py start|test [options]``.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = {"start": ["requirements.txt"], "test": ["requirements.txt", "requirements-dev.txt"]}
INSTALLER = PROJECT / "requirements-install.txt"
INSTALL_SECONDS_MAX = 1800  # a slow line in a county office
LOG_LINES_SHOWN = 3


class CannotInstallError(Exception):
    """One sentence, in Chinese and in English, that says what to do."""


def main(arguments: list[str]) -> int:
    """Make the environment and become the command; returns only when that is not possible."""
    command, options = arguments[0], arguments[1:]
    try:
        python = environment_for(REQUIREMENTS[command])
    except CannotInstallError as error:
        print(*error.args, sep="\n", file=sys.stderr)
        return 1
    os.chdir(PROJECT)
    os.environ["PYTHONPATH"] = str(PROJECT)
    os.execv(python, [str(python), "-m", f"config.launch.{command}", *options])
    return 0


def environment_for(files: list[str]) -> Path:
    """The Python of an environment that holds ``files``; installs only what changed.

    Two starts at once wait for one another. Raises CannotInstallError.
    """
    var = _writable(Path(os.environ.get("GUANAI_VAR", PROJECT / "var")))
    with (var / "install.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = _environment_folder(var)
        python = folder / "bin" / "python"
        stamp = folder / "guanai-installed"
        wanted = [_digest(folder, PROJECT / name) for name in files]
        if _works(python):
            held = stamp.read_text().splitlines() if stamp.is_file() else []
            if set(wanted) <= set(held):
                return python
        else:
            shutil.rmtree(folder, ignore_errors=True)
        print(
            "正在安装程序包，第一次约需一分钟 … / Installing packages, about a minute the first time …",
            flush=True,
        )
        stamp.unlink(missing_ok=True)
        _install(folder, python, [PROJECT / name for name in files], var / "install.log")
        stamp.write_text("\n".join(wanted) + "\n")
    return python


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "install.lock").open("a").close()
    except OSError as error:
        raise CannotInstallError(
            f"不能在 {folder} 写文件（{error.strerror}）。"
            "请把程序复制到自己可写的目录，或先执行：export GUANAI_VAR=一个可写的目录",
            f"{folder} cannot be written ({error.strerror})."
            " Copy the project to a folder of your own, or first: export GUANAI_VAR=a-folder-you-can-write",
        ) from error
    return folder


def _environment_folder(var: Path) -> Path:
    """``.venv`` in the project, or beside the data where the project cannot be written."""
    usual = PROJECT / ".venv"
    return usual if os.access(usual if usual.exists() else PROJECT, os.W_OK) else var / "venv"


def _digest(folder: Path, file: Path) -> str:
    """Changes with the packages asked for, the Python, and the place (an environment cannot be moved)."""
    parts = (sys.version.encode(), os.fsencode(folder), file.read_bytes())
    return f"{file.name} {hashlib.sha256(b'|'.join(parts)).hexdigest()}"


def _works(python: Path) -> bool:
    """Whether the environment's Python runs and is of the version that runs this."""
    version = "import sys; print(sys.version)"
    try:
        answer = subprocess.run([python, "-I", "-c", version], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == sys.version


def _install(folder: Path, python: Path, files: list[Path], log: Path) -> None:
    """Install by uv if it is here or can be brought, else by pip: just the files with the hashes listed.

    Nothing is resolved (``--no-deps``): pip would ask for the newest release of a package that another
    wants with an extra, and refuse it for want of a hash, from the day one newer than ours comes out.
    """
    listed = ["--require-hashes", "--no-deps", *(part for file in files for part in ("-r", str(file)))]
    with log.open("w") as output:
        if not _works(python) and not _run(
            [sys.executable, "-m", "venv", "--without-pip", str(folder)], output
        ):
            _become_able_to_make_environments(output)
            if not _run([sys.executable, "-m", "venv", "--without-pip", str(folder)], output):
                raise _cannot(log)
        uv = shutil.which("uv")
        if uv and _by_uv(uv, python, listed, output):
            return
        pip = [*_pip(folder, python, output), "--quiet", "--disable-pip-version-check"]
        by_pip = [*pip, "install", "--no-compile"]
        brought = folder / "bin" / "uv"
        ready_made = ["--only-binary", ":all:", "--require-hashes", "--no-deps", "-r", str(INSTALLER)]
        if not uv and _run([*by_pip, *ready_made], output):
            index = _index(pip)
            if _by_uv(
                str(brought), python, [*(["--default-index", index] if index else []), *listed], output
            ):
                return
        if not _run([*by_pip, *listed], output):
            raise _cannot(log)


def _by_uv(uv: str, python: Path, listed: list[str], output: IO[str]) -> bool:
    command = [uv, "pip", "install", "--quiet", "--python", str(python), *listed]
    return _run([*command, "--system-certs"], output) or _run(command, output)


def _index(pip: list[str]) -> str | None:
    """The mirror that pip was told of, if any: uv does not read pip's settings."""
    answer = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False)
    return index_among(answer.stdout)


def index_among(settings: str) -> str | None:
    """The ``index-url`` in what ``pip config list`` says; the environment's goes before the files'."""
    found = dict(re.findall(r"^(\S+)\.index-url='(.*)'$", settings, re.MULTILINE))
    return found.get(":env:") or found.get("install") or found.get("global")


def _pip(folder: Path, python: Path, output: IO[str]) -> list[str]:
    """The command of a pip that installs into the environment; the machine's own saves making another."""
    inside = [str(python), "-m", "pip"]
    outside = [sys.executable, "-m", "pip", "--python", str(python)]
    for there in (inside, outside):
        if _run([*there, "--version"], output):
            return there
    if _run([str(python), "-m", "ensurepip"], output):
        return inside
    _become_able_to_make_environments(output)
    if _run([sys.executable, "-m", "venv", "--clear", str(folder)], output):
        return inside
    raise _cannot_without_venv()


def _become_able_to_make_environments(output: IO[str]) -> None:
    """As root, install Debian's package; as anybody else, say which."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise _cannot_without_venv()
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    _run(["apt-get", "update", "-qq"], output)
    if not _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], output):
        raise _cannot_without_venv()


def _cannot_without_venv() -> CannotInstallError:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    return CannotInstallError(
        f"缺少 Python 的 venv 组件。请管理员执行：apt install {package}，或安装 uv，然后再运行本命令。",
        f"Python's venv module is missing. Ask an administrator for: apt install {package}"
        " (or install uv), then run this again.",
    )


def _cannot(log: Path) -> CannotInstallError:
    lines = log.read_text(errors="replace").strip().splitlines()[-LOG_LINES_SHOWN:]
    return CannotInstallError(
        f"程序包未能安装，请检查网络和磁盘空间后再运行。详情见 {log}",
        f"The packages could not be installed. Look at the network and the disk, then run again. {log} says:",
        *lines,
    )


def _run(command: list[str], output: IO[str]) -> bool:
    """Whether ``command`` succeeded; its words go to the log."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")}
    kept |= {"DEBIAN_FRONTEND": "noninteractive", "PIP_NO_INPUT": "1"}
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=kept,
            check=False,
            timeout=INSTALL_SECONDS_MAX,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
