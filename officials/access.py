"""Who may open a page. A page without a rule stays shut."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from officials.models import Official

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """A request whose official is known: what a view behind :func:`staff` receives."""

    official: Official


def staff(*roles: str, with_temporary_password: bool = False) -> Callable[[View], View]:
    """Open to signed-in officials who hold one of ``roles`` (403 for others, sign-in for nobody).

    Who signed in with a password that somebody else knows changes it first.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, Official):
                return redirect_to_login(request.get_full_path())
            if not request.user.has_role(*roles):
                raise PermissionDenied
            if request.user.password_is_temporary and not with_temporary_password:
                return redirect("officials:own_password")
            request.official = request.user
            return view(request, *args, **kwargs)

        guarded.access = tuple(roles)  # type: ignore[attr-defined]  # read by the middleware and the tests
        return guarded

    return decorate


def public(view: View) -> View:
    """Open to everybody: families' pages and signing in."""
    view.access = ("public",)  # type: ignore[attr-defined]  # read by the middleware and the tests
    return view
