"""Names of divisions and officials for the rows of a page: one query each, whatever the page length."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from officials.models import Division, Official

TOWNSHIP_DIGITS, CODE_DIGITS = 9, 12
TAILS = (
    ("村村民委员会", "村"),
    ("村民委员会", "村"),
    ("村村委会", "村"),
    ("村委会", "村"),
    ("居民委员会", ""),
    ("居委会", ""),
)


def township_of(code: str) -> str:
    """The 12-digit code of the township a division lies in.

    >>> township_of("610124103205")
    '610124103000'
    """
    return code[:TOWNSHIP_DIGITS].ljust(CODE_DIGITS, "0")


@dataclass(frozen=True, slots=True)
class Places:
    """Names by 12-digit code."""

    names: Mapping[str, str]

    def township(self, code: str) -> str:
        """哑柏镇"""
        return self.names.get(township_of(code), code[:TOWNSHIP_DIGITS])

    def village(self, code: str) -> str:
        """The village's name without the words every village has; empty for a township or county."""
        if code == township_of(code):
            return ""
        return short(self.names.get(code, code))

    def full(self, code: str) -> str:
        """哑柏镇 槐花村"""
        return " ".join(part for part in (self.township(code), self.village(code)) if part)


def short(name: str) -> str:
    """A village's everyday name: its register writes 枣林村委会 as well as 焦楼村村委会.

    >>> short("焦楼村村委会"), short("枣林村委会"), short("淳风苑社区居委会"), short("槐花村民委员会")
    ('焦楼村', '枣林村', '淳风苑社区', '槐花村')
    """
    for tail, left in TAILS:
        if name.endswith(tail):
            return name.removesuffix(tail) + left
    return name


def places_of(codes: Iterable[str]) -> Places:
    """The names of these divisions and of their townships."""
    wanted = {code for code in codes if code}
    wanted |= {township_of(code) for code in wanted}
    return Places(dict(Division.objects.filter(code__in=wanted).values_list("code", "name")))


def townships(official: Official) -> list[Division]:
    """The townships in scope, in the order of their codes."""
    scope = official.scope[:TOWNSHIP_DIGITS]
    kinds = Division.objects.filter(code__startswith=scope, code__endswith="000").exclude(
        code__endswith="000000"
    )
    return list(kinds.order_by("code"))


def names_of(numbers: Iterable[str]) -> dict[str, str]:
    """Officials' names by staff number."""
    wanted = {number for number in numbers if number and number != "system"}
    return dict(Official.objects.filter(number__in=wanted).values_list("number", "name")) if wanted else {}


def phone(division: str = "") -> str:
    """The number that families ring: the township's own where the county lists one, else the county's."""
    return settings.PUBLIC_PHONES.get(township_of(division), settings.PUBLIC_PHONE)
