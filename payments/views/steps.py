"""The confirm pages: building, each step of a batch, and the deeds on one line."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import FINANCE, Role
from payments import services
from payments.forms import FindingForm, ReturnForm, StatementForm
from payments.models import Attempt, Batch, ResultLine
from payments.queries import blocked
from payments.queries.naming import division_names, program_titles
from payments.queries.pages import funds, to_rebuild
from payments.queries.recoveries import owed_of
from payments.services.rechecking import NOT_PAYABLE
from payments.services.sending import ask_for_files
from payments.views.actions import Action, find_action
from payments.views.reading import bank_of, find_batch, title_of
from standards import money
from standards.words import Refusal, Words
from web.clock import today
from web.forms import EmptyForm, HouseForm, say

REFUSED_STATUS = 422


@staff(Role.BATCH_PREPARER)
def build(request: StaffRequest) -> HttpResponse:
    """Build draft batches of what is due: of one program and township, or of all."""
    program, township = request.GET.get("program") or None, request.GET.get("township") or None
    official = request.official
    due = blocked.due_now(on=today(), scope=official.scope, program=program, township=township)
    form: HouseForm = EmptyForm(request.POST or None)
    if request.method == "POST":
        by = official.actor(Role.BATCH_PREPARER)
        try:
            services.plan_instalments(on=today())
            made = services.build_batches(by=by, on=today(), program=program, township=township)
        except Refusal as refusal:
            form = _refused(EmptyForm, request, refusal)
        else:
            count = sum(batch.count for batch in made)
            messages.success(
                request, _("%(n)d batches with %(count)d lines built") % {"n": len(made), "count": count}
            )
            return (
                redirect("payments:batch", pk=made[0].pk) if len(made) == 1 else redirect("payments:batches")
            )
    names = division_names(one.township for one in due.groups)
    titles = program_titles()
    context = {
        "form": form,
        "back_url": reverse("payments:batches"),
        "groups": [
            (one, titles.get(one.program, one.program), names.get(one.township, one.township))
            for one in due.groups
        ],
        "due": due,
        "reasons": [one.sentence for one in due.reasons],
    }
    return render(request, "payments/build.html", context, status=_status(form))


@staff(*FINANCE)
def step(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """One step of a batch. A refusal keeps the page and says why; nothing has happened then."""
    found, official = find_batch(request.official, pk), request.official
    offered = find_action(found, official, name)
    if offered is None:
        messages.warning(request, say(_NOT_NOW))
        return redirect("payments:batch", pk=pk)
    action = offered.action
    asks = StatementForm if _is_stated(request, action, found) else action.form
    form: HouseForm = asks(request.POST or None)
    if request.method == "POST" and not offered.reasons and form.is_valid():
        try:
            made = action.act(found, form.cleaned_data, official.actor(*action.roles), today())
        except Refusal as refusal:
            if refusal.code == NOT_PAYABLE and action.stated and found.downloaded_on:
                asks = StatementForm  # the bank may have the files already
            form = _refused(asks, request, refusal)
        else:
            return _done(request, found, name, str(action.label), made)
    bank, shape = bank_of(found)
    context = {
        "form": form,
        "action": action,
        "reasons": offered.reasons,
        "batch": found,
        "title": title_of(found),
        "bank": bank,
        "shape": shape,
        "funds": funds(found),
        "to_rebuild": to_rebuild(found) if name == "correct" else 0,
        "back_url": reverse("payments:batch", args=[pk]),
    }
    is_shut = request.method == "POST" and bool(offered.reasons)
    status = REFUSED_STATUS if is_shut else _status(form)
    return render(request, "payments/step.html", context, status=status)


@staff(Role.BATCH_PREPARER)
def leave_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one line out of a draft."""
    return _line_step(
        request,
        _find_line(request.official, pk),
        EmptyForm,
        verb=lambda line, data: services.leave_out(
            line, by=request.official.actor(Role.BATCH_PREPARER), on=today()
        ),
        question=_("Leave this line out?"),
        label=_("Leave it out"),
        follows=[("undo-2", _("The payment is free and goes into a later batch."))],
    )


