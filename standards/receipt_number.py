"""The number on an application's receipt: township 3, year 2, serial 6, check digit 1 (ISO 7064 MOD 11,10).

It is read out over the telephone, so a slip of one digit or two exchanged neighbours is noticed. It says
nothing about the person, and by itself opens nothing: the public look-up asks for a second secret.
"""

import re

from standards import iso7064
from standards.characters import clean

SERIAL_MAX = 999_999


def make(township3: str, year2: int, serial: int) -> str:
    """The twelve digits of the number. Raises ValueError for parts that do not fit.

    >>> make("103", 26, 8113)
    '103260081131'
    """
    if re.fullmatch(r"\d{3}", township3, re.ASCII) is None:
        raise ValueError("a township has three digits")
    if not (0 <= year2 <= 99 and 1 <= serial <= SERIAL_MAX):
        raise ValueError(f"a year of two digits and a serial from 1 to {SERIAL_MAX}")
    first11 = f"{township3}{year2:02d}{serial:06d}"
    return first11 + iso7064.mod_11_10(first11)


def normal_form(text: str) -> str:
    """The number as stored: spaces and hyphens gone, full-width digits plain.

    >>> normal_form(" 1032 6008－1131")
    '103260081131'
    """
    return re.sub(r"[\s-]+", "", clean(text))


def is_valid(number: str) -> bool:
    """Whether twelve digits carry the right check digit.

    >>> is_valid("103260081131"), is_valid("103260081113")
    (True, False)
    """
    return len(number) == 12 and iso7064.mod_11_10_holds(number)


def spaced(number: str) -> str:
    """In groups of four, as printed.

    >>> spaced("103260081131")
    '1032 6008 1131'
    """
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
