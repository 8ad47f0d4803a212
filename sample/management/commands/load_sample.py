"""``manage.py load_sample``: an invented county at work, for looking around."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sample.cycle import Season
from sample.loading import load_offices, sample_folder

BUSINESS_DAY = date(2026, 8, 31)  # the season at its height: something waits on every desk
LOGINS = "sample_logins.txt"


class Command(BaseCommand):
    help = "Load the sample county: staff, policies, money, and the season up to a day. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=20_000, metavar="N")
        parser.add_argument("--seed", type=int, default=2026, metavar="S")
        parser.add_argument("--until", type=date.fromisoformat, default=BUSINESS_DAY, metavar="DAY")

    def handle(self, *args: Any, **options: Any) -> None:
        var = Path(settings.VAR)
        self.stdout.write("正在装入示例县，约需一分钟 … / Loading the sample county, about a minute …")
        staff = load_offices(people=options["people"])
        folder = sample_folder(people=options["people"], seed=options["seed"])
        Season(folder, staff, var / "bank" / folder.name).play(until=options["until"])
        (var / "business_day").write_text(f"{options['until']}\n")
        (var / LOGINS).write_text("\n".join(staff.logins()) + "\n", encoding="utf-8")
        for line in staff.logins() if options["verbosity"] else ():  # ./start prints them with the address
            self.stdout.write(line)
