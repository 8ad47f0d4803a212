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
_SEX = "(SELECT s.sex FROM beneficiaries_person s WHERE s.id = {})"
# Both rows are asked for by the children's keys: a list of one township reads no table of the whole county.
_TWO = f"""
SELECT DISTINCT p.child_id FROM beneficiaries_parentage p
JOIN beneficiaries_parentage o ON o.child_id = p.child_id AND o.kind = 'birth' AND o.id < p.id
WHERE p.kind = 'birth' AND p.valid_until IS NULL AND o.valid_until IS NULL AND p.id > %(newer_than)s
  AND p.child_id = ANY(%(children)s) AND o.child_id = ANY(%(children)s)
  AND {_SEX.format("p.parent_id")} = {_SEX.format("o.parent_id")}
  AND {who("p.parent_id")} <> {who("o.parent_id")}"""  # noqa: S608 - our own text


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
