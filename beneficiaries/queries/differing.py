"""When two things said about one subject cannot both be: the one rule, for lists, papers, doubts and their settling."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from beneficiaries.models import Coverage, EvidenceList, Fact, Household, Person
from facts.catalogue import Kind, load_catalogue


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a subject: from a first day until a last (None: open)."""

    first: date
    last: date | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told(Said):
    """What is said, and whether a person read it off a paper (else a list says it)."""

    is_entry: bool


def said_by(fact: Fact) -> Told:
    """What a fact on record says."""
    return Told(fact.valid_from, fact.valid_until, fact.values, is_entry(fact))


def identity_of(kind: Kind, first: date, values: dict[str, Any]) -> tuple[object, ...]:
    """What makes two facts of one subject the same record: its first day, the category or program it is of,
    and what else the kind's file tells records apart by (two houses of one owner).

    What happens once in a life (a death) is one record whatever its day.
    """
    parts: list[object] = [None if kind.is_once else first]
    if kind.list_of:
        parts.append(tuple(values.get(kind.list_of, ())))
    parts += [values.get(key) for key, field in kind.fields.items() if field.type == "text" and field.values]
    parts += [values.get(key) for key in kind.apart]
    return tuple(parts)


def is_same_record(kind: Kind, one: Said, other: Said) -> bool:
    """Whether two facts of one subject are about the same record."""
    return identity_of(kind, one.first, one.values) == identity_of(kind, other.first, other.values)


def disagree(kind: Kind, one: Said, other: Said) -> bool:
    """Whether both cannot be: one record told in two ways, or two states that differ on the same days.

    Categories stand beside each other (a household on two hardship lists), and so do events of different days.
    """
    differs = any(one.values[key] != other.values[key] for key in one.values.keys() & other.values.keys())
    if is_same_record(kind, one, other):
        ends_differ = bool(kind.until) and one.last != other.last
        return differs or ends_differ or one.first != other.first
    if kind.dated != "status" or kind.list_of or not _overlap(one, other):
        return False
    if any(one.values.get(key) != other.values.get(key) for key in kind.apart):
        return False  # another house, another kind of parentage
    return differs or bool(kind.day)


def contradict(kind: Kind, one: "Told", other: "Told") -> bool:
    """Whether two things on record cannot both count, whoever came first.

    Of two lists that speak of one record the one may say more (the day it was cancelled), and a state that a register
    tells gives way to the state that a register of a later day tells. What a paper said gives way to no list.
    """
    if one.is_entry or other.is_entry:
        return disagree(kind, one, other)
    if is_same_record(kind, one, other):
        ends = {one.last, other.last} - {None}
        is_more = one.first == other.first and len(ends) < 2
        return disagree(kind, replace(one, last=None), replace(other, last=None)) or not is_more
    return not is_state_of_register(kind) and disagree(kind, one, other)


def is_state_of_register(kind: Kind) -> bool:
    """A state that whole lists tell as of their own day: the newest day counts (rural, on the public payroll)."""
    return kind.dated == "status" and not kind.day and kind.coverage == "none"


def mirrors_of(fact: Fact) -> list[Fact]:
    """The same said of the other of two (a marriage), where that is live; nothing for a kind about one person."""
    return mirrors_of_all([fact])[fact.pk]


def said_with(fact: Fact) -> list[Fact]:
    """What the same paper says of the other of two, while it is said: it says it of both or of neither."""
    mutual = load_catalogue().kind(fact.kind).mutual
    if not is_entry(fact) or mutual not in fact.values:
        return []
    told = {"paper": fact.paper, "valid_from": fact.valid_from, "valid_until": fact.valid_until}
    other = Fact.objects.filter(
        kind=fact.kind, person=fact.values[mutual], list=None, is_derived=False, **told
    )
    entered = other.filter(**{f"values__{mutual}": fact.person_id}).exclude(entered_by="")
    return list(entered.exclude(superseded_by=F("pk")).select_related("person").order_by("pk"))


def mirrors_of_all(facts: Iterable[Fact]) -> dict[int, list[Fact]]:
    """The mirrors of each fact by its key. One query for each kind that is about two."""
    found: dict[int, list[Fact]] = {}
    of_two: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.pk] = []
        if load_catalogue().kind(fact.kind).mutual in fact.values:
            of_two[fact.kind].append(fact)
    for kind, those in of_two.items():
        mutual = load_catalogue().kind(kind).mutual
        others = {fact.values[mutual] for fact in those}
        live = Fact.objects.filter(kind=kind, person__in=others, superseded_by=None).select_related(
            "person", "list"
        )
        told: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
        for one in live.order_by("pk"):
            told[one.person_id, one.values.get(mutual), one.valid_from].append(one)
        for fact in those:
            found[fact.pk] = told[fact.values[mutual], fact.person_id, fact.valid_from]
    return found


