"""What a family will never pay back: proposed to be written off by one person of finance, decided by another."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from officials.access import StaffRequest, staff
from payments.forms import WriteOffForm
from payments.models import WriteOff
from payments.queries.recoveries import to_come_back
from payments.services import writing_off
from payments.views.budget import FINANCE
from payments.views.recoveries import find_recovery, take_step
from standards import money
from web.forms import EmptyForm


@staff(*FINANCE)
def write_off(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose to write off what is left, with the reason and the document. A refusal keeps the page."""
    recovery, form = find_recovery(request.official, pk), WriteOffForm(request.POST or None)
    act = partial(writing_off.propose_write_off, recovery)
    return take_step(request, recovery, form, act, "write_off", verb="propose", fen=recovery.left_fen)


@staff(*FINANCE)
def decide_write_off(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Write off what another person proposed, or let it stay owed."""
    proposed = get_object_or_404(WriteOff.objects.filter(recovery__in=to_come_back(request.official)), pk=pk)
    act = {"confirm": writing_off.decide_write_off, "refuse": writing_off.refuse_write_off}[verb]
    return take_step(
        request, find_recovery(request.official, proposed.recovery_id), EmptyForm(request.POST or None),
        partial(act, proposed), "write_off", done=f"{proposed.document_number} · {money.yuan(proposed.fen)}",
        verb=verb, write_off=proposed, fen=proposed.fen,
    )  # fmt: skip
