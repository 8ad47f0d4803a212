"""County overview: figures, tiles, funnel, budget, what wants a decision, and the table, slowest first."""

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from officials.access import StaffRequest, staff
from officials.models import Division
from officials.roles import Role
from portal.queries import county, decisions, places, programs
from portal.queries.county import Budget, Overview, Tally
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
LIMITS = (0.25, 0.5, 0.75, 0.9)  # lower bounds of steps 2 to 5 of the tiles


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
        "titles": titles,
        "program": program,
        "total": found.total,
        "tiles": _tiles(found, towns, program),
        "steps": [(fill, words) for fill, words in zip(_step_fills(), _step_words(), strict=True)],
        "funnel": _funnel(found.total),
        "budgets": [(budget, say(shown.get(budget.program, Words(budget.program, budget.program)))) for budget in budgets],
        "budget_chart": _budget_chart(budgets, shown),
        "decisions": decisions.wanted(official, found, budgets, titles, towns),
        "halves": _table(found, towns),
    }  # fmt: skip
    return render(request, "portal/county.html", context)


def _worklist(**query: str) -> str:
    return f"{reverse('portal:worklist')}?{urlencode(query)}"


@cache
def _sketch() -> dict[str, tuple[int, int]]:
    with TILES.open(encoding="utf-8") as file:
        return {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(file)}


def _tiles(found: Overview, towns: list[Division], program: str) -> SafeString:
    tiles = []
    for at, town in enumerate(towns):
        column, row = _sketch().get(town.code, (at % GRID_COLUMNS, 5 + at // GRID_COLUMNS))
        tally = found.of_township(town.code[:9])
        url = _worklist(queue="underway", township=town.code, program=program)
        tiles.append(charts.Tile(town.name, column, row, tally.share, url=url))
    share = found.total.share
    sentence = gettext("Paid over entitled in %(n)d townships; the county stands at %(share)s") % {
        "n": len(tiles),
        "share": "—" if share is None else f"{share:.0%}",
    }
    return charts.tile_map(tiles, limits=LIMITS, sentence=sentence)


def _step_fills() -> tuple[str, ...]:
    return charts.STEPS


def _step_words() -> list[str]:
    edges = [f"{limit:.0%}" for limit in LIMITS]
    between = [f"{low}–{high}" for low, high in pairwise(edges)]
    return [
        gettext("below %(share)s") % {"share": edges[0]},
        *between,
        gettext("%(share)s and more") % {"share": edges[-1]},
    ]


def _funnel(total: Tally) -> SafeString:
    waiting = total.approved - total.paid
    stages = [
        charts.Stage(
            gettext("Entitled"), total.right, money.yuan(total.right_fen),
            gettext("%(n)d have not applied") % {"n": total.missed}, _worklist(queue="underway"),
        ),
        charts.Stage(
            gettext("Applied"), total.claimed, money.yuan(total.claimed_fen),
            gettext("%(n)d under way, %(late)d overdue; beside them %(refused)d without a right were refused")
            % {"n": total.underway, "late": total.overdue, "refused": total.refused},
            _worklist(queue="underway"),
        ),
        charts.Stage(
            gettext("Approved"), total.approved, money.yuan(total.approved_fen),
            gettext("%(n)d not paid yet, %(failed)d returned by the bank") % {"n": waiting, "failed": total.failed},
            _worklist(queue="decided"),
        ),
        charts.Stage(gettext("Paid"), total.paid, money.yuan(total.paid_fen)),
    ]  # fmt: skip
    sentence = gettext("Of %(right)d entitled, %(applied)d applied, %(approved)d were approved and %(paid)d paid") % {
        "right": total.right, "applied": total.claimed, "approved": total.approved, "paid": total.paid,
    }  # fmt: skip
    return charts.funnel(stages, sentence=sentence)


def _budget_chart(budgets: list[Budget], titles: dict[str, Words]) -> SafeString:
    bars = [
        charts.Bar(
            label=say(titles.get(budget.program, Words(budget.program, budget.program))),
            segments=[
                charts.Segment(budget.paid, "done"),
                charts.Segment(budget.promised, "committed"),
                charts.Segment(budget.left - min(budget.left, 0), "waiting"),
                charts.Segment(budget.short, "short"),
            ],
            limit=budget.allotted,
            notes=gettext("paid %(paid)s · committed %(committed)s · left %(left)s")
            % {
                "paid": _round(budget.paid),
                "committed": _round(budget.promised),
                "left": _round(budget.left),
            },
            alarm=gettext("short of %(fen)s") % {"fen": _round(budget.short)} if budget.short else "",
        )
        for budget in budgets
    ]
    return charts.budget_bars(bars, sentence=gettext("Budget of %(n)d programs, in yuan") % {"n": len(bars)})


def _round(fen: int) -> str:
    """Whole yuan for the picture; the table beside it has the fen."""
    return f"{fen // 100:,}"


def _table(found: Overview, towns: list[Division]) -> list[list[tuple[Division, Tally, SafeString]]]:
    """Two halves, the slowest township first; those with nobody entitled at the end."""
    rows = [(town, found.of_township(town.code[:9])) for town in towns]
    rows.sort(key=lambda pair: (pair[1].share is None, pair[1].share or 0, pair[0].code))
    drawn = [(town, tally, _bar(tally)) for town, tally in rows]
    half = (len(drawn) + 1) // 2
    return [drawn[:half], drawn[half:]] if len(drawn) > 1 else [drawn]


def _bar(tally: Tally) -> SafeString:
    share = tally.share or 0
    return charts.bar(share, sentence=f"{share:.0%}", width=BAR_WIDTH)
