"""What a family will never pay back: proposed to be written off by one person of finance, decided by another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from officials.access import StaffRequest, staff
from payments.forms import WriteOffForm
from payments.models import WriteOff
from payments.queries.recoveries import to_come_back
from payments.services import writing_off
from payments.views.budget import FINANCE
from payments.views.recoveries import find_recovery, named
from standards import money
from standards.words import Refusal
from web.clock import today
from web.forms import EmptyForm


@staff(*FINANCE)
def write_off(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose to write off what is left, with the reason and the document. A refusal keeps the page."""
    recovery = find_recovery(request.official, pk)
    form = WriteOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            writing_off.propose_write_off(
                recovery, **form.cleaned_data, by=request.official.actor(*FINANCE), on=today()
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect("payments:recoveries")
    context = {**named(recovery), "form": form, "verb": "propose", "fen": recovery.left_fen}
    return render(request, "payments/write_off_step.html", context, status=422 if form.errors else 200)


@staff(*FINANCE)
def decide_write_off(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Write off what another person proposed, or let it stay owed."""
    proposed = get_object_or_404(WriteOff.objects.filter(recovery__in=to_come_back(request.official)), pk=pk)
    form = EmptyForm(request.POST or None)
    act = {"confirm": writing_off.decide_write_off, "refuse": writing_off.refuse_write_off}[verb]
    if request.method == "POST" and form.is_valid():
        try:
            act(proposed, by=request.official.actor(*FINANCE), on=today())
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(request, f"{proposed.document_number} · {money.yuan(proposed.fen)}")
            return redirect("payments:recoveries")
    context = {
        **named(find_recovery(request.official, proposed.recovery_id)),
        "form": form,
        "verb": verb,
        "write_off": proposed,
        "fen": proposed.fen,
    }
    return render(request, "payments/write_off_step.html", context, status=422 if form.errors else 200)
