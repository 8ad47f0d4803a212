"""Compile the rooms' Chinese; with ``--check``, name every message that has none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.translations import compile_all, conflicts, missing


class Command(BaseCommand):
    """``manage.py translations [--check]``."""

    help = "Compile the Chinese of every room. --check: list messages without Chinese and exit 1 if any."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Django's hook."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile or check."""
        project, rooms = Path(settings.BASE_DIR), settings.ROOMS
        if not options["check"]:
            is_new = compile_all(project, rooms, Path(settings.LOCALE_PATHS[0]))
            if options["verbosity"]:
                self.stdout.write("compiled" if is_new else "up to date")
            return
        lacking = missing(project, rooms)
        for one in lacking:
            self.stdout.write(f"{one.file}:{one.line}: {one.msgid!r}")
        for line in conflicts(project, rooms):
            self.stdout.write(f"translated twice, differently: {line}")
        if lacking or conflicts(project, rooms):
            raise CommandError(f"{len(lacking)} messages without Chinese")
