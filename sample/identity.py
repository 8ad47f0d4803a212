"""Numbers for people who do not exist: citizen IDs, phones, accounts.

The check digits are computed here and not by ``standards``: the sample stands outside the program, and a fault
in one of the two must show. The last digits of an ID before the check digit come from 700 to 995,
which the offices of a county this size do not reach.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
HOME_REGION = "610124"
OTHER_REGIONS = ("610125", "610123", "610117", "610323", "610326", "610431", "612524", "610922")
FIRST_ORDER, LAST_ORDER = 700, 995
PREFIXES_PHONE = ("138", "139", "150", "151", "158", "182", "187", "188", "130", "186", "177", "189")


def check_character(first17: str) -> str:
    """The eighteenth character of a citizen ID (GB 11643: ISO 7064 MOD 11-2).

    >>> check_character("11010519491231002")
    'X'
    """
    total = sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def wrong_check_character(number: str) -> str:
    """The same ID with a check character that cannot be right.

    >>> wrong_check_character("11010519491231002X")
    '110105194912310020'
    """
    right = number[-1]
    return number[:-1] + ("0" if right != "0" else "1")


def luhn_digit(body: str) -> str:
    """The last digit of a bank card whose other digits are ``body``.

    >>> luhn_digit("7992739871")
    '3'
    """
    total = 0
    for place, character in enumerate(reversed(body)):
        digit = int(character) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


@dataclass(slots=True)
class Numbers:
    """Hands out numbers, none of them twice."""

    dice: random.Random
    used: set[str] = field(default_factory=set)

    def citizen_id(self, *, born: date, female: bool) -> str:
        region = HOME_REGION if self.dice.random() < 0.86 else self.dice.choice(OTHER_REGIONS)
        while True:
            order = self.dice.randint(FIRST_ORDER, LAST_ORDER)
            order += (order % 2 == 0) != female  # the seventeenth digit is odd for men
            body = f"{region}{born:%Y%m%d}{order:03d}"
            number = body + check_character(body)
            # Three zeros at the end is what a lost number looks like: right, but refused beside a lost one.
            if body not in self.used and not number.endswith("000"):
                self.used.add(body)
                return number

    def phone(self) -> str:
        return self._fresh(lambda: self.dice.choice(PREFIXES_PHONE) + f"{self.dice.randrange(10**8):08d}")

    def card(self, prefix: str) -> str:
        """A UnionPay card of 19 digits whose last digit is right."""

        def draw() -> str:
            body = prefix + f"{self.dice.randrange(10 ** (18 - len(prefix))):0{18 - len(prefix)}d}"
            return body + luhn_digit(body)

        return self._fresh(draw)

    def passbook(self) -> str:
        """An account of a rural credit union: 22 digits without any check digit."""
        return self._fresh(lambda: "2701" + f"{self.dice.randrange(10**18):018d}")

    def _fresh(self, draw: Callable[[], str]) -> str:
        while True:
            number = draw()
            if number not in self.used:
                self.used.add(number)
                return number
