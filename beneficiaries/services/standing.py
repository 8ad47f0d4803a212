"""Which facts count: doubted, chosen, taken back, and looked at again when what spoke against them is gone."""

from collections.abc import Iterable
from datetime import date

from audit.actor import SYSTEM
from audit.door import record
from beneficiaries.models import Doubt, Fact
from beneficiaries.queries.differing import (
    against,
    disagree,
    is_entry,
    is_same_record,
    lists_without,
    live_facts,
    said_by,
    subject_of,
)
from facts.catalogue import load_catalogue


def dispute(facts: Iterable[Fact]) -> None:
    """Nobody counts these until a person settles it."""
    Fact.objects.filter(pk__in=[fact.pk for fact in facts]).update(is_disputed=True)


def choose(kept: Fact) -> None:
    """The kept fact counts; the disputed ones that cannot be where it is name it as their successor."""
    kind = load_catalogue().kind(kept.kind)
    others = live_facts(subject_of(kept), kept.kind).filter(is_disputed=True).exclude(pk=kept.pk)
    said = said_by(kept)
    gone = [
        other.pk
        for other in others
        if is_same_record(kind, said, said_by(other)) or disagree(kind, said, said_by(other))
    ]
    Fact.objects.filter(pk__in=gone).update(superseded_by=kept)
    waits = Doubt.objects.filter(fact=kept, settled_on=None).exists()
    Fact.objects.filter(pk=kept.pk).update(is_disputed=waits)


def take_back(fact: Fact, *, on: date) -> None:
    """The fact stays on record as withdrawn (it names itself) and counts no more; what it replaced counts again."""
    Fact.objects.filter(superseded_by=fact).exclude(pk=fact.pk).update(superseded_by=None)
    Fact.objects.filter(pk=fact.pk).update(superseded_by=fact)
    reconsider(live_facts(subject_of(fact), fact.kind), on=on)


def reconsider(facts: Iterable[Fact], *, on: date) -> None:
    """Let disputed facts count again against which nothing stands any more, and close their doubts."""
    for fact in facts:
        if fact.is_disputed and not _is_open(fact):
            Fact.objects.filter(pk=fact.pk).update(is_disputed=False)
            for doubt in Doubt.objects.filter(fact=fact, settled_on=None):
                doubt.settled_by, doubt.settled_on, doubt.outcome = SYSTEM.number, on, "nothing_differs"
                doubt.save(update_fields=["settled_by", "settled_on", "outcome"])
                record(
                    "settle", doubt, by=SYSTEM, on=on, detail={"kind": doubt.kind, "outcome": doubt.outcome}
                )


def _is_open(fact: Fact) -> bool:
    """Whether something still stands against a disputed fact, or a second person has not looked yet."""
    kind = load_catalogue().kind(fact.kind)
    waits = Doubt.objects.filter(fact=fact, settled_on=None)
    if waits.filter(kind=Doubt.Kind.WITHDRAWAL).exists() or (kind.entered == "confirmed" and waits.exists()):
        return True
    if any(other.is_disputed or is_entry(other) for other in _rivals(fact)):
        return True
    return is_entry(fact) and bool(lists_without(subject_of(fact), kind, said_by(fact)))


def _rivals(fact: Fact) -> list[Fact]:
    """The live facts about the same record, or that cannot be beside it."""
    kind, said = load_catalogue().kind(fact.kind), said_by(fact)
    others = live_facts(subject_of(fact), fact.kind).exclude(pk=fact.pk)
    same = [other for other in others if is_same_record(kind, said, said_by(other))]
    return same + against(fact)
