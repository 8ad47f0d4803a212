"""Public notices of the scope: what is posted, until when, what waits to be posted. Names only, no number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from applications.lifecycle import State
from applications.models import Application, Notice, NoticeLine
from officials.models import Official
from portal.queries import queues
from portal.queries.places import township_of


@dataclass(frozen=True, slots=True)
class ToPost:
    """Reviewed applications of one program version in one township."""

    version: int
    program: str
    township: str
    count: int


def notices(official: Official) -> "QuerySet[Notice]":
    """The newest first, with how many lines each has and how many are stopped by an objection."""
    stopped = Q(lines__objections__isnull=False)
    rows: QuerySet[Notice] = (
        Notice.objects.visible_to(official)
        .annotate(count=Count("lines", distinct=True), objected=Count("lines", filter=stopped, distinct=True))
        .order_by("-pk")
    )
    return rows


def to_post(official: Official) -> list[ToPost]:
    """What waits to be posted, by program and township. One query."""
    rows = queues.in_scope(official).filter(state=State.REVIEWED, proposes_refusal=False)
    groups: dict[tuple[int, str, str], int] = {}
    counted = rows.order_by().values("version", "program", "division").annotate(count=Count("id"))
    for row in counted:
        key = (row["version"], row["program"], township_of(row["division"]))
        groups[key] = groups.get(key, 0) + row["count"]
    return [
        ToPost(version, program, township, n) for (version, program, township), n in sorted(groups.items())
    ]


def lines(notice: Notice) -> "QuerySet[NoticeLine]":
    """The lines in the order of the villages."""
    return (
        NoticeLine.objects.filter(notice=notice)
        .select_related("application__person", "application__household__head")
        .defer(*(f"application__{column}" for column in queues.NOT_LISTED))
        .annotate(objected=Count("objections"))
        .order_by("application__division", "application_id")
    )


def same_names(rows: Sequence[NoticeLine]) -> set[tuple[str, str]]:
    """(village, name) of names that stand twice in one village: these get a disambiguator, and only these."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.application.division, _name(row.application))
        seen[key] = seen.get(key, 0) + 1
    return {key for key, count in seen.items() if count > 1}


def days_left(notice: Notice, today: date) -> int:
    """Days until the last one, with it; below zero when it is over."""
    return (notice.until - today).days


def _name(application: Application) -> str:
    person = application.person or (application.household.head if application.household else None)
    return str(person.name) if person else ""
