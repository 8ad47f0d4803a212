"""The confirm page of a bulk step: count, sum, capitals, what follows; all or none."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from applications.models import Application
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from portal.queries import flags, places, programs, queues
from portal.queries.application import CORRECTED, resting_on
from portal.queries.queues import Queue
from portal.services import BULK
from portal.views.worklist import beneficiary_name
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say

CHOSEN_MAX = 200


@staff(Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER, Role.COUNTY_APPROVER)
def bulk(request: StaffRequest) -> HttpResponse:
    """GET shows what was chosen and leaves out what is not clean any more; POST takes the step with the rest."""
    official = request.official
    given = request.POST if request.method == "POST" else request.GET
    queue = queues.BY_NAME.get(given.get("queue", ""))
    if queue is None or not queue.bulk or not official.has_role(*queue.roles):
        return redirect("portal:worklist")
    rows, left_out = _chosen(official, queue, given.getlist("id"))
    back = f"{reverse('portal:worklist')}?queue={queue.name}"
    if not rows:
        messages.warning(
            request,
            say(Words("一件也没有选：先在列表里勾选没有疑点的", "Nothing was chosen: tick clean rows first")),
        )
        return redirect(back)
    problem = None
    if request.method == "POST":
        try:
            count = BULK[queue.bulk](rows, official.actor(*queue.roles), today())
        except Refusal as refusal:
            problem = refusal.words
        else:
            messages.success(request, f"{Application.move_named(queue.bulk).label} · {count}")
            return redirect(back)
    context = {**_summary(rows, queue), "left_out": left_out, "problem": problem, "back_url": back}
    return render(request, "portal/bulk.html", context, status=422 if problem else 200)


def _chosen(
    official: Official, queue: Queue, ids: list[str]
) -> tuple[list[Application], list[tuple[str, str]]]:
    """The clean rows among those chosen, and (name, reason) of the others."""
    numbers = [int(one) for one in ids if one.isdecimal()][:CHOSEN_MAX]
    found = (
        queues.in_scope(official)
        .filter(pk__in=numbers)
        .select_related("person", "household__head", "version")
    )
    in_queue = set(queues.in_scope(official).filter(queue.where, pk__in=numbers).values_list("pk", flat=True))
    rows = list(found.order_by("pk"))
    flagged = flags.flags_of(rows)
    moved_on = say(Words("有人先办了一步", "somebody acted first"))
    own, corrected = resting_on(rows, official), say(CORRECTED)
    clean, left_out = [], []
    for row in rows:
        if row.pk not in in_queue:
            left_out.append((beneficiary_name(row), moved_on))
        elif row.pk in own:
            left_out.append((beneficiary_name(row), corrected))
        elif flagged[row.pk]:
            left_out.append((beneficiary_name(row), flagged[row.pk][0].sentence))
        else:
            clean.append(row)
    return clean, left_out


def _summary(rows: list[Application], queue: Queue) -> dict[str, Any]:
    titles = programs.titles()
    named = places.places_of(row.division for row in rows)
    by_program = Counter(say(titles.get(row.program, Words(row.program, row.program))) for row in rows)
    by_town = Counter(named.township(row.division) for row in rows)
    return {
        "queue": queue,
        "rows": rows,
        "move": Application.move_named(queue.bulk),
        "total_fen": sum(max(row.amount_fen, 0) for row in rows),
        "by_program": by_program.most_common(),
        "by_town": by_town.most_common(),
    }
