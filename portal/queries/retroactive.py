"""Decisions for which a later version says otherwise, for their page: names, what was paid, what people made of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, QuerySet, Value, When, prefetch_related_objects

from applications.models import ComparedDecision, Comparison
from applications.services.retroactive import Against, parts_added
from applications.services.simulating import words_of
from officials.models import Official
from payments.models import Recovery
from payments.queries.recoveries import TooMuch, asked_before, paid_parts, too_much
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
    """One line with what was paid, why, and what was proposed, the newest first.

    ``above``: what was paid and not asked for yet, beside what the later version gives of it. ``parts_moved``: a difference
    cannot be cut into the later version's instalments.
    """

    against: Against
    paid_fen: int
    causes: list[Words]
    recoveries: list[Recovery]
    above: TooMuch
    parts_moved: bool

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
        """What was paid above what the later version gives, and is not asked for yet."""
        waits = any(one.state == "proposed" for one in self.recoveries)
        return self.above.fen if self.against.change in ("lost", "less") and not waits else 0


def finished(version: PolicyVersion) -> Comparison | None:
    """The newest list of a version that is worked out."""
    return Comparison.objects.filter(version=version, finished_at__isnull=False).first()


def under_way(version: PolicyVersion) -> Comparison | None:
    """The one that is asked for and not worked out yet, or was stopped; nothing where a list came after it."""
    newest = Comparison.objects.filter(version=version).first()
    return newest if newest is not None and newest.finished_at is None else None


def in_scope(
    comparison: Comparison, official: Official, *, township: str = "", change: str = ""
) -> "QuerySet[ComparedDecision]":
    """The lines of the official's divisions, those who lose first."""
    order = Case(*(When(change=name, then=Value(at)) for at, name in enumerate(CHANGES)))
    rows: QuerySet[ComparedDecision] = ComparedDecision.objects.visible_to(official)
    rows = rows.filter(comparison=comparison, division__startswith=township[:9])
    if change:
        rows = rows.filter(change=change)
    return rows.select_related("decision__application").order_by(order, "division", "decision_id")


def lines(version: PolicyVersion, rows: Iterable[Against]) -> list[Line]:
    """The rows of a page with their names. Five queries, and one for each that gets more in parts."""
    shown = list(rows)
    prefetch_related_objects(
        [one.decision for one in shown], "application__person", "application__household__head"
    )
    decisions = [one.decision.pk for one in shown]
    paid, asked = paid_parts(decisions), asked_before(decisions, version)
    proposed: dict[int, list[Recovery]] = defaultdict(list)
    for each in Recovery.objects.filter(version=version, decision__in=decisions).order_by("-pk"):
        proposed[each.decision_id].append(each)
    under = loaded(version)
    program = under.program
    words = words_of(program)
    return [
        Line(
            one,
            sum(paid.get(one.decision.pk, {}).values()),
            [
                settle_fact(name, program.names)
                if one.change == "open"
                else words.get(name, Words(name, name))
                for name in one.names
            ],
            proposed[one.decision.pk],
            too_much(program.policy, one.fen, paid.get(one.decision.pk, {}), asked.get(one.decision.pk, 0)),
            one.change == "more" and parts_added(one.decision, under, one.fen) is None,
        )
        for one in shown
    ]
