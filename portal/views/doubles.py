"""Suspected doubles: both rows side by side, and what people say about them."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beneficiaries import services
from beneficiaries.lifecycle import DoubleState
from beneficiaries.models import Double, Person
from beneficiaries.queries.doubles import doubles_for, reasons_for, suspected
from beneficiaries.queries.sides import sides_of
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from portal.forms.doubles import WhyForm
from standards.words import Refusal, Words
from web.clock import today

PAGE_PAIRS = 10
READERS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER, Role.AUDITOR)
TELLERS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)
SUSPECTED = "suspected"
TABS = [(SUSPECTED, _("To compare")), (DoubleState.APART, DoubleState.APART.label)]


@staff(*READERS)
def doubles(request: StaffRequest) -> HttpResponse:
    """Pairs of the scope that nobody has settled; or those that somebody has."""
    state = request.GET.get("state", SUSPECTED)
    if state not in dict(TABS):
        state = SUSPECTED
    pairs: list[tuple[int, int, tuple[Words, ...], Double | None]]
    if state == SUSPECTED:
        pairs = [(one.one, one.other, one.words, None) for one in suspected(request.official)]
    else:
        said = doubles_for(request.official, state)
        pairs = [(one.stays_id, one.other_id, _words(one.found), one) for one in said]
    page = Paginator(pairs, PAGE_PAIRS).get_page(request.GET.get("page"))
    keys = {key for one, other, _, _ in page for key in (one, other)}
    sides = sides_of(Person.objects.visible_to(request.official).filter(pk__in=keys))
    context = {
        "page": page,
        "pairs": [([sides[one], sides[other]], words, said) for one, other, words, said in page],
        "state": state,
        "states": TABS,
        "may_tell": request.official.has_role(*TELLERS),
        "is_suspected": state == SUSPECTED,
    }
    return render(request, "portal/doubles.html", context)


@staff(*TELLERS)
def apart(request: StaffRequest, one: int, other: int) -> HttpResponse:
    """The confirm step of "two people", with how one knows."""
    people = _pair(request.official, one, other)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = reasons_for(*people, request.official)
        try:
            services.say_apart(
                *people,
                by=request.official.actor(*TELLERS),
                on=today(),
                reason=form.cleaned_data["reason"],
                found=found,
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect("portal:doubles")
    context = {
        "sides": _sides(people),
        "name": people[0].name,
        "form": form,
        "back_url": reverse("portal:doubles"),
    }
    return render(request, "portal/double_apart.html", context, status=422 if form.errors else 200)


@staff(*TELLERS)
def again(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm step of taking "two people" back: the pair is listed again."""
    double = doubles_for(request.official, DoubleState.APART).filter(pk=pk).first()
    if double is None:
        raise Http404
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = request.official.actor(*TELLERS)
        try:
            services.look_again(double, by=by, on=today(), reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect("portal:doubles")
    context = {
        "double": double,
        "sides": _sides((double.stays, double.other)),
        "name": double.stays.name,
        "form": form,
        "back_url": reverse("portal:doubles") + f"?state={DoubleState.APART}",
    }
    return render(request, "portal/double_again.html", context, status=422 if form.errors else 200)


def _pair(official: Official, one: int, other: int) -> tuple[Person, Person]:
    people = {person.pk: person for person in Person.objects.visible_to(official).filter(pk__in=[one, other])}
    if len(people) != 2:
        raise Http404
    return people[one], people[other]


def _sides(people: tuple[Person, Person]) -> list[object]:
    sides = sides_of(people)
    return [sides[person.pk] for person in people]


def _words(found: list[dict[str, str]]) -> tuple[Words, ...]:
    return tuple(Words(one["zh"], one["en"]) for one in found)
