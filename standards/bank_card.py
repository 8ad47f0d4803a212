"""Account and card numbers. Only UnionPay cards (62…) obey Luhn; passbooks and rural-credit accounts do not.

So a number that fails Luhn is a warning, never a refusal: refusing a true account is worse than asking twice.
"""

import re

from standards.characters import clean, first_not_digit
from standards.words import Refusal, Words

#: Shortest passbook and longest account in the banks' interface descriptions.
LENGTH_MIN, LENGTH_MAX = 8, 32


def normal_form(text: str) -> str:
    """Plain digits without spaces or hyphens.

    >>> normal_form(" 6222 ０２0903－0013 21124")
    '6222020903001321124'
    """
    return re.sub(r"[\s'’‘-]+", "", clean(text))


def read(text: str) -> str:
    """The number as stored. Raises :class:`Refusal` for what no bank gives.

    >>> read("6222 0209 0300 1321 124")
    '6222020903001321124'
    >>> read("6222 O209 0300 1321 124")
    Traceback (most recent call last):
    standards.words.Refusal: 账号第 5 位是“O”，账号只能是数字，请对照存折或银行卡
    """
    number = normal_form(text)
    if not number:
        raise Refusal("没有填写账号", "The account number is missing", code="account.empty")
    place, odd = first_not_digit(number)
    if place:
        raise Refusal(
            f"账号第 {place} 位是“{odd}”，账号只能是数字，请对照存折或银行卡",
            f"Place {place} of the account number is “{odd}”; it holds digits only: compare with the passbook or card",
            code="account.characters",
        )
    if not LENGTH_MIN <= len(number) <= LENGTH_MAX:
        raise Refusal(
            f"账号应为 {LENGTH_MIN} 至 {LENGTH_MAX} 位，这里是 {len(number)} 位",
            f"An account number has {LENGTH_MIN} to {LENGTH_MAX} digits, this one has {len(number)}",
            code="account.length",
        )
    return number


def luhn_ok(number: str) -> bool:
    """Whether the last digit fits the others (ISO/IEC 7812).

    >>> luhn_ok("4539148803436467"), luhn_ok("4539148803436468")
    (True, False)
    """
    if not (number.isascii() and number.isdigit()):
        return False
    total = 0
    for place, character in enumerate(reversed(number)):
        digit = int(character) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def warnings(number: str) -> list[Words]:
    """What a person should look at in a number that can be.

    >>> [words.en for words in warnings("6222020903001321125")]
    ['The card number does not fit its check digit: read it from the card once more']
    >>> warnings("2701010101201000012345")
    []
    """
    looks_like_card = number.startswith("62") and 16 <= len(number) <= 19
    if not looks_like_card or luhn_ok(number):
        return []
    return [
        Words(
            "银行卡号校验位不符，请对照卡片再核对一遍",
            "The card number does not fit its check digit: read it from the card once more",
        )
    ]


def mask(number: str) -> str:
    """The number as screens and letters show it.

    >>> mask("6222020903001321124")
    '•••• 1124'
    """
    return f"•••• {number[-4:]}" if len(number) > 4 else "••••"
