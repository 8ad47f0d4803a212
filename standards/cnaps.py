"""Bank branch numbers of the national clearing system (CNAPS, 联行号): twelve digits.

Three digits of bank, four of city, four of branch, one check digit (ISO 7064 MOD 11,10).
"""

import re

from standards import iso7064
from standards.characters import clean
from standards.words import Refusal


def is_valid(code12: str) -> bool:
    """Whether twelve digits carry the right check digit.

    >>> is_valid("313651027012"), is_valid("313651027021"), is_valid("3136510270")
    (True, False, False)
    """
    return len(code12) == 12 and iso7064.mod_11_10_holds(code12)


def read(text: str) -> str:
    """The code as stored. Raises :class:`Refusal`.

    >>> read("3136 5102 7012")
    '313651027012'
    """
    code = re.sub(r"[\s'’‘-]+", "", clean(text))
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        raise Refusal(
            "联行号应为 12 位数字", "A bank branch number (CNAPS) has 12 digits", code="cnaps.shape"
        )
    if not is_valid(code):
        raise Refusal(
            f"联行号 {code} 校验位不符，请向开户行核对",
            f"The bank branch number {code} does not fit its check digit: ask the bank",
            code="cnaps.check_digit",
        )
    return code
