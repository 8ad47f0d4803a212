"""A family as the register writes it, row by row, for who corrects it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Alias, Change, Membership, Parentage
from beneficiaries.queries.family import Family, Member

PARENT_KINDS: dict[str, str | Promise] = {
    Parentage.Kind.BIRTH: _("by birth"),
    Parentage.Kind.ADOPTED: _("by adoption"),
    Parentage.Kind.STEP_RAISED: _("step-parent who raises the child"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One member: how she stands in the household, whose child the register says she is, how else lists write her name."""

    member: Member
    membership: Membership
    parents: Sequence[Parentage]
    writings: Sequence[Alias]


def lines_of(family: Family, on: date) -> list[Line]:
    """Each member with the rows behind what the page says. Three queries."""
    rows = [row for member in family.members for row in member.rows]
    standing = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        household=family.household,
        person__in=rows,
        valid_from__lte=on,
    )
    memberships = {one.person_id: one for one in standing.order_by("pk")}
    parents = list(
        Parentage.objects.filter(child__in=rows, valid_until=None)
        .select_related("parent", "child")
        .order_by("pk")
    )
    writings = list(Alias.objects.filter(person__in=rows, taken_back_on=None).order_by("pk"))
    return [
        Line(
            member,
            next(memberships[row] for row in member.rows if row in memberships),
            [one for one in parents if one.child_id in member.rows],
            [one for one in writings if one.person_id in member.rows],
        )
        for member in family.members
        if any(row in memberships for row in member.rows)
    ]


def newest_change(row: Model | Any) -> str:
    """Which change of a row is the newest, so that a page that was open meanwhile is told. One query."""
    table = row._meta.db_table
    found = (
        Change.objects.filter(table=table, row=row.pk).order_by("-pk").values_list("pk", flat=True).first()
    )
    return str(found or 0)
