"""A version that reaches back: whom it touches among those decided already, and what people make of each line."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.models import Comparison, Decision
from applications.services import comparing
from applications.services import retroactive as services
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from payments.models import Recovery
from payments.services.recovering import propose_recovery, settle_recovery
from portal.forms.retroactive import AgainstFilters, RecoveryForm
from portal.queries import places
from portal.queries import retroactive as queries
from portal.views.worklist import beneficiary_name
from programs.models import PolicyVersion
from standards.words import Refusal, Words
from web.clock import today
from web.components import Progress
from web.forms import EmptyForm, HouseForm, say

PAGE_ROWS = 20
PROPOSERS = (Role.POLICY_OFFICER, Role.COUNTY_CHECKER)
READERS = (*PROPOSERS, Role.COUNTY_APPROVER, Role.AUDITOR)


@staff(*READERS)
def decided(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The list that the worker has worked out; POST asks for it."""
    version, official = _version(code, number), request.official
    why_not = services.why_not(version)
    if request.method == "POST":
        if why_not is not None or not official.has_role(*PROPOSERS):
            raise PermissionDenied
        comparing.ask_comparison(version, by=official.actor(*PROPOSERS), on=today())
        return redirect("portal:decided", code=code, number=number)
    kept, waiting = queries.finished(version), queries.under_way(version)
    context: dict[str, Any] = {
        "version": version,
        "why_not": why_not,
        "comparison": kept,
        "job": _progress(waiting, version) if waiting else None,
        "can_ask": official.has_role(*PROPOSERS) and (waiting is None or waiting.is_stopped),
    }
    if kept is not None:
        context |= _listed(request, version, kept)
    return render(request, "portal/retroactive.html", context)


def _listed(request: StaffRequest, version: PolicyVersion, kept: Comparison) -> dict[str, Any]:
    official = request.official
    form = AgainstFilters(request.GET, townships=places.townships(official))
    rows = queries.in_scope(kept, official, **form.chosen())
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    lines = queries.lines(version, comparing.as_they_stand(list(page)))
    named = places.places_of(line.against.decision.application.division for line in lines)
    return {
        "filters": form,
        "page": page,
        "rows": [
            (line, beneficiary_name(line.against.decision.application),
             named.full(line.against.decision.application.division))
            for line in lines
        ],
        "can_propose": official.has_role(*PROPOSERS),
        "can_decide": official.has_role(Role.COUNTY_APPROVER),
    }  # fmt: skip


def _progress(waiting: Comparison, version: PolicyVersion) -> Progress:
    url = reverse("portal:decided_progress", args=[version.code, version.number])
    what = _("The decisions are being judged by this version")
    if waiting.is_stopped:
        return Progress(what, url, ended=say(Words(waiting.error_zh, waiting.error_en)), failed=True)
    return Progress(what, url, done=waiting.progress_done, total=waiting.progress_total)


@staff(*READERS)
@require_safe
def decided_progress(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The running job; when it has ended, the page itself is shown anew."""
    version = _version(code, number)
    waiting = queries.under_way(version)
    if waiting is None:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "web/parts/progress.html", {"job": _progress(waiting, version)})


@staff(*PROPOSERS)
def deed(request: StaffRequest, code: str, number: int, pk: int, deed: str) -> HttpResponse:
    """What follows from one line: propose to ask money back, or open an application. A refusal keeps the page."""
    version = _version(code, number)
    decision = _decision(request.official, version, pk)
    found = services.against(decision, version)
    if found is None or deed not in ("recover", "supplement"):
        raise Http404
    (line,) = queries.lines(version, [found])
    is_recovery = deed == "recover"
    form: HouseForm = RecoveryForm(request.POST or None) if is_recovery else EmptyForm(request.POST or None)
    problem, actor = None, request.official.actor(*PROPOSERS)
    if request.method == "POST" and (not is_recovery or form.is_valid()):
        try:
            if is_recovery:
                propose_recovery(decision, version, reason=form.cleaned_data["reason"], by=actor, on=today())
            else:
                opened = services.open_supplement(decision, version, by=actor, on=today())
                return redirect("portal:application", pk=opened.pk)
        except Refusal as refusal:
            problem = refusal.words
            if is_recovery:
                form.refuse(None, refusal)
        else:
            return redirect("portal:decided", code=code, number=number)
    context = {
        **_named(decision, version),
        "line": line,
        "is_recovery": is_recovery,
        "form": form,
        "problem": problem,
    }
    return render(
        request,
        "portal/retroactive_deed.html",
        context,
        status=422 if problem or form.errors else 200,
    )


@staff(Role.COUNTY_APPROVER)
def recovery_step(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    """The second person asks it back or not, with the reason. A refusal keeps the page."""
    recovery = (
        Recovery.objects.visible_to(request.official)
        .filter(pk=pk)
        .select_related("version", "decision__application__person", "decision__application__household__head")
        .first()
    )
    taken = (
        next((one for one in recovery.moves_for(request.official.roles) if one.name == move), None)
        if recovery
        else None
    )
    if recovery is None or taken is None:
        raise Http404
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            settle_recovery(
                recovery,
                move,
                finding=form.cleaned_data["reason"],
                by=request.official.actor(*taken.roles),
                on=today(),
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(request, str(taken.label))
            return redirect("portal:decided", code=recovery.version.code, number=recovery.version.number)
    context = {
        **_named(recovery.decision, recovery.version),
        "recovery": recovery,
        "move": taken,
        "form": form,
    }
    return render(request, "portal/recovery_step.html", context, status=422 if form.errors else 200)


def _named(decision: Decision, version: PolicyVersion) -> dict[str, Any]:
    application = decision.application
    return {
        "version": version,
        "decision": decision,
        "name": beneficiary_name(application),
        "place": places.places_of([application.division]).full(application.division),
        "back_url": reverse("portal:decided", args=[version.code, version.number]),
    }


def _version(code: str, number: int) -> PolicyVersion:
    found = PolicyVersion.objects.filter(code=code, number=number, state="active").first()
    if found is None:
        raise Http404
    return found


def _decision(official: Official, version: PolicyVersion, pk: int) -> Decision:
    found = (
        Decision.objects.filter(
            pk=pk, application__program=version.code, application__division__startswith=official.scope
        )
        .select_related("application__person", "application__household__head")
        .first()
    )
    if found is None:
        raise Http404
    return found
