"""What must be true before the servers start; every step is quick when it was done before."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

SAMPLE = "load_sample"


def prepare() -> None:
    """Keys, tables, translations and static files."""
    if not Path(settings.KEYS_FILE).exists():
        call_command("make_keys")
    if has_unapplied_migrations():
        print("正在建立数据表 … / Making the tables …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
    call_command("translations", verbosity=0)
    collect_static()


def has_unapplied_migrations() -> bool:
    """Whether ``migrate`` would do anything."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static() -> None:
    """Collect when a static file changed: it takes three seconds, looking takes a twentieth."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    digest = _digest_of_static_files()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest)


def _digest_of_static_files() -> str:
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            seen.update(f"{path}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def fill_if_empty() -> None:
    """The sample county, when nobody works here yet, or when loading it was interrupted."""
    from officials.models import Official  # noqa: PLC0415 - the rooms are loaded only after django.setup

    unfinished = Path(settings.VAR) / "sample_unfinished"
    if unfinished.exists() or not Official.objects.exists():
        unfinished.touch()
        call_command(SAMPLE, verbosity=0)
        unfinished.unlink()
