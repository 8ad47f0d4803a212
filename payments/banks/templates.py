"""Lines with places to fill: header and footer lines and file names of bank files.

A template is plain text with the names below in braces; ``{part:2}`` is padded with zeros to two
digits. Nothing else is understood, so a profile file cannot reach into the program.

>>> fill("GA_{date}_{batch}_{part:2}.txt", {"date": "20260817", "batch": "PC-2026-0037", "part": 1})
'GA_20260817_PC-2026-0037_01.txt'
>>> match("合计|{count}|{total}", "合计|82|239000.00")
{'count': '82', 'total': '239000.00'}
>>> match("合计|{count}|{total}", "合计|82") is None
True
"""

import re
from collections.abc import Iterator, Mapping

SHAPES = {
    "batch": r"[A-Za-z0-9-]{1,24}",
    "date": r"[0-9]{8}",
    "count": r"[0-9]{1,9}",
    "total": r"[0-9,]{1,18}(?:\.[0-9]{1,2})?",
    "part": r"[0-9]{1,6}",
    "parts": r"[0-9]{1,6}",
    "remark": r".{0,60}",
}
"""The names a template may use, and what stands in their place in a file that comes back."""

_PLACE = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")


def names(template: str) -> Iterator[str]:
    """Every name used by ``template``, known or not."""
    return (place.group(1) for place in _PLACE.finditer(template))


def fault(template: str) -> str:
    """What is wrong with ``template`` as written in a profile: the part that is not understood, or ""."""
    for place in _PLACE.finditer(template):
        width = place.group(2)
        if place.group(1) not in SHAPES or (width is not None and not re.fullmatch(r"[1-9]", width)):
            return place.group(0)
    rest = _PLACE.sub("", template)
    return next((mark for mark in "{}" if mark in rest), "")


def fill(template: str, values: Mapping[str, str | int]) -> str:
    """The template with its places filled. A name without a value is a KeyError: the profile was checked."""
    return _PLACE.sub(lambda place: str(values[place.group(1)]).zfill(int(place.group(2) or 0)), template)


def match(template: str, line: str) -> dict[str, str] | None:
    """What stands in the places of ``line``, or None where the line does not follow the template."""
    found = _pattern(template).fullmatch(line.strip())
    return found.groupdict() if found else None


def _pattern(template: str) -> re.Pattern[str]:
    pieces: list[str] = []
    seen: set[str] = set()
    end = 0
    for place in _PLACE.finditer(template):
        name = place.group(1)
        pieces.append(re.escape(template[end : place.start()]))
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>{SHAPES[name]})")
        seen.add(name)
        end = place.end()
    pieces.append(re.escape(template[end:]))
    return re.compile("".join(pieces))
