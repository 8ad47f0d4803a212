"""What a paper proves becomes a fact, where no list says it: the clerk reads it off the paper."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from applications.models import Application
from beneficiaries.models import Household, Person
from beneficiaries.queries.family import family as family_of
from beneficiaries.services import enter_fact
from facts.catalogue import Kind, load_catalogue
from officials.access import StaffRequest, staff
from officials.roles import Role
from portal.forms.facts import FactForm
from portal.queries import queues
from standards.words import Words
from web.clock import today
from web.forms import say


@staff(Role.CLERK)
def fact(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """The form and the entry. ``?draft=`` names the application to go back to, ``?paper=`` the paper in hand."""
    official, day = request.official, today()
    family = family_of(pk, official=official, on=day)
    known = kinds_from_papers().get(kind)
    if family is None or known is None:
        raise Http404
    people = {member.person.pk: member.person for member in family.members}
    draft = _draft(request, pk)
    initial = {"person": draft.person_id if draft else None, "paper": request.GET.get("paper")}
    names = {number: person.name for number, person in people.items()}
    given = request.POST if request.method == "POST" else None
    form = FactForm(known, given, people=names, today=day, initial=initial)
    if given is not None and form.is_valid():
        values = form.values()
        if form.is_valid():
            about: Person | Household = (
                people[form.cleaned_data["person"]] if known.about == "person" else family.household
            )
            enter_fact(
                about, kind=kind, values=values, paper=form.cleaned_data["paper"], by=official.actor(Role.CLERK), on=day,
                valid_from=form.cleaned_data.get("valid_from"),
            )  # fmt: skip
            messages.success(request, say(Words(f"已登记：{known.words.zh}", f"On record: {known.words.en}")))
            return redirect(_back(pk, draft))
    context = {"form": form, "kind": known, "household": family.household, "back_url": _back(pk, draft)}
    return render(request, "portal/fact.html", context, status=422 if form.errors else 200)


def kinds_from_papers() -> dict[str, Kind]:
    """The kinds of evidence that a paper can prove at the counter."""
    return {
        name: kind for name, kind in load_catalogue().kinds.items() if kind.stores == "facts" and kind.papers
    }


def _draft(request: StaffRequest, household: int) -> Application | None:
    number = request.GET.get("draft", "")
    rows = queues.in_scope(request.official).filter(household_id=household)
    found: Application | None = rows.filter(pk=number).first() if number.isdigit() else None
    return found


def _back(household: int, draft: Application | None) -> str:
    if draft is None:
        return reverse("portal:family", args=[household])
    return reverse("portal:draft", args=[household, draft.pk])
