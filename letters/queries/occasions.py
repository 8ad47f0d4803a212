"""What asks for a letter: the rows of each occasion that have no letter of a kind yet.

The missing row is the work. A template names its occasion; a look may be repeated at any time, and the unique
letter about one thing makes the second find nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Prefetch, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from applications.models import Application, Decision, Notice, NoticeLine, Paper
from letters.models import Letter
from letters.queries import families, sheets
from letters.queries.bureau import Bureau
from payments.models import Attempt, BankFile, Batch, Instalment

Data = dict[str, Any]
BATCH_SIGNED = ("approved", "sent", "answered", "closed")
BATCH_SENT = ("sent", "answered", "closed")
ONCE = Value("", CharField())  # what cannot happen to one thing again
# Finance and the county read batches; a family's letters are for its township and the county.
FAMILY = "family"
MONEY = "money"


@dataclass(frozen=True, slots=True)
class Occasion:
    """``about`` is the column of a letter that names the thing; ``rows`` all things of the occasion.

    ``data`` gives every value a letter of the occasion may print; ``number`` and ``division`` are where the
    letter takes its own from. ``happening`` is text in SQL that tells a second happening from the first; the
    rows carry it under that name. ``readers``: who may read the letter.
    """

    about: str
    rows: Callable[[], "QuerySet[Any]"]
    data: Callable[[Any, Bureau], Data]
    number: Callable[[Any], str]
    division: Callable[[Any], str]
    happening: Combinable = ONCE
    readers: str = FAMILY

    def happened(self) -> "QuerySet[Any]":
        """All things, each with the text of its newest happening."""
        happened: QuerySet[Any] = self.rows().annotate(happening=self.happening)
        return happened

    def without(self, kind: str) -> "QuerySet[Any]":
        """The things whose newest happening has no letter of this kind, oldest first."""
        written = Letter.objects.filter(
            **{"kind": kind, self.about: OuterRef("pk"), "happening": OuterRef("happening")}
        )
        return self.happened().exclude(Exists(written)).order_by("pk")


def _text(column: str) -> Cast:
    return Cast(F(column), CharField())


def _applications() -> "QuerySet[Application]":
    """Asked for by a person: one from matched lists has nobody at the counter to hand a receipt to."""
    return (
        Application.objects.exclude(origin=Application.Origin.LISTS)
        .select_related("version", "person", "household__head")
        .prefetch_related(Prefetch("papers", Paper.objects.order_by("pk")))
    )


def _submitted() -> "QuerySet[Application]":
    return _applications().exclude(state="draft").filter(accepted_on__isnull=False)


def _waiting() -> "QuerySet[Application]":
    return _applications().filter(correct_by__isnull=False)


def _decisions(outcome: str) -> "QuerySet[Decision]":
    return Decision.objects.filter(outcome=outcome).select_related(
        "version", "application__version", "application__person", "application__household__head"
    )


_ENTITLED = "instalment__entitlement"
_LINES = (
    "account",
    "payee",
    f"{_ENTITLED}__version",
    f"{_ENTITLED}__application__version",
    f"{_ENTITLED}__application__person",
    f"{_ENTITLED}__application__household__head",
)


def _paid() -> "QuerySet[Attempt]":
    """Paid lines; a line the bank gave back later keeps the letter it had."""
    return (
        Attempt.objects.filter(state="paid")
        .select_related("batch", *_LINES)
        .prefetch_related(
            Prefetch(f"{_ENTITLED}__instalments", Instalment.objects.order_by("number")),
        )
    )


def _notices() -> "QuerySet[Notice]":
    lines = NoticeLine.objects.select_related(
        "application__version", "application__person", "application__household__head"
    )
    return Notice.objects.select_related("version").prefetch_related(Prefetch("lines", lines))


def _batches(*states: str) -> "QuerySet[Batch]":
    attempts = Attempt.objects.select_related(*_LINES).order_by("line")
    return (
        Batch.objects.filter(state__in=states, count__gt=0)
        .select_related("correction_of")
        .prefetch_related(
            Prefetch("attempts", attempts),
            Prefetch("files", BankFile.objects.order_by("part")),
            "exclusions__instalment",
        )
    )


OCCASIONS: dict[str, Occasion] = {
    "application.submitted": Occasion(
        "application",
        _submitted,
        families.receipt,
        lambda one: one.receipt_number,
        lambda one: one.division,
        happening=_text("accepted_on"),
    ),
    "application.waiting": Occasion(
        "application",
        _waiting,
        families.correction_notice,
        lambda one: one.receipt_number,
        lambda one: one.division,
        happening=_text("correct_by"),
    ),
    "decision.approved": Occasion(
        "decision",
        lambda: _decisions("approved"),
        families.approval,
        lambda one: one.application.receipt_number,
        lambda one: one.application.division,
    ),
    "decision.refused": Occasion(
        "decision",
        lambda: _decisions("refused"),
        families.refusal,
        lambda one: one.application.receipt_number,
        lambda one: one.application.division,
    ),
    "attempt.paid": Occasion(
        "attempt",
        _paid,
        families.payment_advice,
        lambda one: f"{one.batch.number}-{one.line}",
        lambda one: one.instalment.entitlement.division,
    ),
    "notice.posted": Occasion(
        "notice", _notices, sheets.public_notice, lambda one: f"N{one.pk}", lambda one: one.division
    ),
    "batch.approved": Occasion(
        "batch",
        lambda: _batches(*BATCH_SIGNED),
        sheets.approved_batch,
        lambda one: one.number,
        lambda one: one.division,
        happening=Concat(_text("approved_on"), Value(" "), _text("count"), Value(" "), _text("total_fen")),
        readers=MONEY,
    ),
    "batch.sent": Occasion(
        "batch",
        lambda: _batches(*BATCH_SENT),
        sheets.sent_batch,
        lambda one: one.number,
        lambda one: one.division,
        readers=MONEY,
    ),
}
