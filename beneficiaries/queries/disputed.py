"""Of many disputed facts at once: against which something still stands. A fixed number of queries for each kind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from beneficiaries.models import Coverage, Doubt, Fact
from beneficiaries.queries.births import against_register
from beneficiaries.queries.differing import (
    complete_coverage,
    contradict,
    is_entry,
    mirrors_of_all,
    said_by,
    silent,
    subject_of,
)
from facts.catalogue import Kind, load_catalogue

Key = tuple[int | None, int | None]  # whom a fact is about: person, household


def still_open(facts: Sequence[Fact]) -> set[int]:
    """Those against which something still stands, or at which a second person has not looked yet, by their keys.

    What is disputed together is looked at together: of two that cannot be beside each other neither is free.
    """
    of_kind: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        of_kind[fact.kind].append(fact)
    return {key for name, those in of_kind.items() for key in _open_of(load_catalogue().kind(name), those)}


def _open_of(kind: Kind, facts: Sequence[Fact]) -> set[int]:
    found = _waiting(kind, facts)
    mirrors = mirrors_of_all(facts)
    live = _live(kind, [*facts, *(mirror for those in mirrors.values() for mirror in those)])
    covering = _by_code(kind) if any(is_entry(fact) for fact in facts) else {}
    listed = [fact.person_id for fact in facts if fact.person_id and not is_entry(fact)]
    by_register = {fact.pk for fact in against_register(listed)} if listed else set()
    for fact in facts:
        rivals = (rival for one in (fact, *mirrors[fact.pk]) for rival in _rivals(kind, one, live))
        is_opposed = any(rival.is_disputed or is_entry(rival) for rival in rivals)
        is_denied = is_entry(fact) and _is_denied(kind, fact, covering, live)
        if is_opposed or is_denied or fact.pk in by_register:
            found.add(fact.pk)
    return found


def _waiting(kind: Kind, facts: Sequence[Fact]) -> set[int]:
    """At which a second person has not looked yet."""
    waits = Doubt.objects.filter(fact__in=[fact.pk for fact in facts], settled_on=None)
    if kind.entered != "confirmed":
        waits = waits.filter(kind=Doubt.Kind.WITHDRAWAL)
    return {key for key in waits.values_list("fact", flat=True) if key is not None}


def _about(fact: Fact) -> Key:
    return fact.person_id, fact.household_id


def _live(kind: Kind, facts: Iterable[Fact]) -> dict[Key, list[Fact]]:
    """Everything said of their subjects that nothing has replaced or taken back."""
    people, households = zip(*map(_about, facts), strict=True)
    whom = Q(person__in={one for one in people if one}) | Q(household__in={one for one in households if one})
    found: dict[Key, list[Fact]] = defaultdict(list)
    for fact in Fact.objects.filter(whom, kind=kind.name, superseded_by=None).order_by("pk"):
        found[_about(fact)].append(fact)
    return found


def _rivals(kind: Kind, fact: Fact, live: Mapping[Key, Sequence[Fact]]) -> list[Fact]:
    said = said_by(fact)
    return [
        other
        for other in live.get(_about(fact), ())
        if other.pk != fact.pk and contradict(kind, said, said_by(other))
    ]


def _by_code(kind: Kind) -> dict[str, list[Coverage]]:
    found: dict[str, list[Coverage]] = defaultdict(list)
    for one in complete_coverage(kind) if kind.is_absence_no else ():
        found[one.code].append(one)
    return found


def _is_denied(
    kind: Kind, entry: Fact, covering: Mapping[str, Sequence[Coverage]], live: Mapping[Key, Sequence[Fact]]
) -> bool:
    listed = [fact for fact in live.get(_about(entry), ()) if fact.list_id is not None]
    return bool(silent(subject_of(entry), kind, said_by(entry), covering, listed))
