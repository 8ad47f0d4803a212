"""``manage.py import_evidence KIND FILE``: an evidence list of any kind under ``facts/kinds/``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from beneficiaries.management.importing import USAGE, ImportCommand
from facts.catalogue import load_catalogue


class Command(ImportCommand):
    help = (
        "Take an evidence list: admission, hardship, medical, housing, training, accounts, earlier payments …"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help=", ".join(sorted(load_catalogue().kinds)))
        super().add_arguments(parser)
        parser.add_argument("--of", default="", metavar="CODE", help="the one category of the list (dibao …)")

    def handle(self, *args: Any, **options: Any) -> None:
        kinds = load_catalogue().kinds
        if options["kind"] not in kinds:
            known = ", ".join(sorted(kinds))
            raise CommandError(f"没有这种名单 / no such kind: {options['kind']}. {known}", returncode=USAGE)
        self.import_file(options["kind"], options, code=options["of"])
