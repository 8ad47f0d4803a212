"""A fact entered from a paper at the counter, where no list says it."""

from datetime import date
from typing import Any

from django.db import transaction

from audit.actor import Actor
from audit.door import record
from beneficiaries.lists.periods import year
from beneficiaries.models import Fact, Household, Person
from beneficiaries.queries.facts import digests_of
from facts.catalogue import Kind, load_catalogue


def enter_fact(
    subject: Person | Household,
    *,
    kind: str,
    values: dict[str, Any],
    paper: str,
    by: Actor,
    on: date,
    valid_from: date | None = None,
) -> Fact:
    """Write what a paper proves about a person or a household. ``values`` hold the kind's fields, JSON-ready.

    Its days are the kind's own (issued, cancelled), for a yearly kind its year, else from ``valid_from`` or
    ``on``. Raises ValueError for a field that the kind does not have, or a subject of the other sort.
    """
    known = load_catalogue().kind(kind)
    is_person = isinstance(subject, Person)
    if is_person != (known.about == "person") or not values.keys() <= known.fields.keys():
        raise ValueError(f"{kind} is about a {known.about} and has the fields {', '.join(known.fields)}")
    first, last = _days(known, values, valid_from or on)
    of_person, of_household = (subject.pk, None) if is_person else (None, subject.pk)
    (digest,) = digests_of([(of_person, of_household, kind, first, last, values, None, None)])
    with transaction.atomic():
        fact = Fact.objects.create(
            person_id=of_person,
            household_id=of_household,
            kind=kind,
            valid_from=first,
            valid_until=last,
            values=values,
            entered_by=by.number,
            paper=paper,
            digest=digest,
        )
        record("enter_fact", fact, by=by, on=on, detail={"kind": kind, "paper": paper})
    return fact


def _days(kind: Kind, values: dict[str, Any], on: date) -> tuple[date, date | None]:
    last = values.get(kind.until) if kind.until else None
    if kind.day and values.get(kind.day):
        return date.fromisoformat(values[kind.day]), date.fromisoformat(last) if last else None
    named = next((key for key, field in kind.fields.items() if field.from_period and values.get(key)), "")
    if kind.dated == "yearly" and named:
        span = year(values[named])
        return span.first, span.last
    return on, None
