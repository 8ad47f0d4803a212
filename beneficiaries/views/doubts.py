"""Doubts: what lists brought that a person must settle."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beneficiaries import services
from beneficiaries.forms.doubts import SettleForm
from beneficiaries.forms.narrowing import DoubtFilters
from beneficiaries.models import Doubt
from beneficiaries.queries.compared import comparisons_of
from beneficiaries.queries.correctors import SETTLED
from beneficiaries.queries.doubts import FOLLOWS, choices_of, doubts_for, open_doubts, settlers_of
from beneficiaries.queries.family import source_of
from officials.access import StaffRequest, staff
from officials.models import Division
from officials.roles import Role
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say

PAGE_ROWS = 20
READERS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER, Role.AUDITOR)
SETTLERS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)
KINDS = {
    "other_name": _("Another name"),
    "sex_differs": _("Sex against the ID number"),
    "two_households": _("Two households"),
    "account_name": _("Account under another name"),
    "same_person": _("Perhaps one person"),
    "lists_differ": _("Lists that differ"),
    "no_such_person": _("Not on the register"),
    "paper_differs": _("A paper that others contradict"),
    "entered_alone": _("Entered, to be confirmed"),
    "withdrawal": _("Entry to be withdrawn"),
    "other": _("Other"),
}


@staff(*READERS)
def doubts(request: StaffRequest) -> HttpResponse:
    """Every open doubt of the scope."""
    form = DoubtFilters(request.GET, official=request.official)
    found = open_doubts(request.official).filter(form.condition())
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    names = dict(
        Division.objects.filter(code__in={f"{one.division[:9]}000" for one in page}).values_list(
            "code", "name"
        )
    )
    rows = [
        {
            "doubt": one,
            "kind": KINDS[one.kind],
            "words": Words(one.words["zh"], one.words["en"]),
            "place": names.get(f"{one.division[:9]}000", ""),
            "source": _source(one),
        }
        for one in page
    ]
    context = {
        "filters": form,
        "page": page,
        "rows": rows,
    }
    return render(request, "beneficiaries/doubts.html", context)


@staff(*READERS)
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm step: both sides with their sources, the choice, and what was found. An auditor reads it only."""
    doubt: Doubt | None = doubts_for(request.official).filter(pk=pk).first()
    if doubt is None:
        raise Http404
    may_settle = request.official.has_role(*settlers_of(doubt.kind))
    if request.method == "POST" and not may_settle:
        raise PermissionDenied
    choices = choices_of(doubt)
    form = SettleForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        by = request.official.actor(*(role for role in SETTLERS if role in settlers_of(doubt.kind)))
        try:
            services.settle_doubt(
                doubt, by=by, on=today(), outcome=form.cleaned_data["outcome"], keep=form.kept
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(request, say(Words("已核实，记在你名下", "Settled, under your name")))
            return redirect("beneficiaries:doubts")
    context = {
        "doubt": doubt,
        "kind": KINDS[doubt.kind],
        "words": Words(doubt.words["zh"], doubt.words["en"]),
        "source": _source(doubt),
        "comparisons": comparisons_of(doubt),
        "form": form if may_settle else "",
        "may_settle": may_settle,
        "has_sides": len(choices) > 1 and doubt.kind != Doubt.Kind.OTHER_NAME,
        "may_follow": any(one.key == FOLLOWS for one in choices),
        "is_word": doubt.kind in SETTLED,
        "is_pair": doubt.kind == Doubt.Kind.SAME_PERSON,
        "back_url": reverse("beneficiaries:doubts"),
    }
    return render(request, "beneficiaries/settle.html", context, status=422 if form.errors else 200)


def _source(doubt: Doubt) -> Words:
    """The list and row, or the paper."""
    if doubt.fact:
        return source_of(doubt.fact)
    if doubt.list is None:
        return Words(doubt.raised_by, doubt.raised_by)
    named = (doubt.list.title or doubt.list.file_name) + (f" · {doubt.row}" if doubt.row else "")
    return Words(named, named)
