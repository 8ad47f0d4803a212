"""Result files: uploading, watching them being read, what they said."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from payments import services
from payments.forms import ResultForm
from payments.models import Attempt, Batch, ResultFile, ResultLine
from payments.queries.naming import division_names, program_titles, reason_words
from payments.services.results import AT_THE_BANK
from payments.views.drawn import reading_of
from payments.views.reading import READERS, title_of
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say

PAGE_ROWS = 20
LINES_ROWS = 100
CHOICES_MAX = 200
"""Batches offered for an answer, the newest first; older ones have theirs uploaded from their own page."""


@staff(*READERS)
def results(request: StaffRequest) -> HttpResponse:
    """Every result file in scope, the newest first, and the form to upload one."""
    official = request.official
    form = _form(request) if official.has_role(Role.BATCH_PREPARER) else None
    found = _visible(official).select_related("batch")
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "payments/results.html", {"form": form, "page": page})


@staff(Role.BATCH_PREPARER)
def upload(request: StaffRequest) -> HttpResponse:
    """Keep an uploaded file; the worker reads it."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        batch = get_object_or_404(Batch.objects.visible_to(request.official), pk=form.cleaned_data["batch"])
        file = form.cleaned_data["file"]
        by = request.official.actor(Role.BATCH_PREPARER)
        try:
            row = services.upload_result(batch, name=file.name, content=file.read(), by=by, on=today())
        except Refusal as refusal:
            form.refuse("file", refusal)
        else:
            messages.info(request, gettext("Kept; it is read now: %(name)s") % {"name": row.name})
            return redirect("payments:result", pk=row.pk)
    return render(request, "payments/upload.html", {"form": form}, status=422 if form.errors else 200)


@staff(*READERS)
def result(request: StaffRequest, pk: int) -> HttpResponse:
    """One result file: running, refused with every place, or what it said line by line."""
    row = get_object_or_404(_visible(request.official).select_related("batch"), pk=pk)
    lines = ResultLine.objects.filter(result_file=row).order_by("line")
    page = Paginator(lines, LINES_ROWS).get_page(request.GET.get("page"))
    names = dict(
        Attempt.objects.filter(batch=row.batch, line__in=[line.line for line in page]).values_list(
            "line", "payee__name"
        )
    )
    problem = row.problem
    context: dict[str, Any] = {
        "row": row,
        "title": title_of(row.batch),
        "job": reading_of(row) if not row.read_on and not row.refused_on else None,
        "problem": Words(problem["zh"], problem["en"]) if problem else None,
        "places": [Words(one["zh"], one["en"]) for one in problem.get("places", [])] if problem else [],
        "can_upload": request.official.has_role(Role.BATCH_PREPARER),
        "page": page,
        "rows": [(line, names.get(line.line, ""), reason_words(line.reason), _waits(line)) for line in page],
    }
    return render(request, "payments/result.html", context)


@staff(*READERS)
def result_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The reading of one file, for the page that polls it."""
    row = get_object_or_404(_visible(request.official).select_related("batch"), pk=pk)
    return render(request, "payments/parts/progress.html", {"job": reading_of(row)})


def _visible(official: Official) -> Any:
    return ResultFile.objects.filter(batch__in=Batch.objects.visible_to(official)).order_by("-id")


def _waits(line: ResultLine) -> Words | None:
    kept = line.quarantine
    return Words(kept["zh"], kept["en"]) if kept else None


def _form(request: StaffRequest) -> ResultForm:
    open_batches = (
        Batch.objects.visible_to(request.official).filter(state__in=AT_THE_BANK).order_by("-id")[:CHOICES_MAX]
    )
    titles = program_titles()
    names = division_names(batch.division for batch in open_batches)
    choices = [
        (
            batch.pk,
            f"{batch.number} · {say(titles[batch.program])} · {names.get(batch.division, batch.division)}",
        )
        for batch in open_batches
        if batch.program in titles
    ]
    data = request.POST if request.method == "POST" else None
    initial = {"batch": request.GET.get("batch", "")}
    return ResultForm(data, request.FILES or None, batches=choices, initial=initial)
