"""One family as its page shows it: who, which facts with their sources, whose child, which accounts, which doubts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, JSONField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, JSONObject, Left
from django.utils.timezone import localtime

from beneficiaries.models import Account, Doubt, Fact, Household, Membership, Person
from beneficiaries.queries.called import rows_of
from beneficiaries.queries.corrected import Corrected, changes_sql, corrected
from beneficiaries.queries.differing import is_entry
from beneficiaries.queries.kin import around
from facts.catalogue import Field, Kind, load_catalogue
from officials.models import Division, Official
from standards import bank_card, citizen_id, phone
from standards.code_lists import RELATION
from standards.money import yuan
from standards.words import Words

FACTS_MAX = 400  # of one family: years of monthly lists; older ones are on the person's own page


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a fact in words."""

    label: Words
    value: Words


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact with its source, as text that may be shown; ``by`` took the list or entered the paper on ``source_on``."""

    fact: Fact
    kind: Kind
    shown: tuple[Shown, ...]
    source: Words
    source_on: date
    by: str


@dataclass(frozen=True, slots=True)
class Member:
    """One member: masked numbers only. ``rows`` are all the rows of the register that are this person.

    ``joined_at`` is when the household got its entry. ``custody``: who has it (nobody while it is disputed); None where
    no record is.
    """

    person: Person
    rows: tuple[int, ...]
    relation: str
    masked_id: str
    masked_phone: str
    age: int
    died_on: date | None
    parents: tuple[Person, ...]
    custody: tuple[int, ...] | None
    facts: tuple[FactLine, ...]
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """Who is of another county beside a member: ``tie`` parentage, marriage or custody; with what papers say of them."""

    person: Person
    tie: str
    masked_id: str
    facts: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person read off a paper, whatever stands for it now, with its open doubts."""

    fact: Fact
    shown: tuple[Shown, ...]
    doubts: tuple[Doubt, ...]
    by: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    account: Account
    masked: str


@dataclass(frozen=True, slots=True)
class Family:
    """A household and all that hangs on it, as of ``on``. ``standing`` are those who are in it with no last day.

    ``entered``: the facts from papers, the newest first, with what was taken back; ``corrected``: what was changed.
    """

    household: Household
    village: str
    township: str
    standing: tuple[int, ...]
    members: tuple[Member, ...]
    away: tuple[Away, ...]
    facts: tuple[FactLine, ...]
    entered: tuple[Entered, ...]
    accounts: tuple[AccountLine, ...]
    doubts: tuple[Doubt, ...]
    corrected: tuple[Corrected, ...]

    @property
    def everybody(self) -> list[tuple[Person, tuple[FactLine, ...]]]:
        """The members and those beside them, each with what is said of them."""
        beside = [(one.person, one.facts) for one in self.away]
        return [*((one.person, one.facts) for one in self.members), *beside]


def household_of(person: Person, *, on: date) -> Household | None:
    """The household a person stands in on a day; disputed memberships do not count.

    Of a person on record under several rows: that of the row that stays, else of the oldest.
    """
    rows = rows_of([person.pk])
    standing = Membership.objects.filter(person__in=list(rows), is_disputed=False, valid_from__lte=on)
    found = standing.filter(Q(valid_until=None) | Q(valid_until__gte=on)).select_related("household")
    memberships = sorted(found, key=lambda one: (one.person_id != rows[one.person_id], one.person_id))
    first = [one for one in memberships if one.person_id == memberships[0].person_id]
    return max(first, key=lambda one: one.valid_from).household if first else None


def family(household_id: int, *, official: Official, on: date) -> Family | None:
    """The family of a household in the official's scope, or None. Six queries whatever its size."""
    places = Division.objects.filter(
        Q(code=OuterRef("division")) | Q(code=Concat(Left(OuterRef("division"), 9), Value("000")))
    )
    household = (
        Household.objects.visible_to(official)
        .annotate(
            places=ArraySubquery(places.values_list(JSONObject(code="code", name="name"))),
            changes=changes_sql(),
        )
        .select_related("head")
        .filter(pk=household_id)
        .first()
    )
    if household is None:
        return None
    memberships = _once(_memberships(household, on), household, on)
    rows = {row: one.person for one in memberships for row in _rows(one)}
    parents, away = around(rows, on)
    rows |= {pk: one for pk, (one, _) in away.items()}
    facts = _facts(household, list(rows))
    lines = _fact_lines([fact for fact in facts if fact.superseded_by_id is None])
    names = {place["code"]: place["name"] for place in household.places}
    accounts = Account.objects.filter(owner__in=list(rows)).select_related("owner").order_by("owner", "-pk")
    doubts = _doubts(facts, list(rows))
    return Family(
        household=household,
        village=names.get(household.division, ""),
        township=names.get(f"{household.division[:9]}000", ""),
        standing=tuple(
            one.person_id for one in memberships if one.valid_until is None and not one.is_disputed
        ),
        members=tuple(_member(membership, lines, parents, on) for membership in memberships),
        away=tuple(_away(*one, lines) for one in away.values()),
        facts=tuple(line for line in lines if line.fact.household_id == household.pk),
        entered=_entered(facts, rows, doubts),
        accounts=tuple(AccountLine(account, bank_card.mask(account.number)) for account in accounts),
        doubts=tuple(
            one for one in doubts if one.person_id in rows and one.division.startswith(official.scope)
        ),
        corrected=corrected(household.changes),
    )


