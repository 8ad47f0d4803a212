"""What may stand in a text: no invisible characters, one form for each character, rare ones kept.

Lists arrive with full-width digits, zero-width spaces copied from chat programs, and direction marks.
None of them is visible, all of them make two equal names differ.
"""

import re
import unicodedata

from standards import tables

_PRIVATE = tables.rows("gb18030_private")
#: Rare characters that the GB18030 table of the year 2000 (the one in Python) reads into the private area.
#: 24 were settled by GB 18030-2022 and one (ḿ) by GB 18030-2005.
FROM_PRIVATE = {int(row["private"], 16): int(row["character"], 16) for row in _PRIVATE}
#: Written with two bytes: every edition of the table shows the right glyph for these.
_TWO_BYTES = {
    chr(int(row["character"], 16)): bytes.fromhex(row["bytes"])
    for row in _PRIVATE
    if row["since"] != "four bytes"
}

_PRIVATE_AREA = re.compile(f"[{re.escape(''.join(map(chr, FROM_PRIVATE)))}]")

_BLANK = {0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0}  # letters that print as nothing
_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}  # choose a glyph, are no character
_SPACES = {"Zs", "Zl", "Zp"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Cn"}
#: Two planes of ideographs: names are written in ones that were added after this Python's tables were made.
_IDEOGRAPHS = range(0x20000, 0x3FFFE)


def _is_plain(text: str) -> bool:
    """True when a text needs no cleaning inside (the usual case, kept fast)."""
    return text.isascii() and text.isprintable()


def _is_new_ideograph(character: str) -> bool:
    """Whether a character that the tables do not know stands where ideographs stand (never one of the non-characters)."""
    return ord(character) in _IDEOGRAPHS and ord(character) & 0xFFFE != 0xFFFE


def clean(text: str) -> str:
    """One line of text: NFKC, no control, zero-width or direction marks, no space at either end.

    Tabs and line breaks become a space, so that two words do not run together.

    >>> clean("\\u200b 张\\u202e三\\t丰 ")
    '张三 丰'
    >>> clean("１２３（女）"), clean("赵\\U0002ebf0") == "赵\\U0002ebf0"
    ('123(女)', True)
    """
    if _is_plain(text):
        return text.strip()
    kept: list[str] = []
    for character in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(character)
        if character in "\t\n\r\v\f" or category in _SPACES:
            kept.append(" ")
        elif (
            category not in _INVISIBLE and ord(character) not in _BLANK and ord(character) not in _SELECTORS
        ) or _is_new_ideograph(character):
            kept.append(character)
    return "".join(kept).strip()


def clean_lines(text: str) -> str:
    """Like :func:`clean` for a text of several lines (remarks, reasons): line breaks stay.

    >>> clean_lines("第一行\\r\\n 第二行\\u200b ")
    '第一行\\n第二行'
    """
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def settle_private(text: str) -> str:
    """Characters of the private area that have a place of their own today, moved to it.

    >>> settle_private("\\ue81e") == "龴"
    True
    """
    return text.translate(FROM_PRIVATE) if _PRIVATE_AREA.search(text) else text


def decode_gb18030(data: bytes) -> str:
    """Bytes in GB18030 (or its subset GBK) as text, by today's table.

    Raises UnicodeDecodeError when the bytes are not GB18030.

    >>> decode_gb18030(bytes.fromhex("fe59"))
    '龴'
    """
    return settle_private(data.decode("gb18030"))


def encode_gb18030(text: str) -> bytes:
    """Text as GB18030. The rare characters get the two bytes that every edition of the table shows right.

    >>> encode_gb18030("张龴").hex()
    'd5c5fe59'
    """
    if not any(character in text for character in _TWO_BYTES):  # two dozen searches, not one per character
        return text.encode("gb18030")
    return b"".join(_TWO_BYTES.get(character) or character.encode("gb18030") for character in text)


def unencodable(text: str, encoding: str) -> list[str]:
    """The characters that ``encoding`` cannot hold, each once, in the order of the text.

    >>> unencodable("李𬭎", "gbk")
    ['𬭎']
    >>> unencodable("李𬭎", "gb18030")
    []
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return [character for character in dict.fromkeys(text) if not _fits(character, encoding)]
    return []


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def first_not_digit(text: str) -> tuple[int, str]:
    """Where the first character stands that is no digit, counted from 1, and the character; (0, "") where all are.

    >>> first_not_digit("62170O12")
    (6, 'O')
    >>> first_not_digit("6217")
    (0, '')
    """
    return next(((at, each) for at, each in enumerate(text, 1) if each not in "0123456789"), (0, ""))
