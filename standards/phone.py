"""Telephone numbers in mainland China: mobile (11 digits from 13 to 19) or area code and line."""

import re

from standards.characters import clean
from standards.words import Refusal

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))?([2-8]\d{6,7})", re.ASCII)


def normal_form(text: str) -> str:
    """Digits alone, without +86.

    >>> normal_form("+86 138-0013 8000"), normal_form("（029）8711 1234")
    ('13800138000', '02987111234')
    """
    bare = re.sub(r"[\s'’‘()—–-]+", "", clean(text))
    without = re.sub(r"^(?:\+|00)86", "", bare)
    return without[2:] if len(without) == 13 and without.startswith("861") else without


def read(text: str) -> str:
    """The number as stored. Raises :class:`Refusal`.

    >>> read("138 0013 8000"), read("029-87111234"), read("87111234")
    ('13800138000', '02987111234', '87111234')
    """
    if _MOBILE.fullmatch(text):
        return text
    number = normal_form(text)
    if not number:
        raise Refusal("没有填写电话号码", "The telephone number is missing", code="phone.empty")
    if _MOBILE.fullmatch(number) is None and _LINE.fullmatch(number) is None:
        raise Refusal(
            "电话号码不对：手机号为 11 位，固定电话请写区号和号码",
            "Not a telephone number: a mobile has 11 digits, a line has an area code and a number",
            code="phone.shape",
        )
    return number


def is_mobile(number: str) -> bool:
    """Whether the number can receive a text message.

    >>> is_mobile("13800138000"), is_mobile("02987111234")
    (True, False)
    """
    return _MOBILE.fullmatch(number) is not None


def mask(number: str) -> str:
    """The number as screens and letters show it.

    >>> mask("13800138000")
    '•••• 8000'
    """
    return f"•••• {number[-4:]}" if len(number) > 4 else "••••"
