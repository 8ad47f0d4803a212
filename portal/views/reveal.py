"""A masked number, shown for thirty seconds for a reason that stays on record."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from beneficiaries.models import Account, Person
from beneficiaries.services import looking
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import READS_FAMILIES
from portal.forms.steps import ReasonForm
from standards.words import Refusal
from web.clock import today

SHOWN_SECONDS = 30


def _person(official: Official, pk: int) -> Person | None:
    found: Person | None = Person.objects.visible_to(official).filter(pk=pk).first()
    return found


def _account(official: Official, pk: int) -> Account | None:
    return Account.objects.filter(pk=pk, owner__in=Person.objects.visible_to(official)).first()


# what -> (how it is found, the column)
NUMBERS: dict[str, tuple[Callable[[Official, int], Person | Account | None], str]] = {
    "citizen-id": (_person, "citizen_id"),
    "phone": (_person, "phone"),
    "account": (_account, "number"),
}


@staff(*READS_FAMILIES)
def reveal(request: StaffRequest, what: str, pk: int) -> HttpResponse:
    """Asks for the reason; then shows the number, and the trail says who saw which number, when and why.

    Who has seen as many as the work can ask for reads why there is no more, instead of the number.
    """
    find, column = NUMBERS.get(what, (None, ""))
    found = find(request.official, pk) if find else None
    if found is None or not getattr(found, column):
        raise Http404
    number, owner = str(getattr(found, column)), found.owner if isinstance(found, Account) else found
    form = ReasonForm(request.POST or None)
    context = {
        "form": form,
        "url": reverse("portal:reveal", args=[what, pk]),
        "mask": "••••",
        "seconds": SHOWN_SECONDS,
        "number": "",
        "owner": owner,
        "whose": "",  # neither a name nor four digits before the reason: addresses can be counted through
    }
    if request.method == "POST" and form.is_valid():
        official = request.official
        try:
            looking.reveal(
                found, what=what, reason=form.cleaned_data["reason"], official=official,
                by=official.actor(*official.roles), on=today(),
            )  # fmt: skip
        except Refusal as refusal:
            return _refused(request, refusal, context)
        context |= {"number": number, "mask": f"•••• {number[-4:]}", "whose": owner.name}
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "portal/parts/reveal.html" if partial else "portal/reveal.html", context)


def _refused(request: StaffRequest, refusal: Refusal, context: dict[str, Any]) -> HttpResponse:
    """Beside the mask on the page itself (a fragment must be 200 to be put there), else a page of its own."""
    context["refused"] = refusal.words
    if request.headers.get("HX-Request") == "true":
        return render(request, "portal/parts/reveal.html", context)
    return render(request, "portal/reveal.html", context, status=429)
