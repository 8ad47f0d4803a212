"""Money: whole fen in integers inside, yuan at the edge, capitals on paper.

One yuan is 100 fen. A text becomes fen exactly once, where it enters; no float is ever involved.
"""

import re
from collections.abc import Sequence

from standards.characters import clean
from standards.words import Refusal

#: No single amount in a county reaches ten billion yuan; a larger one is a slip of the keyboard.
FEN_MAX = 999_999_999_999
_YUAN = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?", re.ASCII)

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("仟", "佰", "拾", "")
_SECTIONS = ("", "万", "亿")


def fen_from_yuan(text: str) -> int:
    """Fen from an amount in yuan as a person writes it. Raises :class:`Refusal`.

    Full-width digits, thousands commas, ``¥`` before and ``元`` after are taken; powers, underscores, signs
    and a third decimal are not, because no form means them.

    >>> fen_from_yuan("3,000.00"), fen_from_yuan("￥１２．５ 元"), fen_from_yuan("0.07")
    (300000, 1250, 7)
    >>> fen_from_yuan("1e3")
    Traceback (most recent call last):
    standards.words.Refusal: “1e3”不是金额：请填写元，最多两位小数，例如 3000 或 3,000.00
    """
    bare = clean(text).removeprefix("¥").removesuffix("元").strip()
    found = _YUAN.fullmatch(bare)
    if found is None:
        raise Refusal(
            f"“{text}”不是金额：请填写元，最多两位小数，例如 3000 或 3,000.00",
            f"“{text}” is not an amount: write yuan with at most two decimals, such as 3000 or 3,000.00",
            code="money.shape",
        )
    whole, _, decimals = bare.replace(",", "").partition(".")
    if len(whole.lstrip("0")) > len(str(FEN_MAX // 100)):
        raise Refusal(
            f"金额 {text} 太大：最多 {yuan(FEN_MAX)} 元",
            f"The amount {text} is too large: at most {yuan(FEN_MAX)} yuan",
            code="money.too_large",
        )
    return int(whole) * 100 + int(decimals.ljust(2, "0") or "0")


def yuan_plain(fen: int) -> str:
    """Yuan with two decimals and nothing else, as files want it.

    >>> yuan_plain(300000), yuan_plain(7), yuan_plain(-150)
    ('3000.00', '0.07', '-1.50')
    """
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole}.{rest:02d}"


def yuan(fen: int) -> str:
    """Yuan with two decimals and thousands commas, as people read it.

    >>> yuan(300000), yuan(123456789), yuan(-100000)
    ('3,000.00', '1,234,567.89', '-1,000.00')
    """
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{rest:02d}"


def _section(number: int) -> str:
    """Up to four digits in capitals, with one 零 where zeros stand between digits."""
    written, gap = "", False
    for digit, unit in zip(f"{number:04d}", _UNITS, strict=True):
        if digit == "0":
            gap = bool(written)
            continue
        written += ("零" if gap else "") + _DIGITS[int(digit)] + unit
        gap = False
    return written


def _whole_yuan(number: int) -> str:
    """A whole number of yuan below 10^12 in capitals, without 元."""
    if number >= 10**12:
        raise ValueError("capitals are written for amounts below a thousand billion yuan")
    written, gap = "", False
    for place in (2, 1, 0):
        section = number // 10_000**place % 10_000
        if section == 0:
            gap = bool(written)
            continue
        if written and (gap or section < 1000):
            written += "零"
        written += _section(section) + _SECTIONS[place]
        gap = False
    return written


def capitals(fen: int) -> str:
    """The amount in the capitals of vouchers; print 人民币 directly before it.

    The rules are the People's Bank's for filling in bills: 整 after 元, none after 角 or 分 here; 零 for
    zeros between digits, and after 元 when its own digit is 零 but a 角 follows.

    >>> capitals(140950), capitals(600714)
    ('壹仟肆佰零玖元伍角', '陆仟零柒元壹角肆分')
    >>> capitals(10700053), capitals(1640902)
    ('壹拾万柒仟元零伍角叁分', '壹万陆仟肆佰零玖元零贰分')
    >>> capitals(1000), capitals(300000), capitals(0), capitals(5)
    ('壹拾元整', '叁仟元整', '零元整', '伍分')
    """
    whole, rest = divmod(abs(fen), 100)
    jiao, cents = divmod(rest, 10)
    written = "负" if fen < 0 else ""
    if whole:
        written += _whole_yuan(whole) + "元"
    elif not rest:
        return "零元整"
    if not rest:
        return written + "整"
    if whole and (jiao == 0 or whole % 10 == 0):
        written += "零"
    if jiao:
        written += _DIGITS[jiao] + "角"
    if cents:
        written += _DIGITS[cents] + "分"
    return written


def split_by_weight(fen: int, weights: Sequence[int]) -> list[int]:
    """Splits an amount by weights so that the parts sum to the whole (largest remainder; ties: the first).

    Raises ValueError for a negative amount, a negative weight, or weights that sum to nothing.

    >>> split_by_weight(100, [1, 1, 1])
    [34, 33, 33]
    >>> split_by_weight(300000, [60, 30, 10])
    [180000, 90000, 30000]
    """
    total = sum(weights)
    if fen < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("an amount of 0 or more and weights of 0 or more, not all 0")
    parts = [fen * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(fen * weights[place] % total), place))
    for place in order[: fen - sum(parts)]:
        parts[place] += 1
    return parts
