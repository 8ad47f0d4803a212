"""``manage.py load_divisions FILE``: the divisions of a county from a file, with validity and successors."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from officials.divisions import COLUMNS, load_divisions
from standards.words import Refusal
from web.clock import today


class Command(BaseCommand):
    help = f"Load divisions from a CSV file with the columns {', '.join(COLUMNS)} (days as 2026-01-01, empty for none)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as file:
                done = load_divisions(list(csv.DictReader(file)), on=today())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"读不了这个文件 / The file cannot be read: {type(error).__name__}") from None
        except Refusal as refusal:
            raise CommandError(f"{refusal.words.zh}\n{refusal.words.en}") from None
        self.stdout.write(
            f"新增 {done.new}，撤并 {done.ended}，未变 {done.same} / new {done.new}, ended {done.ended}, same {done.same}"
        )