def _memberships(household: Household, on: date) -> "QuerySet[Membership]":
    others = Person.objects.filter(merged_into=OuterRef("person")).order_by("pk").values("pk")
    return (
        Membership.objects.filter(household=household, valid_from__lte=on)
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .select_related("person__merged_into")
        .annotate(others=ArraySubquery(others))
        .order_by("relation", "person__born_on", "pk")
    )


def _rows(membership: Membership) -> list[int]:
    """Every row of the register that is this member."""
    others: list[int] = membership.others  # type: ignore[attr-defined]  # annotated by _memberships
    return [membership.person_id, *others]


def _once(found: "QuerySet[Membership]", household: Household, on: date) -> list[Membership]:
    """Each person once: whose row was merged into another is shown as that one, unless they stand elsewhere.

    Nothing is asked where nobody is merged.
    """
    memberships = list(found)
    moved = [one for one in memberships if one.person.merged_into_id]
    if not moved:
        return memberships
    own = [one for one in memberships if not one.person.merged_into_id]
    seen = {one.person_id for one in own}
    for one in moved:
        stays = one.person.merged_into
        assert stays is not None
        if stays.pk not in seen and household_of(stays, on=on) == household:
            seen.add(stays.pk)
            one.others = sorted(set(rows_of([stays.pk])) - {stays.pk})  # type: ignore[attr-defined]  # as annotated
            one.person = stays
            own.append(one)
    return own


def _facts(household: Household, rows: list[int]) -> list[Fact]:
    """With ``by``, who took the list or entered the paper, ``who``, that official's name, and ``named``, whom it names."""
    about = Q(household=household) | Q(person__in=rows)
    facts = Fact.objects.filter(about, Q(superseded_by=None) | Q(list=None))
    facts = facts.select_related("list", "superseded_by")
    named = facts.annotate(
        by=Case(When(list=None, then="entered_by"), default="list__taken_by"),
        who=Subquery(Official.objects.filter(number=OuterRef("by")).values("name")[:1]),
        named=_people_named_sql(),
    )
    return list(named.order_by("-valid_from", "-pk")[:FACTS_MAX])


def _people_named_sql() -> RawSQL:
    """SQL: the people a fact names (a parent, a spouse, who has custody): {key: name}."""
    kinds = [kind for kind in load_catalogue().kinds.values() if kind.people]
    keys = sorted({field.key for kind in kinds for field in kind.people})
    return RawSQL(
        """CASE WHEN beneficiaries_fact.kind = ANY(%s) THEN (
             SELECT jsonb_object_agg(p.id, p.name) FROM beneficiaries_person p WHERE p.id IN (
               SELECT v::bigint FROM jsonb_each_text(beneficiaries_fact."values") e(k, v) WHERE k = ANY(%s))) END""",
        [[kind.name for kind in kinds], keys],
        output_field=JSONField(),
    )


def _names(facts: Iterable[Fact]) -> dict[int, str]:
    """The names of the people whom these facts name, as they were read with them."""
    return {int(key): name for fact in facts for key, name in (getattr(fact, "named", None) or {}).items()}


def _doubts(facts: list[Fact], rows: list[int]) -> list[Doubt]:
    """The open doubts about these people, and about what was entered for the family. One query."""
    entered = [fact.pk for fact in facts if is_entry(fact)]
    found = Doubt.objects.filter(Q(person__in=rows) | Q(fact__in=entered), settled_on=None)
    return list(found.select_related("person").order_by("pk"))


def _entered(facts: list[Fact], of_key: dict[int, Person], doubts: list[Doubt]) -> tuple[Entered, ...]:
    """What papers said, each paper's word by itself, with the open doubts about it or about what stands for it."""
    entered = [fact for fact in facts if is_entry(fact) and not fact.is_derived]
    for fact in entered:
        fact.person = of_key.get(fact.person_id or 0)
    kinds, names = load_catalogue().kinds, _names(entered)
    return tuple(
        Entered(
            fact=fact,
            shown=shown_values(fact, kinds[fact.kind], names),
            doubts=tuple(one for one in doubts if one.fact_id in _rows_of(fact)),
            by=_by(fact),
        )
        for fact in sorted(entered, key=lambda fact: fact.pk, reverse=True)
        if fact.kind in kinds
    )


