"""What the processes do that the crash tests kill: ``python -m tests.crash.acts plan build``.

Each act is what a person or the worker does, in a process of its own. It says ``go`` when it starts, so that
the killer strikes during the work and not while Python loads.
"""

import base64
import json
import os
import sys
from collections import Counter
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count, Q, Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.launch.preparation import prepare  # noqa: E402
from jobs.work import work_through  # noqa: E402
from ledger.models import Transfer  # noqa: E402
from oversight.verify import verify  # noqa: E402
from payments import services, tasks  # noqa: E402
from payments.banks import Answer, load_profiles, write_answers  # noqa: E402
from payments.models import Attempt, Batch, Instalment  # noqa: E402
from payments.queries import work  # noqa: E402
from payments.services.sending import content_of  # noqa: E402
from programs.models import PolicyVersion  # noqa: E402
from standards.words import Refusal  # noqa: E402
from tests import factories as make  # noqa: E402
from tests.crash import acts_judging  # noqa: E402
from tests.crash.acts_named import GIRLS, REFUSED_EVERY  # noqa: E402
from tests.payments.granting import DAY, accounts, allot, balances, entitlements, girls  # noqa: E402

PREPARER, CHECKER, APPROVER = (
    make.actor(role) for role in ("batch_preparer", "batch_checker", "batch_approver")
)
FEN = 200_000
RESULT_NAME = "result.txt"


def clock():
    """The worker's clock; ``GUANAI_CRASH_LATER`` is a minute later, when a killed worker's lease has run out."""
    return timezone.now() + timedelta(minutes=1 if "GUANAI_CRASH_LATER" in os.environ else 0)


def setup():
    prepare()
    make.officials()
    make.active_policy("college-award")
    allot("college-award", 100 * GIRLS * FEN)


def grant():
    """A village of girls with a right and an account."""
    village = Instalment.objects.count()
    people = girls(GIRLS, first=village)
    accounts(people, first=village)
    entitlements(people, PolicyVersion.objects.get(code="college-award"), fen=FEN)


def plan():
    services.plan_instalments(on=DAY)


def build():
    try:
        services.build_batches(by=PREPARER, on=DAY)
    except Refusal as refusal:
        if refusal.code != "nothing_due":
            raise


def approve():
    """Each step that is not done yet, by the person whose step it is."""
    for batch in Batch.objects.filter(state="draft"):
        services.prepare(batch, by=PREPARER, on=DAY)
    for batch in Batch.objects.filter(state="prepared"):
        services.confirm(batch, count=batch.count, total_fen=batch.total_fen, by=CHECKER, on=DAY)
    for batch in Batch.objects.filter(state="checked"):
        services.approve(batch, count=batch.count, total_fen=batch.total_fen, by=APPROVER, on=DAY)


def export():
    work_through(work.batches_to_export(), tasks._export, clock=clock)


def ring():
    """As the page does after the last approval."""
    for batch in Batch.objects.filter(state="approved"):
        services.sending.ask_for_files(batch)


def send():
    for batch in Batch.objects.filter(state="approved"):
        services.send(batch, by=PREPARER, on=DAY)


def upload():
    """The bank answers every batch that it has not answered."""
    for batch in Batch.objects.filter(state="sent", results=None):
        services.upload_result(batch, name=RESULT_NAME, content=answer_to(batch), by=PREPARER, on=DAY)


def answer_to(batch):
    """The bank's file for a batch: each seventh line failed."""
    lines = Attempt.objects.filter(batch=batch).order_by("line").values_list("line", "amount_fen")
    answers = [
        Answer(
            line,
            fen,
            "paid" if line % REFUSED_EVERY else "failed",
            "" if line % REFUSED_EVERY else "账户已销户",
        )
        for line, fen in lines
    ]
    return write_answers(load_profiles()[batch.profile], answers, batch=batch.number, on=DAY)


def desk():
    """What the preparer has before her: batches to send, and the bank's answers to upload, as JSON."""
    answers = {
        batch.pk: base64.b64encode(answer_to(batch)).decode()
        for batch in Batch.objects.filter(state="sent", results=None)
    }
    to_send = list(Batch.objects.filter(state="approved").values_list("pk", flat=True))
    sys.stdout.write(json.dumps({"send": to_send, "upload": answers}))


def read():
    work_through(work.result_files_to_read(), tasks._read, clock=clock)


def simulate():
    acts_judging.simulate(clock)


def compare():
    acts_judging.compare(clock)


def look():
    """What the books say, as JSON."""
    paid = Q(attempts__state="paid")
    instalments = Instalment.objects.annotate(paid=Count("attempts", filter=paid), tried=Count("attempts"))
    attempts = dict(Attempt.objects.values_list("state").annotate(fen=Sum("amount_fen")).order_by())
    files = {}
    for batch in Batch.objects.exclude(state__in=["draft", "prepared", "checked", "approved"]):
        held = list(batch.files.all())
        files[batch.number] = sum(file.lines for file in held) == batch.count and all(map(content_of, held))
    sys.stdout.write(
        json.dumps(
            {
                "instalments": instalments.count(),
                "paid_twice": instalments.filter(paid__gt=1).count(),
                "never_tried": instalments.filter(tried=0).count(),
                "states": Counter(Attempt.objects.values_list("state", flat=True)),
                "batches": Counter(Batch.objects.values_list("state", flat=True)),
                "waiting_for_files": work.batches_to_export().count(),
                "broken_files": [number for number, is_whole in files.items() if not is_whole],
                "attempts_fen": attempts,
                "balances": balances(),
                "causes_twice": Transfer.objects.values("cause")
                .annotate(n=Count("pk"))
                .filter(n__gt=1)
                .count(),
                "holds": [finding.check.name for finding in verify() if finding.holds],
            }
        )
    )


def run(names):
    """Say ``go`` and do them."""
    connection.ensure_connection()
    sys.stdout.write("go\n")
    sys.stdout.flush()
    for name in names:
        act = globals().get(name) or getattr(acts_judging, name)
        act()


if __name__ == "__main__":
    run(sys.argv[1:])
