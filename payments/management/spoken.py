"""What the three commands share: who acts, how a refusal ends, one JSON document."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.actor import Actor
from officials.models import Official
from payments.models import Batch
from standards.words import Refusal

DONE, REFUSED, USAGE = 0, 1, 2


class Spoken(BaseCommand):
    """A command that ends with 0 done, 1 refused with the reason in both languages, 2 wrong usage."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--by", required=True, metavar="NUMBER", help="staff number of the batch preparer who acts"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self.preparer(options["by"])
        try:
            document = self.act(by, options)
        except Refusal as refusal:
            words = refusal.words
            if options["json"]:
                self._print_json({"ok": False, "code": refusal.code, "zh": words.zh, "en": words.en})
            else:
                self.stderr.write(f"{words.zh} / {words.en}")
            sys.exit(REFUSED)
        if options["json"]:
            self._print_json({"ok": True, **document})

    def act(self, by: Actor, options: dict[str, Any]) -> dict[str, Any]:
        """Do it, print it for people unless ``options["json"]``, and give it as a document."""
        raise NotImplementedError

    def say(self, options: dict[str, Any], text: str) -> None:
        """A line for people; with --json stdout holds the document alone."""
        if not options["json"]:
            self.stdout.write(text)

    def preparer(self, number: str) -> Actor:
        """The official who acts; a wrong number is wrong usage."""
        official = Official.objects.filter(number=number, is_active=True).first()
        if official is None:
            raise CommandError(f"没有工号 {number} / no official has the number {number}", returncode=USAGE)
        return official.actor("batch_preparer")

    def batch(self, number: str) -> Batch:
        """The batch of that number; a wrong one is wrong usage."""
        found: Batch | None = Batch.objects.filter(number=number).first()
        if found is None:
            raise CommandError(f"没有批次 {number} / there is no batch {number}", returncode=USAGE)
        return found

    def _print_json(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False))


def shown(batch: Batch) -> dict[str, Any]:
    """A batch as the documents of these commands show it."""
    return {
        "number": batch.number,
        "state": batch.state,
        "program": batch.program,
        "township": batch.division,
        "profile": batch.profile,
        "count": batch.count,
        "total_fen": batch.total_fen,
    }
