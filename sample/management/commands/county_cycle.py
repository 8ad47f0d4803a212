"""``manage.py county_cycle``: the main job from the departments' lists to the families' letters, on the sample county."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sample.comparison import compare
from sample.cycle import Season
from sample.loading import load_offices, sample_folder
from sample.report import lines_of, stages
from sample.season import CLOSES


class Command(BaseCommand):
    help = "Run the main job end to end on the sample county. Safe to run again: it pays nobody twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20_000, metavar="N")
        parser.add_argument("--seed", type=int, default=2026, metavar="S")
        parser.add_argument("--until", type=date.fromisoformat, default=CLOSES, metavar="DAY")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = sample_folder(people=options["people"], seed=options["seed"])
        desk = Path(settings.VAR) / "bank" / folder.name
        season = Season(folder, load_offices(), desk)
        season.play(until=options["until"])
        report: dict[str, Any] = {
            "folders": {"sample": str(folder), "bank": str(desk), "files": str(settings.FILES_ROOT)}
        }
        report |= stages()
        report["this_run"] = season.done
        comparison = compare(folder)
        report["comparison"] = comparison.as_json()
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(lines_of(report)))
        if not comparison.agrees:
            raise SystemExit(1)
