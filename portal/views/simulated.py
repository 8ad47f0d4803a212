"""Whom a draft policy would touch: family by family, each a link to what both versions say of it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.door import look
from beneficiaries.models import Household, Person
from officials.access import StaffRequest, staff
from officials.roles import Role
from portal.forms.simulated import ChangeFilters
from portal.queries import places
from portal.queries import simulated as queries
from programs.models import PolicyVersion, SimulatedChange, Simulation
from programs.queries import simulated
from web.clock import today

PAGE_ROWS = 20
READERS = (Role.POLICY_OFFICER, Role.COUNTY_APPROVER, Role.COUNTY_CHECKER, Role.AUDITOR)


@staff(*READERS)
@require_safe
def changes(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The differences of the newest simulation, paged; the filters stand in the address."""
    simulation = _simulation(code, number)
    found = simulated.found_of(simulation)
    form = ChangeFilters(request.GET, townships=places.townships(request.official))
    rows = queries.changes(simulation, request.official).filter(form.condition())
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    causes = {cause.name: cause.words for cause in (*found.gained_by, *found.lost_by)}
    context: dict[str, Any] = {
        "version": simulation.version,
        "simulation": simulation,
        "filters": form,
        "page": page,
        "lines": queries.lines(page, causes),
        "places": places.places_of(row.division for row in page),
        "unkept": found.unkept,
    }
    context["rows"] = [(line, context["places"].full(line.change.division)) for line in context["lines"]]
    return render(request, "portal/simulated.html", context)


@staff(*READERS)
@require_safe
def change(request: StaffRequest, code: str, number: int, pk: int) -> HttpResponse:
    """One difference: what the version in force and the draft say, condition by condition. Opening it is on record."""
    found = (
        SimulatedChange.objects.visible_to(request.official)
        .filter(pk=pk, simulation__version__code=code, simulation__version__number=number)
        .select_related("simulation__version", "simulation__beside")
        .first()
    )
    if found is None:
        raise Http404
    household = Household.objects.filter(pk=found.household).first()
    person = Person.objects.filter(pk=found.person).first()
    about = household or person
    if about is not None:
        look(about, by=request.official.actor(*READERS), on=today())
    (line,) = queries.lines([found], {})
    context = {
        "version": found.simulation.version,
        "line": line,
        "place": places.places_of([found.division]).full(found.division),
        "household": household,
        "sides": queries.sides(found),
    }
    return render(request, "portal/simulated_change.html", context)


def _simulation(code: str, number: int) -> Simulation:
    version = PolicyVersion.objects.filter(code=code, number=number).first()
    found = simulated.latest(version) if version else None
    if found is None or found.finished_at is None:
        raise Http404
    return found
