"""Where each key of a TOML file stands.

``tomllib`` gives values without lines. This scan reads only headings and keys, trusts ``tomllib`` for
everything else, and so never has to be right about values: it only has to know where one ends.
"""

import re

from standards.words import Words

Path = tuple[str | int, ...]

DEEP = re.compile(  # nine names joined by dots: each costs the parser all those before it
    r"""(?<![\w"'.-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){8}"""
)
ENDLESS = re.compile(r"(?<![\w.])(?:0[xob][0-9A-Fa-f_]{60}|[0-9_]{60})")  # a number that no page can print

_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_\-]+))\s*""")


def _dotted(text: str) -> tuple[str, ...] | None:
    """The parts of a dotted key at the start of ``text``, or None where there is none."""
    parts: list[str] = []
    at = 0
    while found := _PART.match(text, at):
        parts.append(next(each for each in found.groups() if each is not None))
        at = found.end()
        if at >= len(text) or text[at] != ".":
            return tuple(parts)
        at += 1
    return None


def _skim(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Bracket depth and open multi-line quote after ``line``."""
    at = 0
    while at < len(line):
        if quote:
            end = line.find(quote, at)
            if end < 0:
                return depth, quote
            at, quote = end + 3, ""
        elif line.startswith(('"""', "'''"), at):
            quote, at = line[at : at + 3], at + 3
        elif line[at] == "#":
            break
        elif line[at] in "\"'":
            at = _after_string(line, at)
        else:
            depth += (line[at] in "[{") - (line[at] in "]}")
            at += 1
    return depth, quote


def _after_string(line: str, at: int) -> int:
    mark = line[at]
    at += 1
    while at < len(line) and line[at] != mark:
        at += 2 if line[at] == "\\" and mark == '"' else 1
    return at + 1


def too_much(text: str) -> tuple[int, Words] | None:
    """The line of a key or number that would keep the parser busy for hours, and what is wrong with it."""
    for pattern, words in (
        (DEEP, Words("点号连着的名字太多", "too many names joined by dots")),
        (ENDLESS, Words("数字太长", "the number is too long")),
    ):
        if found := pattern.search(text):
            return text.count("\n", 0, found.start()) + 1, words
    return None


class Lines:
    """The line (from 1) of every heading and key of one TOML text."""

    def __init__(self, text: str) -> None:
        self._at: dict[Path, int] = {}
        self._rows: dict[Path, int] = {}
        self._entries: dict[Path, int] = {}  # how many [[headings]] of each name so far
        here: Path = ()
        depth, quote = 0, ""
        for number, line in enumerate(text.split("\n"), start=1):
            if depth == 0 and not quote:
                here = self._heading(line, number, here)
                depth, quote = self._key(line, number, here)
            else:
                if depth == 1 and line.lstrip().startswith("[") and not quote:
                    self._row(number)
                depth, quote = _skim(line, depth, quote)

    def _heading(self, line: str, number: int, here: Path) -> Path:
        bare = line.strip()
        if not bare.startswith("["):
            return here
        many = bare.startswith("[[")
        parts = _dotted(bare.lstrip("[")) or ()
        path = self._with_positions(parts[:-1]) + parts[-1:]
        if many:
            count = self._entries.get(path, 0)
            self._entries[path] = count + 1
            self._at.setdefault(path, number)
            path = (*path, count)
        self._at.setdefault(path, number)
        return path

    def _with_positions(self, parts: tuple[str, ...]) -> Path:
        """A heading below an array of tables belongs to its last entry."""
        path: Path = ()
        for part in parts:
            path = (*path, part)
            if path in self._entries:
                path = (*path, self._entries[path] - 1)
        return path

    def _key(self, line: str, number: int, here: Path) -> tuple[int, str]:
        bare = line.strip()
        if not bare or bare.startswith(("#", "[")):
            return 0, ""
        parts = _dotted(bare)
        if parts is None:
            return 0, ""
        self._last = here + parts
        for count in range(1, len(parts) + 1):
            self._at.setdefault(here + parts[:count], number)
        self._rows[self._last] = 0
        _, _, value = bare.partition("=")
        return _skim(value, 0, "")

    def _row(self, number: int) -> None:
        """One row of a list written over several lines."""
        count = self._rows.get(self._last, 0)
        self._at.setdefault((*self._last, count), number)
        self._rows[self._last] = count + 1

    def of(self, path: Path) -> int:
        """The line of ``path``, or of the nearest thing around it that has one; 1 for the file."""
        for length in range(len(path), 0, -1):
            if (line := self._at.get(path[:length])) is not None:
                return line
        return 1
