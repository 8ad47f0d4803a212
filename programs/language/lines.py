"""Where each key of a TOML file stands.

``tomllib`` gives values without lines. This scan reads only headings and keys, trusts ``tomllib`` for
everything else, and so never has to be right about values: it only has to know where one ends.
"""

import re

Path = tuple[str | int, ...]

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


class Lines:
    """The line (from 1) of every heading and key of one TOML text."""

    def __init__(self, text: str) -> None:
        self._at: dict[Path, int] = {}
        self._rows: dict[Path, int] = {}
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
            count = sum(1 for each in self._at if each[:-1] == path and isinstance(each[-1], int))
            self._at.setdefault(path, number)
            path = (*path, count)
        self._at.setdefault(path, number)
        return path

    def _with_positions(self, parts: tuple[str, ...]) -> Path:
        """A heading below an array of tables belongs to its last entry."""
        path: Path = ()
        for part in parts:
            path = (*path, part)
            entries = [each[-1] for each in self._at if each[:-1] == path and isinstance(each[-1], int)]
            if entries:
                path = (*path, max(entries))
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
