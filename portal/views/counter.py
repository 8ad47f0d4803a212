"""The counter: one box that finds a family, today's queue, drafts."""

from django.http import HttpResponse
from django.shortcuts import render

from officials.access import StaffRequest, staff
from officials.roles import Role
from portal.queries import queues
from web.clock import today


@staff(Role.CLERK)
def counter(request: StaffRequest) -> HttpResponse:
    """The box, what it found, and what waits today."""
    return render(
        request, "portal/counter.html", {"today": today(), "counts": queues.counts(request.official, today())}
    )
