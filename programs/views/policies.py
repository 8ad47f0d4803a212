"""Policies on the screen: the list, one version readable like its notice, and the steps of its machine."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from officials.access import StaffRequest, staff
from officials.models import Official
from officials.roles import Role
from programs import language, queries, services
from programs.forms import PolicyFileForm
from programs.models import PolicyVersion
from programs.queries import pages, simulated
from standards.words import Refusal
from web.clock import today
from web.forms import say

READERS = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
SIMULATION_READERS = (Role.POLICY_OFFICER, Role.COUNTY_APPROVER, Role.COUNTY_CHECKER, Role.AUDITOR)
WRITERS = (Role.POLICY_OFFICER, Role.COUNTY_APPROVER)
Service = Callable[..., PolicyVersion]
STEPS: dict[str, Service] = {
    "propose": services.propose,
    "take_back": services.take_back,
    "send_back": services.send_back,
    "withdraw": services.withdraw,
    "activate": services.activate,
}


@staff(*READERS)
@require_GET
def policies(request: StaffRequest) -> HttpResponse:
    """Every program with the version in force and the one that waits."""
    context = {
        "programs": pages.programs(today()),
        "can_load": request.official.has_role(Role.POLICY_OFFICER),
    }
    return render(request, "programs/policies.html", context)


@staff(Role.POLICY_OFFICER)
def load(request: StaffRequest) -> HttpResponse:
    """Take a file in as a draft; one that cannot be read comes back with every line that is wrong."""
    form = PolicyFileForm(request.POST or None, request.FILES or None)
    problems: tuple[language.Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        by = request.official.actor(Role.POLICY_OFFICER)
        try:
            version = services.load(file.read(), file_name=file.name, by=by, on=today())
        except language.PolicyErrors as refused:
            problems = refused.problems
        except Refusal as refusal:
            form.refuse("file", refusal)
        else:
            messages.success(request, _("The file is kept as a draft."))
            return redirect("programs:policy", version.code, version.number)
    status = 422 if problems or form.errors else 200
    return render(request, "programs/load.html", {"form": form, "problems": problems}, status=status)


@staff(*READERS)
@require_GET
def policy(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """One version: who, how much, basis, examples expected and computed, papers, activation, versions."""
    version = version_named(code, number)
    page = pages.policy_page(version)
    moves = [
        move
        for move in version.moves_for(request.official.roles, request.official.number)
        if move.name in STEPS
    ]
    context: dict[str, Any] = {
        "page": page,
        "version": version,
        "moves": moves,
        "gate": pages.gate(page, request.official.number),
        "timeline": pages.timeline(version),
        "simulation": simulated.latest(version),
        "can_write": request.official.has_role(Role.POLICY_OFFICER),
        "can_simulate": request.official.has_role(*SIMULATION_READERS),
        "in_force": next((v for v in queries.versions(code) if v.state == "active"), None),
    }
    return render(request, "programs/policy.html", context)


@staff(*READERS)
@require_GET
def file(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The exact bytes of a version."""
    version = version_named(code, number)
    response = HttpResponse(bytes(version.source), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-{number}.toml"'
    return response


@staff(*WRITERS)
def step(request: StaffRequest, code: str, number: int, move: str) -> HttpResponse:
    """The confirm page of one move of the machine; POST takes it."""
    version = version_named(code, number)
    if move not in STEPS:
        raise Http404
    row = PolicyVersion.move_named(move)
    if request.method == "GET" and not pages.may_take(version, row, request.official):
        return redirect("programs:policy", code, number)  # the page says what is still missing
    ending = list(queries.overlapping(version)) if move == "activate" else []
    problem: Refusal | None = None
    if request.method == "POST":
        try:
            _take(version, move, request.official, request.POST.get("ending", ""))
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, f"{row.label} · {say(version.title)} {version.number}")
            return redirect("programs:policy", code, number)
    context = {
        "version": version,
        "move": row,
        "ending": ending,
        "ending_numbers": _numbers(ending),
        "problem": problem,
        "problems": getattr(problem, "problems", ()),
        "back_url": pages.address(version),
    }
    return render(request, "programs/step.html", context, status=422 if problem else 200)


def _take(version: PolicyVersion, move: str, official: Official, ending: str) -> None:
    """Take one move; versions end with an activation only if the page had named exactly these."""
    by = official.actor(*PolicyVersion.move_named(move).roles)
    how: dict[str, Any] = {"by": by, "on": today()}
    if move == "activate":
        how["superseding"] = bool(ending) and ending == _numbers(list(queries.overlapping(version)))
    STEPS[move](version, **how)


def _numbers(versions: list[PolicyVersion]) -> str:
    return ",".join(str(each.number) for each in versions)


def version_named(code: str, number: int) -> PolicyVersion:
    """The version an address names; 404 where there is none."""
    version = PolicyVersion.objects.filter(code=code, number=number).first()
    if version is None:
        raise Http404
    return version
