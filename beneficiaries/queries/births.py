"""Where a record of birth and the register name two fathers or two mothers of one child."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from beneficiaries.models import Fact, Parentage
from beneficiaries.queries.called import who

SAME_SEX = "CASE k.sex WHEN 'female' THEN 'mother' ELSE 'father' END"
_CLASH = f"""
SELECT DISTINCT f.id FROM beneficiaries_fact f
JOIN beneficiaries_parentage p ON p.child_id = f.person_id AND p.kind = 'birth'
JOIN beneficiaries_person k ON k.id = p.parent_id
WHERE f.kind = 'parentage' AND f.superseded_by_id IS NULL AND f.values->>'kind' = 'birth' AND f.values ? {SAME_SEX}
  AND {who(f"(f.values->>{SAME_SEX})::bigint")} <> {who("p.parent_id")}
  AND (p.valid_until IS NULL OR p.valid_until >= f.valid_from) AND f.person_id = ANY(%s)"""  # noqa: S608 - our own text
# Each birth is read once, by the children's keys, and each parent looked up by the key, in that order whatever PostgreSQL
# counts on: of rows written a moment ago there are no statistics, and after a list was checked (written and undone) a
# swept-up register counts as empty. 100,000 people once stood still here, each compared with every child of the list.
_TWO = """
WITH born AS MATERIALIZED (
    SELECT id, child_id, parent_id FROM beneficiaries_parentage
    WHERE kind = 'birth' AND valid_until IS NULL AND child_id = ANY(%(children)s))
SELECT DISTINCT p.child_id FROM born p CROSS JOIN LATERAL (
    SELECT sex, coalesce(merged_into_id, id) AS person FROM beneficiaries_person WHERE id = p.parent_id OFFSET 0) k
GROUP BY p.child_id, k.sex
HAVING max(p.id) > %(newer_than)s AND count(DISTINCT k.person) > 1"""


def against_register(children: Iterable[int], *, newer_than: int | None = None) -> list[Fact]:
    """The live records of birth that name somebody else than the register does; ``newer_than``: than these rows of it."""
    sql, values = _CLASH, [list(children)]
    if newer_than is not None:
        sql, values = f"{_CLASH} AND p.id > %s", [*values, newer_than]  # type: ignore[list-item]  # a key beside keys
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        keys = [key for (key,) in cursor.fetchall()]
    return list(Fact.objects.filter(pk__in=keys).select_related("person", "list").order_by("pk"))


def disputed_births() -> "QuerySet[Fact]":
    """The live records of parentage from lists that count for nobody now."""
    found: QuerySet[Fact] = Fact.objects.filter(kind="parentage", is_disputed=True, superseded_by=None)
    return found.exclude(list=None).select_related("person", "list")


def two_by_register(children: Iterable[int], *, newer_than: int) -> set[int]:
    """The children to whom rows of the register newer than this key give a second father or mother."""
    with connection.cursor() as cursor:
        cursor.execute(_TWO, {"newer_than": newer_than, "children": list(children)})
        return {child for (child,) in cursor.fetchall()}


def newest_birth() -> int:
    """The key of the register's newest row of parentage."""
    return Parentage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
