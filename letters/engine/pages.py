"""Pieces of a letter, and how they are dealt onto A4 pages.

All lengths are points. A piece is never broken; inside a piece y runs down from its top edge.
Pages are settled before anything is drawn, so page 1 knows how many there are and nothing is drawn twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from letters.engine.lines import Line

WIDTH, HEIGHT = 595.2756, 841.8898  # A4
LEFT, RIGHT = 54.0, 541.2756
MEASURE = RIGHT - LEFT
TOP = 46.0  # of the first page
TOP_NEXT = 72.0  # of every further page, under its running head
BOTTOM = HEIGHT - 58.0
PAGES_MAX = 2000  # in one letter: a roster of 60,000 lines; more is a mistake


@dataclass(frozen=True, slots=True)
class Text:
    """A line whose baseline is ``y`` below the piece's top, starting at ``x`` from the left edge."""

    x: float
    y: float
    size: float
    line: Line


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle: every rule and frame is one."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of ``side`` points with its top left corner at x, y."""

    x: float
    y: float
    side: float
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays together. ``gap`` is the white above it, dropped at the top of a page."""

    height: float
    texts: tuple[Text, ...] = ()
    boxes: tuple[Box, ...] = ()
    codes: tuple[Code, ...] = ()
    gap: float = 0.0
    keep: bool = False  # on the page of what follows


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: its head is repeated on every page, ``subtotal`` closes the rows of each page."""

    head: Piece
    rows: tuple[Piece, ...]
    subtotal: Callable[[int, int], Piece] | None = None  # of the rows [from, to)
    total: Piece | None = None
    gap: float = 0.0


Flow = list[Piece | Rows]
Placed = tuple[Piece, float]


@dataclass(slots=True)
class Pages:
    """Deals pieces onto pages; a page is its pieces with their distance from the top of the sheet."""

    pages: list[list[Placed]] = field(default_factory=lambda: [[]])
    y: float = TOP

    def _turn(self) -> None:
        if len(self.pages) >= PAGES_MAX:
            raise ValueError(f"a letter of more than {PAGES_MAX} pages")
        self.pages.append([])
        self.y = TOP_NEXT

    def _put(self, piece: Piece) -> None:
        if self.pages[-1]:
            self.y += piece.gap
        self.pages[-1].append((piece, self.y))
        self.y += piece.height

    def _fits(self, height: float) -> bool:
        return self.y + height <= BOTTOM or not self.pages[-1]

    def deal(self, flow: Flow) -> list[list[Placed]]:
        for number, part in enumerate(flow):
            if isinstance(part, Rows):
                self._deal_rows(part)
                continue
            if not self._fits(_kept_height(flow, number)):
                self._turn()
            self._put(part)
        return self.pages

    def _deal_rows(self, table: Rows) -> None:
        below = table.subtotal(0, 0).height if table.subtotal else 0.0
        first = table.rows[0].height if table.rows else 0.0
        if not self._fits(table.gap + table.head.height + first + below):
            self._turn()
        self._put(replace(table.head, gap=table.gap))
        start = 0
        for number, row in enumerate(table.rows):
            last = number == len(table.rows) - 1
            after = below + (table.total.height if last and table.total else 0.0)
            if number > start and not self._fits(row.height + after):
                self._close(table, start, number)
                self._turn()
                self._put(table.head)
                start = number
            self._put(row)
        self._close(table, start, len(table.rows))
        if table.total:
            self._put(table.total)

    def _close(self, table: Rows, start: int, end: int) -> None:
        if table.subtotal and end > start:
            self._put(table.subtotal(start, end))


def _kept_height(flow: Flow, number: int) -> float:
    """Height of the piece and of all that must stand on its page."""
    height = 0.0
    while True:
        part = flow[number]
        height += part.gap
        if isinstance(part, Rows):
            return height + part.head.height + (part.rows[0].height if part.rows else 0.0)
        height += part.height
        number += 1
        if not part.keep or number == len(flow):
            return height
