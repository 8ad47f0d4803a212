"""Signing in and out; officials and their roles."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from officials import services
from officials.access import StaffRequest, public, staff
from officials.forms import OfficialFilters, OfficialForm, OwnPasswordForm, SignInForm
from officials.lifecycle import CONFIRMERS, ChangeState
from officials.models import Division, Official, PowerChange
from officials.roles import Role
from standards.words import Refusal
from web.clock import today
from web.forms import EmptyForm

PAGE_ROWS = 30
BACKEND = "django.contrib.auth.backends.ModelBackend"


@public
@never_cache
@csrf_protect
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Number and password; then to the page that was asked for, else home."""
    form = SignInForm(request.POST or None)
    if request.method == "POST":
        official = form.sign_in(request)
        if official is not None:
            login(request, official, backend=BACKEND)
            return redirect(_next(request))
    status = 422 if form.errors else 200
    return render(request, "officials/sign_in.html", {"form": form, "next": _next(request)}, status=status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, as the lock key of a shared PC does."""
    logout(request)
    return redirect(settings.LOGIN_URL)


@staff(*CONFIRMERS)
def people(request: StaffRequest) -> HttpResponse:
    """Officials of the scope, by place and staff number, all or who is looked for; and the changes that wait for a second
    person."""
    rows = Official.objects.filter(division__code__startswith=request.official.scope).select_related(
        "division"
    )
    filters = OfficialFilters(request.GET)
    found = rows.filter(filters.condition()).order_by("-is_active", "division", "number")
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    labels = dict(Role.choices)
    shown = [(one, [labels.get(role, role) for role in one.roles]) for one in page]
    waiting = PowerChange.objects.filter(state=ChangeState.PROPOSED, official__in=rows).select_related(
        "official"
    )
    context = {
        "page": page,
        "filters": filters,
        "rows": shown,
        "waiting": waiting,
        "is_administrator": request.official.has_role(Role.ADMINISTRATOR),
    }
    return render(request, "officials/people.html", context)


@staff(Role.ADMINISTRATOR)
@sensitive_post_parameters("password")
def add(request: StaffRequest) -> HttpResponse:
    """A new official."""
    form = OfficialForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.add_official(
                number=given["number"], name=given["name"], office=given["office"], division=_division(given["division"]),
                roles=given["roles"], password=given["password"],
                by=request.official.actor(Role.ADMINISTRATOR), on=today(),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            messages.success(request, _waits(given["name"]))
            return redirect("officials:people")
    return render(request, "officials/person.html", {"form": form}, status=422 if form.errors else 200)


@staff(Role.ADMINISTRATOR)
@sensitive_post_parameters("password")
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """Roles, place, end of service, a new password."""
    rows = Official.objects.filter(division__code__startswith=request.official.scope)
    found = get_object_or_404(rows, pk=pk)
    known = {
        "office": found.office,
        "division": found.division_id,
        "roles": found.roles,
        "is_active": found.is_active,
    }
    form = OfficialForm(request.POST or None, initial=known, is_new=False)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, request.official.actor(Role.ADMINISTRATOR)
        try:
            waiting = services.change_official(
                found, office=given["office"], division=_division(given["division"]), roles=given["roles"],
                is_active=given["is_active"], password=given["password"], by=by, on=today(),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(None, refusal)
        else:
            kept = gettext("%(name)s: kept") % {"name": found.name}
            messages.success(request, _waits(found.name) if waiting else kept)
            return redirect("officials:people")
    return render(
        request, "officials/person.html", {"form": form, "person": found}, status=422 if form.errors else 200
    )


@staff(*CONFIRMERS)
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """The confirm page of a change of powers: what would differ, and the two verbs."""
    rows = PowerChange.objects.filter(official__division__code__startswith=request.official.scope)
    found = get_object_or_404(rows.select_related("official__division", "division"), pk=pk)
    role = next(one for one in CONFIRMERS if one in request.official.roles)
    form = EmptyForm(request.POST or None)
    if request.method == "POST":
        verb = services.refuse_change if request.POST.get("deed") == "refuse" else services.confirm_change
        try:
            verb(found, by=request.official.actor(role), on=today())
        except Refusal as refusal:
            form = EmptyForm({})
            form.refuse(None, refusal)
        else:
            messages.success(request, gettext("%(name)s: kept") % {"name": found.official.name})
            return redirect("officials:people")
    labels = dict(Role.choices)
    context = {
        "form": form,
        "change": found,
        "reasons": services.reasons_against(found, request.official.number),
        "is_open": found.state == ChangeState.PROPOSED,
        "is_new": not found.official.has_usable_password(),
        "before": [labels.get(one, one) for one in found.official.roles],
        "after": [labels.get(one, one) for one in found.roles],
        "proposer": Official.objects.filter(number=found.proposed_by).first(),
    }
    return render(request, "officials/settle.html", context, status=422 if form.errors else 200)


@staff(*Role.values, with_temporary_password=True)
@sensitive_post_parameters()
def own_password(request: StaffRequest) -> HttpResponse:
    """One's own password. Whoever signed in with one that somebody else knows comes here first."""
    form = OwnPasswordForm(request.POST or None, official=request.official)
    if request.method == "POST" and form.is_valid():
        services.change_own_password(request.official, form.cleaned_data["new"], on=today())
        update_session_auth_hash(request, request.official)
        messages.success(request, gettext("Your password is changed; nobody else knows it."))
        return redirect(_next(request))
    return render(request, "officials/own_password.html", {"form": form}, status=422 if form.errors else 200)


def _waits(name: str) -> str:
    return gettext("%(name)s: waits for a second person to confirm") % {"name": name}


def _division(code: str) -> Division:
    return Division.objects.get(code=code)


def _next(request: HttpRequest) -> str:
    """Where to go then: only to our own pages."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"
