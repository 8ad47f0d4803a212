"""``manage.py write_letters``: write what is missing; with ``--merged``, also one PDF a kind and township."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand

from letters import services
from letters.models import Letter
from letters.queries.bureau import township_code
from letters.queries.register import newest
from web.clock import today


class Command(BaseCommand):
    """Safe to run again: what is written is not written twice."""

    help = "Write the letters that are missing; --merged FOLDER prints those not printed yet, by township"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--merged", type=Path, help="folder for one PDF a kind and township")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        written = services.write_letters(on=today())
        files = merged_files(options["merged"]) if options["merged"] else []
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


def merged_files(folder: Path) -> list[Path]:
    """Every letter not printed yet, one PDF for each kind and township, readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = newest(Letter.objects.filter(printed_on=None, held_for="")).order_by("division", "pk")
    groups = sorted({(kind, township_code(code)) for kind, code in waiting.values_list("kind", "division")})
    paths: list[Path] = []
    for kind, township in groups:

        def open_file(number: int, kind: str = kind, township: str = township) -> BinaryIO:
            paths.append(folder / f"{kind}-{township}-{number:02}.pdf")
            return os.fdopen(os.open(paths[-1], os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")

        services.merge(waiting.filter(kind=kind, division__startswith=township[:9]), open_file, on=today())
    return paths
