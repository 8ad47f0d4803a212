"""An application: what was seen, what happened, who acts next and by when; and the confirm page of each step."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from applications.lifecycle import UNDECIDED, EntitlementState
from applications.models import Application, Entitlement, Objection
from audit.moves import Move
from beneficiaries.services import looking
from letters.queries.register import FAMILY_READERS
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import READS_FAMILIES
from payments.models import Attempt
from payments.queries.unpaid import is_over
from portal.forms.steps import StepForm
from portal.forms.worklist import origin_words
from portal.queries import application as pages
from portal.queries import flags, places, programs, queues
from portal.queries.timeline import timeline
from portal.services import STEPS
from portal.views.worklist import beneficiary_name
from standards import receipt_number
from standards.words import Refusal
from web.clock import today
from web.components import Step
from web.forms import say

# The moves after which the county is asked to refuse: nothing is posted on the way there.
PROPOSE_REFUSAL = ("propose_refusal", "recheck_refusal")


@staff(*READS_FAMILIES)
def application(request: StaffRequest, pk: int) -> HttpResponse:
    """The page. Nothing here judges for good: what differs today is shown beside what was seen."""
    found, official, day = _find(request.official, pk), request.official, today()
    looking.open_application(found, official=official, by=official.actor(*official.roles), on=day)
    undecided = found.state in UNDECIDED
    now = pages.judged_today(found, day) if undecided else None
    steps = timeline(found)
    conditions = pages.conditions(found)
    queue = request.GET.get("queue", "")
    context: dict[str, Any] = {
        **identity(found),
        "today": day,
        "is_undecided": undecided,
        "queue": queue,
        "neighbours": pages.neighbours(found, official, queue) if queue else None,
        "flags": flags.flags_of([found])[found.pk] if undecided else [],
        "conditions": conditions,
        "met": sum(one.verdict == 2 for one in conditions),
        "working": pages.working(found),
        "facts": pages.facts(found, now.facts if now else None),
        "now": now,
        "papers": [(paper, pages.paper_words(paper.kind)) for paper in found.papers.all()],
        "missing": [pages.paper_words(kind) for kind in found.missing_papers] if found.state == "waiting_for_papers" else [],
        "actions": pages.actions(found, official),
        "next_step": _next(steps),
        "letters": (letters := _letters(found) if official.has_role(*FAMILY_READERS) else []),
        "has_worklist": official.has_role(*queues.READERS),
        "to_print": next((one for one in letters if one[0] == request.GET.get("letter")), None),
        "timeline": steps,
        **_entitlement(found, official),
        "objections": Objection.objects.filter(line__application=found),
    }  # fmt: skip
    return render(request, "portal/application.html", context)


def identity(found: Application) -> dict[str, Any]:
    """What every page about an application says on top. Three queries."""
    titles = programs.titles()
    named = places.places_of([found.division])
    head = found.household.head if found.household else None
    return {
        "application": found,
        "number": receipt_number.spaced(found.receipt_number),
        "name": beneficiary_name(found),
        "person": found.person or head,
        "head": head,
        "place": named.full(found.division),
        "program": titles.get(found.program, found.program),
        "origin": origin_words(found.origin),
        "state_kind": {
            "approved": "met",
            "refused": "not_met",
            "withdrawn": "not_needed",
            "objected": "look",
        }.get(found.state, "under_way"),
    }


@staff(*READS_FAMILIES)
def step(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    """The confirm page of one step, and the step itself. A refusal keeps the page and says why."""
    found, official = _find(request.official, pk), request.official
    action = next((one for one in pages.actions(found, official) if one.move.name == move), None)
    if action is None or move not in STEPS:
        messages.warning(request, say(_not_now().words))
        return redirect("portal:application", pk=pk)
    conditions = pages.conditions(found)
    gives_reason = (
        move in PROPOSE_REFUSAL and not found.reasons and not any(one.verdict == 0 for one in conditions)
    )
    form = StepForm(move, request.POST if request.method == "POST" else None, gives_reason=gives_reason)
    taken = request.method == "POST" and not action.reasons and (form.is_valid() or not form.fields)
    if taken:
        try:
            STEPS[move](found, form.cleaned_data, official.actor(*action.move.roles), today())
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return _done(request, found, action)
    context = {
        **identity(found),
        "action": action,
        "form": form,
        "conditions": [one for one in conditions if one.verdict < 2],
        "reasons": found.reasons,
        "next_step": _after(found, action.move),
        "back_url": reverse("portal:application", args=[pk]),
    }
    return render(request, "portal/step.html", context, status=422 if form.errors else 200)


def _entitlement(found: Application, official: Official) -> dict[str, Any]:
    """What was granted, and what this official could do with it."""
    granted = Entitlement.objects.filter(application=found).first()
    if granted is None:
        return {}
    return {
        "entitlement": granted,
        "entitlement_kind": {"active": "met", "suspended": "look", "ended": "not_needed"}[granted.state],
        "entitlement_moves": moves_of(granted, official),
        "entitlement_is_over": granted.state != EntitlementState.ENDED and is_over(granted),
    }


def moves_of(granted: Entitlement, official: Official) -> list[Move]:
    """The moves that change something: of what was all paid or has lapsed nothing can be suspended or ended."""
    moves = granted.moves_for(official.roles, official.number)
    return [move for move in moves if move.name == "resume" or not is_over(granted)] if moves else []


def _letters(found: Application) -> list[tuple[str, str]]:
    """The letters there are to print about it, the newest kind first."""
    kinds = []
    if Attempt.objects.filter(instalment__entitlement__application=found, state="paid").exists():
        kinds.append(("payment_advice", gettext("Payment advice")))
    if found.state in ("approved", "refused"):
        approved = found.state == "approved"
        kinds.append(
            ("approval", gettext("Approval letter")) if approved else ("refusal", gettext("Refusal letter"))
        )
    # Nobody stood at the counter for one from matched lists: neither letter is written.
    asked = found.origin != Application.Origin.LISTS
    if asked and found.accepted_on:
        kinds.append(("receipt", gettext("Receipt")))
    if asked and found.correct_by:
        kinds.append(("correction_notice", gettext("Correction notice")))
    return kinds


def _done(request: StaffRequest, found: Application, action: pages.Action) -> HttpResponse:
    """A toast with the way back where the step can be taken back, and the next of the queue or the page itself."""
    taken = Application.objects.get(pk=found.pk)
    back = next((m for m in taken.moves_for(request.official.roles, request.official.number) if m.own), None)
    url = reverse("portal:step", args=[found.pk, back.name]) if back else ""
    messages.success(request, f"{action.move.label} · {beneficiary_name(found)}", extra_tags=url)
    return redirect("portal:application", pk=found.pk)


def _find(official: Official, pk: int) -> Application:
    found = pages.find(official, pk)
    if found is None:
        raise Http404
    return found


def _next(steps: list[Step]) -> Step | None:
    return next((step for step in steps if step.state == "now"), None)


def _after(found: Application, move: Move) -> Step | None:
    """Who would act after the step."""
    refusal = found.proposes_refusal or move.name in PROPOSE_REFUSAL
    shadow = Application(
        pk=found.pk, state=move.target, division=found.division, proposes_refusal=refusal,
        decide_by=found.decide_by, submitted_by=found.submitted_by, reviewed_by=found.reviewed_by,
        rechecked_by=found.rechecked_by,
    )  # fmt: skip
    return _next(timeline(shadow))


def _not_now() -> Refusal:
    return Refusal(
        "这一步现在不能办：有人先办了一步，或不是你的岗位",
        "This step is not possible now: somebody acted first, or it is not your role's",
        code="not_now",
    )
