"""Chinese and English text broken into lines, and the exact place of every stretch of a line.

Rules (GB/T 15834 for what may begin and end a line, the usual Song setting for the rest):
closing punctuation never begins a line and opening punctuation never ends one; words and figures
stay whole; a figure stays with its measure word (3,000.00 元, 8 月); two marks side by side give up
the blank half between them; a mark at the end of a line may give up its blank half to fit.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from letters.engine.font import ADVANCE, DIGIT, NO_BREAK_SPACE

# (text, bold) stretches of one paragraph.
Runs = tuple[tuple[str, bool], ...]

CLOSING = frozenset("，。、；：！？）》〉」』】〕”’．")
OPENING = frozenset("（《〈「『【〔“‘")
NEVER_FIRST = CLOSING | frozenset("…—·,.;:!?)]}%％°℃~～")
NEVER_LAST = OPENING | frozenset("([{¥￥#")
BLANK = 0.5  # em of white in a full-width mark
MEASURES = frozenset("元角分年月日时天个人户份笔页版号件岁级周项米次名届户本村")
COMPANY = 2.9  # em: a last line shorter than this looks lost
LONG_LINE = 12  # atoms: a shorter line gives none away
STRETCH_MAX = 0.1  # em a character: a line looser than this is left ragged


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text drawn in one go: ``x`` from the start of the line, in em."""

    x: float
    text: str
    bold: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``width`` in em; ``space`` is added after each character, in em.

    ``copied`` is what a reader copies where marks were moved together: their boxes overlap, and
    programs that read a PDF by place alone would tear the second mark off.
    """

    stretches: tuple[Stretch, ...]
    width: float
    space: float = 0.0
    copied: str = ""


@dataclass(slots=True)
class _Atom:
    """Characters that stay on one line; ``lead`` is the white before them, dropped at a line start."""

    characters: list[tuple[str, bool]]
    lead: float
    width: float
    new_line: bool = False


def _is_word(character: str) -> bool:
    """Part of a Latin word or a figure (which must not be cut)."""
    return character < "\u2000" and character not in " \n" and character != NO_BREAK_SPACE


def _joined(before: str, after: str) -> bool:
    """No line may end between the two."""
    if after in NEVER_FIRST or before in NEVER_LAST or before + after == "个月":
        return True
    return NO_BREAK_SPACE in (before, after) or (_is_word(before) and _is_word(after))


def _tie(text: str) -> str:
    """A space between a figure and its measure word never breaks."""
    if " " not in text:
        return text
    pieces = list(text)
    for i in range(1, len(pieces) - 1):
        if pieces[i] == " " and pieces[i - 1].isdigit() and pieces[i + 1] in MEASURES:
            pieces[i] = NO_BREAK_SPACE
    return "".join(pieces)


def _squeeze(before: str, after: str) -> float:
    """How much closer ``after`` moves to ``before``, in em: two marks share one blank."""
    if before in CLOSING and (after in CLOSING or after in OPENING):
        return BLANK
    if before in OPENING and after in OPENING:
        return BLANK
    return 0.0


def _atoms(runs: Runs) -> list[_Atom]:
    characters = [(c, bold) for text, bold in runs for c in _tie(text)]
    atoms: list[_Atom] = []
    before = ""
    lead = 0.0
    for character, bold in characters:
        if character == "\n":
            atoms.append(_Atom([], 0.0, 0.0, new_line=True))
            before, lead = "", 0.0
        elif character == " ":
            lead += ADVANCE[" "]
            before = ""
        elif before and lead == 0.0 and _joined(before, character):
            atoms[-1].characters.append((character, bold))
            atoms[-1].width += ADVANCE[character] - _squeeze(before, character)
            before = character
        else:
            atoms.append(_Atom([(character, bold)], lead, ADVANCE[character]))
            before, lead = character, 0.0
    return atoms


def _cut(atom: _Atom, width: float) -> Iterable[_Atom]:
    """An atom longer than a whole line is cut anywhere: a digest, a long address."""
    part = _Atom([], atom.lead, 0.0)
    for character, bold in atom.characters:
        advance = ADVANCE[character]
        if part.characters and part.width + advance > width:
            yield part
            part = _Atom([], 0.0, 0.0)
        part.characters.append((character, bold))
        part.width += advance
    yield part


def _fill(atoms: list[_Atom], width: float) -> list[tuple[list[_Atom], bool]]:
    """Atoms line by line; True marks a line that ends a paragraph."""
    lines: list[tuple[list[_Atom], bool]] = []
    line: list[_Atom] = []
    used = 0.0
    for whole in atoms:
        if whole.new_line:
            lines.append((line, True))
            line, used = [], 0.0
            continue
        for atom in [whole] if whole.width <= width else _cut(whole, width):
            lead = atom.lead if line else 0.0
            give = BLANK if atom.characters[-1][0] in CLOSING else 0.0
            if line and used + lead + atom.width - give > width + 1e-6:
                lines.append((line, False))
                line, used, lead = [], 0.0, 0.0
            line.append(atom)
            used += lead + atom.width
    lines.append((line, True))
    _company(lines)
    return lines


def _company(lines: list[tuple[list[_Atom], bool]]) -> None:
    """A paragraph's last line of one character gets company from the line above, where that is long."""
    if len(lines) < 2 or lines[-2][1]:
        return
    above, last = lines[-2][0], lines[-1][0]
    while last and len(above) > LONG_LINE and _width(last) < COMPANY:
        last.insert(0, above.pop())


