"""Signing in and out."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from officials.access import public
from officials.forms import SignInForm

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


def _next(request: HttpRequest) -> str:
    """Where to go then: only to our own pages."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"
