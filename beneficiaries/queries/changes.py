"""Changes of account: what auditors look for first is an account switched just before a payment."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from beneficiaries.models import Account
from officials.models import Official
from standards.working_days import add_working_days

COOLS_WORKING_DAYS = 3
"""Working days between the second person's check of a changed account and the first money that goes to it: time for a
call to the family, while the office is open. A family's first account is no change and does not wait."""
SHOWN_DAYS = 90  # how long a change stays on the risk list: a quarter, as finance looks back


@dataclass(frozen=True, slots=True)
class Change:
    """A verified account that took the place of another of the same owner."""

    account: Account
    before: Account
    pays_from: date
    waits: bool


def pays_from(verified_on: date) -> date:
    """The first day on which money goes to a changed account.

    >>> pays_from(date(2026, 9, 29))
    datetime.date(2026, 10, 9)
    """
    return add_working_days(verified_on, COOLS_WORKING_DAYS)[0]


def cooled_by(on: date) -> date:
    """The last day on which a changed account may have been checked for money to go to it on ``on``.

    >>> cooled_by(date(2026, 10, 9)), cooled_by(date(2026, 10, 8))
    (datetime.date(2026, 9, 29), datetime.date(2026, 9, 28))
    """
    day = on
    while pays_from(day) > on:
        day -= timedelta(days=1)
    return day


def changed(official: Official, *, on: date) -> "QuerySet[Account]":
    """Verified accounts in scope, checked lately, whose owner had another one before that came from elsewhere."""
    accounts: QuerySet[Account] = Account.objects.filter(
        _had_another(), owner__division__startswith=official.scope, state="verified",
        verified_on__gte=on - timedelta(days=SHOWN_DAYS),
    )  # fmt: skip
    return accounts.select_related("owner").order_by("-verified_on", "-pk")


def _had_another() -> Exists:
    before = Account.objects.filter(owner=OuterRef("owner"), verified_on__isnull=False).filter(
        Q(verified_on__lt=OuterRef("verified_on"))
        | Q(verified_on=OuterRef("verified_on"), pk__lt=OuterRef("pk"))
    )
    return Exists(before.exclude(list__isnull=False, list=OuterRef("list")))


def with_before(accounts: list[Account], *, on: date) -> list[Change]:
    """Each with the account it took the place of, and the day from which it is paid. One query."""
    owners = [one.owner_id for one in accounts]
    earlier = list(
        Account.objects.filter(owner__in=owners, verified_on__isnull=False).order_by("verified_on", "pk")
    )
    found = []
    for one in accounts:
        assert one.verified_on
        place = (one.verified_on, one.pk)
        before = [
            other for other in earlier
            if other.owner_id == one.owner_id and other.verified_on and (other.verified_on, other.pk) < place
        ]  # fmt: skip
        if before:
            first = pays_from(one.verified_on)
            found.append(Change(one, before[-1], first, first > on))
    return found
