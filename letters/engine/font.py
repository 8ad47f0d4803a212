"""The one letter font: registered once, its widths, what it can print, and text that copies right.

reportlab 5.1 writes characters above U+FFFF into ToUnicode as five hex digits, so a name with
𬭎 would copy and search as another character. ``LetterFont`` writes them as UTF-16BE pairs.
"""

import functools
import unicodedata
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics, ttfonts

NAME = "Song"
FILE = Path(__file__).parent.parent / "fonts" / "NotoSerifSC-Regular.ttf"

ASCENT = 0.88  # of the size, above the base line
DESCENT = 0.12  # below it
DIGIT = 0.558  # widest digit: the cell of every digit in a column of figures
UNITS = 1000.0  # glyph units to the em

NO_BREAK_SPACE = "\u00a0"  # drawn as a space, never broken


def to_unicode_map(name: str, subset: list[int]) -> str:
    """The ToUnicode stream of one 256-character subset, each value as UTF-16BE."""
    rows = [f"<{i:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for i, code in enumerate(subset)]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]  # the format's limit
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            f"<00> <{len(subset) - 1:02X}>",
            "endcodespacerange",
            body,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


class LetterFont(ttfonts.TTFont):  # type: ignore[misc]  # reportlab has no types
    """A TrueType font whose text copies right above U+FFFF too."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # reportlab's name
        """Write the font's subsets, then put the corrected maps in place of reportlab's.

        reportlab names the stream of a subset after its base font, which tells them apart here.
        """
        subsets = list(self.state[doc].subsets)
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            base = b"".join((ttfonts.SUBSETN(number), b"+", self.face.name, self.face.subfontNameX))
            name = base.decode("pdfdoc")
            stream = doc.idToObject[f"toUnicodeCMap:{name}"]
            stream.content = to_unicode_map(name, subset)


@functools.cache
def font() -> Any:
    """The registered font. Reading it costs some 40 ms, once for the process."""
    if not FILE.exists():
        raise FileNotFoundError(f"letter font missing: {FILE.name} belongs into letters/fonts")
    loaded = LetterFont(NAME, str(FILE))
    pdfmetrics.registerFont(loaded)
    return loaded


@functools.cache
def printable() -> frozenset[str]:
    """Every character that can be printed and read: none that is invisible, none of private use."""
    glyphs = map(chr, font().face.charToGlyph)
    return frozenset(c for c in glyphs if unicodedata.category(c)[0] not in "CZ") | {
        " ",
        "\u3000",
        "\n",
        NO_BREAK_SPACE,
    }


def unprintable(text: str) -> frozenset[str]:
    """The characters of ``text`` without a glyph; empty for nearly every text."""
    if printable().issuperset(text):
        return frozenset()
    return frozenset(text) - printable()


class _Advances(dict[str, float]):
    """Width of each character in em, looked up in the font the first time it is asked for."""

    def __missing__(self, character: str) -> float:
        code = 0x20 if character == NO_BREAK_SPACE else ord(character)
        width = float(font().face.charWidths.get(code, UNITS)) / UNITS
        self[character] = width
        return width


ADVANCE = _Advances()
