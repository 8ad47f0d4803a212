"""Codes of administrative divisions (GB/T 2260 and GB/T 10114): twelve digits, the place inside the code.

``610124103205`` is village 205 of township 103 in county 24 of prefecture 01 in province 61. A larger
division has zeros at the end: ``610124000000`` is the county. A name is no key (one county can hold three
villages called 八一村); the code is.
"""

import re
from typing import Literal

from standards.characters import clean
from standards.words import Refusal

Level = Literal["province", "prefecture", "county", "township", "village"]

COUNTY_DIGITS = 6  # of a division's twelve

#: The levels from the smallest up, with the digits that name a division of that level.
_PREFIXES: tuple[tuple[Level, int], ...] = (
    ("village", 12),
    ("township", 9),
    ("county", COUNTY_DIGITS),
    ("prefecture", 4),
    ("province", 2),
)


def read(text: str) -> str:
    """The twelve-digit code of a code written with 2, 4, 6, 9 or 12 digits. Raises :class:`Refusal`.

    >>> read("610124"), read("６１０１２４１０３２０５")
    ('610124000000', '610124103205')
    """
    code = re.sub(r"\s+", "", clean(text))
    if re.fullmatch(r"(?!00)(?:\d{2}|\d{4}|\d{6}|\d{9}|\d{12})", code, re.ASCII) is None:
        raise Refusal(
            f"“{text}”不是行政区划代码：应为 12 位数字",
            f"“{text}” is not a division code: it has 12 digits",
            code="division.shape",
        )
    return code.ljust(12, "0")


def level(code: str) -> Level:
    """Which kind of division a twelve-digit code names. Raises ValueError for another shape.

    >>> level("610000000000"), level("610124000000"), level("610124103000"), level("610124103205")
    ('province', 'county', 'township', 'village')
    """
    if re.fullmatch(r"(?!00)\d{12}", code, re.ASCII) is None:
        raise ValueError("a division code has 12 digits")
    larger: tuple[tuple[Level, int], ...] = _PREFIXES[1:]
    found: Level = "village"
    for name, digits in larger:
        if code[digits:].strip("0"):
            break
        found = name
    return found


def scope_prefix(code: str) -> str:
    """The code without its groups of zeros: every division inside begins with it.

    >>> scope_prefix("610124000000"), scope_prefix("610124103000"), scope_prefix("610124103205")
    ('610124', '610124103', '610124103205')
    """
    return code[: dict(_PREFIXES)[level(code)]]


def parent(code: str) -> str | None:
    """The code of the division one level up; None for a province.

    >>> parent("610124103205"), parent("610124000000"), parent("610000000000")
    ('610124103000', '610100000000', None)
    """
    names = [name for name, _ in _PREFIXES]
    place = names.index(level(code)) + 1
    if place == len(_PREFIXES):
        return None
    return code[: _PREFIXES[place][1]].ljust(12, "0")


def is_inside(code: str, outer: str) -> bool:
    """Whether one division is another or lies inside it.

    >>> is_inside("610124103205", "610124000000"), is_inside("610124103205", "610124104000")
    (True, False)
    """
    return code.startswith(scope_prefix(outer))
