"""Links that an official may follow: a page behind a rule that does not know their role is no link at all."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, resolve, reverse

from officials.models import Official


def way(official: Official, name: str, *args: object, **query: str) -> str:
    """The address of a page, or nothing where the page's own rule would refuse this official."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    roles = getattr(resolve(address).func, "access", ())
    if not official.has_role(*roles):
        return ""
    asked = {key: value for key, value in query.items() if value}
    return f"{address}?{urlencode(asked)}" if asked else address


def first_way(*ways: str) -> str:
    """The first that is open to the official."""
    return next((one for one in ways if one), "")
