"""``manage.py assess``: the register against the active policies."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from applications.models import Assessment
from applications.queries import missing_papers, without_application
from applications.services import lists, sweep
from audit.actor import SYSTEM
from web.clock import today


class Command(BaseCommand):
    """Who is owed what, who lacks which fact or paper, and who has not applied."""

    help = "Sweep the register against the active policies: who is owed what, who lacks what, who has not applied."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        lists.claim_earlier_payments(on=today())
        done = sweep.assess(sweep.ask(on=today(), by=SYSTEM))
        report = {
            program: {
                **counts,
                "fen": sum(
                    Assessment.objects.filter(program=program, verdict=2).values_list("amount_fen", flat=True)
                ),
                "not_applied": without_application(
                    Assessment.objects.filter(program=program, verdict=2)
                ).count(),
                "lacking": missing_papers(program),
            }
            for program, counts in done.counts.items()
        }
        if options["json"]:
            self.stdout.write(json.dumps({"day": str(done.day), "programs": report}, ensure_ascii=False))
            return
        for program, line in report.items():
            self.stdout.write(
                f"{program}: 符合 {line['yes']}，还不清楚 {line['not_known']}，不符合 {line['no']}；"
                f"还没申请 {line['not_applied']}"
            )
            for fact, count in line["lacking"].items():
                self.stdout.write(f"    缺 {fact}: {count}")