def _rows_of(entry: Fact) -> tuple[int, ...]:
    """The rows about which a doubt is about the entry: its own, and one that was worked out with it."""
    made = entry.superseded_by
    return (entry.pk, made.pk) if made is not None and made.is_derived else (entry.pk,)


def _by(fact: Fact) -> str:
    """The name of who took the list or entered the paper; a number nobody has any more stays."""
    return str(getattr(fact, "who", None) or getattr(fact, "by", ""))


def _member(
    membership: Membership, lines: list[FactLine], parents: Mapping[int, list[Person]], on: date
) -> Member:
    person, rows = membership.person, _rows(membership)
    own = tuple(line for line in lines if line.fact.person_id in rows)
    died = next(
        (line.fact.valid_from for line in own if line.kind.name == "death" and not line.fact.is_disputed),
        None,
    )
    until = min(on, died) if died else on
    birthday_over = (until.month, until.day) >= (person.born_on.month, person.born_on.day)
    return Member(
        person=person,
        rows=tuple(rows),
        relation=RELATION.names.get(membership.relation, ""),
        masked_id=citizen_id.mask(person.citizen_id),
        masked_phone=phone.mask(person.phone) if person.phone else "",
        age=until.year - person.born_on.year - (not birthday_over),
        died_on=died,
        parents=tuple(
            {one.merged_into_id or one.pk: one for row in rows for one in parents.get(row, ())}.values()
        ),
        custody=_custody(own, on),
        facts=own,
        joined_at=membership.recorded_at,
    )


def _away(person: Person, tie: str, lines: list[FactLine]) -> Away:
    own = (line for line in lines if line.fact.person_id == person.pk)
    return Away(person, tie, citizen_id.mask(person.citizen_id), tuple(own))


def _custody(lines: Iterable[FactLine], on: date) -> tuple[int, ...] | None:
    facts = [line.fact for line in lines if line.kind.name == "custody"]
    holding = [
        one for one in facts if one.valid_from <= on and (one.valid_until is None or one.valid_until >= on)
    ]
    if not holding:
        return None
    return tuple({one.values["guardian"] for one in holding if not one.is_disputed})


def _fact_lines(facts: list[Fact]) -> list[FactLine]:
    kinds, people = load_catalogue().kinds, _names(facts)
    return [
        FactLine(
            fact,
            kinds[fact.kind],
            shown_values(fact, kinds[fact.kind], people),
            source_of(fact),
            _source_day(fact),
            _by(fact),
        )
        for fact in facts
        if fact.kind in kinds
    ]


def source_of(fact: Fact) -> Words:
    """Where a fact comes from: the list by its title, or the paper."""
    if fact.list:
        name = fact.list.title or fact.list.file_name
        return Words(name, name)
    return load_catalogue().papers.get(fact.paper) or Words("柜台登记", "Entered at the counter")


def _source_day(fact: Fact) -> date:
    if fact.list:
        return fact.list.taken_on or fact.list.uploaded_on
    return localtime(fact.recorded_at).date()


def people_named(facts: Iterable[Fact]) -> dict[int, str]:
    """The names of the other people whom facts name (a parent, a spouse), by key. One query, where any is named."""
    kinds = load_catalogue().kinds
    keys = {
        fact.values[field.key]
        for fact in facts
        if fact.kind in kinds
        for field in kinds[fact.kind].people
        if field.key in fact.values
    }
    return dict(Person.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def shown_values(fact: Fact, kind: Kind, people: Mapping[int, str] | None = None) -> tuple[Shown, ...]:
    """The fields of a fact in words, in the order of its kind file. ``people`` are :func:`people_named`."""
    names = people_named([fact]) if people is None else people
    told = [(field, fact.values[key]) for key, field in kind.fields.items() if key in fact.values]
    return tuple(
        Shown(field.words, _name(names, value) if field.type == "person" else value_words(field, value))
        for field, value in told
    )


def _name(names: Mapping[int, str], key: int) -> Words:
    name = names.get(key, "")
    return Words(name, name)


def value_words(field: Field, value: object) -> Words:
    """A stored value as people read it."""
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    if isinstance(value, list):
        parts = [value_words(field, one) for one in value]
        return Words("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
    if field.type == "money" and isinstance(value, int):
        return Words(f"{yuan(value)} 元", f"{yuan(value)} yuan")
    if field.values and isinstance(value, str) and value in field.codes:
        return field.value(value).words
    return Words(str(value), str(value))
