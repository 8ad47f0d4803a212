"""Shut by default, and no traceback: what holds whatever a developer forgot."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from standards.words import Refusal


class ClosedByDefault:
    """Refuses every view without ``staff`` or ``public``; private pages are never kept by the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in (request.path_info, *_values(request))):
            raise BadRequest("a zero byte")  # PostgreSQL knows no such character: no page could look for it
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that no page caught still reaches the person as its sentence, never as a traceback."""
        if not isinstance(exception, Refusal):
            return None
        words = exception.words.say(get_language() or "zh-hans")
        return render(request, "web/refused.html", {"words": words}, status=409)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Called before each view."""
        if not getattr(view, "access", None):
            raise PermissionDenied


def _values(request: HttpRequest) -> Iterator[str]:
    for _name, values in request.GET.lists():
        yield from values


closed_by_default = ClosedByDefault
