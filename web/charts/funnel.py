"""From those who have a right to those who were paid, with each loss named between."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from web.charts import svg

LABEL, PLOT, STEP, THICK, RIGHT = 78.0, 316.0, 70.0, 30.0, 170.0
PHONE_PLOT, PHONE_STEP = 304.0, 94.0  # drawn as wide as a phone shows it, so that its text keeps its size
SHARE = 36.0  # as wide as a share is written
FILLS = (1, 2, 3, 4)  # steps of the accent: darker is nearer to the family's account


@dataclass(frozen=True, slots=True)
class Stage:
    """``note`` names what is lost after this stage; ``right`` (an amount) ends the row."""

    label: str
    count: int
    right: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where the bar begins, below its label or beside it, and where the row ends."""

    left: float
    below: float
    plot: float
    step: float
    width: float


DESK = _Shape(LABEL, 0, PLOT, STEP, LABEL + PLOT + RIGHT)
PHONE = _Shape(0, 26, PHONE_PLOT, PHONE_STEP, PHONE_PLOT)


def funnel(stages: Sequence[Stage], *, sentence: str, for_phone: bool = False) -> SafeString:
    """At most four stages, widths on the scale of the first. ``for_phone``: narrow, each label above its bar."""
    shape = PHONE if for_phone else DESK
    top = max((stage.count for stage in stages), default=0) or 1
    drawn: list[SafeString] = []
    for at, stage in enumerate(stages):
        fill = FILLS[min(at, len(FILLS) - 1)]
        drawn.extend(_stage(stage, 8 + at * shape.step, step=fill, top=top, shape=shape))
    return svg.picture(drawn, width=shape.width, height=8 + shape.step * len(stages) - 24, sentence=sentence)


def _stage(stage: Stage, y: float, *, step: int, top: int, shape: _Shape) -> list[SafeString]:
    width, bar = shape.plot * stage.count / top, y + shape.below
    inside = width > 56
    share = f"{round(100 * stage.count / top)}%" if stage.count < top else ""
    mark = [
        svg.text(stage.label, x=0, y=y + 20, size=14, font_weight=700),
        svg.rect(x=shape.left, y=bar, width=max(width, 2), height=THICK, rx=2, fill=svg.STEPS[step]),
        svg.text(
            f"{stage.count:,}", x=shape.left + (10 if inside else width + 8), y=bar + 21, size=16, font_weight=700,
            fill=svg.ON_STEP[step] if inside else svg.INK,
        ),
    ]  # fmt: skip
    after = shape.left + width + (8 if inside else 60)
    is_full = after + SHARE > shape.width  # the share then stands at the end of the bar
    rest = [
        svg.text(
            share,
            x=shape.left + width - 10 if is_full else after,
            y=bar + 20,
            size=13,
            text_anchor="end" if is_full else None,
            fill=svg.ON_STEP[step] if is_full else svg.INK_2,
        ),
        svg.text(stage.right, x=shape.width, y=y + 20, size=14, text_anchor="end"),
    ]
    if stage.note:
        rest.append(svg.rect(x=shape.left + 2, y=bar + THICK + 8, width=2, height=18, fill="#C9C6BA"))
        rest.append(svg.text(stage.note, x=shape.left + 16, y=bar + THICK + 22, size=13, fill=svg.AMBER))
    return [svg.link("".join(mark), stage.url, f"{stage.label} {stage.count:,}"), *rest]