def _width(atoms: list[_Atom]) -> float:
    return sum(atom.lead + atom.width for atom in atoms)


@dataclass(frozen=True, slots=True)
class _Set:
    """A line as set: its stretches, width in em, number of characters, and whether marks were moved."""

    stretches: list[Stretch]
    width: float
    count: int
    moved: bool

    def text(self) -> str:
        return "".join(stretch.text for stretch in self.stretches)


def _place(atoms: list[_Atom]) -> _Set:
    """A new stretch begins where the weight changes or white is taken out."""
    stretches: list[Stretch] = []
    text: list[str] = []
    first = atoms[0].characters[0][0] if atoms else ""
    x = start = -BLANK if first in OPENING else 0.0  # the white half of an opening mark stands outside
    before, bold, count, moved = "", False, 0, False
    for number, atom in enumerate(atoms):
        if number and atom.lead:
            spaces = round(atom.lead / ADVANCE[" "])
            text.append(" " * spaces)
            count += spaces
            x += atom.lead
            before = ""
        for character, is_bold in atom.characters:
            squeeze = _squeeze(before, character)
            moved = moved or squeeze > 0
            if text and (squeeze or is_bold != bold):
                stretches.append(Stretch(start, "".join(text), bold))
                text = []
            x -= squeeze
            if not text:
                start, bold = x, is_bold
            text.append(character)
            count += 1
            x += ADVANCE[character]
            before = character
    if text:
        stretches.append(Stretch(start, "".join(text), bold))
    return _Set(stretches, x, count, moved)


def _line(atoms: list[_Atom], width: float, *, ends: bool, justify: bool) -> Line:
    placed = _place(atoms)
    text = placed.text()
    copied = text.replace(NO_BREAK_SPACE, " ") if placed.moved else ""
    slack = width - placed.width
    if text[-1:] in CLOSING and text and (slack < 0 or (justify and not ends and slack < BLANK)):
        slack += BLANK
    gaps = placed.count - 1
    if not justify or ends or gaps < 1 or not 0 < slack / gaps <= STRETCH_MAX:
        return Line(tuple(placed.stretches), placed.width, copied=copied)
    return Line(_spread(placed.stretches, slack / gaps), width, slack / gaps, copied)


def _spread(stretches: list[Stretch], space: float) -> tuple[Stretch, ...]:
    """Each stretch moved by the white the characters before it were given."""
    moved, passed = [], 0
    for stretch in stretches:
        moved.append(Stretch(stretch.x + passed * space, stretch.text, stretch.bold))
        passed += len(stretch.text)
    return tuple(moved)


@functools.lru_cache(maxsize=4096)
def lines_of(runs: Runs, width: float, *, justify: bool = False) -> tuple[Line, ...]:
    """``runs`` broken to ``width`` (em). Always at least one line; never loses a character.

    Kept for the life of the process for the texts all letters share.
    """
    return tuple(
        _line(atoms, width, ends=ends, justify=justify) for atoms, ends in _fill(_atoms(runs), width)
    )


def figures(text: str, *, bold: bool = False) -> Line:
    """One unbroken line in which every digit takes the same width, for columns of figures.

    The font's figure 1 is narrower than the others: it stands in the middle of its cell.
    """
    stretches: list[Stretch] = []
    x = end = 0.0
    for character in text:
        advance = ADVANCE[character]
        cell = DIGIT if character.isdigit() else advance
        place = x + (cell - advance) / 2
        if stretches and abs(place - end) < 0.01:
            stretches[-1] = Stretch(stretches[-1].x, stretches[-1].text + character, bold)
            end += advance
        else:
            stretches.append(Stretch(place, character, bold))
            end = place + advance
        x += cell
    return Line(tuple(stretches), x)
