"""Letters on the screen and to the printer. Whatever is out of scope is not there (404)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications.models import Application, Notice
from beneficiaries.services import looking
from letters import services
from letters.engine import HeldLetter
from letters.forms import PileForm
from letters.models import Letter
from letters.queries import register
from letters.queries.bureau import everyday_name
from letters.queries.occasions import BATCH_SIGNED
from officials.access import StaffRequest, staff
from officials.models import Division, Official
from payments.lifecycle import BatchState
from payments.models import Attempt, Batch
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say
from web.pdf import PDF_POLICY

PAGE_ROWS = 20
BATCH_ROWS = 20  # paper sets on a page
HELD_ROWS = 20  # more held letters than this are a fault of the font, not of names
NOT_SIGNED = Refusal(
    "这个批次还没有审批，审批以后才有成套纸质材料",
    "This batch is not approved yet; its paper set is made once it is",
    code="batch_not_approved",
)
SET_ORDER = ("batch_approval_sheet", "batch_summary", "batch_roster", "bank_slip")


@dataclass(frozen=True, slots=True)
class Row:
    """One pile as the page shows it."""

    pile: register.Pile
    title: Words
    place: str


@dataclass(frozen=True, slots=True)
class Held:
    """One held letter: its characters with their code points."""

    letter: Letter
    title: Words
    place: str
    why: Words


@staff(*register.READERS)
def letters(request: StaffRequest) -> HttpResponse:
    """What waits for the printer, by village or township, and what is held for a character."""
    official, day = request.official, today()
    current = register.current(official)
    family = register.family_letters(current)
    digits = register.VILLAGE if official.is_township else register.TOWNSHIP
    page = Paginator(register.piles(family, today=day, digits=digits), PAGE_ROWS).get_page(
        request.GET.get("page")
    )
    held = list(register.held(current)[:HELD_ROWS])
    sets = Paginator(_batches(official), BATCH_ROWS).get_page(request.GET.get("sets"))
    batches = list(sets)
    places = [pile.division for pile in page] + [letter.division for letter in held]
    names = _names(places + [batch.division for batch in batches])
    context: dict[str, Any] = {
        "page": page,
        "rows": [Row(pile, _title(pile.kind), names.get(pile.division.ljust(12, "0"), "")) for pile in page],
        "held": [
            Held(
                one, _title(one.kind), names.get(one.division, ""), HeldLetter(frozenset(one.held_for)).words
            )
            for one in held
        ],
        "by_village": official.is_township,
        "can_print": official.has_role(*register.PRINTERS),
        "sets": sets,
        "batches": [
            (batch, names.get(batch.division, ""), BatchState(batch.state).label) for batch in batches
        ],
    }
    return render(request, "letters/letters.html", context)


@staff(*register.PRINTERS)
@require_POST
def print_pile(request: StaffRequest) -> HttpResponse:
    """Print what waits of one kind and place, and remember who printed it."""
    form = PileForm(request.POST)
    if not form.is_valid():
        raise Http404
    day = today()
    waiting = _pile(
        request.official, form.cleaned_data["kind"], form.cleaned_data["division"], printed_on=None
    )
    keys = list(waiting.values_list("pk", flat=True)[: services.AT_ONCE])
    return _printed(request, Letter.objects.filter(pk__in=keys).order_by("division", "pk"), day)


@staff(*register.READERS)
def printed_pile(request: StaffRequest, kind: str, division: str) -> HttpResponse:
    """The same pile again, as printed today: the printer jammed."""
    day = today()
    return _pdf(
        services.merge_into_one(_pile(request.official, kind, division, printed_on=day), on=day),
        f"{kind}-{division}",
    )


@staff(*register.READERS)
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """One letter, as handed to the family."""
    return _open(request, get_object_or_404(register.readable(request.official), pk=pk))


@staff(*register.READERS)
def translation(request: StaffRequest, pk: int) -> HttpResponse:
    """One letter in English, for reading: the Chinese one is the letter."""
    found = get_object_or_404(register.readable(request.official), pk=pk)
    _look(request, found)
    try:
        return _pdf(services.draw(found, language="en"), f"{found.number}-en")
    except Refusal as refusal:
        return _refused(request, refusal)


@staff(*register.FAMILY_READERS)
def of_application(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """The letter of one kind about an application or its decision; written now where it is missing."""
    application = get_object_or_404(Application.objects.visible_to(request.official), pk=pk)
    services.write_about("application", application.pk, on=today())
    decision = getattr(application, "decision", None)
    if decision is not None:
        services.write_about("decision", decision.pk, on=today())
    paid = Attempt.objects.filter(instalment__entitlement__application=application, state="paid")
    for attempt in paid.order_by("pk"):
        services.write_about("attempt", attempt.pk, on=today())
    about = Q(application=application) | Q(decision__application=application) | Q(attempt__in=paid)
    found = register.current(request.official).filter(about, kind=kind).order_by("-pk").first()
    if found is None:
        raise Http404
    return _open(request, found)


@staff(*register.FAMILY_READERS)
def of_notice(request: StaffRequest, pk: int) -> HttpResponse:
    """A public notice, for the village's wall."""
    notice = get_object_or_404(Notice.objects.visible_to(request.official), pk=pk)
    services.write_about("notice", notice.pk, on=today())
    return _open(request, get_object_or_404(register.current(request.official), notice=notice))


