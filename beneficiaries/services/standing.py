"""Which facts count: doubted, chosen, and looked at again when what spoke against them is gone."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.actor import SYSTEM
from audit.door import record_all
from beneficiaries.models import Doubt, Fact, Membership
from beneficiaries.queries.births import two_by_register
from beneficiaries.queries.differing import (
    disagree,
    is_same_record,
    live_facts,
    mirrors_of,
    mirrors_of_all,
    said_by,
    said_with,
    subject_of,
)
from beneficiaries.queries.disputed import still_open
from facts.catalogue import load_catalogue

NOTHING_DIFFERS = "nothing_differs"


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
    stay = {one.pk for one in said_with(kept)}
    gone_too = {
        one.pk for those in mirrors_of_all(others.filter(pk__in=gone)).values() for one in those
    } - stay
    Fact.objects.filter(pk__in=[*gone, *gone_too]).update(superseded_by=kept)
    waits = Doubt.objects.filter(fact=kept, settled_on=None).exists()
    Fact.objects.filter(pk=kept.pk).update(is_disputed=waits)
    if not waits:
        reconsider(mirrors_of(kept), on=on)


def reconsider(facts: Iterable[Fact], *, on: date) -> list[Fact]:
    """Let disputed facts count again against which nothing stands any more, and close their doubts; gives those facts.

    The same number of statements for one fact and for thousands.
    """
    one_side = list(facts)
    mirrors = (mirror for those in mirrors_of_all(one_side).values() for mirror in those)
    disputed = list({fact.pk: fact for fact in [*one_side, *mirrors] if fact.is_disputed}.values())
    if not disputed:
        return []
    free = {fact.pk for fact in disputed} - still_open(disputed)
    Fact.objects.filter(pk__in=free).update(is_disputed=False)
    close_doubts(Doubt.objects.filter(fact__in=free), on=on, outcome=NOTHING_DIFFERS)
    return [fact for fact in disputed if fact.pk in free]


def close_where_nothing_differs(facts: Iterable[Fact], *, on: date) -> None:
    """Close the doubts between lists about these people or households of whom nothing is in dispute any more."""
    about = list(facts)
    people = {fact.person_id for fact in about if fact.person_id}
    households = {fact.household_id for fact in about if fact.household_id}
    members = Membership.ever.filter(household__in=households).values("person")
    doubts = Doubt.objects.filter(
        Q(person__in=people) | Q(person__in=members), kind=Doubt.Kind.LISTS_DIFFER, settled_on=None
    )
    of_home = Q(household__memberships__person=OuterRef("person"))
    disputed = Fact.objects.filter(
        Q(person=OuterRef("person")) | of_home, is_disputed=True, superseded_by=None
    )
    close_doubts(without_two_fathers(doubts.exclude(Exists(disputed))), on=on, outcome=NOTHING_DIFFERS)


def without_two_fathers(doubts: "QuerySet[Doubt]") -> "QuerySet[Doubt]":
    """Those of them that no two fathers or mothers on the register keep open: of such a child no fact is in dispute. Two
    queries."""
    about = doubts.filter(kind=Doubt.Kind.LISTS_DIFFER).exclude(person=None).values_list("person", flat=True)
    two = two_by_register([person for person in about if person is not None], newer_than=0)
    return doubts.exclude(kind=Doubt.Kind.LISTS_DIFFER, person__in=two)


def close_doubts(doubts: "QuerySet[Doubt]", *, on: date, outcome: str) -> None:
    """Settle those of them that are open, as the program's own finding. Two statements for each kind of doubt."""
    found: dict[str, list[int]] = defaultdict(list)
    for key, kind in doubts.filter(settled_on=None).order_by("pk").values_list("pk", "kind"):
        found[kind].append(key)
    for kind, keys in found.items():
        closed = Doubt.objects.filter(pk__in=keys)
        closed.update(settled_by=SYSTEM.number, settled_on=on, outcome=outcome)
        record_all("settle", closed, by=SYSTEM, on=on, detail={"kind": kind, "outcome": outcome})
