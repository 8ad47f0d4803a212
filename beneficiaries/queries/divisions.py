"""The villages a list may name, in words or by code."""

from collections import defaultdict
from collections.abc import Iterable

from beneficiaries.lists.cells import Villages
from officials.models import Division

ENDINGS = ("村民委员会", "居民委员会", "村委会", "居委会", "社区居委会", "社区")


def known_villages(scope: str) -> Villages:
    """Every village below ``scope`` by code, by its name, and by its township's name before it. Two queries."""
    townships = dict(
        Division.objects.filter(kind__in=["subdistrict", "town", "township"]).values_list("code", "name")
    )
    by_name: dict[str, set[str]] = defaultdict(set)
    codes: set[str] = set()
    for code, name in Division.objects.filter(code__startswith=scope).values_list("code", "name"):
        if code.endswith("000"):
            continue
        codes.add(code)
        township = townships.get(f"{code[:9]}000", "")
        for form in _forms(name):
            by_name[form].add(code)
            if township:
                by_name[township + form].add(code)
    return Villages(frozenset(codes), {name: tuple(sorted(found)) for name, found in by_name.items()})


def names_of_scopes(scopes: Iterable[str]) -> dict[str, str]:
    """Each division prefix to the name of its division. One query."""
    codes = {scope.ljust(12, "0"): scope for scope in scopes}
    found = Division.objects.filter(code__in=codes).values_list("code", "name")
    return {codes[code]: name for code, name in found}


def _forms(name: str) -> set[str]:
    """A village's name with and without its committee: 仰天村村委会, 仰天村, 仰天."""
    forms = {name}
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            bare = name.removesuffix(ending)
            forms |= {bare, bare if bare.endswith("村") else f"{bare}村"}
    return forms
