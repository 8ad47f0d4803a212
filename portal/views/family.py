"""A family at the counter: programs side by side, then papers, then the application, then submit."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from applications.lifecycle import State
from applications.models import Application
from applications.services import counter as services
from beneficiaries.models import Membership, Person
from beneficiaries.queries.family import Family
from beneficiaries.queries.family import family as family_of
from beneficiaries.services import looking
from beneficiaries.services.correcting import PHONERS
from letters.queries.register import PRINTERS as FAMILY_PRINTERS
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import READS_FAMILIES, Role
from portal.forms.papers import NOTE_MAX, NoteForm, PaperForm
from portal.queries import family as queries
from portal.queries import history, places, queues
from portal.queries.checklist import checklist
from portal.queries.entries import entries_of
from portal.queries.evidence import evidence_of
from portal.queries.payee import payee_of
from portal.views.facts import by_who_sees, kinds_from_papers
from programs.queries import loaded
from standards import receipt_number
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say


@staff(*READS_FAMILIES)
def family(request: StaffRequest, pk: int) -> HttpResponse:
    """The page without an open application; ``?program=`` marks the chosen one."""
    return render(request, "portal/family.html", _family(request, pk, request.GET.get("program", "")))


@staff(*READS_FAMILIES)
def of_person(request: StaffRequest, person: int) -> HttpResponse:
    """To the family in which somebody stands now: the way on from a page that knows a person and no family."""
    people = Person.objects.visible_to(request.official).filter(pk=person)
    standing = Membership.objects.filter(person__in=people, valid_until=None).order_by("is_disputed", "pk")
    household = standing.values_list("household", flat=True).first()
    if household is None:
        raise Http404
    return redirect("portal:family", pk=household)


@staff(Role.CLERK)
@require_POST
def apply(request: StaffRequest, pk: int) -> HttpResponse:
    """Open a draft for one of the rights on the page. A refusal is said on the page itself."""
    day = today()
    cards = queries.cards(_find(request.official, pk), day)
    subject = queries.subject_named(cards, request.POST.get("program", ""), request.POST.get("subject", ""))
    if subject is None:
        messages.warning(
            request, say(Words("这一项刚有变化，重新看一下再申请", "This right has just changed; look again"))
        )
        return redirect("portal:family", pk=pk)
    if subject.application and subject.application.state in services.OPEN:
        return redirect("portal:draft", pk=pk, application=subject.application.pk)
    try:
        opened = services.open_application(subject.judged, by=request.official.actor(Role.CLERK), on=day)
    except Refusal as refusal:
        messages.warning(request, say(refusal.words))
        return redirect("portal:family", pk=pk)
    return redirect("portal:draft", pk=pk, application=opened.pk)


@staff(Role.CLERK)
def draft(request: StaffRequest, pk: int, application: int) -> HttpResponse:
    """The family with one open application: checklist, application, submit bar."""
    found = _open(request.official, pk, application)
    if found.state not in services.OPEN:
        return redirect("portal:application", pk=found.pk)
    return render(request, "portal/family.html", _draft(request, pk, found))


@staff(Role.CLERK)
@require_POST
def add_paper(request: StaffRequest, pk: int, application: int) -> HttpResponse:
    """One paper: a scan, a paper seen, or a signed declaration."""
    found = _open(request.official, pk, application)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            services.attach_papers(
                found, form.cleaned_data["kind"], list(form.contents()), by=request.official.actor(Role.CLERK),
                on=today(), is_declaration=form.cleaned_data["how"] == "declared",
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse("file", refusal)
    if form.errors:
        return render(
            request, "portal/family.html", {**_draft(request, pk, found), "paper_form": form}, status=422
        )
    return redirect(_draft_url(found))  # no fragment: it would take the focus from the papers' heading


@staff(Role.CLERK)
@require_POST
def keep_note(request: StaffRequest, pk: int, application: int) -> HttpResponse:
    """Autosave of the note: answers with the time at which it was kept."""
    found = _open(request.official, pk, application)
    form = NoteForm(request.POST)
    is_kept = _keep(form, found)
    if request.headers.get("HX-Request") == "true":
        return render(request, "portal/parts/saved.html", {"at": timezone.localtime(), "errors": form.errors})
    return redirect(_draft_url(found)) if is_kept else _note_too_long(request, pk, found, form)


@staff(Role.CLERK)
@require_POST
def submit(request: StaffRequest, pk: int, application: int) -> HttpResponse:
    """Submit, or give the correction notice where papers are missing. Then the application's page with its letters."""
    found = _open(request.official, pk, application)
    by, day = request.official.actor(Role.CLERK), today()
    note = NoteForm(request.POST)
    if not _keep(note, found):
        return _note_too_long(request, pk, found, note)
    try:
        if request.POST.get("deed") == "notice":
            services.ask_for_papers(found, by=by, on=day)
            words = Words(
                "告知单已开出，等家里补齐",
                "The correction notice is given; the family brings what is missing",
            )
            letter = "correction_notice"
        else:
            services.submit(found, by=by, on=day)
            words = Words("已受理", "Accepted")
            letter = "receipt"
    except Refusal as refusal:
        return render(
            request,
            "portal/family.html",
            {**_draft(request, pk, found), "problem": refusal.words},
            status=422,
        )
    messages.success(request, f"{say(words)} · {receipt_number.spaced(found.receipt_number)}")
    return redirect(f"{reverse('portal:application', args=[found.pk])}?letter={letter}")


