"""A version tried on the register: asking for it, what it found, looking it through, several side by side."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from officials.access import StaffRequest, staff
from officials.models import Division
from officials.roles import Role
from programs import services
from programs.forms import LookForm
from programs.models import Simulation
from programs.queries import pages, simulated
from programs.queries.simulated import Found, Pair
from programs.queries.workbook import workbook_of
from programs.views.policies import SIMULATION_READERS as READERS
from programs.views.policies import version_named
from standards import money
from standards.words import Refusal, Words
from web import charts
from web.clock import today
from web.components import Progress
from web.forms import say

ASKERS = (Role.POLICY_OFFICER, Role.COUNTY_APPROVER)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CROWDED = 3  # a budget below a third of the sum: its line stands where the sum is written
BAR_WIDTH = 120


@staff(*READERS)
def simulation(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The newest simulation of a version; POST asks for another."""
    version = version_named(code, number)
    if request.method == "POST":
        if not request.official.has_role(*ASKERS):
            raise PermissionDenied
        services.ask_simulation(version, by=request.official.actor(*ASKERS), on=today())
        return redirect("programs:simulation", code, number)
    return _page(request, code, number, LookForm())


def _page(request: StaffRequest, code: str, number: int, form: LookForm) -> HttpResponse:
    version = version_named(code, number)
    kept = simulated.latest(version)
    is_done = kept is not None and kept.finished_at is not None
    context: dict[str, Any] = {
        "version": version,
        "policy_url": pages.address(version),
        "simulation": kept,
        "job": None if kept is None or is_done else _progress(kept, code, number),
        "is_done": is_done,
        "can_ask": request.official.has_role(*ASKERS),
        "form": form,
        "others": len(simulated.to_compare(code)) > 1,
    }
    if kept is not None and is_done:
        context |= _shown(request, kept)
        form.fields["answer"].required = bool(context["alarms"])  # the page says so; the service refuses
    return render(request, "programs/simulation.html", context, status=422 if form.errors else 200)


def _shown(request: StaffRequest, kept: Simulation) -> dict[str, Any]:
    found = simulated.found_of(kept)
    looks = simulated.looks_of(kept)
    names = _names(found.townships)
    most = max((pair.after.fen for pair in found.townships), default=0)
    return {
        "found": found,
        "alarms": simulated.alarms_of(kept),
        "looks": looks,
        "can_look": request.official.has_role(Role.COUNTY_APPROVER)
        and request.official.number not in {look.looked_by for look in looks},
        "townships": [(names.get(pair.name, pair.name), pair, _bar(pair, most)) for pair in found.townships],
        "charts": [("on-desk", _chart(found)), ("on-phone narrow", _chart(found, for_phone=True))],
        "causes": [
            (title, head, [(cause, _share(cause.count, total)) for cause in causes])
            for title, head, causes, total in (
                (_("Why rights would be lost"), _("Condition not met"), found.lost_by, found.lost),
                (
                    _("What kept the new ones out before"),
                    _("Condition not met"),
                    found.gained_by,
                    found.gained,
                ),
                (_("What is not known yet"), _("Fact not known"), found.open_facts, found.not_known),
                (
                    _("What keeps the others out"),
                    _("Condition not met"),
                    found.kept_out,
                    found.judged - found.county.after.rights - found.not_known,
                ),
            )
            if causes
        ],
    }


def _names(pairs: list[Pair]) -> dict[str, str]:
    codes = [pair.name for pair in pairs]
    return dict(Division.objects.filter(code__in=codes).values_list("code", "name"))


def _bar(pair: Pair, most: int) -> SafeString:
    share = pair.after.fen / most if most else 0
    return charts.bar(share, sentence=money.yuan(pair.after.fen), width=BAR_WIDTH)


def _share(count: int, total: int) -> SafeString:
    share = count / total if total else 0
    return charts.bar(share, sentence=f"{share:.0%}", width=BAR_WIDTH)


