"""From those who have a right to those who were paid, with each loss named between."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from web.charts import svg

LABEL, PLOT, STEP, THICK, RIGHT = 78.0, 316.0, 70.0, 30.0, 170.0
FILLS = (1, 2, 3, 4)  # steps of the accent: darker is nearer to the family's account


@dataclass(frozen=True, slots=True)
class Stage:
    """``note`` names what is lost after this stage; ``right`` (an amount) ends the row."""

    label: str
    count: int
    right: str = ""
    note: str = ""
    url: str = ""


def funnel(stages: Sequence[Stage], *, sentence: str) -> SafeString:
    """At most four stages, widths on the scale of the first."""
    top = max((stage.count for stage in stages), default=0) or 1
    drawn: list[SafeString] = []
    for at, stage in enumerate(stages):
        drawn.extend(_stage(stage, 8 + at * STEP, step=FILLS[min(at, len(FILLS) - 1)], top=top))
    return svg.picture(
        drawn, width=LABEL + PLOT + RIGHT, height=8 + STEP * len(stages) - 24, sentence=sentence
    )


def _stage(stage: Stage, y: float, *, step: int, top: int) -> list[SafeString]:
    width = PLOT * stage.count / top
    inside = width > 56
    share = f"{round(100 * stage.count / top)}%" if stage.count < top else ""
    figure = svg.text(
        f"{stage.count:,}",
        x=LABEL + (10 if inside else width + 8),
        y=y + 21,
        size=16,
        font_weight=700,
        fill=svg.ON_STEP[step] if inside else svg.INK,
    )
    mark = [
        svg.text(stage.label, x=0, y=y + 20, size=14, font_weight=700),
        svg.rect(x=LABEL, y=y, width=max(width, 2), height=THICK, rx=2, fill=svg.STEPS[step]),
        figure,
    ]
    rest = [
        svg.text(share, x=LABEL + width + (8 if inside else 60), y=y + 20, size=13, fill=svg.INK_2),
        svg.text(stage.right, x=LABEL + PLOT + RIGHT, y=y + 20, size=14, text_anchor="end"),
    ]
    if stage.note:
        rest.append(svg.rect(x=LABEL + 2, y=y + THICK + 8, width=2, height=18, fill="#C9C6BA"))
        rest.append(svg.text(stage.note, x=LABEL + 16, y=y + THICK + 22, size=13, fill=svg.AMBER))
    return [svg.link("".join(mark), stage.url, f"{stage.label} {stage.count:,}"), *rest]
