"""``manage.py import_results``: read a bank's result file for a batch."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from audit.actor import Actor
from payments import services
from payments.management.spoken import Spoken, shown
from payments.models import Batch
from standards.words import Refusal
from web.clock import today


class Command(Spoken):
    """Uploading and reading in one go, as the page of results and the worker do."""

    help = "Read a bank's result file: paid, failed with the reason, unknown stays unknown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", metavar="BATCH")
        parser.add_argument("file", type=Path, metavar="FILE")

    def act(self, by: Actor, options: dict[str, Any]) -> dict[str, Any]:
        batch = self.batch(options["number"])
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise Refusal(
                f"打不开 {path}：{fault.strerror}", f"Cannot open {path}: {fault.strerror}", code="not_read"
            ) from fault
        uploaded = services.upload_result(batch, name=path.name, content=content, by=by, on=today())
        read = services.read_result_file(uploaded, by=by, on=today())
        if read.problem:
            raise Refusal(read.problem["zh"], read.problem["en"], code="result_file")
        counts = read.counts
        self.say(
            options,
            f"{batch.number}: 到账 paid {counts['paid']}, 失败 failed {counts['failed']}, 不明 unknown {counts['unknown']}, "
            f"回盘里没有 not in the file {counts['missing']}, 要人来定 for a person {counts['quarantined']}",
        )
        return {"batch": shown(Batch.objects.get(pk=batch.pk)), "counts": counts}
