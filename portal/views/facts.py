"""What a paper proves becomes a fact, where no list says it: the clerk reads it off the paper."""

from collections.abc import Iterator
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from applications.models import Application
from beneficiaries.models import Doubt, Fact, Household, Person
from beneficiaries.queries.family import family as family_of
from beneficiaries.services import ask_to_withdraw, enter_fact, looking
from facts.catalogue import Kind, load_catalogue
from officials.access import StaffRequest, staff
from officials.roles import Role
from portal.forms.facts import NO_PERSON, FactForm, ReasonForm
from portal.queries import queues
from portal.queries.alike import told_apart
from portal.queries.entries import decided_on, entry_of
from standards.names import readings
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say


@staff(Role.CLERK)
def fact(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """The form and the entry. ``?draft=`` names the application to go back to, ``?paper=`` the paper, ``?person=`` whom."""
    official, day = request.official, today()
    family = family_of(pk, official=official, on=day)
    known = kinds_from_papers().get(kind)
    if family is None or known is None or (known.is_only_elsewhere and not family.away):
        raise Http404
    looking.enter_family(family.household, official=official, by=official.actor(Role.CLERK), on=day)
    away = {one.person.pk: one.person for one in family.away}
    people = away if known.is_only_elsewhere else {person.pk: person for person, _ in family.everybody}
    draft = _draft(request, pk)
    initial = {
        "person": draft.person_id if draft else request.GET.get("person"),
        "paper": request.GET.get("paper"),
    }
    told = told_apart((key, person.name, "") for key, person in people.items())
    names = {key: f"{one.name} {told.get(key, '')}".strip() for key, one in people.items()}
    born = {key: one.born_on for key, one in people.items()}
    born[NO_PERSON] = min((one.person.born_on for one in family.members), default=date.min)
    given = request.POST if request.method == "POST" else None
    form = FactForm(known, given, people=names, born=born, today=day, initial=initial)
    if given is not None and form.is_valid():
        values, elsewhere = form.values(), form.elsewhere()
        if form.is_valid():
            about: Person | Household = (
                people[form.cleaned_data["person"]] if known.about == "person" else family.household
            )
            try:
                entered = enter_fact(
                    about, kind=kind, values=values, paper=form.cleaned_data["paper"], by=official.actor(Role.CLERK),
                    on=day, valid_from=form.cleaned_data.get("valid_from"), elsewhere=elsewhere,
                )  # fmt: skip
            except Refusal as refusal:
                form.refuse(None, refusal)
            else:
                _say_how_it_stands(request, known, entered)
                return redirect(_back(pk, draft))
    context = {
        "form": form,
        "kind": known,
        "proved": list(_proved(known)),
        "household": family.household,
        "back_url": _back(pk, draft),
    }
    return render(request, "portal/fact.html", context, status=422 if form.errors else 200)


@staff(Role.CLERK)
def withdraw(request: StaffRequest, pk: int, fact: int) -> HttpResponse:
    """The confirm step of asking to take an entry back, with the reason; another person decides."""
    official, day = request.official, today()
    family = family_of(pk, official=official, on=day)
    entry = entry_of(family, fact) if family else None
    if family is None or entry is None:
        raise Http404
    looking.enter_family(family.household, official=official, by=official.actor(Role.CLERK), on=day)
    form, decided = ReasonForm(request.POST or None), decided_on(entry.fact)
    if request.method == "POST" and form.is_valid():
        try:
            ask_to_withdraw(
                entry.fact, by=official.actor(Role.CLERK), on=day, reason=form.cleaned_data["reason"],
                approved=[one.receipt_number for one in decided],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            words = Words("已申请撤回，等另一位核实", "Withdrawal is asked for; another person confirms it")
            messages.success(request, say(words))
            return redirect("portal:family", pk=pk)
    context = {
        "form": form,
        "entry": entry,
        "decided": decided,
        "household": family.household,
        "back_url": reverse("portal:family", args=[pk]),
    }
    return render(request, "portal/withdraw_fact.html", context, status=422 if form.errors else 200)


def _proved(kind: Kind) -> Iterator[Words]:
    """What each paper says by being there, so that nobody is asked for it."""
    for paper, told in kind.proves.items():
        for key, answer in told.items():
            named, words = kind.papers[paper], kind.fields[key].words
            yield Words(
                f"“{named.zh}”证明：{words.zh}——{'是' if answer else '否'}",
                f"“{named.en}” proves: {words.en}: {'yes' if answer else 'no'}",
            )


def _say_how_it_stands(request: StaffRequest, kind: Kind, entered: Fact) -> None:
    if not entered.is_disputed:
        messages.success(request, say(Words(f"已登记：{kind.words.zh}", f"On record: {kind.words.en}")))
        return
    waits = Doubt.objects.filter(fact=entered, settled_on=None).first()
    told = Words(waits.words["zh"], waits.words["en"]) if waits else kind.words
    messages.warning(request, say(told))


def kinds_from_papers(*, elsewhere: bool = True) -> dict[str, Kind]:
    """The kinds of evidence that a paper can prove; ``elsewhere``: also those of somebody of another county alone."""
    kinds = load_catalogue().kinds.items()
    entered = {name: kind for name, kind in kinds if kind.entered != "never"}
    return {name: kind for name, kind in entered.items() if elsewhere or not kind.is_only_elsewhere}


def by_who_sees(kinds: dict[str, Kind]) -> list[tuple[bool, list[tuple[str, Words]]]]:
    """The kinds in two groups, each in the order of their Chinese names: what a second person must see, and the rest."""
    named = sorted(kinds.items(), key=lambda one: (readings(one[1].words.zh)[:1], one[0]))
    groups = [
        (waits, [(name, kind.words) for name, kind in named if (kind.entered == "confirmed") is waits])
        for waits in (True, False)
    ]
    return [group for group in groups if group[1]]


def _draft(request: StaffRequest, household: int) -> Application | None:
    number = request.GET.get("draft", "")
    rows = queues.in_scope(request.official).filter(household_id=household)
    found: Application | None = rows.filter(pk=number).first() if number.isdecimal() else None
    return found


def _back(household: int, draft: Application | None) -> str:
    if draft is None:
        return reverse("portal:family", args=[household])
    return reverse("portal:draft", args=[household, draft.pk])