def _overlap(one: Said, other: Said) -> bool:
    return one.first <= (other.last or date.max) and other.first <= (one.last or date.max)


def live_facts(about: Person | Household, kind: str) -> "QuerySet[Fact]":
    """Everything said of a subject that nothing has replaced or taken back, disputed or not."""
    whom = Q(person=about) if isinstance(about, Person) else Q(household=about)
    found: QuerySet[Fact] = Fact.objects.filter(whom, kind=kind, superseded_by=None)
    return found.select_related("list").order_by("pk")


def subject_of(fact: Fact) -> Person | Household:
    """Whom a fact is about."""
    found = fact.person or fact.household
    assert found is not None, "a fact is about one"
    return found


def against(fact: Fact) -> list[Fact]:
    """The live facts that cannot be where this one is."""
    kind = load_catalogue().kind(fact.kind)
    others = live_facts(subject_of(fact), fact.kind).exclude(pk=fact.pk)
    return [other for other in others if contradict(kind, said_by(fact), said_by(other))]


def lists_without(about: Person | Household, kind: Kind, said: Said) -> list[EvidenceList]:
    """The complete lists that cover this subject and time and do not hold what is said: their silence says no."""
    codes = _codes_said(kind, said)
    if not codes:
        return []
    covering: dict[str, list[Coverage]] = defaultdict(list)
    for one in complete_coverage(kind).filter(code__in=codes, valid_until__gte=said.first):
        covering[one.code].append(one)
    listed = live_facts(about, kind.name).exclude(list=None) if covering else ()
    return silent(about, kind, said, covering, listed)


def complete_coverage(kind: Kind) -> "QuerySet[Coverage]":
    """What the complete lists of a kind that are taken cover, the newest first."""
    found: QuerySet[Coverage] = Coverage.objects.filter(kind=kind.name, is_complete=True, list__state="taken")
    return found.select_related("list").order_by("-list_id")


def silent(
    about: Person | Household,
    kind: Kind,
    said: Said,
    covering: Mapping[str, Sequence[Coverage]],
    listed: Iterable[Fact],
) -> list[EvidenceList]:
    """Of complete lists, by the code they state, those that cover the subject and time and hold none of ``listed``. No list
    knows of an event after the day it was sent."""
    last = said.first if kind.dated == "event" else said.last
    rows = [
        one
        for code in _codes_said(kind, said)
        for one in covering.get(code, ())
        if one.valid_until >= said.first
        and (last is None or one.valid_from <= last)
        and (kind.dated != "event" or said.first <= one.list.uploaded_on)
        and about.division.startswith(one.scope)
    ]
    held = _codes_held(kind, said, listed) if rows else set()
    rows.sort(key=lambda one: -one.list_id)
    return list(dict.fromkeys(one.list for one in rows if one.code not in held))


def _codes_said(kind: Kind, said: Said) -> set[str]:
    """What a list would have had to name: the categories; "" for a kind without any; nothing where no is what is said."""
    if not kind.is_absence_no:
        return set()
    if kind.list_of:
        return set(said.values.get(kind.list_of, ()))
    by_presence = [key for key, field in kind.fields.items() if field.from_presence]
    stands = not by_presence or any(said.values.get(key) for key in by_presence)
    return {""} if stands else set()


def _codes_held(kind: Kind, said: Said, listed: Iterable[Fact]) -> set[str]:
    found: set[str] = set()
    for fact in listed:
        other = said_by(fact)
        is_it = is_same_record(kind, said, other) if kind.dated == "event" else _overlap(said, other)
        if is_it:
            found |= _codes_said(kind, other)
    return found


def is_entry(fact: Fact) -> bool:
    """Whether a fact was read off a paper by a person, not taken from a list."""
    return fact.list_id is None and bool(fact.entered_by)


def entries_without(evidence: EvidenceList, scopes: Sequence[Coverage]) -> list[Fact]:
    """The entries that count and that a complete list just taken should hold, but does not."""
    kind = load_catalogue().kind(evidence.kind)
    entries = Fact.objects.filter(kind=kind.name, list=None, superseded_by=None, is_disputed=False)
    found: dict[int, Fact] = {}
    for one in scopes:
        timely = entries.exclude(entered_by="").filter(
            Q(valid_until=None) | Q(valid_until__gte=one.valid_from), valid_from__lte=one.valid_until
        )
        here = Q(person__division__startswith=one.scope) | Q(household__division__startswith=one.scope)
        for fact in timely.filter(here).select_related("person", "household"):
            if evidence in lists_without(subject_of(fact), kind, said_by(fact)):
                found[fact.pk] = fact
    return list(found.values())


def disputed_entries(kind: str) -> "QuerySet[Fact]":
    """The live entries of a kind that count for nobody now."""
    found: QuerySet[Fact] = Fact.objects.filter(kind=kind, list=None, superseded_by=None, is_disputed=True)
    return found.exclude(entered_by="").select_related("person", "household")
