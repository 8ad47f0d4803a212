"""``manage.py appoint``: the first officials of an office, who then confirm all others on their page."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from officials.lifecycle import CONFIRMERS
from officials.models import Division
from officials.services import appoint_first
from standards.words import Refusal
from web.clock import today


class Command(BaseCommand):
    help = "Appoint one of the first two officials who can confirm each other, and print a password to be changed at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number")
        parser.add_argument("name")
        parser.add_argument(
            "--division", required=True, metavar="CODE", help="12 digits: whose families are in scope"
        )
        parser.add_argument("--role", choices=CONFIRMERS, default=CONFIRMERS[0])

    def handle(self, *args: Any, **options: Any) -> None:
        division = Division.objects.filter(code=options["division"]).first()
        if division is None:
            raise CommandError(
                f"没有区划 {options['division']}：先用 manage.py load_divisions 装入本县区划\n"
                f"There is no division {options['division']}: load the county's with manage.py load_divisions first"
            )
        password = secrets.token_urlsafe(12)
        try:
            appoint_first(
                number=options["number"], name=options["name"], division=division, role=options["role"],
                password=password, on=today(),
            )  # fmt: skip
        except Refusal as refusal:
            raise CommandError(f"{refusal.words.zh}\n{refusal.words.en}") from None
        self.stdout.write(f"{options['number']}  {password}")
