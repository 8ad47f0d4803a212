"""The counter: one box that finds a family, today's queue, drafts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from applications.lifecycle import State
from beneficiaries.models import Account, EvidenceList
from beneficiaries.queries.search import HITS_MAX, PAGES_MAX
from beneficiaries.services import looking
from beneficiaries.services.correcting import PHONERS
from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from payments.models import Attempt
from payments.queries.failed import to_rebuild
from portal.queries import found, places, programs, queues
from portal.queries.beginning import first_steps
from portal.queries.found import Answer
from portal.views.worklist import beneficiary_name
from standards.characters import clean
from standards.words import Refusal
from web.clock import today
from web.components import Way

TEXT_MAX = 60
NUMBER_DIGITS_MIN = 4  # the last four of an identity number say who it is, within a village
DRAFTS_SHOWN = 5
SEARCHERS = PHONERS  # the counter is the clerk's; who corrects the register or records a move uses its box


@staff(*SEARCHERS)
def counter(request: StaffRequest) -> HttpResponse:
    """The box, what it found, and what waits today. A receipt number and a card's number open their page at once.

    A number is sent in the body and answered at once: it stands in no address, no log and no browser's history.
    """
    official, day = request.official, today()
    sent = request.POST if request.method == "POST" else request.GET
    text = clean(sent.get("q", ""))[:TEXT_MAX]
    if request.method == "POST" and not _holds_number(text):
        return redirect(f"{reverse('portal:counter')}?{urlencode({'q': text})}")
    page = _page(request.GET.get("page", ""))
    try:
        answer, alike = _search(text, official, page) if text else (None, ())
    except Refusal as refusal:
        return render(request, "portal/counter.html", _stopped(text, refusal, official), status=429)
    if answer and answer.application:
        return redirect("portal:application", pk=answer.application.pk)
    if answer and answer.kind == "citizen_id" and len(answer.rows) == 1 and answer.rows[0].household:
        return redirect("portal:family", pk=answer.rows[0].household)
    context: dict[str, Any] = {
        "q": text,
        "page": page,
        "is_sent": request.method == "POST",
        "first": (page - 1) * HITS_MAX + 1,
        "last": (page - 1) * HITS_MAX + len(answer.rows) if answer else 0,
        "answer": answer,
        "place": places.places_of([official.division_id]).names.get(official.division_id, ""),
        "today": day,
        "first_steps": [] if answer else first_steps(official),
        **_waiting(official),
    }
    if answer and not answer.rows:
        context |= _nobody(alike, official)
    return render(request, "portal/counter.html", context)


def _search(text: str, official: Official, page: int) -> tuple[Answer, Sequence[found.Row]]:
    """What the text found, and who sounds the same where nobody is called so. Refusal for who has searched too often; every
    search is on the trail, with how many were shown."""
    day, by = today(), official.actor(*SEARCHERS)
    looking.ask_to_search(official, by=by, on=day)
    answer = found.look_for(text, official=official, on=day, page=page)
    is_nobodys = answer.kind == "name" and not answer.rows
    alike = found.homophones(text, official=official, on=day) if is_nobodys else ()
    alike = [row for row in alike if row.household]
    hits = 1 if answer.application else len(answer.rows) or len(alike)
    looking.keep_search(official, kind=answer.kind, hits=hits, by=by, on=day)
    return answer, alike


def _stopped(text: str, refusal: Refusal, official: Official) -> dict[str, Any]:
    """The counter with the sentence in place of an answer: drafts and the day's work stay within reach."""
    return {"q": text, "page": 1, "problem": refusal.words, "today": today(), **_waiting(official)}


def _holds_number(text: str) -> bool:
    return sum(one.isdigit() for one in text) >= NUMBER_DIGITS_MIN


def _page(text: str) -> int:
    return min(int(text), PAGES_MAX) or 1 if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _waiting(official: Official) -> dict[str, Any]:
    """The clerk's right-hand side: counts of what wants this office today, and the drafts. Six queries."""
    if not official.has_role(Role.CLERK):
        return {}
    day = today()
    counts = queues.counts(official, day)
    due = queues.in_scope(official).filter(state=State.WAITING, correct_by__lte=day).count()
    failed = Attempt.objects.filter(
        to_rebuild(), instalment__entitlement__division__startswith=official.scope, state="failed"
    ).count()
    accounts = Account.objects.filter(owner__division__startswith=official.scope, state="entered").count()
    booklets = (
        EvidenceList.objects.visible_to(official)
        .filter(kind="register", state__in=["uploaded", "checked"])
        .count()
    )
    drafts = queues.listed(queues.in_scope(official).filter(state=State.DRAFT)).order_by("-pk")
    titles = programs.titles()
    worklist, to_verify = reverse("portal:worklist"), reverse("beneficiaries:accounts")
    waiting = f"{worklist}?queue=waiting"
    return {
        "lines": [
            ("alarm-clock", gettext("Papers due today"), gettext("by the correction notice"), due, waiting),
            ("file-clock", gettext("Waiting for papers"), "", counts.get("waiting", 0), waiting),
            ("rotate-ccw", gettext("Sent back by the county"), "", counts.get("returned", 0), f"{worklist}?queue=returned"),
            ("credit-card", gettext("Accounts to be verified"), gettext("by another person"), accounts, to_verify),
            ("circle-x", gettext("Returned by the bank"), gettext("the account has to be changed"), failed, to_verify),
            ("users", gettext("Booklets with the county"), gettext("families that stand on no list"), booklets, ""),
        ],
        "drafts": [
            (one, beneficiary_name(one), titles.get(one.program, one.program)) for one in drafts[:DRAFTS_SHOWN]
        ],
    }  # fmt: skip


def _nobody(alike: Sequence[found.Row], official: Official) -> dict[str, Any]:
    """Nobody found: who sounds the same, and the other ways on."""
    ways: list[Way] = []
    for row in alike:
        url = reverse("portal:family", args=[row.household])
        more = " ".join(part for part in (row.place, row.head) if part)
        words = gettext("Sounds the same: %(name)s") % {"name": row.person.name}
        ways.append(Way(words, url, more, str(len(ways) + 1), "languages"))
    ways.append(
        Way(gettext("Try the last four of the ID number, or the phone number"), "", "", "", "credit-card")
    )
    ways.append(
        Way(
            gettext("Try the village, or the initials of the name"), "", gettext("such as wff"), "", "map-pin"
        )
    )
    if not official.has_role(Role.CLERK):
        return {"ways": ways}
    ways.append(
        Way(
            gettext("A family that stands on no list"),
            reverse("portal:new_family"),
            gettext("by its booklet; the county confirms it"),
            "N",
            "users",
        )
    )
    return {"ways": ways}
