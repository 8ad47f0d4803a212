"""Where something is counted: a name, a bar from zero, the number; the most on top."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from web.charts import svg

WIDTH, NAMES, ROW, THICK = 340.0, 112.0, 28.0, 14.0  # fits a phone as it is
FIGURE = 56.0  # the longest number that a county counts, beside the longest bar
NAME_MAX = 8  # characters that stand beside a bar; the list behind it has the whole name


@dataclass(frozen=True, slots=True)
class Count:
    """One place and how many."""

    label: str
    value: int
    url: str = ""


def count_bars(counts: Sequence[Count], *, sentence: str) -> SafeString:
    """One bar for each place, all on one scale; each is a link where it has one."""
    top = max((one.value for one in counts), default=0) or 1
    drawn = [_row(one, at * ROW, (WIDTH - NAMES - FIGURE) / top) for at, one in enumerate(counts)]
    return svg.picture(drawn, width=WIDTH, height=max(ROW * len(counts), 1), sentence=sentence)


def _row(one: Count, y: float, scale: float) -> SafeString:
    name = one.label if len(one.label) <= NAME_MAX else f"{one.label[: NAME_MAX - 1]}…"
    width = max(one.value * scale, 2)
    parts = [
        svg.rect(x=0, y=y, width=WIDTH, height=ROW, fill="none", pointer_events="all"),
        svg.text(name, x=0, y=y + 19, size=13),
        svg.rect(x=NAMES, y=y + (ROW - THICK) / 2, width=width, height=THICK, rx=2, fill=svg.STEPS[3]),
        svg.text(f"{one.value:,}", x=NAMES + width + 8, y=y + 19, size=13, font_weight=700),
    ]
    return svg.link("".join(parts), one.url, f"{one.label} {one.value:,}")
