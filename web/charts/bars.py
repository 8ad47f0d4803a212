"""Bars that start at zero: a small progress bar for tables, and stacked budget bars with their limit."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from web.charts import svg

LABEL, PLOT, ROW, THICK = 172.0, 584.0, 50.0, 22.0
RIGHT = 24.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: ``meaning`` is done, committed, waiting or short."""

    value: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: segments from zero, a black line at the limit, ``notes`` below, ``alarm`` at the shortfall."""

    label: str
    segments: Sequence[Segment]
    limit: int
    notes: str
    alarm: str = ""
    url: str = ""


def bar(share: float, *, sentence: str, width: int = 90) -> SafeString:
    """A small progress bar for a table cell; ``share`` from 0 to 1."""
    filled = max(0.0, min(share, 1.0)) * width
    return svg.picture(
        [
            svg.rect(x=0, y=0, width=width, height=10, rx=2, fill="#ECEAE3"),
            svg.rect(x=0, y=0, width=filled, height=10, rx=2, fill=svg.ACCENT),
        ],
        width=width,
        height=10,
        sentence=sentence,
    )


def budget_bars(bars: Sequence[Bar], *, sentence: str) -> SafeString:
    """All bars on one scale, so that lengths compare."""
    top = max((max(item.limit, sum(part.value for part in item.segments)) for item in bars), default=0) or 1
    drawn = [part for at, item in enumerate(bars) for part in _row(item, 8 + at * ROW, PLOT / top)]
    return svg.picture(drawn, width=LABEL + PLOT + RIGHT, height=8 + ROW * len(bars), sentence=sentence)


def _row(item: Bar, y: float, scale: float) -> list[SafeString]:
    drawn = [svg.text(item.label, x=0, y=y + 16, size=14)]
    at = LABEL
    for part in item.segments:
        width = part.value * scale
        edge = svg.RED if part.meaning == "short" else None
        drawn.append(
            svg.rect(x=at, y=y, width=width, height=THICK, fill=svg.FILLS[part.meaning], stroke=edge)
        )
        at += width
    line = LABEL + item.limit * scale
    drawn.append(
        svg.tag("line", x1=line, x2=line, y1=y - 4, y2=y + THICK + 4, stroke="#000000", stroke_width=2)
    )
    drawn.append(svg.text(item.notes, x=LABEL, y=y + THICK + 16, size=12, fill=svg.INK_2))
    if item.alarm:
        # The alarm ends at the right edge at the latest, whatever its length.
        near_edge = line > LABEL + PLOT * 0.7
        drawn.append(
            svg.text(
                item.alarm,
                x=LABEL + PLOT + RIGHT if near_edge else line + 6,
                y=y + THICK + 16,
                size=12,
                fill=svg.RED,
                font_weight=700,
                text_anchor="end" if near_edge else "start",
            )
        )
    return [svg.link("".join(drawn), item.url, item.label)]
