"""``manage.py sample_county``: write the workbooks of an invented county."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sample.county import PEOPLE_MAX, PEOPLE_MIN, make_county, write_county


class Command(BaseCommand):
    help = (
        "Write the workbooks that the departments of an invented county would send, and the truth about it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20_000, metavar="N")
        parser.add_argument("--seed", type=int, default=2026, metavar="S")
        parser.add_argument("--out", type=Path, default=None, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        people, seed = options["people"], options["seed"]
        if not PEOPLE_MIN <= people <= PEOPLE_MAX:
            raise CommandError(
                f"--people 要在 {PEOPLE_MIN} 和 {PEOPLE_MAX} 之间 / must be between these two", returncode=2
            )
        folder: Path = options["out"] or Path(settings.BASE_DIR) / "var" / "sample" / f"{people}-{seed}"
        county = make_county(people=people, seed=seed)
        write_county(county, folder)
        summary = {
            "folder": str(folder),
            "people": people,
            "seed": seed,
            "households": len(county.plans),
            "lists": len(county.lists),
            "rows": sum(len(made.rows) for made in county.lists),
            "visits": len(county.visits),
            "judgements": len(county.judgements),
            "planted_defects": len(county.planted),
        }
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
            return
        for name, value in summary.items():
            self.stdout.write(f"{name:>16}  {value}")
