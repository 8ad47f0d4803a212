"""Who has a right by the last assessment and has not applied, township by township: whom somebody should call."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import render

from applications.models import Sweep
from officials.access import StaffRequest, staff
from officials.roles import Role
from portal.forms.worklist import MissedFilters
from portal.queries import county, places, programs
from portal.views.county import READERS
from programs.queries import active_on
from web.clock import today

PAGE_ROWS = 20


@staff(*READERS, Role.CLERK, Role.TOWNSHIP_REVIEWER)
def missed(request: StaffRequest) -> HttpResponse:
    """The list behind the overview's "not applied yet"; ``?show=unknown`` those who lack a fact."""
    official = request.official
    titles = programs.titles()
    form = MissedFilters(request.GET, programs=titles, townships=places.townships(official))
    verdict = county.UNKNOWN if form.wants_unknown else county.YES
    found = county.missed(official, verdict=verdict).filter(form.condition())
    page = Paginator(county.listed(found), PAGE_ROWS).get_page(request.GET.get("page"))
    named = places.places_of(row.division for row in page)
    from_lists = {one.version.code for one in active_on(today()) if one.program.policy.apply.route == "lists"}
    sweep = Sweep.objects.filter(finished_at__isnull=False).first()
    context: dict[str, Any] = {
        "filters": form,
        "page": page,
        "wants_unknown": form.wants_unknown,
        "rows": [
            {
                "household": row.household_id,
                "name": _name(row),
                "head": row.household.head.name if row.household and row.household.head else "",
                "place": named.full(row.division),
                "program": titles.get(row.program, row.program),
                "is_from_lists": row.program in from_lists,
                "amount_fen": row.amount_fen if row.amount_fen >= 0 else None,
                "lacking": county.lacking(row),
            }
            for row in page
        ],
        "total_fen": found.aggregate(fen=Sum("amount_fen", filter=Q(amount_fen__gt=0)))["fen"] or 0,
        "judged_on": sweep.day if sweep else None,
        "has_overview": official.has_role(*READERS),
    }
    return render(request, "portal/missed.html", context)


def _name(row: Any) -> str:
    holder = row.person or (row.household.head if row.household else None)
    return str(holder.name) if holder else ""
