"""Whose child, with whom, married to whom on a day: the one rule, as SQL, for judging, paying and showing.

The register gives births without days (``Parentage``) and couples by their relation to the head. What a department's
list or a paper says with days (kinds ``parentage``, ``marriage``, ``custody``) goes before it:

* a birth on record names who is father or mother, whatever the register thinks, and ends on its last day (given away);
* from the day of an adoption on (Civil Code, article 1111) births count no more, but for a parent who is married to
  the one who adopts (article 1103);
* custody gives the child to one person; a marriage that ended is over, though both still stand in one booklet.

Where registers give a child two fathers or two mothers by birth, neither is known until a record of birth says.
What is disputed counts on neither side: that parent, guardian or spouse is not known.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import connection

from beneficiaries.models import Person
from beneficiaries.queries.called import who

_LIVE = "superseded_by_id IS NULL"
_NAMES = "ARRAY['father', 'mother']"

_TOLD = " UNION ALL ".join(
    f"""SELECT f.person_id, (f.values->>'{role}')::bigint, f.values->>'kind', f.valid_from, f.valid_until,
      false, f.values->>'kind' = 'adopted' AND f.values->>'single' = 'true' AND NOT f.values ?& {_NAMES}
    FROM beneficiaries_fact f WHERE f.kind = 'parentage' AND f.{_LIVE} AND NOT f.is_disputed AND f.values ? '{role}'"""
    for role in ("father", "mother")
)
# Each arm reads one table and gives the same types: else PostgreSQL would read all of them for one child.
TIES = f"""(
    SELECT p.child_id, p.parent_id, p.kind::text AS kind, p.valid_from, p.valid_until, true AS by_register,
      false AS is_single FROM beneficiaries_parentage p UNION ALL {_TOLD})"""
"""Every tie of a child to a parent: ``child_id``, ``parent_id``, ``kind``, first and last day (NULL: open);
``is_single``: who adopted alone, so that no other parent is missing."""


def on_day(alias: str, day: str) -> str:
    """SQL: the days of ``alias`` hold ``day``; a tie of the register has none."""
    return (
        f"({alias}.valid_from IS NULL OR {alias}.valid_from <= {day})"
        f" AND ({alias}.valid_until IS NULL OR {alias}.valid_until >= {day})"
    )


# Children whom registers may give two fathers or two mothers: none, as a rule, found for everybody at once.
_TWICE = """(SELECT z.child_id FROM beneficiaries_parentage z JOIN beneficiaries_person s ON s.id = z.parent_id
    WHERE z.kind = 'birth' GROUP BY z.child_id
    HAVING count(*) FILTER (WHERE s.sex = 'female') > 1 OR count(*) FILTER (WHERE s.sex = 'male') > 1)"""


def tie_holds(x: str, day: str, *, parent: str = "", of_everybody: bool = False) -> str:
    """SQL: the tie ``x`` of :data:`TIES` counts on ``day``. Inside nothing is joined, as in :func:`called.stands`.

    ``parent``: the parent's row of the register, where it is joined already, so that it is not looked up for each tie.
    ``of_everybody``: a whole register is asked, and what hardly any child has is looked for once.
    """
    sex, is_read_as = _sex(f"{x}.parent_id"), who(f"{x}.parent_id")
    if parent:
        sex, is_read_as = f"{parent}.sex", f"coalesce({parent}.merged_into_id, {parent}.id)"
    role = f"(CASE {sex} WHEN 'female' THEN 'mother' ELSE 'father' END)"
    is_married = f"""EXISTS (SELECT FROM {_marriages("c", f"{x}.parent_id", day)} AND NOT c.is_disputed
        AND c.values->>'spouse' IN (e.values->>'father', e.values->>'mother'))"""
    second = f"""(SELECT FROM beneficiaries_parentage z
        WHERE z.child_id = {x}.child_id AND z.parent_id <> {x}.parent_id AND z.kind = 'birth' AND {on_day("z", day)}
          AND CASE WHEN {_sex("z.parent_id")} = {sex} THEN {who("z.parent_id")} <> {is_read_as} END)"""
    first = f"{x}.child_id IN {_TWICE} AND " if of_everybody else ""
    return f"""{on_day(x, day)} AND NOT ({x}.by_register AND {x}.kind = 'birth' AND {first}EXISTS {second}) AND NOT EXISTS (
        SELECT FROM beneficiaries_fact e WHERE e.kind = 'parentage' AND e.person_id = {x}.child_id AND e.{_LIVE}
          AND {x}.kind = 'birth' AND (
            ({x}.by_register AND e.values->>'kind' = 'birth'
             AND (e.values ? {role} OR (NOT e.values ?| {_NAMES} AND e.valid_until < {day})))
            OR (e.values->>'kind' = 'adopted' AND {on_day("e", day)} AND NOT {is_married})))"""


def _sex(person: str) -> str:
    return f"(SELECT s.sex FROM beneficiaries_person s WHERE s.id = {person})"


def _marriages(alias: str, person: str, day: str) -> str:
    """SQL for FROM: the marriages of ``person`` on ``day``; a list and an entry write one for each of the two."""
    return f"""beneficiaries_fact {alias} WHERE {alias}.kind = 'marriage' AND {alias}.person_id = {person}
        AND {alias}.{_LIVE} AND {on_day(alias, day)}"""


def custody_stands(child: str, day: str) -> str:
    """SQL: somebody has custody of ``child`` on ``day``, disputed or not."""
    return f"""EXISTS (SELECT FROM beneficiaries_fact g WHERE g.kind = 'custody' AND g.person_id = {child}
        AND g.{_LIVE} AND {on_day("g", day)})"""


def has_custody(child: str, person: str, day: str) -> str:
    """SQL: ``person`` has custody of ``child`` on ``day`` and nobody disputes it."""
    return f"""EXISTS (SELECT FROM beneficiaries_fact g WHERE g.kind = 'custody' AND g.person_id = {child}
        AND NOT g.is_disputed AND g.{_LIVE} AND {on_day("g", day)} AND g.values->>'guardian' = {person}::text)"""


def is_paid_as_parent(child: str, parent: str, day: str) -> str:
    """SQL: a parent may be paid for the child on ``day``: whoever has not got custody is not."""
    return f"({has_custody(child, parent, day)} OR NOT {custody_stands(child, day)})"


def couples_on(person: str, day: str) -> str:
    """SQL for FROM or JOIN: the marriages of ``person`` on ``day`` as ``c`` (``spouse_id``); a disputed one names nobody."""
    return f"""LATERAL (SELECT (m.values->>'spouse')::bigint AS spouse_id FROM {_marriages("m", person, day)}
        AND NOT m.is_disputed) c"""


def is_booklets_word(person: str, other: str, day: str) -> str:
    """SQL: no marriage on record speaks against what the booklet says of ``person`` and ``other`` on ``day``."""
    return f"""NOT EXISTS (SELECT FROM beneficiaries_fact d WHERE d.kind = 'marriage' AND d.person_id = {person}
        AND d.{_LIVE} AND ({on_day("d", day)} OR (d.values->>'spouse' = {other}::text AND d.valid_until < {day})))"""


def parents_on(children: Iterable[int], day: date) -> dict[int, list[Person]]:
    """The parents of each child that count on a day; each carries ``tie``, the kind of parentage. One query."""
    return around(children, day)[0]


def around(people: Iterable[int], day: date) -> tuple[dict[int, list[Person]], dict[int, tuple[Person, str]]]:
    """The parents of each; and by key who of another county is parent, spouse or guardian of one of them, with the kind of
    fact that says so (``parentage``, ``marriage``, ``custody``). One query."""
    ids = list(people)
    parents: dict[int, list[Person]] = defaultdict(list)
    away: dict[int, tuple[Person, str]] = {}
    if not ids:
        return parents, away
    rows = Person.objects.raw(
        f"""(SELECT DISTINCT ON (x.child_id, p.id) p.*, x.child_id AS of_one, x.kind AS tie, true AS is_parent
             FROM {TIES} x JOIN beneficiaries_person p ON p.id = x.parent_id
             WHERE x.child_id = ANY(%(ids)s) AND {tie_holds("x", "%(day)s::date")} ORDER BY x.child_id, p.id, x.kind)
            UNION ALL
            (SELECT DISTINCT ON (f.person_id, p.id) p.*, f.person_id AS of_one, f.kind AS tie, false AS is_parent
             FROM beneficiaries_fact f JOIN beneficiaries_person p
               ON p.id = coalesce(f.values->>'spouse', f.values->>'guardian')::bigint
             WHERE f.person_id = ANY(%(ids)s) AND f.kind IN ('marriage', 'custody') AND f.{_LIVE} AND NOT f.is_disputed
               AND {on_day("f", "%(day)s::date")} AND p.division = '' AND p.elsewhere <> ''
             ORDER BY f.person_id, p.id, f.kind DESC)""",
        {"ids": ids, "day": day},
    )
    for person in rows:
        told = vars(person)
        if told["is_parent"]:
            parents[told["of_one"]].append(person)
        if person.is_elsewhere:
            away.setdefault(person.pk, (person, "parentage" if told["is_parent"] else told["tie"]))
    return parents, away


def children_of(parents: Iterable[int]) -> set[int]:
    """The children to whom these people are parents on any day, whatever kind of parent. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT x.child_id FROM {TIES} x WHERE x.parent_id = ANY(%s)", [list(parents)]
        )
        return {child for (child,) in cursor.fetchall()}