def _keep(form: NoteForm, found: Application) -> bool:
    """Keep the note of an application that is still open; whether the note can be kept."""
    if form.is_valid() and found.state in services.OPEN:
        Application.objects.filter(pk=found.pk, state=found.state).update(note=form.cleaned_data["note"])
    return form.is_valid()


def _note_too_long(request: StaffRequest, pk: int, found: Application, form: NoteForm) -> HttpResponse:
    """The draft as it stands, with the note as it was written: nothing was sent and nothing is lost."""
    words = Words(
        f"备注最多 {NOTE_MAX} 个字，还没有提交：请写短一些",
        f"A note has at most {NOTE_MAX} characters, and nothing was submitted: make it shorter",
    )
    context = {**_draft(request, pk, found), "problem": words, "note_form": form}
    return render(request, "portal/family.html", context, status=422)


def _draft_url(found: Application) -> str:
    return reverse("portal:draft", args=[found.household_id, found.pk])


def _find(official: Official, pk: int) -> Family:
    found = family_of(pk, official=official, on=today())
    if found is None:
        raise Http404
    return found


def _open(official: Official, pk: int, application: int) -> Application:
    found = (
        queues.in_scope(official).select_related("person", "version", "household__head")
        .filter(pk=application, household_id=pk).first()
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


def _family(request: StaffRequest, pk: int, program: str) -> dict[str, Any]:
    found, day = _find(request.official, pk), today()
    past = history.past_of(found)
    of_household = [one.application for one in reversed(past) if one.application.household_id == pk]
    cards = queries.cards(found, day, applications=of_household)
    by = request.official.actor(*request.official.roles)
    last = looking.open_family(found.household, official=request.official, by=by, on=day)
    chosen = next((card for card in cards if card.code == program), None)
    entries = entries_of(found)
    return {
        "family": found,
        "household": found.household,
        "place": f"{found.township} {places.short(found.village)}",
        "known": queries.known(found, day),
        "cards": cards,
        "chosen": chosen.code if chosen else "",
        "today": day,
        "drafted": (State.DRAFT, State.WAITING, State.RETURNED),
        "is_clerk": request.official.has_role(Role.CLERK),
        "can_settle": {one.doubt for one in entries if request.official.has_role(*one.settlers)},
        "entries": entries,
        "evidence": evidence_of(found),
        "tree": history.tree_of(found),
        "last": last,
        "changes": history.since(found, last),
        "past": past,
        "can_correct": request.official.has_role(*PHONERS),
        "can_hand_over": request.official.has_role(*FAMILY_PRINTERS),
        "kinds": by_who_sees(kinds_from_papers(elsewhere=bool(found.away))),
    }


def _draft(request: StaffRequest, pk: int, found: Application) -> dict[str, Any]:
    context = _family(request, pk, found.program)
    papers = checklist(found, today())
    beneficiary = found.person or (found.household.head if found.household else None)
    contact = next(
        (one for one in (beneficiary, found.household and found.household.head) if one and one.phone), None
    )
    done_by, is_provisional = services.decide_by_day(loaded(found.version), found.accepted_on or today())
    return {
        **context,
        "payee": payee_of(found, context["family"]),
        "contact": contact,
        "done_by": done_by,
        "done_by_is_provisional": is_provisional,
        "draft": found,
        "number": receipt_number.spaced(found.receipt_number),
        "checklist": papers,
        "note_form": NoteForm(initial={"note": found.note}),
        "beneficiary": beneficiary,
        "draft_title": found.version.title,
    }
