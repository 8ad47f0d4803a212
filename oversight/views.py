"""The trail on the screen: read only, like the trail itself."""

from django.http import HttpResponse
from django.shortcuts import render

from audit.sealing import head
from officials.access import StaffRequest, staff
from officials.roles import Role
from oversight import queries
from oversight.forms import TrailFilters


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
