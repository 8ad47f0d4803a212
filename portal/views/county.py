"""County overview: figures, tiles, funnel, budget, what wants a decision, and the table, slowest first."""

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from officials.access import StaffRequest, staff
from officials.models import Division, Official
from officials.roles import Role
from portal.queries import county, decisions, places, programs
from portal.queries.beginning import first_steps
from portal.queries.county import Budget, Overview, Tally
from portal.queries.ways import first_way, way
from standards import money
from standards.words import Words
from web import charts
from web.clock import today
from web.forms import say

READERS = (
    Role.COUNTY_CHECKER, Role.COUNTY_APPROVER, Role.POLICY_OFFICER, Role.BATCH_PREPARER, Role.BATCH_CHECKER,
    Role.BATCH_APPROVER, Role.AUDITOR,
)  # fmt: skip
TILES = Path(__file__).parent.parent / "data" / "tiles.csv"
BAR_WIDTH = 72
GRID_COLUMNS = 7  # of a county whose townships have no place on the sketch
WHERE = (("on-desk", False), ("on-phone narrow", True))  # each drawing as wide as where it stands
LIMITS = (0.25, 0.5, 0.75, 0.9)  # lower bounds of steps 2 to 5 of the tiles, where few townships have a share


@staff(*READERS)
def overview(request: StaffRequest) -> HttpResponse:
    """The page; ``?program=`` narrows it to one program."""
    official, day = request.official, today()
    titles = programs.titles()
    program = request.GET.get("program", "")
    program = program if program in titles else ""
    found = county.overview(official, today=day, program=program)
    towns = places.townships(official)
    shown = {code: title for code, title in titles.items() if program in ("", code)}
    budgets = county.budgets(found, fiscal_year=day.year, programs=shown)
    context: dict[str, Any] = {
        "today": day,
        "first_steps": first_steps(official),
        "titles": titles,
        "program": program,
        "total": found.total,
        "tiles": [(where, _tiles(official, found, towns, program, for_phone=phone)) for where, phone in WHERE],
        "steps": list(zip(charts.STEPS, _step_words(_limits(found, towns)), strict=True)),
        "funnels": [(where, _funnel(official, found.total, program, for_phone=phone)) for where, phone in WHERE],
        "missed_url": way(official, "portal:missed", program=program),
        "unknown_url": way(official, "portal:missed", program=program, show="unknown"),
        "underway_url": way(official, "portal:worklist", queue="underway", program=program),
        "quality_url": way(official, "portal:quality"),
        "failed_url": decisions.to_mend(official),
        "budgets": [(budget, say(shown.get(budget.program, Words(budget.program, budget.program)))) for budget in budgets],
        "budget_charts": [(where, _budget_chart(budgets, shown, for_phone=phone)) for where, phone in WHERE],
        "decisions": decisions.wanted(official, found, budgets, titles, towns),
        "halves": _table(official, found, towns, program),
    }  # fmt: skip
    return render(request, "portal/county.html", context)


def _township_url(official: Official, town: Division, program: str) -> str:
    """A township's own applications; who has no worklist sees who has not applied there."""
    return first_way(
        way(official, "portal:worklist", queue="underway", township=town.code, program=program),
        way(official, "portal:missed", township=town.code, program=program),
    )


