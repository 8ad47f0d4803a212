"""The few choices a browser may keep: language, large print, single-letter keys. Nothing about a person."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation

# Query parameter -> (cookie, values taken). A year, because an office sets it once.
CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "language": (settings.LANGUAGE_COOKIE_NAME, ("zh-hans", "en")),
    "print": ("large_print", ("normal", "large")),
    "keys": ("letter_keys", ("on", "off")),
}
KEEP_SECONDS = 365 * 24 * 3600

Respond = Callable[[HttpRequest], HttpResponse]


class ChoicesMiddleware:
    """Takes ``?language=en``, ``?print=large``, ``?keys=off`` on any page, keeps them, shows the page anew.

    In place of Django's LocaleMiddleware: Chinese is the county's language whatever the browser asks for;
    only a person's own choice changes it.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = _chosen(request)
        if chosen:
            return _keep(request, chosen)
        cookie, values = CHOICES["language"]
        language = request.COOKIES.get(cookie, "")
        translation.activate(language if language in values else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        response = self.respond(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def _chosen(request: HttpRequest) -> dict[str, str]:
    """The valid choices in the address; only a plain GET may make one."""
    if request.method != "GET":
        return {}
    return {name: request.GET[name] for name in CHOICES if request.GET.get(name) in CHOICES[name][1]}


def _keep(request: HttpRequest, chosen: dict[str, str]) -> HttpResponse:
    query = request.GET.copy()
    for name in chosen:
        del query[name]
    address = request.path + (f"?{query.urlencode()}" if query else "")
    # A path that starts with two slashes would lead to another host.
    response = HttpResponseRedirect("/" + address.lstrip("/"))
    for name, value in chosen.items():
        response.set_cookie(
            CHOICES[name][0],
            value,
            max_age=KEEP_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
