"""The family over time: the drawn tree, what changed since the last visit, and applications and money of all years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, OuterRef, Q, Subquery, Sum
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext

from applications.models import Application
from beneficiaries.queries.family import Family, Member
from payments.models import Attempt
from portal.queries.application import paper_words
from portal.templatetags.portal_tags import relation
from standards.words import Words
from web import charts
from web.forms import listed, say

SPOUSES = ("配偶", "夫", "妻")
PAST_MAX = 60  # applications of one family: four programs over fifteen years
CHANGES_MAX = 8


@dataclass(frozen=True, slots=True)
class Past:
    """One application of any year, with what was paid on it and the papers held."""

    application: Application
    name: str
    title: Words
    paid_fen: int
    paid_on: date | None
    papers: Sequence[Words]


def tree_of(family: Family) -> SafeString:
    """Members by generation, with parents who are not in the household in faint boxes."""
    inside = {one.person.pk: one for one in family.members}
    outside = {
        parent.pk: parent for one in family.members for parent in one.parents if parent.pk not in inside
    }
    depth = _generations(family.members)
    nodes = [
        charts.Node(
            pk,
            one.name,
            gettext("another county") if one.is_elsewhere else gettext("not in this household"),
            _above(pk, family.members, depth),
            (),
            True,
        )
        for pk, one in outside.items()
    ]
    nodes += [
        charts.Node(
            pk, one.person.name, gettext("died") if one.died_on else f"{relation(one.relation)} {one.age}",
            depth[pk], [parent.pk for parent in one.parents], one.died_on is not None,
        )
        for pk, one in inside.items()
    ]  # fmt: skip
    return charts.tree(nodes, sentence="; ".join(_said(one) for one in family.members))


def _said(one: Member) -> str:
    parents = listed(parent.name for parent in one.parents)
    said = listed([one.person.name, relation(one.relation), str(one.age)])
    return listed([said, gettext("child of %(names)s") % {"names": parents}]) if parents else said


def _generations(members: Sequence[Member]) -> dict[int, int]:
    """How far down each stands: below the lowest parent; a spouse beside the head."""
    depth = {one.person.pk: 0 for one in members}
    for _ in members:  # as often as there are generations at most
        for one in members:
            above = [depth[parent.pk] for parent in one.parents if parent.pk in depth]
            depth[one.person.pk] = max([depth[one.person.pk], *(n + 1 for n in above)])
        head = max((depth[one.person.pk] for one in members if one.relation == "户主"), default=0)
        for one in members:
            if one.relation in SPOUSES:
                depth[one.person.pk] = max(head, depth[one.person.pk])
        if min(depth.values(), default=0) > len(members):
            break  # parents in a circle: a list that was wrong
    return depth


def _above(pk: int, members: Sequence[Member], depth: dict[int, int]) -> int:
    children = [depth[one.person.pk] for one in members if any(parent.pk == pk for parent in one.parents)]
    return min(children, default=1) - 1


def since(family: Family, last: datetime | None) -> list[tuple[date, str, str]]:
    """(day, what, about whom) of facts, accounts, moves and corrections that came after the last visit. No query."""
    if last is None:
        return []
    lines = [(line, "") for line in family.facts]
    lines += [(line, one.person.name) for one in family.members for line in one.facts]
    found = [
        (localtime(line.fact.recorded_at).date(), say(line.kind.words), about)
        for line, about in lines
        if line.fact.recorded_at > last
    ]
    day = localtime(last).date()
    for line in family.accounts:
        if line.account.verified_on and line.account.verified_on > day:
            found.append((line.account.verified_on, gettext("account verified"), line.account.owner.name))
        elif line.account.entered_on > day:
            found.append((line.account.entered_on, gettext("account entered"), line.account.owner.name))
    found += [
        (localtime(one.joined_at).date(), gettext("entered in this household"), one.person.name)
        for one in family.members
        if one.joined_at > last
    ]
    found += [
        (localtime(one.at).date(), gettext("changed: %(what)s") % {"what": say(one.what)}, one.about)
        for one in family.corrected
        if one.at > last
    ]
    return sorted(set(found), reverse=True)[:CHANGES_MAX]


def past_of(family: Family) -> list[Past]:
    """Every application of the household and its people, the newest first, with money and papers. One query."""
    people = {row: one.person.name for one in family.members for row in one.rows}
    paid: Any = (
        Attempt.objects.filter(instalment__entitlement__application=OuterRef("pk"), state="paid")
        .order_by().values("instalment__entitlement__application")
    )  # fmt: skip
    rows = (
        Application.objects.filter(Q(household=family.household) | Q(person__in=list(people)))
        .select_related("version").defer("facts", "conditions", "version__source")
        .annotate(
            paid_fen=Subquery(paid.annotate(fen=Sum("amount_fen")).values("fen")),
            paid_on=Subquery(paid.annotate(day=Max("answered_on")).values("day")),
            held=ArrayAgg("papers__kind", filter=Q(papers__isnull=False), distinct=True, default=None),
        )
        .order_by("-pk")[:PAST_MAX]
    )  # fmt: skip
    return [
        Past(
            application=row,
            name=people.get(row.person_id or 0, ""),
            title=row.version.title,
            paid_fen=row.paid_fen or 0,
            paid_on=row.paid_on,
            papers=[paper_words(kind) for kind in row.held or ()],
        )
        for row in rows
    ]