def _limits(found: Overview, towns: list[Division]) -> tuple[float, ...]:
    """Lower bounds of the upper four steps: fifths of the townships, so that shades tell them apart, in whole per cents."""
    shares = sorted(share for town in towns if (share := found.of_township(town.code[:9]).share) is not None)
    fifths = [round(shares[len(shares) * n // 5], 2) for n in range(1, 5)] if shares else []
    return tuple(fifths) if len({*fifths}) == 4 and fifths[0] > 0 else LIMITS


@cache
def _sketch() -> dict[str, tuple[int, int]]:
    with TILES.open(encoding="utf-8") as file:
        return {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(file)}


def _tiles(
    official: Official, found: Overview, towns: list[Division], program: str, *, for_phone: bool
) -> SafeString:
    tiles = []
    for at, town in enumerate(towns):
        column, row = _sketch().get(town.code, (at % GRID_COLUMNS, 5 + at // GRID_COLUMNS))
        tally = found.of_township(town.code[:9])
        url = _township_url(official, town, program)
        tiles.append(charts.Tile(town.name, column, row, tally.share, url=url))
    share = found.total.share
    sentence = gettext("Paid over entitled in %(n)d townships; the county stands at %(share)s") % {
        "n": len(tiles),
        "share": "—" if share is None else f"{share:.0%}",
    }
    return charts.tile_map(tiles, limits=_limits(found, towns), sentence=sentence, for_phone=for_phone)


def _step_words(limits: tuple[float, ...]) -> list[str]:
    edges = [f"{limit:.0%}" for limit in limits]
    between = [f"{low}–{high}" for low, high in pairwise(edges)]
    return [
        gettext("below %(share)s") % {"share": edges[0]},
        *between,
        gettext("%(share)s and more") % {"share": edges[-1]},
    ]


def _funnel(official: Official, total: Tally, program: str, *, for_phone: bool) -> SafeString:
    """Each loss is exactly the difference of the two stages around it, in the same unit."""
    waiting = total.approved - total.paid
    underway = ngettext("%(n)s right under way", "%(n)s rights under way", total.clear) % {
        "n": f"{total.clear:,}"
    }
    late = ngettext(", %(n)s of them overdue", ", %(n)s of them overdue", total.late) % {"n": total.late}
    missed = ngettext(
        "%(n)s right nobody has applied for", "%(n)s rights nobody has applied for", total.missed
    )
    unpaid = ngettext("%(n)s right not paid yet", "%(n)s rights not paid yet", waiting)
    batches = way(official, "payments:batches", program=program)
    stages = [
        charts.Stage(
            gettext("Entitled"), total.right, money.yuan(total.right_fen),
            missed % {"n": f"{total.missed:,}"}, way(official, "portal:missed", program=program),
        ),
        charts.Stage(
            gettext("Applied"), total.claimed, money.yuan(total.claimed_fen),
            underway + (late if total.late else ""),
            way(official, "portal:worklist", queue="underway", program=program),
        ),
        charts.Stage(
            gettext("Approved"), total.approved, money.yuan(total.approved_fen), unpaid % {"n": f"{waiting:,}"},
            first_way(way(official, "portal:worklist", queue="decided", program=program), batches),
        ),
        charts.Stage(gettext("Paid"), total.paid, money.yuan(total.paid_fen), url=batches),
    ]  # fmt: skip
    sentence = gettext(
        "Of %(right)d rights, %(applied)d were applied for, %(approved)d approved and %(paid)d paid"
    )
    counts = {"right": total.right, "applied": total.claimed, "approved": total.approved, "paid": total.paid}
    return charts.funnel(stages, sentence=sentence % counts, for_phone=for_phone)


def _budget_chart(budgets: list[Budget], titles: dict[str, Words], *, for_phone: bool) -> SafeString:
    bars = [
        charts.Bar(
            label=say(titles.get(budget.program, Words(budget.program, budget.program))),
            segments=[
                charts.Segment(budget.spent, "done"),
                charts.Segment(budget.promised, "committed"),
                charts.Segment(budget.left - min(budget.left, 0), "waiting"),
                charts.Segment(budget.short, "short"),
            ],
            limit=budget.allotted,
            notes=gettext("paid %(paid)s · committed %(committed)s · left %(left)s")
            % {
                "paid": _round(budget.spent),
                "committed": _round(budget.promised),
                "left": _round(budget.left),
            },
            alarm=gettext("short of %(fen)s") % {"fen": _round(budget.short)} if budget.short else "",
        )
        for budget in budgets
    ]
    return charts.budget_bars(
        bars, sentence=gettext("Budget of %(n)d programs, in yuan") % {"n": len(bars)}, for_phone=for_phone
    )


def _round(fen: int) -> str:
    """Whole yuan for the picture; the table beside it has the fen."""
    return f"{fen // 100:,}"


def _table(
    official: Official, found: Overview, towns: list[Division], program: str
) -> list[list[tuple[Division, Tally, SafeString, str]]]:
    """Two halves, the slowest township first; those with nobody entitled at the end."""
    rows = [(town, found.of_township(town.code[:9])) for town in towns]
    rows.sort(key=lambda pair: (pair[1].share is None, pair[1].share or 0, pair[0].code))
    drawn = [(town, tally, _bar(tally), _township_url(official, town, program)) for town, tally in rows]
    half = (len(drawn) + 1) // 2
    return [drawn[:half], drawn[half:]] if len(drawn) > 1 else [drawn]


def _bar(tally: Tally) -> SafeString:
    share = tally.share or 0
    return charts.bar(share, sentence=f"{share:.0%}", width=BAR_WIDTH)
