"""Whose child, as far as a register says it.

By the columns for the parents' ID numbers; where a row has neither, a child of the head is also the child of the
head's spouse. An adopted or a step-child (27, 37) is told apart by no list, so nothing is written for it, nor for
grandchildren and others: a parent not on record is not known.
"""

from datetime import date

from beneficiaries.models.people import NEVER
from beneficiaries.services.outcome import Taking
from beneficiaries.services.staging import execute
from beneficiaries.services.subjects import find_people
from vault import blind

HEAD = ("01", "02")
SPOUSES = ("10", "11", "12")
CHILDREN = tuple(f"{code}" for code in (*range(20, 27), 29, *range(30, 37), 39))
PARENTS = ("father_citizen_id", "mother_citizen_id")


def write_parentage(taking: Taking, rows: list[int], first_day: date) -> None:
    """Write the parents of a list's rows, and those that earlier lists waited for."""
    named, awaited = _named(taking, rows)
    pairs = named + _of_the_head(taking, rows)
    children, parents = zip(*sorted(set(pairs)), strict=True) if pairs else ((), ())
    execute(
        """INSERT INTO beneficiaries_alsosaid (list_id, person_id, parent_id, relation)
           SELECT %s, c, p, '' FROM unnest(%s::bigint[], %s::bigint[]) AS u(c, p) WHERE EXISTS (
             SELECT FROM beneficiaries_parentage x WHERE x.child_id = c AND x.parent_id = p AND x.kind = 'birth'
               AND x.valid_until IS DISTINCT FROM %s) ORDER BY c, p""",
        taking.evidence.pk,
        list(children),
        list(parents),
        NEVER,
    )
    execute(
        """INSERT INTO beneficiaries_parentage (child_id, parent_id, kind, list_id)
           SELECT c, p, 'birth', %s FROM unnest(%s::bigint[], %s::bigint[]) AS u(c, p) ORDER BY c, p
           ON CONFLICT DO NOTHING""",
        taking.evidence.pk,
        list(children),
        list(parents),
    )
    waiting, indexes = zip(*sorted(set(awaited)), strict=True) if awaited else ((), ())
    execute(
        """INSERT INTO beneficiaries_awaitedparent (child_id, citizen_id_index, list_id)
           SELECT c, i, %s FROM unnest(%s::bigint[], %s::bytea[]) AS u(c, i) ORDER BY c, i ON CONFLICT DO NOTHING""",
        taking.evidence.pk,
        list(waiting),
        list(indexes),
    )
    _arrived()


def _has_parents_named(taking: Taking, row: int) -> bool:
    return any(key in taking.values and taking.values[key][row] for key in PARENTS)


def _named(taking: Taking, rows: list[int]) -> tuple[list[tuple[int, int]], list[tuple[int, bytes]]]:
    """Parents named by number: those on the register, and the blind index of those who are not yet."""
    wanted = [
        (taking.people[row], taking.values[key][row])
        for key in PARENTS
        if key in taking.values
        for row in rows
        if taking.values[key][row] and taking.values[key][row] != taking.values["subject"][row]
    ]
    known = find_people(number for _, number in wanted)
    missing = [(child, number) for child, number in wanted if number not in known]
    indexes = blind.index_many([number for _, number in missing], purpose="citizen_id")
    found = [(child, known[number].id) for child, number in wanted if number in known]
    return found, [(child, index) for (child, _), index in zip(missing, indexes, strict=True)]


def _of_the_head(taking: Taking, rows: list[int]) -> list[tuple[int, int]]:
    """Children of the head whose row names no parent: the head's and the head's spouse's."""
    relation, number = taking.values["relation"], taking.values["household_number"]
    parents: dict[str, list[int]] = {}
    for row in rows:
        if relation[row] in HEAD or relation[row] in SPOUSES:
            parents.setdefault(number[row], []).append(taking.people[row])
    return [
        (taking.people[row], parent)
        for row in rows
        if relation[row] in CHILDREN and not _has_parents_named(taking, row)
        for parent in parents.get(number[row], ())
        if parent != taking.people[row]
    ]


def _arrived() -> None:
    """Awaited parents who are registered now become parents."""
    execute(
        """WITH arrived AS (
             DELETE FROM beneficiaries_awaitedparent a USING beneficiaries_person p
             WHERE p.citizen_id_index = a.citizen_id_index AND p.division <> ''
             RETURNING a.child_id, p.id AS parent_id, a.list_id),
           made AS (
             INSERT INTO beneficiaries_parentage (child_id, parent_id, kind, list_id)
             SELECT child_id, parent_id, 'birth', min(list_id) FROM arrived GROUP BY 1, 2 ORDER BY 1, 2
             ON CONFLICT DO NOTHING RETURNING child_id, parent_id, list_id)
           INSERT INTO beneficiaries_alsosaid (list_id, person_id, parent_id, relation)
           SELECT a.list_id, a.child_id, a.parent_id, '' FROM arrived a
           WHERE (a.child_id, a.parent_id, a.list_id) NOT IN (SELECT child_id, parent_id, list_id FROM made)"""
    )
