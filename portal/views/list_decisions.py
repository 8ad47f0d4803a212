"""What stands on a list: read before it is withdrawn, and afterwards."""

from django.http import HttpResponse
from django.shortcuts import render

from beneficiaries.views.lists import READERS, found_list, kind_words
from officials.access import StaffRequest, staff
from portal.queries.standing import decisions_on, page_of, with_paid


@staff(*READERS)
def list_decisions(request: StaffRequest, pk: int) -> HttpResponse:
    """The decisions that saw a fact of this list, or were paid to an account of it, the newest first."""
    evidence = found_list(request, pk)
    page = page_of(decisions_on(evidence, request.official), request.GET.get("page"))
    moves = {move.name for move in evidence.moves_for(request.official.roles, request.official.number)}
    context = {
        "list": evidence,
        "kind": kind_words(evidence.kind),
        "page": page,
        "rows": with_paid(list(page)),
        "can_withdraw": "withdraw" in moves,
    }
    return render(request, "portal/list_decisions.html", context)
