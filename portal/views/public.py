"""Families' own pages: where an application stands, and the guide. They work without script and are never stored."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from applications.models import Application
from officials.access import public
from portal.forms.public import LookUpForm
from portal.queries import guide as guides
from portal.queries import self_check as self_checks
from portal.queries.places import phone
from portal.queries.progress import progress as progress_of
from programs.queries import active
from standards import receipt_number
from web.clock import today

ANSWER = "a."  # before the name of an answer in the form


@public
@never_cache
@sensitive_post_parameters()
def progress(request: HttpRequest) -> HttpResponse:
    """The form; a look-up answers in the same page, so that nothing about a family stands in an address."""
    form = LookUpForm(request.POST or None)
    if request.method == "POST":
        found = form.look_up()
        if found is not None:
            return _show(request, found)
    context = {"form": form, "phone": phone("")}
    return render(request, "portal/progress_form.html", context, status=422 if form.errors else 200)


@public
@never_cache
def progress_by_slip(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the slip's QR code: who holds the slip sees the state, with names masked."""
    found = Application.objects.filter(token=token).select_related("person", "household__head").first()
    if found is None:
        raise Http404
    return _show(request, found)


def _show(request: HttpRequest, found: Application) -> HttpResponse:
    context = {
        "progress": progress_of(found),
        "number": receipt_number.spaced(found.receipt_number),
        "phone": phone(found.division),
    }
    return render(request, "portal/progress.html", context)


@public
def guide(request: HttpRequest) -> HttpResponse:
    """What there is for girls' families: every program in force, in its own policy's words."""
    return render(
        request, "portal/guide.html", {"programs": guides.programs_in_force(today()), "phone": phone("")}
    )


@public
@never_cache
@sensitive_post_parameters()
def self_check(request: HttpRequest, code: str) -> HttpResponse:
    """One question at a time, only those that still matter; the answers stay in the form and nowhere else."""
    on = today()
    found = active(code, on)
    if found is None:
        raise Http404
    program = found.program
    given = {
        name: self_checks.SEVERAL.join(request.POST.getlist(name)).strip()
        for name in request.POST
        if name.startswith(ANSWER)
    }
    answers = {name.removeprefix(ANSWER): value for name, value in given.items()}
    readable = {
        name: value for name, value in answers.items() if self_checks.is_readable(program, name, value)
    }
    context = {
        "program": program.policy,
        "code": code,
        "step": self_checks.next_step(program, readable, on=on),
        "answers": list(readable.items()),
        "prefix": ANSWER,
        "is_wrong": len(readable) < len(answers),
        "is_from_lists": program.policy.apply.route == "lists",
        "phone": phone(""),
    }
    return render(request, "portal/self_check.html", context)
