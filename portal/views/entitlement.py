"""What a decision grants is suspended, resumed or ended: the confirm page of each, and the deed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from applications.models import Entitlement
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from payments import services
from payments.lifecycle import AttemptState
from payments.models import Attempt
from payments.queries.unpaid import is_over
from portal.forms.steps import StepForm
from portal.views.application import identity, moves_of
from standards.words import Refusal
from web.clock import today

DEEDS: dict[str, Callable[..., Any]] = {
    "suspend": services.suspend_entitlement,
    "resume": services.resume_entitlement,
    "end": services.end_entitlement,
}


@staff(Role.COUNTY_CHECKER, Role.COUNTY_APPROVER)
def entitlement_step(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    """One move of an entitlement. A refusal keeps the page and says why."""
    found = _find(request.official, pk)
    back = reverse("portal:application", args=[found.application_id])
    taken = next((one for one in moves_of(found, request.official) if one.name == move), None)
    if taken is None and move in DEEDS and is_over(found):
        messages.warning(
            request, gettext("All of it was paid or has lapsed: nothing can be suspended or ended.")
        )
        return redirect(back)
    if taken is None:
        raise Http404
    form = StepForm(move, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            DEEDS[move](
                found, reason=form.cleaned_data["note"], by=request.official.actor(*taken.roles), on=today()
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(request, str(taken.label))
            return redirect(back)
    context = {
        **identity(found.application),
        "entitlement": found,
        "paid_fen": _paid(found),
        "move": taken,
        "form": form,
        "back_url": back,
    }
    return render(request, "portal/entitlement_step.html", context, status=422 if form.errors else 200)


def _paid(found: Entitlement) -> int:
    """Fen that the bank has paid of it."""
    paid = Attempt.objects.filter(instalment__entitlement=found, state=AttemptState.PAID)
    return int(paid.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def _find(official: Official, pk: int) -> Entitlement:
    rows = Entitlement.objects.visible_to(official).select_related(
        "application__person", "application__household__head", "application__version"
    )
    found: Entitlement | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
