"""The worklist: queues, filters in the URL, oldest deadline first, twenty rows."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from applications.models import Application
from beneficiaries.queries.doubts import open_doubts
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from portal.forms.worklist import WorklistFilters, origin_words
from portal.queries import flags, places, programs, queues
from portal.queries.alike import told_apart
from portal.queries.flags import Flag
from standards import receipt_number
from standards.words import Words
from web.clock import today

PAGE_ROWS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    application: Application
    number: str
    name: str
    place: str
    program: Words | str
    origin: str
    flags: list[Flag]
    told: str = ""  # where another of that name and village stands on the page

    @property
    def is_clean(self) -> bool:
        return not self.flags


@dataclass(frozen=True, slots=True)
class Tab:
    """One queue above the table."""

    name: str
    label: str
    count: int


@staff(*queues.READERS)
def worklist(request: StaffRequest) -> HttpResponse:
    """One queue of the official's, filtered."""
    official, day = request.official, today()
    seen = queues.queues_of(official)
    counts = queues.counts(official, day)
    queue = _queue(seen, counts, request.GET.get("queue", ""))
    due = request.GET.get("due", "")
    titles = programs.titles()
    form = WorklistFilters(request.GET, programs=titles, townships=places.townships(official))
    where = _due(due, official, day) if due in ("overdue", "today") else queue.where
    done = queue.is_done and where is queue.where
    found = queues.in_order(queues.in_scope(official).filter(where).filter(form.condition()), done=done)
    page = Paginator(queues.listed(found), PAGE_ROWS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "queue": queue,
        "due": due,
        "tabs": [Tab(one.name, str(one.label), counts.get(one.name, 0)) for one in seen],
        "counts": counts,
        "filters": form,
        "page": page,
        "rows": rows_of(page, titles),
        "today": day,
        "done": done,
        "can_choose": bool(queue.bulk) and not due,
        "to_settle": _to_settle(official),
    }
    return render(request, "portal/worklist.html", context)


def _to_settle(official: Official) -> int:
    """How much of the register waits for the official's word: nothing else on this page says so."""
    if not official.has_role(Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER):
        return 0
    return open_doubts(official).count()


def _queue(seen: list[queues.Queue], counts: dict[str, int], asked: str) -> queues.Queue:
    """The queue that is asked for, else the first in which something waits."""
    filled = [one for one in seen if counts.get(one.name)]
    return next((one for one in seen if one.name == asked), (filled or seen)[0])


def rows_of(page: "Page[Application]", titles: dict[str, Words]) -> list[Row]:
    """The rows of a page with names, places and flags: five queries whatever the length, one more for equal names."""
    applications = list(page.object_list)
    told = told_apart((_holder(one), beneficiary_name(one), one.division) for one in applications)
    named = places.places_of(application.division for application in applications)
    found = flags.flags_of(applications)
    return [
        Row(
            application=application,
            number=receipt_number.spaced(application.receipt_number),
            name=beneficiary_name(application),
            place=named.full(application.division),
            program=titles.get(application.program, application.program),
            origin=str(origin_words(application.origin)),
            flags=found[application.pk],
            told=told.get(_holder(application) or 0, ""),
        )
        for application in applications
    ]


def _holder(application: Application) -> int | None:
    if application.person_id:
        return application.person_id
    return application.household.head_id if application.household else None


def beneficiary_name(application: Application) -> str:
    """Who benefits: the person, or the head of the household."""
    if application.person:
        return str(application.person.name)
    household = application.household
    return str(household.head.name) if household and household.head else ""


def _due(due: str, official: Any, day: Any) -> Q:
    mine = queues.mine(official)
    return mine & (Q(decide_by__lt=day) if due == "overdue" else Q(decide_by=day))
