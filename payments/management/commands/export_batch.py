"""``manage.py export_batch``: the bank files of an approved batch, the same bytes each time."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.actor import Actor
from payments import services
from payments.management.spoken import Spoken, shown
from payments.models import Batch
from standards.money import capitals, yuan
from standards.words import Refusal
from web.clock import today


class Command(Spoken):
    """Taking the files and handing them over, as on the page of a batch: from now on it only goes forward."""

    help = "Write the bank files of an approved batch into a folder; --send records that the bank has them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="BATCH")
        parser.add_argument(
            "--to",
            type=Path,
            default=Path(),
            metavar="DIR",
            help="folder for the files (readable by you alone)",
        )
        parser.add_argument(
            "--send", action="store_true", help="record that the files were handed to the bank"
        )
        parser.add_argument(
            "--statement",
            default="",
            metavar="WORDS",
            help="who at the bank has the files already, where a line can no longer be paid",
        )

    def act(self, by: Actor, options: dict[str, Any]) -> dict[str, Any]:
        batch = self.batch(options["number"])
        files = services.export(batch, by=by, on=today())
        document = []
        for file in files:
            with transaction.atomic():  # a file that could not be written was not taken
                content = services.take_file(file, by=by, on=today())
                place = _write(options["to"], file.name, content)
            document.append(
                {
                    "path": str(place),
                    "name": file.name,
                    "lines": file.lines,
                    "total_fen": file.total_fen,
                    "sha256": file.sha256,
                    "sm3": file.sm3,
                }
            )
            self.say(
                options, f"{place}: {file.lines} 笔 lines, {yuan(file.total_fen)} 元, SHA-256 {file.sha256}"
            )
        if options["send"]:
            batch = services.send(batch, by=by, on=today(), statement=options["statement"])
        batch = Batch.objects.get(pk=batch.pk)
        self.say(
            options,
            f"{batch.number}: {batch.count} 笔 lines, {yuan(batch.total_fen)} 元, 人民币{capitals(batch.total_fen)}",
        )
        return {"batch": shown(batch), "files": document}


def _write(folder: Path, name: str, content: bytes) -> Path:
    """The clear file for the bank: readable by its owner alone; one that is there with other bytes is not replaced."""
    place = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if place.exists() and place.read_bytes() == content:
            return place
        with open(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
    except OSError as fault:
        raise Refusal(
            f"写不进 {place}：{fault.strerror}", f"Cannot write {place}: {fault.strerror}", code="not_written"
        ) from fault
    return place
