"""``manage.py write_letters``: write what is missing; with ``--merged``, also one PDF a kind and township."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from letters import services
from web.clock import today


class Command(BaseCommand):
    """Safe to run again: what is written is not written twice."""

    help = "Write the letters that are missing; --merged FOLDER prints those not printed yet, by township"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--merged", type=Path, help="folder for one PDF a kind and township")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        written = services.write_letters(on=today())
        files = services.print_files(options["merged"], on=today()) if options["merged"] else []
        if options["json"]:
            report = {
                "made": dict(written.made),
                "held": dict(written.held),
                "freed": written.freed,
                "failed": written.failed,
                "files": [str(path) for path in files],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        self.stdout.write(
            f"文书 {written.total} 份，缺字待处理 {written.held.total()} 份 / "
            f"{written.total} letters written, {written.held.total()} held for a character"
        )
        for path in files:
            self.stdout.write(str(path))
