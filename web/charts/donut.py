"""One whole in at most four parts, the most important per cent in the middle."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from web.charts import svg

PARTS_MAX = 4
OUTER, INNER = 74.0, 50.0
CENTRE = 78.0


@dataclass(frozen=True, slots=True)
class Part:
    """``meaning`` is done, failed, unknown, waiting or committed."""

    label: str
    value: int
    meaning: str


def donut(parts: Sequence[Part], *, middle: str, below: str, sentence: str) -> SafeString:
    """The ring, clockwise from the top in the given order. Raises ValueError for more than four parts."""
    if len(parts) > PARTS_MAX:
        raise ValueError(f"a donut holds at most {PARTS_MAX} parts, not {len(parts)}")
    total = sum(part.value for part in parts)
    drawn = list(_ring(parts, total)) if total else [_whole(svg.GREY)]
    drawn.append(svg.text(middle, x=CENTRE, y=CENTRE + 6, size=24, font_weight=700, text_anchor="middle"))
    drawn.append(svg.text(below, x=CENTRE, y=CENTRE + 26, size=12, fill=svg.INK_2, text_anchor="middle"))
    return svg.picture(drawn, width=2 * CENTRE, height=2 * CENTRE, sentence=sentence)


def _ring(parts: Sequence[Part], total: int) -> list[SafeString]:
    drawn, begin = [], 0.0
    for part in parts:
        share = part.value / total
        if share >= 1:
            return [_whole(svg.FILLS[part.meaning])]
        if share > 0:
            drawn.append(_slice(begin, begin + share, svg.FILLS[part.meaning]))
        begin += share
    return drawn


def _whole(fill: str) -> SafeString:
    radius = (OUTER + INNER) / 2
    return svg.tag(
        "circle", cx=CENTRE, cy=CENTRE, r=radius, fill="none", stroke=fill, stroke_width=OUTER - INNER
    )


def _slice(begin: float, end: float, fill: str) -> SafeString:
    large = 1 if end - begin > 0.5 else 0
    a, b, c, d = (_point(OUTER, begin), _point(OUTER, end), _point(INNER, end), _point(INNER, begin))
    path = f"M{a}A{OUTER:g} {OUTER:g} 0 {large} 1 {b}L{c}A{INNER:g} {INNER:g} 0 {large} 0 {d}Z"
    return svg.tag("path", d=path, fill=fill, stroke=svg.SHEET, stroke_width=1.5)


def _point(radius: float, turn: float) -> str:
    angle = 2 * math.pi * turn
    return f"{svg.number(CENTRE + radius * math.sin(angle))} {svg.number(CENTRE - radius * math.cos(angle))}"
