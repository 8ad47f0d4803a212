"""Which facts count: doubted, chosen, and looked at again when what spoke against them is gone."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from audit.actor import SYSTEM
from audit.door import record
from beneficiaries.models import Doubt, Fact, Person
from beneficiaries.queries.births import against_register
from beneficiaries.queries.differing import (
    against,
    disagree,
    is_entry,
    is_same_record,
    lists_without,
    live_facts,
    mirrors_of,
    said_by,
    subject_of,
)
from facts.catalogue import load_catalogue


def dispute(facts: Iterable[Fact]) -> None:
    """Nobody counts these until a person settles it."""
    Fact.objects.filter(pk__in=[fact.pk for fact in facts]).update(is_disputed=True)


def choose(kept: Fact, *, on: date) -> None:
    """The kept fact counts; the disputed ones that cannot be where it is name it as their successor."""
    kind = load_catalogue().kind(kept.kind)
    others = live_facts(subject_of(kept), kept.kind).filter(is_disputed=True).exclude(pk=kept.pk)
    said = said_by(kept)
    gone = [
        other.pk
        for other in others
        if is_same_record(kind, said, said_by(other)) or disagree(kind, said, said_by(other))
    ]
    gone_too = [mirror.pk for other in others.filter(pk__in=gone) for mirror in mirrors_of(other)]
    Fact.objects.filter(pk__in=[*gone, *gone_too]).update(superseded_by=kept)
    waits = Doubt.objects.filter(fact=kept, settled_on=None).exists()
    Fact.objects.filter(pk=kept.pk).update(is_disputed=waits)
    if not waits:
        reconsider(mirrors_of(kept), on=on)


def reconsider(facts: Iterable[Fact], *, on: date) -> None:
    """Let disputed facts count again against which nothing stands any more, and close their doubts."""
    one_side = list(facts)
    for fact in [*one_side, *(mirror for one in one_side for mirror in mirrors_of(one))]:
        if fact.is_disputed and not _is_open(fact):
            Fact.objects.filter(pk=fact.pk).update(is_disputed=False)
            _close(Doubt.objects.filter(fact=fact, settled_on=None), on=on)


def close_where_nothing_differs(facts: Iterable[Fact], *, on: date) -> None:
    """Close the doubts between lists about these people or households of whom nothing is in dispute any more."""
    for fact in facts:
        about = subject_of(fact)
        whose = Q(person=about) if isinstance(about, Person) else Q(person__memberships__household=about)
        doubts = Doubt.objects.filter(whose, kind=Doubt.Kind.LISTS_DIFFER, settled_on=None).distinct()
        of_home = Q(household__memberships__person=OuterRef("person"))
        disputed = Fact.objects.filter(
            Q(person=OuterRef("person")) | of_home, is_disputed=True, superseded_by=None
        )
        _close(doubts.exclude(Exists(disputed)), on=on)


def _close(doubts: Iterable[Doubt], *, on: date) -> None:
    for doubt in doubts:
        doubt.settled_by, doubt.settled_on, doubt.outcome = SYSTEM.number, on, "nothing_differs"
        doubt.save(update_fields=["settled_by", "settled_on", "outcome"])
        record("settle", doubt, by=SYSTEM, on=on, detail={"kind": doubt.kind, "outcome": doubt.outcome})


def _is_open(fact: Fact) -> bool:
    """Whether something still stands against a disputed fact, or a second person has not looked yet."""
    kind = load_catalogue().kind(fact.kind)
    waits = Doubt.objects.filter(fact=fact, settled_on=None)
    if waits.filter(kind=Doubt.Kind.WITHDRAWAL).exists() or (kind.entered == "confirmed" and waits.exists()):
        return True
    rivals = [*against(fact), *(rival for mirror in mirrors_of(fact) for rival in against(mirror))]
    if any(other.is_disputed or is_entry(other) for other in rivals):
        return True
    if not is_entry(fact) and fact in against_register([fact.person_id or 0]):
        return True
    return is_entry(fact) and bool(lists_without(subject_of(fact), kind, said_by(fact)))
