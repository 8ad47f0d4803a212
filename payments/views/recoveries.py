"""Money that families owe: what was asked back, what came back by one person's entry and another's confirmation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from officials.access import StaffRequest, staff
from officials.models import Official
from payments.forms import RepaymentForm
from payments.models import Recovery, Repayment
from payments.queries.naming import division_names
from payments.queries.recoveries import to_come_back, waiting, written_off
from payments.services import repaying
from payments.views.budget import FINANCE
from payments.views.reading import READERS
from standards import money
from standards.words import Refusal
from web.clock import today
from web.forms import EmptyForm, HouseForm

PAGE_ROWS = 20


@staff(*READERS)
def recoveries(request: StaffRequest) -> HttpResponse:
    """Every recovery that is asked back, what is still owed first, with the entries that wait for a second person."""
    official = request.official
    page = Paginator(to_come_back(official), PAGE_ROWS).get_page(request.GET.get("page"))
    entries, names = waiting(page), division_names(one.division for one in page)
    given_up, is_finance = written_off(page), official.has_role(*FINANCE)
    context: dict[str, Any] = {
        "page": page,
        "rows": [
            {
                "recovery": one,
                "name": _name(one),
                "place": names.get(one.division, one.division),
                "waiting": [
                    (each, each.entered_by != official.number and is_finance)
                    for each in entries.get(one.pk, ())
                ],
                "can_enter": one.state == "pursued" and is_finance,
                "can_give": one.over_fen and is_finance,
                "write_off": given_up.get(one.pk),
                "can_decide": is_finance
                and one.pk in given_up
                and given_up[one.pk].proposed_by != official.number,
            }
            for one in page
        ],
    }
    return render(request, "payments/recoveries.html", context)


@staff(*FINANCE)
def repay(request: StaffRequest, pk: int) -> HttpResponse:
    """Enter what a family brought back. A refusal keeps the page."""
    recovery = find_recovery(request.official, pk)
    form = RepaymentForm(request.POST or None, initial={"came_on": today().isoformat()})
    act = partial(repaying.enter_repayment, recovery)
    return take_step(request, recovery, form, act, "repayment", verb="enter", fen=recovery.left_fen)


@staff(*FINANCE)
def give_to_family(request: StaffRequest, pk: int) -> HttpResponse:
    """Enter what finance gave back to a family that had repaid before the bank returned the payment."""
    recovery = find_recovery(request.official, pk)
    form = RepaymentForm(request.POST or None, initial={"came_on": today().isoformat()}, to_family=True)
    act = partial(repaying.enter_giving_back, recovery)
    return take_step(
        request, recovery, form, act, "repayment", verb="enter", fen=recovery.over_fen, to_family=True
    )


@staff(*FINANCE)
def decide_repayment(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm a repayment, or what was given back, that another person entered; or set it aside."""
    repayment = get_object_or_404(
        Repayment.objects.filter(recovery__in=to_come_back(request.official)), pk=pk
    )
    act = {"confirm": repaying.confirm_repayment, "refuse": repaying.refuse_repayment}[verb]
    return take_step(
        request, find_recovery(request.official, repayment.recovery_id), EmptyForm(request.POST or None),
        partial(act, repayment), "repayment", done=f"{repayment.receipt} · {money.yuan(repayment.fen)}",
        verb=verb, repayment=repayment, fen=repayment.fen, to_family=repayment.to_family,
    )  # fmt: skip


def take_step(
    request: StaffRequest,
    recovery: Recovery,
    form: HouseForm,
    act: Callable[..., object],
    page: str,
    *,
    done: str = "",
    **shown: Any,
) -> HttpResponse:
    """One step of finance about a recovery: ``act`` with what the form says, then the list with ``done`` said; else the page
    ``payments/<page>_step.html`` with ``shown``, and with what was refused."""
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data, by=request.official.actor(*FINANCE), on=today())
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            if done:
                messages.success(request, done)
            return redirect("payments:recoveries")
    context = {**_named(recovery), "form": form, **shown}
    return render(request, f"payments/{page}_step.html", context, status=422 if form.errors else 200)


def find_recovery(official: Official, pk: int) -> Recovery:
    """The recovery, or 404 where it is out of scope or owed by nobody."""
    found: Recovery = get_object_or_404(to_come_back(official), pk=pk)
    return found


def _named(recovery: Recovery) -> dict[str, Any]:
    """What the page of a step says of a recovery. Two queries."""
    return {
        "recovery": recovery,
        "name": _name(recovery),
        "place": division_names([recovery.division]).get(recovery.division, recovery.division),
        "back_url": reverse("payments:recoveries"),
    }


def _name(recovery: Recovery) -> str:
    """Who benefited: the person, or the head of the household."""
    application = recovery.decision.application
    who = application.person or (application.household.head if application.household else None)
    return str(who.name) if who else ""