def _chart(found: Found, *, for_phone: bool = False) -> SafeString:
    """Both versions on one scale, the black line at what is left of the budget."""
    bars = []
    widest = max(found.county.before.fen, found.county.after.fen)
    is_crowded = (
        not for_phone and found.available_fen * CROWDED < widest
    )  # the line stands over the words below
    for label, side in ((_("In force"), found.county.before), (_("This file"), found.county.after)):
        short = max(0, side.fen - found.available_fen)
        notes = _("%(n)s families · %(yuan)s yuan") % {
            "n": f"{side.families:,}",
            "yuan": money.yuan(side.fen),
        }
        alarm = _("short of %(fen)s") % {"fen": money.yuan(short)} if short else ""
        if alarm and is_crowded:
            notes, alarm = f"{notes} · {alarm}", ""
        bars.append(
            charts.Bar(
                label=label,
                segments=[charts.Segment(side.fen - short, "done"), charts.Segment(short, "short")],
                limit=found.available_fen,
                notes=notes,
                alarm=alarm,
            )
        )
    sentence = _("What each version would still promise, beside what is left of the budget")
    return charts.budget_bars(bars, sentence=sentence, for_phone=for_phone)


def _progress(kept: Simulation, code: str, number: int) -> Progress:
    url = reverse("programs:simulation_progress", args=[code, number])
    what = _("The register is being judged by this file")
    if kept.is_stopped:
        return Progress(what, url, ended=say(Words(kept.error_zh, kept.error_en)), failed=True)
    return Progress(what, url, done=kept.progress_done, total=kept.progress_total)


@staff(*READERS)
@require_safe
def progress(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The running job; when it has ended, the page itself is shown anew."""
    kept = simulated.latest(version_named(code, number))
    if kept is None or kept.finished_at is not None:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "web/parts/progress.html", {"job": _progress(kept, code, number)})


@staff(Role.COUNTY_APPROVER)
@require_POST
def look(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """Keep that the second person looked it through, with the answer to what it raises."""
    kept = simulated.latest(version_named(code, number))
    if kept is None:
        raise Http404
    form = LookForm(request.POST)
    if form.is_valid():
        by = request.official.actor(Role.COUNTY_APPROVER)
        try:
            services.look_through(kept, by=by, on=today(), answer=form.cleaned_data["answer"])
        except Refusal as refusal:
            form.refuse("answer", refusal)
        else:
            messages.success(request, _("It is kept that you looked this simulation through."))
            return redirect("programs:policy", code, number)
    return _page(request, code, number, form)


@staff(*READERS)
@require_safe
def workbook(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """The sums as a workbook; families are on their own page and in no file."""
    version = version_named(code, number)
    kept = simulated.latest(version)
    if kept is None or kept.finished_at is None:
        raise Http404
    found = simulated.found_of(kept)
    name = f"{version.code}-{version.number}-{_('simulation')}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    content = workbook_of(kept, found, _names(found.townships))
    return HttpResponse(content, content_type=XLSX, headers=headers)


@staff(*READERS)
@require_safe
def compare(request: StaffRequest, code: str) -> HttpResponse:
    """Up to four versions side by side: ``?version=2&version=3``."""
    choices = simulated.to_compare(code)
    if not choices:
        raise Http404
    numbers = _numbers(request) or [each.number for each in choices[:2]]
    kept = simulated.side_by_side(code, numbers)
    columns = [(one, simulated.found_of(one)) for one in kept]
    names = _names([pair for _, found in columns for pair in found.townships])
    codes = sorted({pair.name for _, found in columns for pair in found.townships})
    context = {
        "title": choices[0].title,
        "code": code,
        "choices": [(each, each.number in numbers) for each in choices],
        "most": simulated.DRAFTS_MAX,
        "columns": columns,
        "townships": [(names.get(one, one), [_pair_of(found, one) for _, found in columns]) for one in codes],
        "any_as_if": any(found.as_if for _, found in columns),
        "is_one_day": len({one.day for one in kept}) < 2,
    }
    return render(request, "programs/compare.html", context)


def _pair_of(found: Found, code: str) -> Pair | None:
    return next((pair for pair in found.townships if pair.name == code), None)


def _numbers(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.GET.getlist("version") if one.isascii() and one.isdigit()]
