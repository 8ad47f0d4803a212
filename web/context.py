"""What every page gets: the browser's choices and whether the people shown are invented."""

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, object]:
    """Context of the base template; ``navigation`` and ``audit_head`` come from the rooms above."""
    english = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE).startswith("en")
    return {
        "demo_data": settings.IS_DEMO,
        "other_language": ("zh-hans", "中文") if english else ("en", "English"),
        "large_print": request.COOKIES.get("large_print") == "large",
        "letter_keys": request.COOKIES.get("letter_keys") != "off",
    }
