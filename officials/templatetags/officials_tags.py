"""Who did it, by name: ``{% official row.taken_by %}``."""

from typing import Any

from django import template
from django.utils.translation import gettext

from audit.actor import SYSTEM
from officials.models import Official

register = template.Library()


@register.simple_tag(takes_context=True)
def official(context: template.Context, number: str) -> str:
    """The name behind a staff number; a number nobody has any more stays. One query a page, whatever it shows."""
    if number == SYSTEM.number:
        return gettext("by itself")
    if not number:
        return ""
    request: Any = context.get("request")
    names: dict[str, str] | None = getattr(request, "official_names", None)
    if names is None:
        names = dict(Official.objects.values_list("number", "name"))
        if request is not None:
            request.official_names = names
    return names.get(number, number)
