"""Data quality: what is not right in a township's register, drawn, counted, each a way to the work."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from officials.access import StaffRequest, staff
from officials.models import Division, Official
from officials.roles import Role
from portal.queries import overdue, places
from portal.queries.beginning import first_steps
from portal.queries.quality import Counted, Scope, names_of, quality
from portal.queries.ways import way
from web import charts
from web.clock import today

READERS = (Role.CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER, Role.COUNTY_APPROVER, Role.AUDITOR)
DRAWN_MAX = 6  # the places with most to do; the table below has every township


@dataclass(frozen=True, slots=True)
class Panel:
    """One check as the page shows it."""

    counted: Counted
    picture: SafeString | None
    rest: int


@staff(*READERS)
def overview(request: StaffRequest) -> HttpResponse:
    """The county by township; ``?township=`` one of them, and for its own officials theirs alone, by village."""
    official, day = request.official, today()
    towns = places.townships(official)
    town = _town(official, towns, request.GET.get("township", ""))
    found = quality(Scope(official, day, town.code if town else ""))
    late = overdue.overdue(official, on=day, township=town.code if town else "")
    context: dict[str, Any] = {
        "today": day,
        "first_steps": first_steps(official),
        "town": town,
        "is_county": not official.is_township,
        "panels": [_panel(one, town) for one in found],
        "overdue": _distinct(late),
        "table": [] if town else _table(found, towns),
        "county_url": way(official, "portal:county"),
    }
    return render(request, "portal/quality.html", context)


def _town(official: Official, towns: list[Division], asked: str) -> Division | None:
    if official.is_township:
        return towns[0] if towns else None
    return next((one for one in towns if one.code == asked), None)


def _panel(one: Counted, town: Division | None) -> Panel:
    shown = one.places[:DRAWN_MAX]
    if not shown or (town and one.check.name == "lists"):  # a list is a township's, not a village's
        return Panel(one, None, 0)
    names = names_of([code for code, _n in shown])
    bars = [
        charts.Count(places.short(names.get(code, code)), n, "" if town else _address(code))
        for code, n in shown
    ]
    sentence = gettext("%(what)s: %(n)s, by place") % {"what": one.check.title, "n": f"{one.total:,}"}
    return Panel(one, charts.count_bars(bars, sentence=sentence), max(0, len(one.places) - DRAWN_MAX))


def _address(code: str) -> str:
    return f"{reverse('portal:quality')}?township={code}"


def _distinct(late: dict[str, list[overdue.Overdue]]) -> list[overdue.Overdue]:
    """Each overdue list once, the one that never came first."""
    found = {(one.kind.name, one.code): one for lists in late.values() for one in lists}
    return sorted(found.values(), key=lambda one: (one.until is not None, one.until, one.kind.name, one.code))


def _table(found: list[Counted], towns: list[Division]) -> list[tuple[Division, str, list[int]]]:
    """Every township with each count, those with most to do first."""
    by_place = [dict(one.places) for one in found]
    rows = [(town, _address(town.code), [counts.get(town.code, 0) for counts in by_place]) for town in towns]
    return sorted(rows, key=lambda row: (-sum(row[2]), row[0].code))
