"""What a person must settle, and between what the choice lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from beneficiaries.models import Doubt, Fact, Household, Membership
from beneficiaries.queries.family import shown_values
from facts.catalogue import load_catalogue
from officials.models import Division, Official
from standards.words import Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One side of a dispute: ``key`` is the membership or fact that would count."""

    key: int
    words: Words
    source: str
    source_on: date | None


def open_doubts(official: Official) -> "QuerySet[Doubt]":
    """Unsettled doubts of the official's scope, the oldest first."""
    found: QuerySet[Doubt] = Doubt.objects.visible_to(official).filter(settled_on=None)
    return found.select_related("person", "list").order_by("pk")


def choices_of(doubt: Doubt) -> list[Choice]:
    """The sides of a dispute; none where only a note is asked for."""
    if doubt.person_id is None:
        return []
    if doubt.kind == Doubt.Kind.TWO_HOUSEHOLDS:
        return _households(disputed_memberships(doubt.person_id))
    if doubt.kind == Doubt.Kind.LISTS_DIFFER:
        return _facts(disputed_facts(doubt.person_id))
    return []


def disputed_memberships(person: int) -> "QuerySet[Membership]":
    """The open households of a person of which none counts."""
    found = Membership.objects.filter(person=person, is_disputed=True, valid_until=None)
    return found.select_related("household", "list").order_by("pk")


def disputed_facts(person: int) -> "QuerySet[Fact]":
    """The facts about a person, or the household the person stands in, of which none counts."""
    homes = Household.objects.filter(memberships__person=person, memberships__is_disputed=False)
    about = Q(person=person) | Q(household__in=homes)
    return (
        Fact.objects.filter(about, is_disputed=True, superseded_by=None).select_related("list").order_by("pk")
    )


def _households(memberships: "QuerySet[Membership]") -> list[Choice]:
    rows = list(memberships)
    codes = {code for row in rows for code in (row.household.division, f"{row.household.division[:9]}000")}
    names = dict(Division.objects.filter(code__in=codes).values_list("code", "name"))
    choices = []
    for row in rows:
        village, township = row.household.division, f"{row.household.division[:9]}000"
        place = f"{names.get(township, '')}{names.get(village, '')} {row.household.number}"
        source = (row.list.title or row.list.file_name) if row.list else ""
        choices.append(
            Choice(row.pk, Words(place, place), source, row.list.uploaded_on if row.list else None)
        )
    return choices


def _facts(facts: "QuerySet[Fact]") -> list[Choice]:
    kinds = load_catalogue().kinds
    return [
        Choice(
            fact.pk,
            _in_words(
                kinds[fact.kind].words,
                [(one.label, one.value) for one in shown_values(fact, kinds[fact.kind])],
            ),
            (fact.list.title or fact.list.file_name) if fact.list else "",
            fact.list.uploaded_on if fact.list else None,
        )
        for fact in facts
        if fact.kind in kinds
    ]


def _in_words(kind: Words, shown: Sequence[tuple[Words, Words]]) -> Words:
    zh = "，".join(f"{label.zh} {value.zh}" for label, value in shown)
    en = ", ".join(f"{label.en} {value.en}" for label, value in shown)
    return Words(f"{kind.zh}：{zh}", f"{kind.en}: {en}")
