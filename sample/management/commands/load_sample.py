"""``manage.py load_sample``: an invented county at work, for looking around."""

from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sample.cycle import Season
from sample.loading import load_offices, sample_folder, set_business_day
from sample.telling import Weeks
from standards.words import Refusal

BUSINESS_DAY = date(2026, 8, 31)  # the season at its height
LEAVES = timedelta(
    days=6
)  # this long before, desks begin to leave work lying: something waits on every one of them


class Command(BaseCommand):
    help = "Load the sample county: staff, policies, money, and the season up to a day. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20_000, metavar="N")
        parser.add_argument("--seed", type=int, default=2026, metavar="S")
        parser.add_argument("--until", type=date.fromisoformat, default=BUSINESS_DAY, metavar="DAY")

    def handle(self, *args: Any, **options: Any) -> None:
        people, seed, until = options["people"], options["seed"], options["until"]
        self.stdout.write("正在装入示例县，约需两分钟 … / Loading the sample county, about two minutes …")
        self.stdout.flush()
        try:
            staff = load_offices(people=people)
        except Refusal as refusal:
            raise CommandError(f"{refusal.words.zh}\n{refusal.words.en}") from None
        set_business_day(until)
        folder = sample_folder(people=people, seed=seed)
        desk = Path(settings.VAR) / "bank" / folder.name
        Season(folder, staff, desk, leaves_from=until - LEAVES).play(
            until=until, at_week=Weeks(self.stderr.write)
        )
        if options["verbosity"]:  # `./start` greets with them itself
            self.stdout.write("\n".join(staff.logins()))
