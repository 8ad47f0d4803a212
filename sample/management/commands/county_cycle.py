"""``manage.py county_cycle``: the main job from the departments' lists to the families' letters, on the sample county."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sample.comparison import compare
from sample.cycle import Season
from sample.loading import load_offices, sample_folder, set_business_day
from sample.report import lines_of, stages
from sample.season import CLOSES
from sample.telling import Weeks
from standards.words import Refusal


class Command(BaseCommand):
    help = "Run the main job end to end on the sample county. Safe to run again: it pays nobody twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20_000, metavar="N")
        parser.add_argument("--seed", type=int, default=2026, metavar="S")
        parser.add_argument("--until", type=date.fromisoformat, default=CLOSES, metavar="DAY")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        people, seed, until = options["people"], options["seed"], options["until"]
        try:
            staff = load_offices(people=people)
        except Refusal as refusal:
            raise CommandError(f"{refusal.words.zh}\n{refusal.words.en}") from None
        folder = sample_folder(people=people, seed=seed)
        desk = Path(settings.VAR) / "bank" / folder.name
        set_business_day(until)
        season = Season(folder, staff, desk)
        # what is printed for reading or for JSON stays clean of the weeks
        season.play(until=until, at_week=Weeks(self.stderr.write))
        comparison = compare(folder)
        files = {"sample": str(folder), "bank_files": str(desk), "stored_encrypted": str(settings.FILES_ROOT)}
        report = {**stages(), "this_run": season.done, "files": files, "comparison": comparison.as_json()}
        self.stdout.write(
            json.dumps(report, ensure_ascii=False) if options["json"] else "\n".join(lines_of(report))
        )
        if not comparison.agrees:
            sys.exit(1)
