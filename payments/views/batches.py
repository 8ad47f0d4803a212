"""The list of batches with what waits to be built, one batch, its lines, files and running work."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext_lazy

from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from payments.forms import BatchFilters
from payments.lifecycle import APPROVER, CHECKER, PREPARER, AttemptState, BatchState
from payments.models import BankFile, Batch
from payments.queries import blocked, pages
from payments.queries.naming import division_names, profile_words, program_titles
from payments.services.sending import take_file
from payments.views.actions import actions_for
from payments.views.drawn import agreed, chain, chart, is_running, job_of
from payments.views.reading import BADGES, READERS, bank_of, find_batch, title_of
from standards.words import Refusal
from web.clock import today
from web.forms import say

PAGE_ROWS = 20
LINES_ROWS = 100
# What a state waits for, and whose step it is.
WAITS = (
    (
        "draft",
        PREPARER,
        ngettext_lazy("%(n)d batch waits to be prepared", "%(n)d batches wait to be prepared", "n"),
    ),
    (
        "prepared",
        CHECKER,
        ngettext_lazy("%(n)d batch waits for your check", "%(n)d batches wait for your check", "n"),
    ),
    (
        "checked",
        APPROVER,
        ngettext_lazy("%(n)d batch waits for your approval", "%(n)d batches wait for your approval", "n"),
    ),
    (
        "approved",
        PREPARER,
        ngettext_lazy("%(n)d batch waits to go to the bank", "%(n)d batches wait to go to the bank", "n"),
    ),
    (
        "answered",
        (*CHECKER, *APPROVER),
        ngettext_lazy("%(n)d batch waits to be closed", "%(n)d batches wait to be closed", "n"),
    ),
)
FIRST_LINES = 12  # on the page of a batch that is not at the bank yet


@staff(*READERS)
def batches(request: StaffRequest) -> HttpResponse:
    """What is due and in no batch yet, and every batch in scope, the newest first."""
    official = request.official
    titles = program_titles()
    form = BatchFilters(request.GET, programs=titles)
    found = Batch.objects.visible_to(official).filter(**form.chosen()).defer("profile_source").order_by("-id")
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    open_lines = pages.open_counts(list(page))
    due = blocked.due_now(on=today(), scope=official.scope)
    names = division_names([*(batch.division for batch in page), *(group.township for group in due.groups)])
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": [
            {
                "batch": batch,
                "program": titles.get(batch.program, batch.program),
                "township": names.get(batch.division, batch.division),
                "bank": profile_words(batch.profile)[0],
                "badge": BADGES[batch.state],
                "failed": open_lines[batch.pk][0],
                "unknown": open_lines[batch.pk][1],
            }
            for batch in page
        ],
        "groups": [
            {
                "group": one,
                "program": titles.get(one.program, one.program),
                "township": names.get(one.township, ""),
            }
            for one in due.groups
            if one.count
        ],
        "waits": _waits(official),
        "due": due,
        "can_build": official.has_role(Role.BATCH_PREPARER),
    }
    return render(request, "payments/batches.html", context)


def _waits(official: Official) -> list[dict[str, Any]]:
    """What waits for a step that this official's roles take, as links to the filtered list."""
    rows = Batch.objects.visible_to(official).order_by().values_list("state").annotate(Count("pk"))
    counts = dict(rows.filter(state__in=[state for state, _roles, _words in WAITS]))
    return [
        {"state": state, "words": words % {"n": counts[state]}}
        for state, roles, words in WAITS
        if counts.get(state) and official.has_role(*roles)
    ]


@staff(*READERS)
def batch(request: StaffRequest, pk: int) -> HttpResponse:
    """One batch: sum, chain of signatures, results, what stayed out, lines to look at, files."""
    found = find_batch(request.official, pk)
    signed = pages.signatures(found)
    results = pages.outcomes(found)
    payees, households = pages.people_paid(found)
    is_sent = found.state in (BatchState.SENT, BatchState.ANSWERED, BatchState.CLOSED)
    bank, shape = bank_of(found)
    context: dict[str, Any] = {
        "batch": found,
        "title": title_of(found),
        "badge": BADGES[found.state],
        "payees": payees,
        "households": households,
        "funds": pages.funds(found),
        "bank": bank,
        "shape": shape,
        "chain": chain(found, signed, pages.can_sign(found)),
        "agreed": agreed(signed),
        "job": job_of(found) if is_running(found) else None,
        "results": results,
        "result_count": sum(one.count for one in results),
        "result_fen": sum(one.fen for one in results),
        "chart": chart(results) if is_sent else None,
        "left": (left := pages.exclusions(found)),
        "left_count": sum(one.count for one in left),
        "left_fen": sum(one.fen for one in left),
        "first_lines": [] if is_sent else pages.shown(list(pages.lines(found)[:FIRST_LINES])),
        "open_lines": pages.open_lines(found) if is_sent else [],
        "quarantined": pages.quarantined(found) if is_sent else [],
        "files": list(found.files.all()),
        "file_lines": sum(file.lines for file in found.files.all()),
        "file_fen": sum(file.total_fen for file in found.files.all()),
        "answers": list(found.results.order_by("id")),
        "corrections": list(found.corrections.order_by("id")),
        "actions": actions_for(found, request.official),
        "can_settle": request.official.has_role(Role.BATCH_CHECKER, Role.BATCH_APPROVER),
        "can_return": request.official.has_role(Role.BATCH_PREPARER),
        "is_sent": is_sent,
        "today": today(),
    }
    return render(request, "payments/batch.html", context)


@staff(*READERS)
def lines(request: StaffRequest, pk: int) -> HttpResponse:
    """Every line of a batch, by state where the URL says so."""
    found = find_batch(request.official, pk)
    state = request.GET.get("state", "")
    states = [state] if state in AttemptState.values else []
    page = Paginator(pages.lines(found, states), LINES_ROWS).get_page(request.GET.get("page"))
    context = {
        "batch": found,
        "title": title_of(found),
        "page": page,
        "rows": pages.shown(list(page.object_list)),
        "states": [(one.value, one.label) for one in AttemptState],
        "state": state,
        "can_leave_out": found.state == BatchState.DRAFT and request.official.has_role(Role.BATCH_PREPARER),
        "can_return": request.official.has_role(Role.BATCH_PREPARER),
    }
    return render(request, "payments/lines.html", context)


@staff(Role.BATCH_PREPARER)
def download(request: StaffRequest, pk: int, part: int) -> HttpResponse:
    """The clear file for the bank, byte for byte as exported; who took it stands in the trail."""
    found = find_batch(request.official, pk)
    file = get_object_or_404(BankFile, batch=found, part=part)
    try:
        content = take_file(file, by=request.official.actor(Role.BATCH_PREPARER), on=today())
    except Refusal as refusal:
        messages.warning(request, say(refusal.words))
        return redirect("payments:batch", pk=pk)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "no-store"
    return response


@staff(*READERS)
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The running export, for the page that polls it."""
    found = find_batch(request.official, pk)
    if found.state == BatchState.DRAFT:
        raise Http404
    return render(request, "payments/parts/progress.html", {"job": job_of(found)})
