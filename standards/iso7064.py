"""Check characters of ISO 7064: one mistyped digit, or two neighbours exchanged, is always noticed.

Two of its systems are in use in China: MOD 11-2 (citizen identity numbers; the check may be ``X``)
and MOD 11,10 (bank branch numbers and our receipt numbers; the check is a digit).
"""

_MOD_11_2 = "0123456789X"


def _digits(text: str) -> list[int]:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("ISO 7064 reads digits 0 to 9 only")
    return [int(character) for character in text]


def mod_11_2(digits: str) -> str:
    """The check character (0 to 9 or X) that follows ``digits``.

    >>> mod_11_2("11010519491231002")
    'X'
    >>> mod_11_2("0794")
    '0'
    """
    total = 0
    for digit in _digits(digits):
        total = (total + digit) * 2 % 11
    return _MOD_11_2[(12 - total) % 11]


def mod_11_10(digits: str) -> str:
    """The check digit that follows ``digits``.

    >>> mod_11_10("0794")
    '5'
    >>> mod_11_10("31365102701")
    '2'
    """
    product = 10
    for digit in _digits(digits):
        product = ((product + digit) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def mod_11_10_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it.

    >>> mod_11_10_holds("07945"), mod_11_10_holds("07954"), mod_11_10_holds("")
    (True, False, False)
    """
    return len(digits) > 1 and digits.isascii() and digits.isdigit() and mod_11_10(digits[:-1]) == digits[-1]
