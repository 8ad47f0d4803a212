"""Suspected doubles: both rows side by side, and what people say about them, each word confirmed by a second person."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beneficiaries import services
from beneficiaries.lifecycle import DoubleState
from beneficiaries.models import Double, Person
from beneficiaries.queries.doubles import doubles_for, reasons_for, suspected
from beneficiaries.queries.sides import Side, sides_of
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from portal.forms.doubles import MergeForm, SeenForm, WhyForm
from portal.queries.merging import against, digest_of
from standards.words import Refusal, Words
from web.clock import today
from web.forms import HouseForm

PAGE_PAIRS = 10
READERS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER, Role.AUDITOR)
TELLERS = (Role.TOWNSHIP_REVIEWER, Role.COUNTY_CHECKER)
SUSPECTED = "suspected"
TABS = [
    (SUSPECTED, _("To compare")),
    ("asked", _("For a second person")),
    ("merged", _("One person")),
    ("apart", _("Two people")),
]
STATES = {
    "asked": (DoubleState.ASKED, DoubleState.TO_PART),
    "merged": (DoubleState.MERGED,),
    "apart": (DoubleState.APART,),
}
OPEN = tuple(state for states in STATES.values() for state in states)
VERBS = {
    "refuse_merge": services.refuse_merge,
    "ask_to_part": services.ask_to_part,
    "keep_merged": services.keep_merged,
    "look_again": services.look_again,
}
CHANGED = Words(
    "这一页打开以后情况变了，下面是现在的：再看一遍再确认",
    "Something changed since this page was opened; this is how it stands now: look again, then confirm",
)


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
        said = doubles_for(request.official, *STATES[state])
        pairs = [(one.stays_id, one.other_id, _words(one.found), one) for one in said]
    page = Paginator(pairs, PAGE_PAIRS).get_page(request.GET.get("page"))
    keys = {key for one, other, _, _ in page for key in (one, other)}
    before = _said_before(keys) if state == SUSPECTED else {}
    sides = sides_of(Person.objects.visible_to(request.official).filter(pk__in=keys))
    context = {
        "page": page,
        "pairs": [
            (
                [sides[one], sides[other]],
                words,
                said or before.get(frozenset((one, other))),
                _moves_shown(said, request.official),
            )
            for one, other, words, said in page
        ],
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
        by = request.official.actor(*TELLERS)
        found = reasons_for(*people, request.official)
        try:
            services.say_apart(*people, by=by, on=today(), reason=form.cleaned_data["reason"], found=found)
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect("portal:doubles")
    context = {"sides": _sides(people), "name": people[0].name, "form": form, "back_url": _list(SUSPECTED)}
    return render(request, "portal/double_apart.html", context, status=422 if form.errors else 200)


@staff(*TELLERS)
def merge(request: StaffRequest, one: int, other: int) -> HttpResponse:
    """Says that both are one person, which row goes on, and how one knows; another person confirms it."""
    people = _pair(request.official, one, other)
    sides = _sides(people)
    form = MergeForm(request.POST or None, sides=sides)
    if request.method == "POST" and form.is_valid():
        stays, goes = people if form.cleaned_data["stays"] == one else people[::-1]
        by = request.official.actor(*TELLERS)
        found = reasons_for(*people, request.official)
        try:
            services.ask_to_merge(
                stays, goes, by=by, on=today(), reason=form.cleaned_data["reason"], found=found
            )
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect(_list("asked"))
    context = {
        "sides": sides,
        "name": people[0].name,
        "against": against(*people),
        "form": form,
        "back_url": _list(SUSPECTED),
    }
    return render(request, "portal/double_merge.html", context, status=422 if form.errors else 200)


@staff(*TELLERS)
def double_step(request: StaffRequest, pk: int, move: str) -> HttpResponse:
    """The confirm step of every further word about a pair."""
    double = doubles_for(request.official, *OPEN).filter(pk=pk).first()
    if double is None or move not in {one.name for one in _moves(double, request.official)}:
        raise Http404
    people = (double.stays, double.other)
    contradictions = against(*people) if move == "merge" else []
    form = _form(request, move, contradictions)
    if request.method == "POST" and form.is_valid():
        try:
            _take(double, move, form, contradictions, request.official)
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            return redirect(_list(_tab_after(move)))
    context = {
        "double": double,
        "move": Double.move_named(move),
        "sides": _sides(people),
        "name": double.stays.name,
        "found": _words(double.found),
        "against": contradictions,
        "form": form,
        "back_url": _list(_tab_of(double)),
    }
    return render(request, "portal/double_step.html", context, status=422 if form.errors else 200)


def _form(request: StaffRequest, move: str, contradictions: list[Words]) -> HouseForm:
    if move in VERBS:
        return WhyForm(request.POST or None)
    given = request.POST if request.method == "POST" else None
    form = SeenForm(given, initial={"seen": digest_of(contradictions)})
    if (
        request.method == "POST"
        and form.is_valid()
        and form.cleaned_data["seen"] != digest_of(contradictions)
    ):
        form = SeenForm({"seen": digest_of(contradictions)})
        form.is_valid()
        form.refuse(None, Refusal(CHANGED.zh, CHANGED.en, code="changed_meanwhile"))
    return form


def _take(
    double: Double, move: str, form: HouseForm, contradictions: list[Words], official: Official
) -> None:
    by, on = official.actor(*Double.move_named(move).roles), today()
    if move in VERBS:
        VERBS[move](double, by=by, on=on, reason=form.cleaned_data["reason"])
    elif move == "merge":
        services.merge(double, by=by, on=on, against=contradictions)
    else:
        services.part(double, by=by, on=on)


def _said_before(keys: set[int]) -> dict[frozenset[int], Double]:
    """The last word about a pair that is suspected again: a merge that was refused, or parted. One query."""
    ended = Double.objects.filter(
        state__in=(DoubleState.REFUSED, DoubleState.PARTED), stays__in=keys, other__in=keys
    )
    return {frozenset((one.stays_id, one.other_id)): one for one in ended.order_by("pk")}


def _moves_shown(double: Double | None, official: Official) -> list[Any]:
    """The buttons; who asked is not offered the second person's word."""
    if double is None:
        return []
    asked = {"merge": double.asked_by, "part": double.part_asked_by}
    return [move for move in _moves(double, official) if asked.get(move.name) != official.number]


def _moves(double: Double | None, official: Official) -> list[Any]:
    return double.moves_for(official.roles, official.number) if double else []


def _tab_of(double: Double) -> str:
    return next(tab for tab, states in STATES.items() if double.state in states)


def _tab_after(move: str) -> str:
    target = Double.move_named(move).target
    return next((tab for tab, states in STATES.items() if target in states), SUSPECTED)


def _list(tab: str) -> str:
    return f"{reverse('portal:doubles')}?state={tab}"


def _pair(official: Official, one: int, other: int) -> tuple[Person, Person]:
    people = {person.pk: person for person in Person.objects.visible_to(official).filter(pk__in=[one, other])}
    if len(people) != 2:
        raise Http404
    return people[one], people[other]


def _sides(people: tuple[Person, Person]) -> list[Side]:
    sides = sides_of(people)
    return [sides[person.pk] for person in people]


def _words(found: list[dict[str, str]]) -> tuple[Words, ...]:
    return tuple(Words(one["zh"], one["en"]) for one in found)
