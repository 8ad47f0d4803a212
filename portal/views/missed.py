"""Who has a right by the last assessment and has not applied, township by township: whom somebody should call."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from applications.models import Assessment, Sweep
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from portal.forms.worklist import MissedFilters
from portal.queries import county, places, programs
from portal.queries import missed as queries
from portal.queries.application import paper_words
from portal.queries.beginning import first_steps
from portal.views.county import READERS
from programs.queries import active_on
from standards.words import Words
from web import charts
from web.clock import today

PAGE_ROWS = 20
BAR_WIDTH = 72


@staff(*READERS, Role.CLERK, Role.TOWNSHIP_REVIEWER)
def missed(request: StaffRequest) -> HttpResponse:
    """The list behind the overview's "not applied yet"; ``?show=paper`` who is one paper short, ``unknown`` a fact.

    With the townships of the scope and what is left to do in each, the most first.
    """
    official = request.official
    titles = programs.titles()
    form = MissedFilters(request.GET, programs=titles, townships=places.townships(official))
    found, papers = _chosen(official, form)
    page = Paginator(county.listed(found), PAGE_ROWS).get_page(request.GET.get("page"))
    left = queries.towns(official, program=form.chosen_program)
    codes = [row.division for row in page] + [places.township_of(town.code) for town in left]
    named = places.places_of(codes)
    from_lists = {one.version.code for one in active_on(today()) if one.program.policy.apply.route == "lists"}
    sweep = Sweep.objects.filter(finished_at__isnull=False).first()
    context: dict[str, Any] = {
        "filters": form,
        "first_steps": [] if page.object_list else first_steps(official),
        "page": page,
        "wants_unknown": form.wants_unknown or form.wants_paper,
        "wants_paper": form.wants_paper,
        "rows": [
            {
                "household": row.household_id,
                "name": _name(row),
                "head": row.household.head.name if row.household and row.household.head else "",
                "place": named.full(row.division),
                "program": titles.get(row.program, row.program),
                "is_from_lists": row.program in from_lists,
                "amount_fen": row.amount_fen if row.amount_fen >= 0 else None,
                "lacking": _lacking(row, papers),
            }
            for row in page
        ],
        "total_fen": found.aggregate(fen=Sum("amount_fen", filter=Q(amount_fen__gt=0)))["fen"] or 0,
        "towns": _towns(left, named, form.chosen_program),
        "judged_on": sweep.day if sweep else None,
        "has_overview": official.has_role(*READERS),
    }
    return render(request, "portal/missed.html", context)


def _chosen(
    official: Official, form: MissedFilters
) -> tuple["QuerySet[Assessment]", dict[queries.Pattern, str]]:
    """The rows that the filters ask for, and, of who is one paper short, the paper by what is open."""
    if form.wants_paper:
        rows, papers = queries.one_paper_short(official)
        return rows.filter(form.condition()), papers
    verdict = county.UNKNOWN if form.wants_unknown else county.YES
    return county.missed(official, verdict=verdict).filter(form.condition()), {}


def _lacking(row: Assessment, papers: dict[queries.Pattern, str]) -> list[Words]:
    """The one paper, where one is asked for, else the facts that are not known."""
    paper = papers.get(tuple(row.unsettled))
    return [paper_words(paper)] if paper else county.lacking(row)


def _towns(
    found: list[queries.Town], named: places.Places, program: str
) -> list[tuple[queries.Town, str, SafeString, str]]:
    """Each township with its name, how far it is, and the address of its list; nothing where there is but one."""
    if len(found) < 2:
        return []
    chosen = {"program": program} if program else {}
    return [
        (
            town,
            named.township(town.code),
            charts.bar(town.share, sentence=f"{town.share:.0%}", width=BAR_WIDTH),
            urlencode({**chosen, "township": places.township_of(town.code)}),
        )
        for town in found
    ]


def _name(row: Any) -> str:
    holder = row.person or (row.household.head if row.household else None)
    return str(holder.name) if holder else ""
