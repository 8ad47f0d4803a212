"""A small tree of people: generations from the top down, lines from parents to children. Narrow enough for a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from web.charts import svg

WIDTH, BOX, GAP, RISE = 340.0, 44.0, 8.0, 26.0
IN_A_ROW = 4  # a name of four characters and its relation fit a quarter of a phone
NAME_MAX = 6  # characters of a name that a box holds; the table beside the tree has the whole one


@dataclass(frozen=True, slots=True)
class Node:
    """One person. ``parents``: keys of others in the tree. ``is_faint``: not in the household, or died."""

    key: int
    name: str
    note: str
    generation: int
    parents: Sequence[int] = ()
    is_faint: bool = False


def tree(nodes: Sequence[Node], *, sentence: str) -> SafeString:
    """The people by generation; a generation of more than four stands in several rows."""
    rows = [
        found[at : at + IN_A_ROW]
        for generation in sorted({one.generation for one in nodes})
        for found in [[one for one in nodes if one.generation == generation]]
        for at in range(0, len(found), IN_A_ROW)
    ]
    places: dict[int, tuple[float, float, float]] = {}
    for number, row in enumerate(rows):
        width = (WIDTH - GAP * (IN_A_ROW - 1)) / max(len(row), 3 if len(row) < IN_A_ROW else IN_A_ROW)
        first = (WIDTH - len(row) * width - (len(row) - 1) * GAP) / 2
        for at, one in enumerate(row):
            places[one.key] = (first + at * (width + GAP), 1 + number * (BOX + RISE), width)
    lines = [
        _line(places[parent], places[one.key]) for one in nodes for parent in one.parents if parent in places
    ]
    boxes = [part for one in nodes for part in _box(one, *places[one.key])]
    height = len(rows) * (BOX + RISE) - RISE + 2
    return svg.picture([*lines, *boxes], width=WIDTH, height=height, sentence=sentence)


def _line(parent: tuple[float, float, float], child: tuple[float, float, float]) -> SafeString:
    """Down, across, down: right angles stay apart where several cross."""
    start, end = parent[0] + parent[2] / 2, child[0] + child[2] / 2
    top, bottom = parent[1] + BOX, child[1]
    middle = bottom - RISE / 2
    points = " ".join(
        f"{svg.number(x)},{svg.number(y)}"
        for x, y in ((start, top), (start, middle), (end, middle), (end, bottom))
    )
    return svg.tag("polyline", points=points, fill="none", stroke=svg.INK_3, stroke_width=1)


def _box(one: Node, x: float, y: float, width: float) -> list[SafeString]:
    edge = svg.LINE if one.is_faint else svg.ACCENT
    dash = "4 3" if one.is_faint else None
    name = one.name if len(one.name) <= NAME_MAX else f"{one.name[: NAME_MAX - 1]}…"
    middle = x + width / 2
    return [
        svg.rect(x=x, y=y, width=width, height=BOX, rx=4, fill=svg.SHEET, stroke=edge, stroke_dasharray=dash),
        svg.text(name, x=middle, y=y + 18, size=13, text_anchor="middle", font_weight=700),
        svg.text(one.note, x=middle, y=y + 35, size=12, text_anchor="middle", fill=svg.INK_2),
    ]
