"""What the tools find, the tests find."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.architecture.house import PROJECT, floors


def run(*command):
    answer = subprocess.run(
        [sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr[-1000:]


def test_ruff_finds_nothing():
    run("ruff", "check", "--no-cache", ".")


def test_files_are_formatted():
    run("ruff", "format", "--check", "--no-cache", ".")


def test_types_are_strict():
    run("mypy", "--cache-dir", str(Path(settings.VAR) / "mypy"), *floors())


@pytest.mark.django_db
def test_migrations_say_what_the_models_say():
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())
