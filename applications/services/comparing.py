"""The list of a version that reaches back: asked for, worked out by the worker, kept until it is worked out again.

What happened to a line since (an application, a grant of the difference) is read when it is shown.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from applications.judging import key_of
from applications.models import ComparedDecision, Comparison
from applications.services.retroactive import (
    Against,
    against_decisions,
    applied_again,
    granted_since,
    why_not,
)
from audit.actor import Actor
from audit.door import record
from jobs.bell import ring
from jobs.leases import Lease
from programs.models import PolicyVersion
from standards.words import Refusal

ROWS_AT_ONCE = 2_000  # of one INSERT


def to_do() -> "QuerySet[Comparison]":
    """Comparisons that nobody has finished."""
    return Comparison.objects.filter(finished_at=None).select_related("version")


def ask_comparison(version: PolicyVersion, *, by: Actor, on: date) -> Comparison:
    """Ask for the version to be held against every decision under earlier ones. One that waits is kept.

    Raises Refusal where nothing can be worked out for this program.
    """
    refused = why_not(version)
    if refused is not None:
        raise Refusal(refused.zh, refused.en, code="not_comparable")
    with transaction.atomic():
        PolicyVersion.objects.select_for_update(no_key=True).only("pk").get(pk=version.pk)
        waiting = Comparison.objects.filter(version=version, finished_at=None, stopped_at=None).first()
        if waiting is not None:
            return waiting
        asked = Comparison.objects.create(version=version, day=on, asked_by=by.number)
        record("compare", asked, by=by, on=on, detail={"sha256": version.sha256})
        ring("applications.tasks.do_comparisons")
    return asked


def do(lease: Lease[Comparison]) -> None:
    """The worker's turn at one comparison. It keeps all or nothing: a worker that dies leaves the list that was there."""
    asked = lease.row
    lines = [_line(asked, one) for one in against_decisions(asked.version, progress=lease.progress)]
    with transaction.atomic():
        ComparedDecision.objects.filter(comparison__version=asked.version_id).delete()
        ComparedDecision.objects.bulk_create(lines, batch_size=ROWS_AT_ONCE)
        lease.finish(finished_at=timezone.now(), judged=lease.total)


def _line(asked: Comparison, found: Against) -> ComparedDecision:
    return ComparedDecision(
        comparison=asked, decision_id=found.decision.pk, division=found.decision.application.division,
        change=found.change, fen=found.fen, decided_fen=found.decided_fen, names=list(found.names),
    )  # fmt: skip


def as_they_stand(rows: Sequence[ComparedDecision]) -> list[Against]:
    """Lines with their decisions and what happened since: added grants, and applications under way. Three queries."""
    added, under_way = granted_since([row.decision_id for row in rows])
    again = applied_again(
        [row.decision.application for row in rows if row.change == ComparedDecision.Change.GAINED]
    )
    found = []
    for row in rows:
        decision = row.decision
        one = Against(decision, row.change, row.fen, tuple(row.names), row.decided_fen)
        if row.change == ComparedDecision.Change.GAINED:
            found.append(replace(one, is_under_way=key_of(decision.application) in again))
        else:
            decided = int(decision.amount_fen) + added.get(decision.pk, 0)
            found.append(replace(one, decided_fen=decided, is_under_way=decision.pk in under_way))
    return found
