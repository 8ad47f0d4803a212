"""``./test``: every test on a real PostgreSQL, browser tests where Chromium is or can be installed.

``./test --long`` runs the many rounds too. ``--cov`` measures the coverage, which nearly doubles the time of every
test. Further arguments go to pytest: ``./test tests/payments -x``.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WORKERS = "2"


def main(arguments: list[str]) -> int:
    """Run and report; pytest's exit code."""
    parser = argparse.ArgumentParser(prog="./test", description=__doc__)
    parser.add_argument("--long", action="store_true", help="the many rounds too")
    parser.add_argument("--cov", action="store_true", help="measure the coverage")
    options, further = parser.parse_known_args(arguments)
    began = time.monotonic()
    has_browser = ensure_browser()
    code, written = run_pytest(further, is_long=options.long, is_covered=options.cov)
    seconds = time.monotonic() - began
    print(summary(written, seconds=seconds, has_browser=has_browser))
    return code


def ensure_browser() -> bool:
    """Whether a browser is there; as root on Debian it is installed, and what reads a PDF's text with it."""
    missing = [] if _has_browser() else ["chromium", "fonts-noto-cjk"]
    missing += [] if shutil.which("pdftotext") else ["poppler-utils"]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} for the tests …", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=environment, capture_output=True, check=False, timeout=900)
    return _has_browser()


def _has_browser() -> bool:
    return any(shutil.which(name) for name in BROWSERS)


def pytest_command(further: list[str], *, is_long: bool, is_covered: bool) -> list[str]:
    """It is quiet once: said again, ``-q`` takes the closing line away, which :func:`summary` reads."""
    command = [sys.executable, "-m", "pytest", "-q", "-ra", "-n", WORKERS, "--dist", "worksteal"]
    command += ["--durations=10"]
    command += ["--cov", "--cov-report=term:skip-covered"] if is_covered else []
    command += [] if is_long else ["-m", "not long"]
    return command + [one for one in further if not re.fullmatch("-q+|--quiet", one)]


def run_pytest(further: list[str], *, is_long: bool, is_covered: bool) -> tuple[int, str]:
    """Run it, showing its words as they come; gives its exit code and what it wrote."""
    command = pytest_command(further, is_long=is_long, is_covered=is_covered)
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    lines = []
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return run.returncode, "".join(lines)


def summary(written: str, *, seconds: float, has_browser: bool) -> str:
    """Pytest's closing line again, with the coverage, the time, and what did not run."""
    closing = re.findall(
        r"^.*\b(?:passed|failed|error|no tests ran)\b.* in [\d.]+s.*$", written, re.MULTILINE
    )
    covered = re.findall(r"^TOTAL\s.*?(\d+)%", written, re.MULTILINE)
    lines = ["", closing[-1].strip("= ") if closing else "pytest did not finish"]
    lines += [f"coverage {covered[-1]} %"] if covered else []
    lines.append(f"{seconds:.0f} s in all")
    if not has_browser:
        skipped = len(re.findall(r"^SKIPPED \[(\d+)\].*[Cc]hromium", written, re.MULTILINE))
        number = sum(int(n) for n in re.findall(r"^SKIPPED \[(\d+)\].*[Cc]hromium", written, re.MULTILINE))
        lines.append(f"not run: {number if skipped else 0} browser tests (Chromium is not installed)")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
