"""Townships as tiles: the name, the per cent, five steps of the accent. The position is a sketch."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from web.charts import svg

SIZE, GAP, HEIGHT = 82.0, 4.0, 66.0
NAME_LIMIT = 6  # characters that fit a tile in Chinese
PHONE_COLUMNS, PHONE_WIDTH = 3, 304.0  # drawn as wide as a phone shows it, so that its text keeps its size


@dataclass(frozen=True, slots=True)
class Tile:
    """``column`` and ``row`` count from 0; ``share`` from 0 to 1, None where there is nothing to count."""

    label: str
    column: int
    row: int
    share: float | None
    url: str = ""


def step_of(share: float, limits: Sequence[float]) -> int:
    """Which of the five steps a share falls into; ``limits`` are the four lower bounds of steps 1 to 4.

    >>> [step_of(share, (0.2, 0.4, 0.6, 0.8)) for share in (0, 0.2, 0.79, 1)]
    [0, 1, 3, 4]
    """
    return sum(share >= limit for limit in limits)


def tile_map(
    tiles: Sequence[Tile], *, limits: Sequence[float], sentence: str, for_phone: bool = False
) -> SafeString:
    """The map; each tile is a link where it has one. ``for_phone``: no map, three to a row in the map's reading order."""
    size, placed = SIZE, [(tile, tile.column, tile.row) for tile in tiles]
    if for_phone:
        size = (PHONE_WIDTH + GAP) / PHONE_COLUMNS - GAP
        in_order = sorted(tiles, key=lambda tile: (tile.row, tile.column))
        placed = [(tile, at % PHONE_COLUMNS, at // PHONE_COLUMNS) for at, tile in enumerate(in_order)]
    columns = 1 + max((column for _, column, _ in placed), default=0)
    rows = 1 + max((row for _, _, row in placed), default=0)
    drawn = [
        _tile(tile, limits, x=column * (size + GAP), y=row * (HEIGHT + GAP), size=size)
        for tile, column, row in placed
    ]
    return svg.picture(drawn, width=columns * (size + GAP), height=rows * (HEIGHT + GAP), sentence=sentence)


def _tile(tile: Tile, limits: Sequence[float], *, x: float, y: float, size: float) -> SafeString:
    step = 0 if tile.share is None else step_of(tile.share, limits)
    fill = svg.GREY if tile.share is None else svg.STEPS[step]
    ink = svg.INK if tile.share is None else svg.ON_STEP[step]
    share = "—" if tile.share is None else f"{round(100 * tile.share)}%"
    label = tile.label if len(tile.label) <= 2 * NAME_LIMIT else tile.label[: 2 * NAME_LIMIT - 1] + "…"
    letters = 13 if len(tile.label) <= NAME_LIMIT else 10
    parts = [
        svg.rect(x=x, y=y, width=size, height=HEIGHT, rx=3, fill=fill),
        svg.text(label, x=x + 9, y=y + 23, size=letters, fill=ink),
        svg.text(share, x=x + 9, y=y + 49, size=20, font_weight=700, fill=ink),
    ]
    return svg.link("".join(parts), tile.url, f"{tile.label} {share}")
