"""``manage.py make_batch``: put what is due into draft batches, or rebuild the failed lines of one."""

from argparse import ArgumentParser
from typing import Any

from audit.actor import Actor
from payments import services
from payments.management.spoken import Spoken, shown
from payments.models import Exclusion
from standards.money import yuan
from web.clock import today


class Command(Spoken):
    """The preparer's first step, as on the page of batches."""

    help = "Plan instalments and build draft batches by program, township and bank; --correct rebuilds failed lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--program", metavar="CODE", help="one program only")
        parser.add_argument("--township", metavar="CODE", help="one township only (12 digits)")
        parser.add_argument(
            "--correct", metavar="BATCH", help="a correction batch for the failed lines of this batch"
        )
        parser.add_argument(
            "--prepare", action="store_true", help="pass each batch on to the checker at once"
        )

    def act(self, by: Actor, options: dict[str, Any]) -> dict[str, Any]:
        on = today()
        if options["correct"]:
            batches = services.build_correction(self.batch(options["correct"]), by=by, on=on)
        else:
            services.plan_instalments(on=on)
            batches = services.build_batches(
                by=by, on=on, program=options["program"], township=options["township"]
            )
        if options["prepare"]:
            batches = [services.prepare(batch, by=by, on=on) for batch in batches]
        document = []
        for batch in batches:
            excluded = [
                {"instalment": one.instalment_id, "reason": one.reason, **one.words}
                for one in Exclusion.objects.filter(batch=batch).order_by("pk")
            ]
            document.append({**shown(batch), "excluded": excluded})
            self.say(
                options,
                f"{batch.number}  {batch.program}  {batch.division}  {batch.profile}: {batch.count} 笔 lines, "
                f"{yuan(batch.total_fen)} 元, 没进批次 left out {len(excluded)}",
            )
        return {"batches": document}
