"""Lists: what came, what the check found, and taking it."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.door import record
from beneficiaries import services
from beneficiaries.forms.lists import ListFilters, UploadForm
from beneficiaries.lifecycle import ListState
from beneficiaries.models import EvidenceList
from beneficiaries.queries.doubts import open_doubts
from beneficiaries.queries.lists import columns_asked, doubted_rows, refused_rows
from beneficiaries.services.cancelling import ASKED_FOR
from facts.catalogue import load_catalogue
from officials.access import StaffRequest, staff
from officials.models import Division
from officials.roles import Role
from standards.words import Refusal, Words
from web.clock import today
from web.components import Progress, Way
from web.forms import say

PAGE_ROWS = 20
ROWS_SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READERS = (Role.COUNTY_CHECKER, Role.AUDITOR)
BADGES = {
    "uploaded": "under_way",
    "asked": "look",
    "checked": "look",
    "taken": "met",
    "refused": "not_met",
    "withdrawn": "neutral",
}


@staff(*READERS)
def lists(request: StaffRequest) -> HttpResponse:
    """Every list of the scope, the newest first."""
    form = ListFilters(request.GET)
    found = EvidenceList.objects.visible_to(request.official).filter(form.condition()).order_by("-pk")
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    names = dict(Division.objects.filter(code__in={one.division for one in page}).values_list("code", "name"))
    rows = [
        {
            "list": one,
            "kind": kind_words(one.kind),
            "badge": _badge(one),
            "place": names.get(one.division, ""),
        }
        for one in page
    ]
    is_filtered, can_upload = bool(form.condition()), request.official.has_role(Role.COUNTY_CHECKER)
    context = {
        "doubts": open_doubts(request.official).count(),
        "filters": form,
        "is_filtered": is_filtered,
        "ways": _ways_on(is_filtered=is_filtered, can_upload=can_upload),
        "page": page,
        "rows": rows,
        "can_upload": can_upload,
    }
    return render(request, "beneficiaries/lists.html", context)


def _ways_on(*, is_filtered: bool, can_upload: bool) -> list[Way]:
    """What to do where no list is shown."""
    if is_filtered:
        return [Way(_("All lists"), reverse("beneficiaries:lists"))]
    return [Way(_("Upload a list"), reverse("beneficiaries:upload"), icon="upload")] if can_upload else []


@staff(Role.COUNTY_CHECKER)
def upload(request: StaffRequest) -> HttpResponse:
    """Choose the workbook, say what it covers; the check begins by itself."""
    form = UploadForm(request.POST or None, request.FILES or None, official=request.official)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        letter = services.CoveringLetter(
            kind=data["kind"],
            file_name=data["file"].name,
            division=data["division"],
            period=data["period"],
            code=data["code"],
            is_complete=data["is_complete"],
            nobody=data["nobody"],
        )
        try:
            evidence = services.upload_list(
                data["file"].read(), letter, by=request.official.actor(Role.COUNTY_CHECKER), on=today()
            )
        except Refusal as refusal:
            form.refused(refusal)
        else:
            return redirect("beneficiaries:list", evidence.pk)
    status = 422 if form.errors else 200
    return render(request, "beneficiaries/upload.html", {"form": form}, status=status)


@staff(*READERS)
def one_list(request: StaffRequest, pk: int) -> HttpResponse:
    """The preview: what is new, the same, changed, refused, for a person; what was made plain; the steps."""
    evidence = found_list(request, pk)
    counts = evidence.counts
    is_mine = evidence.uploaded_by == request.official.number
    context = {
        "list": evidence,
        "kind": kind_words(evidence.kind),
        "badge": _badge(evidence),
        "place": Division.objects.filter(pk=evidence.division).first(),
        "counts": counts,
        "job": _progress(evidence),
        "problem": _words(evidence.problem),
        "notes": [_words(note) for note in counts.get("notes", [])],
        "reasons": [(_words(reason), reason["rows"]) for reason in counts.get("reasons", [])],
        "normalised": _normalised(evidence),
        "gone": counts.get("gone"),
        "totals": _totals(evidence),
        "examples": _examples(evidence),
        "unknown": columns_asked(evidence).unknown,
        "refused": _rows(refused_rows(evidence, ROWS_SHOWN)),
        "doubted": _rows(doubted_rows(evidence, ROWS_SHOWN)),
        "is_mine": is_mine,
        "reasons_mine": [EvidenceList.REFUSALS["list_different_people"]],
        "moves": {move.name for move in evidence.moves_for(request.official.roles, request.official.number)},
        "can_cancel": _can_cancel(request, evidence),
        "is_waiting": _is_asked_for(evidence) and not evidence.is_stopped,
        "is_taken": evidence.state == "taken",
    }
    return render(request, "beneficiaries/list.html", context)


@staff(*READERS)
@require_safe
def list_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The running job; when it has ended, the page itself is shown anew."""
    evidence = found_list(request, pk)
    job = _progress(evidence)
    if job is None:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "web/parts/progress.html", {"job": job})


