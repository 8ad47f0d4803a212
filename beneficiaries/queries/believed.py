"""What was believed on a day: of which day a thing is said (valid time), and when we knew it (recorded time).

A row is as it was known when the changes since then are taken away again, the newest first; the database kept them
(`beneficiaries.models.history.Change`). Rows that were taken back later count here as long as they did.
"""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db import models

from beneficiaries.models import Change, Fact, Household, Membership, Parentage, Person
from beneficiaries.models.people import NOWHERE
from vault.fields import EncryptedField

M = TypeVar("M", Person, Household, Membership, Parentage, Fact)


@dataclass(frozen=True, slots=True)
class BelievedPerson:
    """One person as believed. ``phone`` is in the clear, for whoever may see it; ``village`` a code of 12 digits."""

    name: str
    phone: str | None
    village: str
    household: Household | None
    relation: str
    parents: tuple[int, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class BelievedHousehold:
    """One household as believed: ``members`` are (person, relation)."""

    village: str
    head: int | None
    members: tuple[tuple[int, str], ...]
    facts: tuple[Fact, ...]


def believed(person: int, *, valid_on: date, known_at: datetime) -> BelievedPerson | None:
    """What was believed at ``known_at`` of a person on the day ``valid_on``; None where nobody knew them yet."""
    found = next(iter(as_known(Person.objects.filter(pk=person), known_at)), None)
    if found is None or found.division == NOWHERE:
        return None
    standing = [
        one for one in as_known(Membership.ever.filter(person=person), known_at)
        if not one.is_disputed and holds(one, valid_on)
    ]  # fmt: skip
    homes = as_known(Household.objects.filter(pk__in=[one.household_id for one in standing]), known_at)
    parents = as_known(Parentage.ever.filter(child=person), known_at)
    return BelievedPerson(
        name=found.name,
        phone=found.phone,
        village=found.division,
        household=homes[0] if homes else None,
        relation=standing[0].relation if standing else "",
        parents=tuple(sorted(one.parent_id for one in parents if holds(one, valid_on))),
        facts=_facts(Fact.objects.filter(person=person), valid_on, known_at),
    )


def believed_household(household: int, *, valid_on: date, known_at: datetime) -> BelievedHousehold | None:
    """What was believed at ``known_at`` of a household on the day ``valid_on``; None where nobody knew it yet."""
    found = next(iter(as_known(Household.objects.filter(pk=household), known_at)), None)
    if found is None or found.division == NOWHERE:
        return None
    members = [
        (one.person_id, one.relation)
        for one in as_known(Membership.ever.filter(household=household), known_at)
        if not one.is_disputed and holds(one, valid_on)
    ]
    return BelievedHousehold(
        village=found.division,
        head=found.head_id,
        members=tuple(sorted(members)),
        facts=_facts(Fact.objects.filter(household=household), valid_on, known_at),
    )


def as_known(rows: "models.QuerySet[M]", known_at: datetime) -> list[M]:
    """The rows that were on record at a moment, each as it was then. Two queries."""
    return then_and_now(rows, known_at).then


@dataclass(frozen=True, slots=True)
class ThenAndNow(Generic[M]):
    """Rows as they were known at a moment and as they are; ``changes`` of each row, of all time, the newest first."""

    then: list[M]
    now: list[M]
    changes: dict[int, list[Change]]


def then_and_now(rows: "models.QuerySet[M]", known_at: datetime) -> ThenAndNow[M]:
    """Both sides of a comparison. Two queries."""
    now = list(rows.order_by("pk"))
    then = {row.pk: copy(row) for row in now if row.recorded_at <= known_at}
    changes: dict[int, list[Change]] = defaultdict(list)
    told = Change.objects.filter(table=rows.model._meta.db_table, row__in=[row.pk for row in now])
    for change in told.select_related("list").order_by("-pk"):
        changes[change.row].append(change)
        if change.at > known_at and change.row in then:
            _undo(then[change.row], change.old)
    return ThenAndNow(list(then.values()), now, changes)


def _undo(row: models.Model, old: dict[str, Any]) -> None:
    columns = {field.column: field for field in row._meta.concrete_fields}
    for column, value in old.items():
        field = columns[column]
        setattr(row, field.attname, None if value is None else _read(field, value))


def _read(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A value as PostgreSQL wrote it in JSON, as the model holds it."""
    if isinstance(field, EncryptedField):
        return field.from_db_value(bytes.fromhex(value.removeprefix("\\x")), None, None)
    if isinstance(field, models.BinaryField):
        return bytes.fromhex(value.removeprefix("\\x"))
    if isinstance(field, models.ForeignKey):
        return value
    return field.to_python(value)


def holds(row: Membership | Parentage | Fact, day: date) -> bool:
    """Whether it is said of that day."""
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_until is None or row.valid_until >= day)


def _facts(rows: "models.QuerySet[Fact]", valid_on: date, known_at: datetime) -> tuple[Fact, ...]:
    return tuple(counting(as_known(rows, known_at), valid_on))


def counting(facts: Iterable[Fact], day: date) -> list[Fact]:
    """Those that count on a day: neither replaced nor disputed."""
    return [one for one in facts if one.superseded_by_id is None and not one.is_disputed and holds(one, day)]
