"""What was believed of a family on a day, beside what is believed of that day now: what differs, by whom and why.

The family's own members and its household; who is registered elsewhere now is named and no more, unless the official's
scope holds them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from beneficiaries.models import Change, EvidenceList, Fact, Household, Membership, Parentage, Person
from beneficiaries.queries.believed import ThenAndNow, counting, holds, then_and_now
from beneficiaries.queries.called import rows_of
from beneficiaries.queries.family import Family, people_named, shown_values, source_of
from facts.catalogue import load_catalogue
from officials.models import Official
from portal.queries import places
from portal.queries.register import PARENT_KINDS
from portal.templatetags.portal_tags import relation
from standards import phone
from standards.code_lists import RELATION
from web.forms import listed, say

DAYS_SHOWN = 8
NOWHERE = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Who made the difference, when, and in what words; or the list that did."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: as it was believed then and as it is now (empty where nothing is said)."""

    label: str
    then: str
    now: str
    why: Sequence[Why] = ()

    @property
    def differs(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class Known:
    """All that was or is said of one person, or of the household (no name)."""

    name: str
    lines: Sequence[Line]

    @property
    def differs(self) -> bool:
        return any(one.differs for one in self.lines)


@dataclass(frozen=True, slots=True)
class Believed:
    """The family as it was believed; ``days`` are those on which the register of it was changed, the newest first."""

    known: Sequence[Known]
    elsewhere: Sequence[str]
    days: Sequence[date]
    is_unknown: bool

    @property
    def days_before(self) -> list[tuple[date, date]]:
        """Each day with the one before it."""
        return [(day, day - timedelta(days=1)) for day in self.days]


@dataclass(slots=True)
class _Rows:
    """Everything that is compared, and who is whom."""

    day: date
    known_at: datetime
    names: Mapping[int, str]
    officials: Mapping[str, str]
    places: places.Places
    people: ThenAndNow[Person]
    households: ThenAndNow[Household]
    memberships: ThenAndNow[Membership]
    parents: ThenAndNow[Parentage]
    facts: ThenAndNow[Fact]
    read_as: Mapping[int, int] = field(default_factory=dict)


def believed_of(family: Family, official: Official, *, valid_on: date, known_at: datetime) -> Believed:
    """The comparison for a family's page. Some fifteen queries, whatever the size of the family."""
    home = family.household.pk
    memberships = then_and_now(Membership.ever.filter(household=home).select_related("list"), known_at)
    then, now = _standing(memberships.then, valid_on), _standing(memberships.now, valid_on)
    read_as = rows_of([row for one in family.members for row in one.rows] + [*then, *now])
    in_scope = set(
        Person.objects.visible_to(official).filter(pk__in=list(read_as)).values_list("pk", flat=True)
    )
    rows = _rows(home, read_as, in_scope, memberships, valid_on, known_at)
    order = {row: n for n, one in enumerate(family.members) for row in one.rows}
    people = sorted({read_as[row] for row in in_scope}, key=lambda pk: (order.get(pk, len(order)), pk))
    known = [Known("", _household_lines(rows, home)), *(_person(rows, pk, home) for pk in people)]
    away = {read_as[row] for row in read_as if row not in in_scope} - set(people)
    return Believed(
        known=[one for one in known if one.lines],
        elsewhere=[rows.names[pk] for pk in sorted(away) if pk in rows.names],
        days=_days(rows),
        is_unknown=not any(one.division != NOWHERE for one in rows.households.then),
    )


def _standing(memberships: Iterable[Membership], day: date) -> list[int]:
    return [one.person_id for one in memberships if not one.is_disputed and holds(one, day)]


def _rows(
    home: int,
    read_as: Mapping[int, int],
    in_scope: set[int],
    memberships: ThenAndNow[Membership],
    day: date,
    known_at: datetime,
) -> _Rows:
    of_people = Fact.objects.filter(person__in=in_scope) | Fact.objects.filter(household=home)
    facts = then_and_now(of_people.select_related("list"), known_at)
    people = then_and_now(Person.objects.filter(pk__in=in_scope), known_at)
    households = then_and_now(Household.objects.filter(pk=home), known_at)
    parents = then_and_now(Parentage.ever.filter(child__in=in_scope).select_related("list"), known_at)
    both: list[Any] = [*people.then, *people.now, *households.then, *households.now]
    heads = {one.head_id for one in both if isinstance(one, Household) and one.head_id}
    named = {one.parent_id for one in [*parents.then, *parents.now]} | set(read_as.values()) | heads
    codes = {one.division for one in both} | {str(one.values.get("residence", "")) for one in facts.now}
    return _Rows(
        day=day, known_at=known_at, places=places.places_of(codes), people=people, households=households,
        names=dict(Person.objects.filter(pk__in=named).values_list("pk", "name")), officials=_officials(
            [*people.changes.values(), *households.changes.values(), *memberships.changes.values(),
             *parents.changes.values(), *facts.changes.values()], [*memberships.now, *parents.now, *facts.now]),
        memberships=memberships, parents=parents, facts=facts, read_as=read_as,
    )  # fmt: skip


def _officials(changes: Iterable[list[Change]], rows: Sequence[Any]) -> dict[str, str]:
    numbers = {one.by for each in changes for one in each} | {row.entered_by for row in rows}
    lists = {row.list.taken_by for row in rows if row.list}
    return places.names_of(numbers | lists)


def _household_lines(rows: _Rows, home: int) -> list[Line]:
    then = next((one for one in rows.households.then if one.pk == home), None)
    now = next(one for one in rows.households.now if one.pk == home)
    changes = rows.households.changes.get(home, [])
    lines = [
        _column(rows, gettext("Village"), _place(rows, then), _place(rows, now), changes, ["division"]),
        _column(
            rows, gettext("Head of household"), _head(rows, then), _head(rows, now), changes, ["head_id"]
        ),
    ]
    return [*lines, *_fact_lines(rows, lambda fact: fact.household_id == home)]


def _person(rows: _Rows, pk: int, home: int) -> Known:
    mine = {row for row, person in rows.read_as.items() if person == pk}
    then = next((one for one in rows.people.then if one.pk == pk), None)
    now = next((one for one in rows.people.now if one.pk == pk), None)
    changes = [one for row in mine for one in rows.people.changes.get(row, [])]
    lines = [
        _column(rows, gettext("Name"), then.name if then else "", now.name if now else "", changes, ["name"]),
        _column(rows, gettext("Phone"), _phone(then), _phone(now), changes, ["phone_index"]),
        _column(rows, gettext("Registered in"), _place(rows, then), _place(rows, now), changes, ["division"]),
        _relation_line(rows, mine),
        *_parent_lines(rows, mine),
    ]
    if any("merged_into_id" in one.old for one in changes):
        lines.append(_merged(rows, mine, changes))
    facts = _fact_lines(rows, lambda fact: fact.person_id in mine)
    return Known(rows.names.get(pk, ""), [one for one in [*lines, *facts] if one.then or one.now])


def _column(
    rows: _Rows, label: str, then: str, now: str, changes: Sequence[Change], columns: Sequence[str]
) -> Line:
    told = [one for one in changes if any(column in one.old for column in columns)]
    return Line(label, then, now, _why(rows, told) if then != now else ())


def _relation_line(rows: _Rows, mine: set[int]) -> Line:
    """How the person stood in this household on the day."""

    def said(memberships: Iterable[Membership]) -> str:
        for one in memberships:
            if one.person_id in mine and not one.is_disputed and holds(one, rows.day):
                since = gettext("since %(day)s") % {"day": one.valid_from.isoformat()}
                return f"{relation(RELATION.names.get(one.relation, ''))} · {since}"
        return gettext("not in this household")

    touched = [one for one in rows.memberships.now if one.person_id in mine]
    changes = [change for one in touched for change in rows.memberships.changes.get(one.pk, [])]
    then, now = said(rows.memberships.then), said(rows.memberships.now)
    made = [one for one in touched if one.recorded_at > rows.known_at]
    return Line(gettext("In this household"), then, now, _why(rows, changes, made) if then != now else ())


def _parent_lines(rows: _Rows, mine: set[int]) -> list[Line]:
    def said(parents: Iterable[Parentage]) -> str:
        found = [one for one in parents if one.child_id in mine and holds(one, rows.day)]
        return listed(
            rows.names.get(one.parent_id, "")
            + ("" if one.kind == "birth" else f" ({PARENT_KINDS[one.kind]})")
            for one in found
        )

    touched = [one for one in rows.parents.now if one.child_id in mine]
    changes = [change for one in touched for change in rows.parents.changes.get(one.pk, [])]
    then, now = said(rows.parents.then), said(rows.parents.now)
    made = [one for one in touched if one.recorded_at > rows.known_at]
    return [Line(gettext("Parents"), then, now, _why(rows, changes, made) if then != now else ())]


def _merged(rows: _Rows, mine: set[int], changes: Sequence[Change]) -> Line:
    """Two rows of the register that were or are one person."""

    def said(people: Iterable[Person]) -> str:
        return (
            gettext("one person")
            if any(one.merged_into_id for one in people if one.pk in mine)
            else gettext("two rows")
        )

    label, then, now = gettext("Rows of the register"), said(rows.people.then), said(rows.people.now)
    return _column(rows, label, then, now, changes, ["merged_into_id"])


def _fact_lines(rows: _Rows, about: Any) -> list[Line]:
    """Each thing that counted then or counts now; the same said by another list is no difference."""
    then = [one for one in counting(rows.facts.then, rows.day) if about(one)]
    now = [one for one in counting(rows.facts.now, rows.day) if about(one)]
    named = people_named([*then, *now])
    before = {_said(rows, one, named): one for one in then}
    after = {_said(rows, one, named): one for one in now}
    lines = []
    for (label, value), fact in sorted({**after, **before}.items(), key=lambda one: one[0]):
        old, new = before.get((label, value)), after.get((label, value))
        why: Sequence[Why] = ()
        if old is None or new is None:
            changes = rows.facts.changes.get(fact.pk, [])
            made = [fact] if fact.recorded_at > rows.known_at else _successor(rows, fact)
            why = _why(rows, changes, made)
        lines.append(Line(label, value if old else "", value if new else "", why))
    return lines


def _successor(rows: _Rows, fact: Fact) -> list[Fact]:
    """What has come in the place of a fact since."""
    now = next(one for one in rows.facts.now if one.pk == fact.pk)
    return [
        one
        for one in rows.facts.now
        if one.pk == now.superseded_by_id and one.pk != fact.pk and one.recorded_at > rows.known_at
    ]


def _said(rows: _Rows, fact: Fact, named: Mapping[int, str]) -> tuple[str, str]:
    kind = load_catalogue().kinds.get(fact.kind)
    if kind is None:
        return fact.kind, fact.valid_from.isoformat()
    since = fact.valid_from.isoformat()
    parts = [
        f"{say(one.label)} {rows.places.names.get(one.value.zh) or say(one.value)}"
        for one in shown_values(fact, kind, named)
        if one.value.zh not in ("", since)
    ]
    days = (
        f"{since}–{fact.valid_until.isoformat()}"
        if fact.valid_until
        else gettext("since %(day)s") % {"day": since}
    )
    return say(kind.words), (", " if _is_english() else "，").join([*parts, days])


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def _why(rows: _Rows, changes: Iterable[Change], made: Iterable[Any] = ()) -> list[Why]:
    """Every change since, and every row that came since, the newest first."""
    found = [
        Why(_by(rows, one.by), localtime(one.at), _title(one.list) or one.reason)
        for one in changes
        if one.at > rows.known_at
    ]
    for row in made:
        by = row.entered_by or (row.list.taken_by if row.list else "")
        reason = say(source_of(row)) if isinstance(row, Fact) else _title(row.list)
        if reason or by:
            found.append(Why(_by(rows, by), localtime(row.recorded_at), reason))
    unique = {(one.by, one.at.date(), one.reason): one for one in sorted(found, key=lambda one: one.at)}
    return sorted(unique.values(), key=lambda one: one.at, reverse=True)


def _title(evidence: EvidenceList | None) -> str:
    return (evidence.title or evidence.file_name) if evidence else ""


def _by(rows: _Rows, number: str) -> str:
    return rows.officials.get(number, number)


def _days(rows: _Rows) -> list[date]:
    """The days on which a row of the family was changed, the newest first."""
    sides: list[ThenAndNow[Any]] = [rows.people, rows.households, rows.memberships, rows.parents, rows.facts]
    days = {
        localtime(one.at).date() for side in sides for changes in side.changes.values() for one in changes
    }
    return sorted(days, reverse=True)[:DAYS_SHOWN]


def _place(rows: _Rows, row: Person | Household | None) -> str:
    return rows.places.full(row.division) if row is not None and row.division != NOWHERE else ""


def _head(rows: _Rows, row: Household | None) -> str:
    return rows.names.get(row.head_id or 0, "") if row is not None else ""


def _phone(row: Person | None) -> str:
    return f"•••• {phone.mask(row.phone)[-4:]}" if row is not None and row.phone else ""