@staff(Role.COUNTY_CHECKER)
@require_safe
def marked(request: StaffRequest, pk: int) -> HttpResponse:
    """The workbook back with each wrong cell marked; the trail says who fetched it."""
    evidence = found_list(request, pk)
    if not evidence.marked_file:
        raise Http404
    record("fetch_marked", evidence, by=request.official.actor(Role.COUNTY_CHECKER), on=today())
    name = f"{evidence.file_name.rsplit('.', 1)[0]}-{_('marked')}.xlsx"
    with evidence.marked_file.open("rb") as file:
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
        return HttpResponse(file.read(), content_type=XLSX, headers=headers)


@staff(Role.COUNTY_CHECKER)
def take(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm step of taking: whole, or by choice the good rows."""
    evidence = found_list(request, pk)
    take_good = "good" in request.GET
    problem = None
    if request.method == "POST":
        by = request.official.actor(Role.COUNTY_CHECKER)
        try:
            services.ask_to_take(evidence, by=by, on=today(), take_good=take_good)
        except Refusal as refusal:
            problem = refusal.words
        else:
            return redirect("beneficiaries:list", evidence.pk)
    context = {"take_good": take_good, "good": _good(evidence), **_step(evidence, problem)}
    return render(request, "beneficiaries/take.html", context, status=422 if problem else 200)


@staff(Role.COUNTY_CHECKER)
@require_POST
def again(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the worker take up a stopped list again."""
    evidence = found_list(request, pk)
    services.check_again(evidence, by=request.official.actor(Role.COUNTY_CHECKER), on=today())
    return redirect("beneficiaries:list", evidence.pk)


@staff(Role.COUNTY_CHECKER)
def send_back(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm step of sending a list back to its department."""
    return _confirmed(request, pk, services.refuse_list, "beneficiaries/send_back.html")


@staff(Role.COUNTY_CHECKER)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm step of withdrawing a taken list, which the worker then does."""
    return _confirmed(request, pk, services.ask_to_withdraw_list, "beneficiaries/withdraw.html")


def _confirmed(request: StaffRequest, pk: int, verb: Callable[..., object], template: str) -> HttpResponse:
    evidence = found_list(request, pk)
    problem = None
    if request.method == "POST":
        try:
            verb(evidence, by=request.official.actor(Role.COUNTY_CHECKER), on=today())
        except Refusal as refusal:
            problem = refusal.words
        else:
            return redirect("beneficiaries:list", evidence.pk)
    return render(request, template, _step(evidence, problem), status=422 if problem else 200)


def found_list(request: StaffRequest, pk: int) -> EvidenceList:
    """The list where the official's scope holds it, else 404."""
    evidence: EvidenceList | None = EvidenceList.objects.visible_to(request.official).filter(pk=pk).first()
    if evidence is None:
        raise Http404
    return evidence


def _step(evidence: EvidenceList, problem: Words | None) -> dict[str, Any]:
    return {
        "list": evidence,
        "kind": kind_words(evidence.kind),
        "counts": evidence.counts,
        "problem": problem,
        "back_url": reverse("beneficiaries:list", args=[evidence.pk]),
    }


def _good(evidence: EvidenceList) -> int:
    counts = evidence.counts
    return int(counts.get("rows", 0)) - int(counts.get("refused", 0))


def kind_words(kind: str) -> Words:
    """A kind in words, also one whose file is gone."""
    kinds = load_catalogue().kinds
    return kinds[kind].words if kind in kinds else Words(kind, kind)


def _badge(evidence: EvidenceList) -> dict[str, str]:
    kind = BADGES[evidence.state]
    if evidence.state == "checked" and not evidence.counts.get("refused"):
        kind = "can_apply"
    return {"kind": kind, "text": str(ListState(evidence.state).label)}


def _words(told: dict[str, Any] | None) -> Words | None:
    return Words(told["zh"], told["en"]) if told else None


def _rows(rows: list[Any]) -> list[dict[str, Any]]:
    return [
        {"row": row, "problems": [(told.get("cell", ""), _words(told)) for told in row.problems or []]}
        for row in rows
    ]


def _normalised(evidence: EvidenceList) -> list[dict[str, Any]]:
    kinds = load_catalogue().kinds
    columns = (
        {column.key: column.words for column in kinds[evidence.kind].listed} if evidence.kind in kinds else {}
    )
    return [
        {
            "words": _words(told),
            "column": columns.get(told["column"]),
            "rows": told["rows"],
            "first": told["first"],
        }
        for told in evidence.counts.get("normalised", [])
    ]


def _totals(evidence: EvidenceList) -> list[dict[str, Any]]:
    return [
        one | {"words": _words(one), "agrees": one["stated"] == one["found"]}
        for one in evidence.counts.get("totals", [])
    ]


def _examples(evidence: EvidenceList) -> dict[str, Any] | None:
    """A few rows of each outcome in the language of the page; None once the list is taken."""
    told = evidence.counts.get("examples")
    if not told or not any(told["rows"].values()):
        return None
    names = {
        "new": _("New"),
        "changed": _("Changed"),
        "doubtful": _("For a person"),
        "same": _("Same as before"),
    }
    rows = [
        {"outcome": name, "row": row["row"], "cells": [say(Words(*cell)) for cell in row["cells"]]}
        for key, name in names.items()
        for row in told["rows"].get(key, [])
    ]
    return {"columns": [say(Words(*one)) for one in told["columns"]], "rows": rows}


def _can_cancel(request: StaffRequest, evidence: EvidenceList) -> bool:
    is_checking = evidence.state == "uploaded" and "cancel" not in evidence.parameters
    return request.official.has_role(Role.COUNTY_CHECKER) and (_is_asked_for(evidence) or is_checking)


def _is_asked_for(evidence: EvidenceList) -> bool:
    """Whether the worker has been asked to take or to withdraw it."""
    return ASKED_FOR.get(evidence.state) in evidence.parameters


def _progress(evidence: EvidenceList) -> Progress | None:
    """The job that checks, takes or withdraws the list now, or None where nothing runs."""
    if evidence.state != "uploaded" and not _is_asked_for(evidence):
        return None
    url = reverse("beneficiaries:list_progress", args=[evidence.pk])
    what = {
        "uploaded": _("The list is being checked"),
        "checked": _("The list is being taken"),
        "taken": _("The list is being withdrawn"),
    }[evidence.state]
    if "cancel" in evidence.parameters:
        what = _("The check is being cancelled")
    if evidence.is_stopped:
        ended = Words(evidence.error_zh, evidence.error_en)
        return Progress(what, url, ended=say(ended), failed=True)
    return Progress(what, url, done=evidence.progress_done, total=evidence.progress_total)
