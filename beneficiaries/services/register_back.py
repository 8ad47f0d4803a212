"""What a withdrawn register list brought beside facts: memberships, parents, changed columns, people and households."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Model, QuerySet

from beneficiaries.models import AlsoSaid, EvidenceList, Fact, Household, Membership, Parentage, Person
from beneficiaries.models.people import NEVER, NOWHERE
from beneficiaries.services.staging import execute, select, set_values
from beneficiaries.terms import terms_of

HEAD = ("01", "02")
# What a register list changes in place: the column, its field and its type.
_COLUMNS: dict[type[Model], dict[str, tuple[str, str]]] = {
    Person: {
        "name": ("name", "text"),
        "division": ("division", "text"),
        "phone": ("phone", "bytea"),
        "phone_index": ("phone_index", "bytea"),
        "phone_last4": ("phone_last4", "bytea"),
    },
    Household: {"head_id": ("head", "bigint"), "division": ("division", "text")},
    Membership: {"relation": ("relation", "text")},
}


def take_back_register(evidence: EvidenceList) -> None:
    """Take back all but the facts, which have been taken back before. Needs the caller's transaction and reason.

    The list may still be ``taken``: what it says itself is left out everywhere.
    """
    _memberships(evidence)
    for model, columns in _COLUMNS.items():
        _changes(evidence, model, columns)
    _phones(evidence)
    _names(evidence)
    _parents(evidence)
    _people(evidence)
    _villages(evidence)
    _households(evidence)


def _memberships(evidence: EvidenceList) -> None:
    """They hold on no day any more; who is said to stand there by another list stands there by that one."""
    gone = list(Membership.objects.filter(list=evidence))
    people = {one.person_id for one in gone}
    left = _left(evidence, people)
    first: dict[tuple[int, int], AlsoSaid] = {}
    newest: dict[tuple[int, int], AlsoSaid] = {}
    said = _by_others(evidence).filter(person__in=people, household__isnull=False)
    for one in said.order_by("pk"):
        stood = one.person_id, one.household_id or 0
        newest[stood] = one
        first.setdefault(stood, one)
    set_values(
        Membership, "valid_until", "date", [(one.pk, one.valid_from - timedelta(days=1)) for one in gone]
    )
    Membership.objects.bulk_create(
        [
            made
            for one in gone
            if (too := first.get((one.person_id, one.household_id)))
            and (
                made := _instead(
                    one, too, newest[too.person_id, one.household_id].relation, left[one.person_id]
                )
            )
        ],
        batch_size=1000,
    )
    _relations(evidence)
    _undispute(people)


def _relations(evidence: EvidenceList) -> None:
    """Who stands in the place of a membership that went before, in the relation that this list said last, stands in the one
    that the newest of the others says."""
    mine = AlsoSaid.objects.filter(list=evidence, household__isnull=False)
    said = {(one.person_id, one.household_id): one.relation for one in mine.order_by("pk")}
    people = {person for person, _ in said}
    stands = Membership.objects.filter(person__in=people, entered_by="").exclude(corrects=None)
    newest = {
        (one.person_id, one.household_id): one.relation
        for one in _by_others(evidence).filter(person__in=people, household__isnull=False).order_by("pk")
    }
    pairs = [
        (one.pk, newest[stood])
        for one in stands.exclude(list=evidence)
        if (stood := (one.person_id, one.household_id)) in newest and said.get(stood) == one.relation
    ]
    set_values(Membership, "relation", "text", pairs)


def _left(evidence: EvidenceList, people: set[int]) -> dict[int, list[date]]:
    """The last days of those who stood in a household by other lists or entries, and left it."""
    left: dict[int, list[date]] = defaultdict(list)
    stood = Membership.objects.filter(person__in=people, is_disputed=False, valid_until__gte=F("valid_from"))
    for person, last in stood.exclude(list=evidence).values_list("person", "valid_until"):
        if last is not None:
            left[person].append(last)
    return left


def _instead(gone: Membership, too: AlsoSaid, relation: str, left: list[date]) -> Membership | None:
    """The same membership since the first of the other lists says it, in the relation that the newest says; not before the
    person left the household they stood in before."""
    assert too.valid_from is not None
    first = max([too.valid_from, *(last + timedelta(days=1) for last in left if last < gone.valid_from)])
    if gone.valid_until is not None and gone.valid_until < first:
        return None
    return Membership(
        household_id=gone.household_id,
        person_id=gone.person_id,
        relation=relation,
        valid_from=first,
        valid_until=gone.valid_until,
        is_disputed=gone.is_disputed,
        list_id=too.list_id,
        corrects=gone,
    )


def _undispute(people: set[int]) -> None:
    """Who stands in one open household again is in no dispute about it."""
    standing: dict[int, list[Membership]] = defaultdict(list)
    for one in Membership.objects.filter(person__in=people, valid_until=None):
        standing[one.person_id].append(one)
    alone = [found[0].pk for found in standing.values() if len(found) == 1 and found[0].is_disputed]
    Membership.objects.filter(pk__in=alone).update(is_disputed=False)


def _changes(evidence: EvidenceList, model: type[Model], columns: dict[str, tuple[str, str]]) -> None:
    """Columns hold again what they held before the list, where nobody changed them since and no other list says it too."""
    table = model._meta.db_table
    mine = select(
        """SELECT DISTINCT ON (c."row", e.key) c."row", e.key, e.value #>> '{}'
           FROM beneficiaries_change c, jsonb_each(c.old) e
           WHERE c.list_id = %s AND c."table" = %s AND e.key = ANY(%s)
             AND NOT (e.key = 'division' AND e.value #>> '{}' = '')  -- who stands nowhere is asked last
             AND NOT EXISTS (SELECT FROM beneficiaries_change l WHERE l."table" = c."table" AND l."row" = c."row"
                             AND l.id > c.id AND l.list_id IS DISTINCT FROM c.list_id AND l.old ? e.key)
           ORDER BY c."row", e.key, c.id""",
        evidence.pk,
        table,
        list(columns),
    )
    kept = _said_too(evidence, model, [row for row, _, _ in mine])
    back: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for row, column, value in mine:
        if (row, column) not in kept:
            back[column].append((row, value))
    for column, pairs in back.items():
        name, kind = columns[column]
        set_values(model, name, kind, [(row, _read(value, kind)) for row, value in pairs])
    if model is Person:
        _find_anew({row for row, _ in back["name"] + back["division"]})


# Who has the phone with which the list brought them: nobody changed it, and no other list says it. Parameter: the list.
_BROUGHT_WITH_A_PHONE = """
SELECT DISTINCT p.id FROM beneficiaries_fact f JOIN beneficiaries_person p ON p.id = f.person_id
WHERE f.list_id = %(list)s AND f.kind = 'register' AND p.phone_index IS NOT NULL
  AND NOT EXISTS (SELECT FROM beneficiaries_fact o
                  WHERE o.person_id = p.id AND o.kind = 'register' AND o.list_id < %(list)s)
  AND NOT EXISTS (SELECT FROM beneficiaries_change c WHERE c."table" = 'beneficiaries_person' AND c."row" = p.id
                  AND c.old ? 'phone_index')
  AND NOT EXISTS (SELECT FROM beneficiaries_alsosaid a JOIN beneficiaries_evidencelist e ON e.id = a.list_id
                  AND e.state = 'taken' AND e.id <> %(list)s
                  WHERE a.person_id = p.id AND a.phone_index = p.phone_index)"""


def _phones(evidence: EvidenceList) -> None:
    """A phone that came with the person is the list's word like any other."""
    people = [key for (key,) in select(_BROUGHT_WITH_A_PHONE, {"list": evidence.pk})]
    Person.objects.filter(pk__in=people).update(phone=None, phone_index=None, phone_last4=None)


def _find_anew(people: set[int]) -> None:
    named = list(Person.objects.filter(pk__in=people))
    for person in named:
        person.terms = terms_of(person.name) if person.division != NOWHERE else []
    Person.objects.bulk_update(named, ["terms"], batch_size=1000)


# Whom a withdrawn list brought under a name that no list says any more, with the first name that one does say. A name that
# a person corrected stays. Parameters: the list; of whom other lists say another name, as few are.
_OTHERWISE_NAMED = """
SELECT p.id, (array_agg(a.name ORDER BY a.id))[1] FROM beneficiaries_person p
JOIN beneficiaries_evidencelist b ON b.id = p.list_id AND (b.state = 'withdrawn' OR b.id = %(list)s)
JOIN beneficiaries_alsosaid a ON a.person_id = p.id AND a.name <> ''
JOIN beneficiaries_evidencelist e ON e.id = a.list_id AND e.state = 'taken' AND e.id <> %(list)s
WHERE p.id = ANY(%(people)s)
  AND p.id IN (SELECT f.person_id FROM beneficiaries_fact f WHERE f.list_id = %(list)s AND f.kind = 'register')
  AND NOT EXISTS (
    SELECT FROM beneficiaries_fact f JOIN beneficiaries_evidencelist t ON t.id = f.list_id AND t.state = 'taken'
    WHERE f.person_id = p.id AND f.kind = 'register' AND t.id <> %(list)s AND NOT f.is_derived AND NOT EXISTS (
      SELECT FROM beneficiaries_alsosaid s
      WHERE s.list_id = f.list_id AND s.person_id = p.id AND s.name NOT IN ('', p.name)))
  AND NOT EXISTS (SELECT FROM audit_trailrow r WHERE r."table" = 'beneficiaries_person' AND r.object_id = p.id
                  AND r.verb = 'correct' AND r.detail ->> 'column' = 'name')
GROUP BY p.id"""


def _names(evidence: EvidenceList) -> None:
    """Who is said under other names alone is called by the first of them."""
    other = _by_others(evidence).filter(person__isnull=False).exclude(name="").exclude(name=F("person__name"))
    people = list(other.values_list("person", flat=True).distinct())
    named = select(_OTHERWISE_NAMED, {"list": evidence.pk, "people": people})
    set_values(Person, "name", "text", [(person, name) for person, name in named])
    _find_anew({person for person, _ in named})


def _read(value: str | None, kind: str) -> Any:
    """A value as PostgreSQL wrote it in JSON."""
    if value is None or kind == "text":
        return value
    return bytes.fromhex(value.removeprefix("\\x")) if kind == "bytea" else int(value)


_SAID_TOO = {
    Person: """
        SELECT p.id, c FROM beneficiaries_person p, unnest(ARRAY['phone', 'phone_index', 'phone_last4']) c
        WHERE p.id = ANY(%(rows)s) AND EXISTS (SELECT FROM beneficiaries_alsosaid a JOIN beneficiaries_evidencelist e
          ON e.id = a.list_id AND e.state = 'taken' AND e.id <> %(list)s
          WHERE a.person_id = p.id AND a.phone_index = p.phone_index)
        UNION ALL
        SELECT p.id, c FROM beneficiaries_person p, unnest(ARRAY['name', 'division']) c
        WHERE p.id = ANY(%(rows)s) AND EXISTS (SELECT FROM beneficiaries_fact f WHERE f.person_id = p.id
          AND f.kind = 'register' AND f.superseded_by_id IS NULL AND f.values ->> 'residence' = p.division
          AND (c = 'name' OR NOT f.is_disputed))""",
    Household: """
        SELECT h.id, 'head_id' FROM beneficiaries_household h WHERE h.id = ANY(%(rows)s) AND EXISTS (
          SELECT FROM beneficiaries_membership m WHERE m.household_id = h.id AND m.person_id = h.head_id
            AND m.relation = ANY(%(head)s) AND (m.valid_until IS NULL OR m.valid_until >= m.valid_from))
        UNION ALL
        SELECT h.id, 'division' FROM beneficiaries_household h WHERE h.id = ANY(%(rows)s) AND EXISTS (
          SELECT FROM beneficiaries_membership m WHERE m.household_id = h.id
            AND (m.valid_until IS NULL OR m.valid_until >= m.valid_from))""",
    Membership: """
        SELECT m.id, 'relation' FROM beneficiaries_membership m WHERE m.id = ANY(%(rows)s) AND EXISTS (
          SELECT FROM beneficiaries_alsosaid a JOIN beneficiaries_evidencelist e ON e.id = a.list_id AND e.state = 'taken'
            AND e.id <> %(list)s
          WHERE a.person_id = m.person_id AND a.household_id = m.household_id AND a.relation = m.relation)""",
}


def _said_too(evidence: EvidenceList, model: type[Model], rows: list[int]) -> set[tuple[int, str]]:
    """(row, column) of those whose value of today another taken list says as well."""
    told = {"rows": rows, "head": list(HEAD), "list": evidence.pk}
    return {(row, column) for row, column in select(_SAID_TOO[model], told)}


def _by_others(evidence: EvidenceList) -> "QuerySet[AlsoSaid]":
    """What other taken lists say again; the list itself is still taken while it is undone."""
    found: QuerySet[AlsoSaid] = AlsoSaid.objects.filter(list__state="taken").exclude(list=evidence)
    return found


def _parents(evidence: EvidenceList) -> None:
    """Parents hold no more, unless another list names them too; those awaited by this list are awaited no more."""
    gone = list(Parentage.objects.filter(list=evidence))
    children = {one.child_id for one in gone}
    said = _by_others(evidence).filter(person__in=children, parent__isnull=False).order_by("-pk")
    also = {(one.person_id, one.parent_id): one.list_id for one in said}
    Parentage.objects.filter(pk__in=[one.pk for one in gone]).update(valid_until=NEVER)
    Parentage.objects.bulk_create(
        [
            Parentage(
                child_id=one.child_id, parent_id=one.parent_id, kind=one.kind, list_id=source, corrects=one
            )
            for one in gone
            if (source := also.get((one.child_id, one.parent_id)))
        ],
        batch_size=1000,
    )
    execute("DELETE FROM beneficiaries_awaitedparent WHERE list_id = %s", evidence.pk)


def _people(evidence: EvidenceList) -> None:
    """Whom nobody else speaks of stands nowhere; a parent among them is awaited again by the lists that name one."""
    found = select(
        """SELECT p.id FROM beneficiaries_person p
           WHERE p.id IN (SELECT f.person_id FROM beneficiaries_fact f WHERE f.list_id = %s AND f.kind = 'register')
             AND NOT EXISTS (SELECT FROM beneficiaries_fact f WHERE f.person_id = p.id AND f.superseded_by_id IS NULL)
             AND NOT EXISTS (SELECT FROM beneficiaries_membership m WHERE m.person_id = p.id
                             AND (m.valid_until IS NULL OR m.valid_until >= m.valid_from))
             AND NOT EXISTS (SELECT FROM beneficiaries_account a WHERE a.owner_id = p.id
                             AND a.state IN ('entered', 'verified'))""",
        evidence.pk,
    )
    nowhere = [person for (person,) in found]
    execute(
        """INSERT INTO beneficiaries_awaitedparent (child_id, citizen_id_index, list_id)
           SELECT DISTINCT s.child_id, p.citizen_id_index, s.list_id FROM (
               SELECT child_id, parent_id, list_id FROM beneficiaries_parentage WHERE valid_until IS DISTINCT FROM %(never)s
               UNION SELECT person_id, parent_id, list_id FROM beneficiaries_alsosaid WHERE parent_id IS NOT NULL) s
             JOIN beneficiaries_person p ON p.id = s.parent_id JOIN beneficiaries_evidencelist e ON e.id = s.list_id
           WHERE s.parent_id = ANY(%(people)s) AND e.state = 'taken' AND e.id <> %(list)s
             AND NOT s.child_id = ANY(%(people)s)
           ORDER BY 1, 3 ON CONFLICT DO NOTHING""",
        {"never": NEVER, "people": nowhere, "list": evidence.pk},
    )
    Parentage.objects.filter(parent__in=nowhere).update(valid_until=NEVER)
    Person.objects.filter(pk__in=nowhere).update(division=NOWHERE, terms=[])


# Whom a withdrawn list brought to a village where no list and no household has them any more, with the village that the
# newest word on record says. Parameters: the list.
_LIVES_OTHERWISE = """
SELECT p.id, (array_agg(f.values ->> 'residence' ORDER BY f.valid_from DESC, f.id DESC))[1] FROM beneficiaries_person p
JOIN beneficiaries_evidencelist b ON b.id = p.list_id AND (b.state = 'withdrawn' OR b.id = %(list)s)
JOIN beneficiaries_fact f ON f.person_id = p.id AND f.kind = 'register' AND f.superseded_by_id IS NULL
WHERE p.id IN (SELECT f.person_id FROM beneficiaries_fact f WHERE f.list_id = %(list)s AND f.kind = 'register')
  AND p.division <> '' AND f.values ->> 'residence' <> ''
  AND NOT EXISTS (SELECT FROM beneficiaries_fact o WHERE o.person_id = p.id AND o.kind = 'register'
                  AND o.superseded_by_id IS NULL AND o.values ->> 'residence' = p.division)
  AND NOT EXISTS (SELECT FROM beneficiaries_membership m WHERE m.person_id = p.id AND m.valid_until IS NULL
                  AND (SELECT h.division FROM beneficiaries_household h WHERE h.id = m.household_id) = p.division)
GROUP BY p.id"""
# Whom the newest word of a list puts in another village, now that nothing is against it; who was moved into a household by
# a person lives there. Parameters: the facts that were looked at again.
_LIVES_NOW = """
SELECT p.id, f.values ->> 'residence' FROM beneficiaries_fact f JOIN beneficiaries_person p ON p.id = f.person_id
WHERE f.id = ANY(%(facts)s) AND f.kind = 'register' AND f.superseded_by_id IS NULL AND NOT f.is_disputed
  AND f.list_id IS NOT NULL AND f.values ->> 'residence' <> '' AND p.division NOT IN ('', f.values ->> 'residence')
  AND NOT EXISTS (SELECT FROM beneficiaries_fact o WHERE o.person_id = p.id AND o.kind = 'register'
                  AND o.superseded_by_id IS NULL AND o.valid_from > f.valid_from)
  AND NOT EXISTS (SELECT FROM beneficiaries_membership m WHERE m.person_id = p.id AND m.valid_until IS NULL
                  AND m.entered_by <> '')"""
# Heads whom the withdrawn list brought to their household and no other list calls its head, with the head whom another
# list has there. A head whom a person named stays while standing there.
_HEADS_GONE = """
SELECT h.id, (SELECT m.person_id FROM beneficiaries_membership m WHERE m.household_id = h.id
              AND m.relation = ANY(%(head)s) AND (m.valid_until IS NULL OR m.valid_until >= m.valid_from)
              ORDER BY m.valid_until DESC NULLS FIRST, m.id LIMIT 1) FROM beneficiaries_household h
WHERE h.id IN (SELECT m.household_id FROM beneficiaries_membership m WHERE m.list_id = %(list)s)
  AND EXISTS (SELECT FROM beneficiaries_membership m WHERE m.household_id = h.id
              AND m.person_id = h.head_id AND m.list_id = %(list)s)
  AND NOT EXISTS (SELECT FROM beneficiaries_membership m WHERE m.household_id = h.id AND m.person_id = h.head_id
                  AND (m.valid_until IS NULL OR m.valid_until >= m.valid_from)
                  AND (m.relation = ANY(%(head)s) OR EXISTS (
                    SELECT FROM audit_trailrow r WHERE r."table" = 'beneficiaries_household' AND r.object_id = h.id
                    AND r.verb = 'correct' AND r.detail ->> 'column' = 'head')))
  AND EXISTS (SELECT FROM beneficiaries_membership m WHERE m.household_id = h.id
              AND (m.valid_until IS NULL OR m.valid_until >= m.valid_from))"""


def _villages(evidence: EvidenceList) -> None:
    """Who is still on the register, but not where this list had them, is where the others say; a household has no head
    whom nobody calls so."""
    told = {"list": evidence.pk, "head": list(HEAD)}
    moved = select(_LIVES_OTHERWISE, told)
    set_values(Person, "division", "text", moved)
    _find_anew({person for person, _ in moved})
    set_values(Household, "head", "bigint", select(_HEADS_GONE, told))


def move_where_counted(facts: Iterable[Fact]) -> None:
    """Words that count again, as nothing is against them any more, say where their people live, as on the day they came."""
    set_values(Person, "division", "text", select(_LIVES_NOW, {"facts": [fact.pk for fact in facts]}))


def _households(evidence: EvidenceList) -> None:
    """A household in which nobody stands or stood, and of which nothing is said, stands nowhere."""
    execute(
        """UPDATE beneficiaries_household h SET division = %s
           WHERE h.id IN (SELECT m.household_id FROM beneficiaries_membership m WHERE m.list_id = %s)
             AND NOT EXISTS (SELECT FROM beneficiaries_membership m WHERE m.household_id = h.id
                             AND (m.valid_until IS NULL OR m.valid_until >= m.valid_from))
             AND NOT EXISTS (SELECT FROM beneficiaries_fact f WHERE f.household_id = h.id AND f.superseded_by_id IS NULL)""",
        NOWHERE,
        evidence.pk,
    )
