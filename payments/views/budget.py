"""The budget: where each program's money stands, allotments entered by one person and confirmed by another."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ledger import services as ledger
from ledger.models import Allotment
from ledger.queries import standings
from officials.access import StaffRequest, staff
from officials.roles import Role
from payments.forms import AllotmentForm
from payments.queries.naming import official_names, program_titles, source_words, sources_known
from payments.views.reading import READERS
from standards.words import Refusal, Words
from web.clock import today
from web.forms import EmptyForm, say

FINANCE = (Role.BATCH_CHECKER, Role.BATCH_APPROVER)
PAGE_ROWS = 20


@staff(*READERS)
def budget(request: StaffRequest) -> HttpResponse:
    """Balances by program, source and year, and every allotment."""
    titles = program_titles()
    page = Paginator(Allotment.objects.order_by("-id"), PAGE_ROWS).get_page(request.GET.get("page"))
    people = official_names([one.entered_by for one in page] + [one.confirmed_by for one in page])
    context: dict[str, Any] = {
        "standings": [
            (one, titles.get(one.program, one.program), source_words(one.source)) for one in standings()
        ],
        "page": page,
        "rows": [
            {
                "allotment": one,
                "program": titles.get(one.program, one.program),
                "source": source_words(one.source),
                "entered_by": people.get(one.entered_by, (one.entered_by, ""))[0],
                "confirmed_by": people.get(one.confirmed_by, (one.confirmed_by, ""))[0],
                "can_decide": request.official.has_role(*FINANCE)
                and one.state == "entered"
                and one.entered_by != request.official.number,
            }
            for one in page
        ],
        "can_enter": request.official.has_role(*FINANCE),
    }
    return render(request, "payments/budget.html", context)


@staff(*FINANCE)
def enter_allotment(request: StaffRequest) -> HttpResponse:
    """Enter an allotment; it counts once a second person has confirmed it."""
    form = AllotmentForm(
        request.POST or None, programs=program_titles(), sources=sources_known(today()),
        initial={"fiscal_year": today().year},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = ledger.enter_allotment(
                **form.cleaned_data, by=request.official.actor(*FINANCE), on=today()
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(
                request,
                _("Entered: %(document)s. A second person confirms it.") % {"document": made.document_number},
            )
            return redirect("payments:budget")
    return render(request, "payments/allotment.html", {"form": form}, status=422 if form.errors else 200)


@staff(*FINANCE)
def decide_allotment(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm an allotment that another person entered, or set it aside."""
    allotment = get_object_or_404(Allotment, pk=pk)
    form = EmptyForm(request.POST or None)
    act = {"confirm": ledger.confirm_allotment, "refuse": ledger.refuse_allotment}[verb]
    if request.method == "POST" and form.is_valid():
        try:
            act(allotment, by=request.official.actor(*FINANCE), on=today())
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(request, allotment.document_number)
            return redirect("payments:budget")
    titles = program_titles()
    context = {
        "form": form,
        "allotment": allotment,
        "program": titles.get(allotment.program, allotment.program),
        "source": source_words(allotment.source),
        "verb": verb,
        "entered_by": say(_person(allotment.entered_by)),
        "back_url": reverse("payments:budget"),
    }
    return render(request, "payments/allotment_step.html", context, status=422 if form.errors else 200)


def _person(number: str) -> Words:
    name = official_names([number]).get(number, (number, ""))[0]
    return Words(name, name)
