"""What can stop a letter: a template that is wrong, or a character that cannot be printed."""

import unicodedata

from standards.words import Refusal


class TemplateError(ValueError):
    """The template, or the data given to it, is wrong: a fault of the program, never of a family."""


def describe(character: str) -> str:
    """The character with its code point, which is readable where its glyph is not.

    >>> describe("𠮷")
    '𠮷 (U+20BB7)'
    >>> describe(chr(0x200B))
    'ZERO WIDTH SPACE (U+200B)'
    """
    code = f"U+{ord(character):04X}"
    if unicodedata.category(character)[0] in "CZM":
        return f"{unicodedata.name(character, 'CONTROL')} ({code})"
    return f"{character} ({code})"


class HeldLetter(Refusal):
    """The letter font has no glyph for ``characters``: the letter waits, no empty box is printed.

    ``characters`` is sorted and holds each one once.
    """

    def __init__(self, characters: frozenset[str]) -> None:
        self.characters = "".join(sorted(characters))
        named = "、".join(describe(character) for character in self.characters)
        super().__init__(
            f"文书没有印：字库里没有这些字：{named}。请核对写法，或换成户口簿上的另一写法",
            f"Letter held: the font has no glyph for {named}. "
            "Check the spelling, or use the other spelling in the booklet",
            code="no_glyph",
        )