@staff(Role.BATCH_PREPARER)
def give_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that a paid line came back."""
    line = _find_line(request.official, pk)
    in_year = today().year == line.batch.fiscal_year
    return _line_step(
        request,
        line,
        ReturnForm,
        verb=lambda one, data: services.record_return(
            one, reason_text=data["reason_text"], by=request.official.actor(Role.BATCH_PREPARER), on=today()
        ),
        question=_("Did this money come back?"),
        label=_("Record the return"),
        follows=[
            (
                "wallet",
                _("Before 31 December: the money is committed to this family again.")
                if in_year
                else _(
                    "After the fiscal year: the money goes to the treasury; paying again needs a new allotment."
                ),
            ),
            *_owed(line),
            ("lock", _("This cannot be taken back.")),
        ],
    )


def _owed(line: Attempt) -> list[tuple[str, str]]:
    """What the return does to a debt of the same family, where there is one."""
    fen = owed_of(line)
    if not fen:
        return []
    words = _(
        "The family was asked for {yuan} yuan of this right: as far as that was of this payment, it falls away now."
    )
    return [("undo-2", words.format(yuan=money.yuan(fen)))]


@staff(Role.BATCH_CHECKER, Role.BATCH_APPROVER)
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what a quarantined answer means."""
    visible = Batch.objects.visible_to(request.official)
    line = get_object_or_404(
        ResultLine.objects.select_related("result_file__batch"),
        pk=pk,
        result_file__batch__in=visible,
        quarantine__isnull=False,
    )
    attempt = get_object_or_404(_attempts(request.official), batch=line.result_file.batch, line=line.line)
    assert line.quarantine is not None
    by = request.official.actor(Role.BATCH_CHECKER, Role.BATCH_APPROVER)
    return _line_step(
        request,
        attempt,
        FindingForm,
        verb=lambda one, data: services.settle_line(
            line, finding=data["finding"], note=data["note"], by=by, on=today()
        ),
        question=_("What does the bank confirm?"),
        label=_("Settle this line"),
        follows=[("circle-alert", say(Words(line.quarantine["zh"], line.quarantine["en"])))],
    )


_NOT_NOW = Words(
    "这一步现在不能办：有人先办了一步，或不是你的岗位",
    "This step is not possible now: somebody acted first, or it is not your role's",
)


def _line_step(
    request: StaffRequest,
    line: Attempt,
    form_class: type[HouseForm],
    *,
    verb: Any,
    question: str,
    label: str,
    follows: Any,
) -> HttpResponse:
    form: HouseForm = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb(line, form.cleaned_data)
        except Refusal as refusal:
            form = _refused(form_class, request, refusal)
        else:
            messages.success(request, f"{label} · {line.payee.name}")
            return redirect("payments:batch", pk=line.batch_id)
    context = {
        "form": form,
        "line": line,
        "batch": line.batch,
        "title": title_of(line.batch),
        "question": question,
        "label": label,
        "follows": follows,
        "back_url": reverse("payments:batch", args=[line.batch_id]),
    }
    return render(request, "payments/line_step.html", context, status=_status(form))


def _attempts(official: Official) -> Any:
    return Attempt.objects.filter(batch__in=Batch.objects.visible_to(official)).select_related(
        "batch", "payee", "instalment__entitlement"
    )


def _find_line(official: Official, pk: int) -> Attempt:
    found: Attempt = get_object_or_404(_attempts(official), pk=pk)
    return found


def _is_stated(request: StaffRequest, action: Action, batch: Batch) -> bool:
    """Whether the page asks what became of the downloaded files: taking back always, sending once it was refused."""
    asked = action.name == "take-back" or "statement" in request.POST
    return action.stated and batch.downloaded_on is not None and asked


def _refused(form_class: type[HouseForm], request: StaffRequest, refusal: Refusal) -> HouseForm:
    form = form_class(request.POST)
    form.is_valid()
    form.refuse(None, refusal)
    return form


def _status(form: HouseForm) -> int:
    return REFUSED_STATUS if form.is_bound and form.errors else 200


def _done(request: StaffRequest, found: Batch, name: str, label: str, made: Any) -> HttpResponse:
    """A toast, with the way back where one's own step can be taken back."""
    if name == "approve":
        ask_for_files(found)
    url = (
        reverse("payments:step", args=[found.pk, "take-back"])
        if name in ("prepare", "confirm", "approve")
        else ""
    )
    messages.success(request, f"{label} · {found.number}", extra_tags=url)
    if name == "correct" and made:
        return redirect("payments:batch", pk=made[0].pk)
    return redirect("payments:batch", pk=found.pk)
