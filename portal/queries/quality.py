"""What is not right in the register, place by place. Each number is what the list behind it holds.

Counted in the database in the official's scope: as many queries for a township as for a county of any size.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Account, Doubt
from beneficiaries.queries import doubts
from beneficiaries.services.pairs import pairs_by_village
from officials.models import Division, Official
from officials.roles import Role
from portal.queries import county, overdue
from portal.queries.places import CODE_DIGITS, TOWNSHIP_DIGITS
from portal.queries.ways import way

Way = Callable[[Official, str], str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose register is looked at, and how far: the whole county by township, or one township by village."""

    official: Official
    on: date
    township: str = ""  # 12 digits, or nothing for all that the official may see

    @property
    def prefix(self) -> str:
        return self.township[:TOWNSHIP_DIGITS] or self.official.scope

    @property
    def digits(self) -> int:
        """How much of a code names a place of the page."""
        return CODE_DIGITS if len(self.prefix) >= TOWNSHIP_DIGITS else TOWNSHIP_DIGITS


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can be wrong. ``mended_by`` says who works on it, for those to whom the list is not open."""

    name: str
    title: str | Promise
    unit: str | Promise
    none: str | Promise
    mended_by: str | Promise
    count: Callable[[Scope], Mapping[str, int]]
    way: Way


@dataclass(frozen=True, slots=True)
class Counted:
    """A check with its numbers: ``places`` by code, the most first."""

    check: Check
    total: int
    places: Sequence[tuple[str, int]]
    url: str


def _by_place(rows: "QuerySet[Any]", column: str, scope: Scope) -> dict[str, int]:
    placed = rows.filter(**{f"{column}__startswith": scope.prefix}).annotate(
        place=Substr(column, 1, scope.digits)
    )
    counted = placed.order_by().values_list("place").annotate(n=Count("pk"))
    return {place.ljust(CODE_DIGITS, "0"): n for place, n in counted}


def _doubts(group: str) -> Callable[[Scope], Mapping[str, int]]:
    def count(scope: Scope) -> Mapping[str, int]:
        found = Doubt.objects.visible_to(scope.official).filter(
            settled_on=None, kind__in=doubts.GROUPS[group]
        )
        return _by_place(found, "division", scope)

    return count


def _doubles(scope: Scope) -> Mapping[str, int]:
    """Each suspected pair in the place of the older row."""
    found: Counter[str] = Counter()
    for village, pairs in pairs_by_village(scope.official).items():
        if village.startswith(scope.prefix):
            found[village[: scope.digits].ljust(CODE_DIGITS, "0")] += pairs
    return found


def _accounts(scope: Scope) -> Mapping[str, int]:
    return _by_place(Account.objects.filter(state="entered"), "owner__division", scope)


def _missed(scope: Scope) -> Mapping[str, int]:
    return _by_place(county.missed(scope.official), "division", scope)


def _lists(scope: Scope) -> Mapping[str, int]:
    towns = overdue.overdue(scope.official, on=scope.on, township=scope.township)
    return {town: len(late) for town, late in towns.items() if late}


def _to_doubts(group: str) -> Way:
    """Who sees only a part of the doubts is not led to a list that holds fewer."""

    def to(official: Official, town: str) -> str:
        sees_all = official.has_role(Role.COUNTY_CHECKER, Role.AUDITOR)
        if not sees_all and not set(doubts.GROUPS[group]) <= set(doubts.SECOND_PERSON):
            return ""
        return way(official, "beneficiaries:doubts", show=group, township=town)

    return to


_COUNTY_SETTLES = _("the county checker settles them")
CHECKS = (
    Check(
        "doubles", _("People who may be on the register twice"), _("pairs"),
        _("Nobody seems to be on the register twice"), _("the township reviewer compares them"),
        _doubles, lambda official, town: way(official, "portal:doubles"),
    ),
    Check(
        "contradict", _("Facts that contradict each other"), _("facts"),
        _("No fact contradicts another"), _COUNTY_SETTLES,
        _doubts("contradict"), _to_doubts("contradict"),
    ),
    Check(
        "entries", _("Entries that wait for a second person"), _("entries"),
        _("No entry waits for a second person"), _("the township reviewer settles them"),
        _doubts("entries"), _to_doubts("entries"),
    ),
    Check(
        "accounts", _("Accounts nobody has verified"), _("accounts"),
        _("Every account is verified"), _("the township reviewer verifies them"),
        _accounts, lambda official, town: way(official, "beneficiaries:accounts", state="entered", township=town),
    ),
    Check(
        "lists", _("Lists that are overdue"), _("lists"),
        _("Every list has come in time"), _("the county checker asks the department for them"),
        _lists, lambda official, town: way(official, "beneficiaries:lists"),
    ),
    Check(
        "missed", _("A right, and no application yet"), _("rights"),
        _("Nobody with a right is left out"), "",
        _missed, lambda official, town: way(official, "portal:missed", township=town),
    ),
)  # fmt: skip


def quality(scope: Scope) -> list[Counted]:
    """Every check with its places, in the order of `CHECKS`."""
    found = []
    for check in CHECKS:
        places = Counter(check.count(scope)).most_common()
        total = sum(n for _place, n in places)
        found.append(Counted(check, total, places, check.way(scope.official, scope.township)))
    return found


def names_of(places: Sequence[str]) -> dict[str, str]:
    """The names of these places. One query."""
    return dict(Division.objects.filter(code__in=places).values_list("code", "name"))
