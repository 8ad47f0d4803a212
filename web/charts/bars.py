"""Bars that start at zero: a small progress bar for tables, and stacked budget bars with their limit."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.charts import svg

PLOT, ROW, LABEL, THICK = 744.0, 74.0, 24.0, 22.0  # the label stands above its bar: it may be long
RIGHT = 24.0
ALARM: dict[str, object] = {"fill": svg.RED, "font_weight": 700}
PHONE_PLOT, PHONE_ROW = 280.0, 94.0  # drawn as wide as a phone shows it, so that its text keeps its size


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


def budget_bars(bars: Sequence[Bar], *, sentence: str, for_phone: bool = False) -> SafeString:
    """All bars on one scale, so that lengths compare. ``for_phone``: narrow, the shortfall on a line of its own."""
    plot, row = (PHONE_PLOT, PHONE_ROW) if for_phone else (PLOT, ROW)
    top = max((max(item.limit, sum(part.value for part in item.segments)) for item in bars), default=0) or 1
    drawn = [
        part
        for at, item in enumerate(bars)
        for part in _row(item, 8 + at * row, plot / top, for_phone=for_phone)
    ]
    return svg.picture(drawn, width=plot + RIGHT, height=8 + row * len(bars), sentence=sentence)


def _row(item: Bar, y: float, scale: float, *, for_phone: bool) -> list[SafeString]:
    drawn = [svg.text(item.label, x=0, y=y + 14, size=14)]
    top, at = y + LABEL, 0.0
    for part in item.segments:
        width = part.value * scale
        edge = svg.RED if part.meaning == "short" else None
        fill = svg.FILLS[part.meaning]
        drawn.append(svg.rect(x=at, y=top, width=width, height=THICK, fill=fill, stroke=edge))
        at += width
    line = max(item.limit * scale, 1)
    limit = {"x1": line, "x2": line, "y1": top - 4, "y2": top + THICK + 4}
    drawn.append(svg.tag("line", **limit, stroke="#000000", stroke_width=2))
    below = top + THICK + 16
    drawn.append(_notes(item, y=below, with_alarm=not for_phone))
    if item.alarm and for_phone:
        drawn.append(svg.text(item.alarm, x=0, y=below + 18, size=12, **ALARM))
    return [svg.link("".join(drawn), item.url, item.label)]


def _notes(item: Bar, *, y: float, with_alarm: bool) -> SafeString:
    """The notes and the shortfall as one line of text, so that neither can lie on the other, however long they are."""
    alarm = svg.tag("tspan", item.alarm, dx=16, **ALARM) if item.alarm and with_alarm else ""
    return svg.tag("text", format_html("{}{}", item.notes, alarm), x=0, y=y, font_size=12, fill=svg.INK_2)
