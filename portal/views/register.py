"""What the register says of a family, corrected with a reason, and moves: each on a confirm page of its own.

Who may is what the services ask: the clerk the telephone, the township reviewer and the county checker the rest, the
name the county checker alone. A death is entered from its paper (`portal.views.facts`) and confirmed by a second person.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from beneficiaries.models import Person
from beneficiaries.queries.family import Family
from beneficiaries.queries.family import family as family_of
from beneficiaries.queries.search import elsewhere, search
from beneficiaries.queries.sides import Side, sides_of
from beneficiaries.services import looking
from beneficiaries.services.correcting import CORRECTORS, NAMERS, PHONERS
from officials.access import StaffRequest, staff
from portal.forms.register import ChangeForm, EntryForm, NumberForm
from portal.queries.entries import entries_of
from portal.queries.register import lines_of, newest_change
from portal.views.register_changes import CHANGES, Change, Subject
from standards.words import Refusal, Words
from web.clock import today
from web.forms import say

WRITERS = PHONERS
CHANGED = Words(
    "这一页打开以后有人改过，下面是现在的：再看一遍再确认",
    "Somebody changed it since this page was opened; this is how it stands now: look again, then confirm",
)
NOBODY = Words(
    "你的辖区里没有这个身份证号的人。跨镇的由县级复核人登记；户籍里还没有的，先送户口簿或户籍名单",
    "Nobody of your area has this ID number. Between townships the county checker records it; somebody who is not on the "
    "register yet comes with a booklet or a register list first",
)


@staff(*WRITERS)
def register(request: StaffRequest, pk: int) -> HttpResponse:
    """Each member as the register writes her, and what may be corrected or recorded."""
    official, day = request.official, today()
    family = _find(request, pk)
    context = {
        "family": family,
        "household": family.household,
        "lines": lines_of(family, day),
        "head_is_gone": family.household.head_id is not None
        and not any(family.household.head_id in one.rows and one.died_on is None for one in family.members),
        "entries": [one for one in entries_of(family) if one.is_said],
        "may_name": official.has_role(*NAMERS),
        "may_correct": official.has_role(*CORRECTORS),
        "is_clerk": official.has_role("clerk"),
        "own": official.number,
    }
    return render(request, "portal/register.html", context)


@staff(*WRITERS)
def change(request: StaffRequest, pk: int, what: str, about: int) -> HttpResponse:
    """The confirm step of one change: what stands, what is right, why."""
    official, day = request.official, today()
    family, known = _find(request, pk), CHANGES.get(what)
    subject = known.find(family, about, day) if known else None
    if known is None or not official.has_role(*known.roles):
        raise Http404
    if subject is None:
        if request.method != "POST":
            raise Http404
        messages.warning(request, say(CHANGED))  # another correction has taken the place of the row
        return redirect("portal:register", pk=pk)
    given = request.POST if request.method == "POST" else None
    seen = newest_change(subject.row)
    form = known.form(subject, given, seen)
    side = None
    if given is not None and form.is_valid():
        try:
            person, side = _named(request, form)
            if form.cleaned_data["seen"] != seen:
                form = _again(known, subject, given, seen=seen)
                raise Refusal(CHANGED.zh, CHANGED.en, code="changed_meanwhile")
            if person is not None and form.cleaned_data["found"] != str(person.pk):
                form = _again(known, subject, given, found=str(person.pk))  # shown first, then confirmed
            else:
                told = {"by": official.actor(*known.roles), "on": day, "reason": form.cleaned_data["reason"]}
                known.take(subject, form, person, told)
                messages.success(request, str(known.done))
                return redirect("portal:register", pk=pk)
        except Refusal as refusal:
            form.refuse(None, refusal)
    context = {
        "family": family,
        "known": known,
        "subject": subject,
        "form": form,
        "found": side,
        "back_url": reverse("portal:register", args=[pk]),
    }
    return render(request, "portal/register_change.html", context, status=422 if form.errors else 200)


def _find(request: StaffRequest, pk: int) -> Family:
    family = family_of(pk, official=request.official, on=today())
    if family is None:
        raise Http404
    by = request.official.actor(*request.official.roles)
    looking.enter_family(family.household, official=request.official, by=by, on=today())
    return family


def _named(request: StaffRequest, form: ChangeForm | EntryForm) -> tuple[Person | None, Side | None]:
    """Whom the form names by number, of the official's own scope or of another county; on the trail like every search."""
    number = form.cleaned_data["number"] if isinstance(form, NumberForm) else ""
    if not number:
        return None, None
    official, day = request.official, today()
    by = official.actor(*CORRECTORS)
    looking.ask_to_search(official, by=by, on=day)
    hits = search(number, official=official).hits
    looking.keep_search(official, kind="citizen_id", hits=len(hits), by=by, on=day)
    person = hits[0].person if hits else elsewhere(number)
    if person is None:
        raise Refusal(NOBODY.zh, NOBODY.en, code="nobody")
    return person, sides_of([person])[person.pk]


def _again(known: Change, subject: Subject, given: Any, **fresh: str) -> Any:
    """The form as it was filled in, with what the page knows now."""
    form = known.form(subject, given.dict() | fresh, fresh.get("seen", ""))
    form.is_valid()
    for each in form.fields.values():
        each.widget.attrs.pop("autofocus", None)  # all is filled in: the verb has the focus
    return form
