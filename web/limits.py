"""How often a door may be tried: five wrong tries, then ten minutes of rest, counted in the database.

In the database, because several web processes answer; by what was tried, because a whole office shares an address.
"""

from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from web.models import WrongTry

WRONG_MAX = 5
REST = timedelta(minutes=10)


def must_rest(door: str, what: str, *, most: int = WRONG_MAX) -> bool:
    """Whether ``what`` was tried wrongly too often just now. One query."""
    return _recent(door, what).count() >= most


def count_wrong(door: str, what: str) -> None:
    """Remember one wrong try and drop those that no longer count."""
    WrongTry.objects.filter(at__lt=Now() - REST).delete()
    WrongTry.objects.create(door=door, key=_key(door, what))


def forget(door: str, what: str) -> None:
    """The right one was given: the wrong tries before it no longer count."""
    WrongTry.objects.filter(door=door, key=_key(door, what)).delete()


def _recent(door: str, what: str) -> QuerySet[WrongTry]:
    return WrongTry.objects.filter(door=door, key=_key(door, what), at__gte=Now() - REST)


def _key(door: str, what: str) -> str:
    return salted_hmac(f"web.limits.{door}", what, algorithm="sha256").hexdigest()
