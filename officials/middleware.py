"""Shut by default, and no traceback: what holds whatever a developer forgot."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from standards.words import Refusal, Words

MEGABYTE = 1 << 20
BODY_MEGABYTES_MAX = settings.FILE_UPLOAD_MAX_MEMORY_SIZE // MEGABYTE
STRANGER_MEGABYTES_MAX = 1  # nobody who is not signed in sends a file


class ClosedByDefault:
    """Refuses every view without ``staff`` or ``public``; private pages are never kept by the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in text for text in (request.path_info, *_values(request))):
            raise BadRequest("a zero byte")  # PostgreSQL knows no such character: no page could look for it
        response = _too_large(request) or self.get_response(request)
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


def _too_large(request: HttpRequest) -> HttpResponse | None:
    """A refusal before a byte of the body is read: whoever reaches the port could fill the memory with it."""
    text = request.META.get("CONTENT_LENGTH") or ""
    size = int(text) if text.isdecimal() else 0
    if size <= STRANGER_MEGABYTES_MAX * MEGABYTE:
        return None
    most = BODY_MEGABYTES_MAX if request.user.is_authenticated else STRANGER_MEGABYTES_MAX
    if size <= most * MEGABYTE:
        return None
    words = Words(
        f"发来的内容太大，没有收下：最多 {most} MB。请删去图片和空白，或分几次上传",
        f"What was sent is too large and was not taken: at most {most} MB. Remove pictures and blanks, or send it in parts",
    )
    return render(request, "web/refused.html", {"words": words.say(get_language() or "zh-hans")}, status=413)


def _values(request: HttpRequest) -> Iterator[str]:
    for _name, values in request.GET.lists():
        yield from values


closed_by_default = ClosedByDefault
