"""What unknown columns of a list are, the headers that were learnt, and cancelling what the worker does."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from beneficiaries import services
from beneficiaries.forms.columns import ColumnsForm
from beneficiaries.queries.divisions import names_of_scopes
from beneficiaries.queries.headers import headers_in_use
from beneficiaries.views.lists import READERS, found_list, kind_words
from facts.catalogue import load_catalogue
from officials.access import StaffRequest, staff
from officials.roles import Role
from standards.words import Refusal, Words
from web.clock import today


@staff(Role.COUNTY_CHECKER)
def name_columns(request: StaffRequest, pk: int) -> HttpResponse:
    """Each unknown header with its first cells and the fields it may be; the list is then checked again."""
    evidence = found_list(request, pk)
    form = ColumnsForm(request.POST or None, evidence=evidence)
    if request.method == "POST" and form.is_valid():
        try:
            services.name_columns(
                evidence,
                form.meaning(),
                whole_county=not form.cleaned_data.get("only_here"),
                by=request.official.actor(Role.COUNTY_CHECKER),
                on=today(),
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect("beneficiaries:list", evidence.pk)
    problem = Words(evidence.problem["zh"], evidence.problem["en"]) if evidence.problem else None
    context = {
        "list": evidence,
        "kind": kind_words(evidence.kind),
        "form": form,
        "problem": problem,
        "back_url": reverse("beneficiaries:list", args=[evidence.pk]),
    }
    return render(request, "beneficiaries/columns.html", context, status=422 if form.errors else 200)


@staff(Role.COUNTY_CHECKER)
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the check or the taking that the worker is at; where it was faster, that is said."""
    evidence = found_list(request, pk)
    services.cancel_list(evidence, by=request.official.actor(Role.COUNTY_CHECKER), on=today())
    return redirect("beneficiaries:list", evidence.pk)


@staff(*READERS)
def headers(request: StaffRequest) -> HttpResponse:
    """Every header that was learnt, what it is read as, who said so and when."""
    found = list(headers_in_use(request.official.scope))
    places = names_of_scopes({one.scope for one in found})
    rows = [_row(one, places) for one in found]
    can_take_back = request.official.has_role(Role.COUNTY_CHECKER)
    return render(request, "beneficiaries/headers.html", {"rows": rows, "can_take_back": can_take_back})


@staff(Role.COUNTY_CHECKER)
@require_POST
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Read a header so no more."""
    learnt = get_object_or_404(headers_in_use(request.official.scope), pk=pk)
    services.take_back_header(learnt, by=request.official.actor(Role.COUNTY_CHECKER), on=today())
    return redirect("beneficiaries:headers")


def _row(learnt: Any, places: Mapping[str, str]) -> dict[str, Any]:
    kinds = load_catalogue().kinds
    listed = kinds[learnt.kind].listed if learnt.kind in kinds else ()
    field = next((one.words for one in listed if one.key == learnt.key), Words(learnt.key, learnt.key))
    place = places.get(learnt.scope, learnt.scope)
    return {"learnt": learnt, "kind": kind_words(learnt.kind), "field": field, "place": place}
