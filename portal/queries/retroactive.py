"""Decisions for which a later version says otherwise, for their page: names, what was paid, what people made of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum, prefetch_related_objects

from applications.services.retroactive import Against, against_decisions
from applications.services.simulating import words_of
from officials.models import Official
from payments.lifecycle import AttemptState
from payments.models import Attempt, Recovery
from programs.language.explaining import settle_fact
from programs.models import PolicyVersion
from programs.queries import loaded
from standards.words import Words

CHANGES = {
    "lost": Words("不再符合", "loses the right"),
    "less": Words("金额减少", "gets less"),
    "gained": Words("新符合", "newly has a right"),
    "more": Words("金额增加", "gets more"),
    "open": Words("还不清楚", "not known yet"),
}
KINDS = {"lost": "not_met", "less": "look", "gained": "met", "more": "met", "open": "look"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line with what was paid, why, and the proposal that stands."""

    against: Against
    paid_fen: int
    causes: list[Words]
    recovery: Recovery | None

    is_in_parts: bool  # the program pays in instalments: a difference cannot be granted

    @property
    def words(self) -> Words:
        return CHANGES[self.against.change]

    @property
    def kind(self) -> str:
        return KINDS[self.against.change]

    @property
    def more_fen(self) -> int:
        """What the later version gives above what was decided."""
        return max(0, self.against.fen - self.against.decided_fen)

    @property
    def too_much_fen(self) -> int:
        """What was paid above what the later version gives."""
        return max(0, self.paid_fen - self.against.fen) if self.against.change in ("lost", "less") else 0


def in_scope(
    version: PolicyVersion, official: Official, *, township: str = "", change: str = ""
) -> list[Against]:
    """The lines of the official's divisions, those who lose first."""
    prefix = township[:9] if township.startswith(official.scope) else ""
    found = against_decisions(version, scope=prefix or official.scope)
    order = list(CHANGES)
    kept = [one for one in found if not change or one.change == change]
    return sorted(
        kept, key=lambda one: (order.index(one.change), one.decision.application.division, one.decision.pk)
    )


def lines(version: PolicyVersion, rows: Iterable[Against]) -> list[Line]:
    """The rows of a page with their names. Five queries."""
    shown = list(rows)
    prefetch_related_objects(
        [one.decision for one in shown], "application__person", "application__household__head"
    )
    decisions = [one.decision.pk for one in shown]
    paid = dict(
        Attempt.objects.filter(
            instalment__entitlement__decision__in=decisions, state=AttemptState.PAID
        ).values_list("instalment__entitlement__decision").annotate(Sum("amount_fen")).order_by()
    )  # fmt: skip
    proposed = {
        one.decision_id: one for one in Recovery.objects.filter(version=version, decision__in=decisions)
    }
    program = loaded(version).program
    words = words_of(program)
    return [
        Line(
            one,
            paid.get(one.decision.pk, 0),
            [
                settle_fact(name, program.names)
                if one.change == "open"
                else words.get(name, Words(name, name))
                for name in one.names
            ],
            proposed.get(one.decision.pk),
            bool(program.policy.instalments),
        )
        for one in shown
    ]