@staff(*register.MONEY_READERS)
def of_batch(request: StaffRequest, pk: int) -> HttpResponse:
    """The paper set of a batch: approval sheet, summary, roster, and once it is sent the bank slip."""
    batch = get_object_or_404(Batch.objects.visible_to(request.official), pk=pk)
    if batch.state not in BATCH_SIGNED:
        return _refused(request, NOT_SIGNED)
    services.write_about("batch", batch.pk, on=today())
    found = {one.kind: one for one in register.current(request.official).filter(batch=batch)}
    held = [one for one in found.values() if one.is_held]
    if held:
        return _refused(request, HeldLetter(frozenset("".join(one.held_for for one in held))))
    keys = [found.pop(kind).pk for kind in SET_ORDER if kind in found] + [one.pk for one in found.values()]
    if not keys:
        raise Http404
    return _pdf(services.merge_in_order(keys, on=today()), batch.number)


def _pile(official: Official, kind: str, division: str, *, printed_on: date | None) -> "QuerySet[Letter]":
    family = register.family_letters(register.current(official))
    return register.to_print(family, kind=kind, division=division, printed_on=printed_on)


def _printed(request: StaffRequest, pile: "QuerySet[Letter]", day: date) -> HttpResponse:
    try:
        merged = services.merge_into_one(pile, on=day)
    except Refusal as refusal:
        return _refused(request, refusal)
    services.mark_printed(pile, by=request.official.actor(*register.PRINTERS), on=day)
    return _pdf(merged, f"letters-{day.isoformat()}")


def _batches(official: Official) -> "QuerySet[Batch]":
    """Batches whose paper set can be printed, the newest first, for those who read them."""
    if not official.has_role(*register.MONEY_READERS):
        return Batch.objects.none()
    found: QuerySet[Batch] = Batch.objects.visible_to(official).filter(state__in=BATCH_SIGNED)
    return found.defer("profile_source").order_by("-pk")


def _look(request: StaffRequest, found: Letter) -> None:
    """On record as the application that it is about, whoever comes to it by its address; a notice hangs on the wall."""
    about: Application | None = found.application
    if found.decision:
        about = found.decision.application
    elif found.attempt:
        about = found.attempt.instalment.entitlement.application
    if about is not None:
        official = request.official
        by = official.actor(*official.roles)
        looking.open_application(about, official=official, by=by, on=today())


def _open(request: StaffRequest, found: Letter) -> HttpResponse:
    _look(request, found)
    try:
        return _pdf(services.open_letter(found, on=today()), found.number)
    except Refusal as refusal:
        return _refused(request, refusal)


def _refused(request: StaffRequest, refusal: Refusal) -> HttpResponse:
    """Back to the letters with the reason: a sentence, never a broken PDF."""
    messages.error(request, say(refusal.words))
    return redirect("letters:letters")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def _title(kind: str) -> Words:
    template = register.templates().get(kind)
    return template.title if template else Words(kind, kind)


def _names(codes: list[str]) -> dict[str, str]:
    """Everyday names of divisions given by code or by its first digits."""
    wanted = {code.ljust(12, "0") for code in codes}
    rows = Division.objects.filter(code__in=wanted).values_list("code", "name")
    return {code: everyday_name(name) for code, name in rows}
