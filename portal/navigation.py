"""The top bar: which areas an official sees."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for the base template."""
    return {"navigation": []}
