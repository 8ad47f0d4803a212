"""The trail on the screen: read only, like the trail itself."""

from django.http import HttpResponse
from django.shortcuts import render

from audit.sealing import head
from officials.access import StaffRequest, staff
from officials.roles import Role
from oversight import queries
from oversight.forms import DayFilter, TrailFilters
from web.clock import today


@staff(Role.AUDITOR, Role.ADMINISTRATOR)
def trail(request: StaffRequest) -> HttpResponse:
    """The newest rows first, filtered; and the sealed blocks whose head stands on notices and slips."""
    form = TrailFilters(request.GET)
    before = request.GET.get("before", "")
    page = queries.trail(
        request.official, form.condition(), before=int(before) if before.isdecimal() else None
    )
    context = {
        "filters": form,
        "page": page,
        "blocks": queries.newest_blocks(),
        "head": head(),
        "before": before,
    }
    return render(request, "oversight/trail.html", context)


@staff(Role.AUDITOR, Role.ADMINISTRATOR)
def looks(request: StaffRequest) -> HttpResponse:
    """Who searched and who looked at numbers on one day, the most first."""
    form = DayFilter(request.GET or None, initial={"on": today()})
    day = form.day(today())
    rows = queries.looks(request.official, day)
    context = {
        "filters": form,
        "day": day,
        "rows": rows,
        "most": max((row.searches for row in rows), default=0),
    }
    return render(request, "oversight/looks.html", context)
