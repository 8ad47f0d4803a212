"""Shut by default: a view that names no rule answers 403, whatever a developer forgot."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class ClosedByDefault:
    """Refuses every view without ``staff`` or ``public``; private pages are never kept by the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Called before each view."""
        if not getattr(view, "access", None):
            raise PermissionDenied


closed_by_default = ClosedByDefault
