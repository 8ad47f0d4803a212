"""Draws settled pages on a reportlab canvas: one text object a page, every rule a filled rectangle."""

from typing import Any

from reportlab.lib.rl_accel import escapePDF

from letters.engine import qr
from letters.engine.font import font
from letters.engine.pages import HEIGHT, Box, Code, Placed, Text

BOLD = 0.028  # of the size: the outline drawn around a glyph where a text is bold


def _boxes(boxes: list[tuple[Box, float]]) -> str:
    return "\n".join(
        f"{box.x:.2f} {HEIGHT - top - box.y - box.height:.2f} {box.width:.2f} {box.height:.2f} re"
        for box, top in boxes
    )


def _code(code: Code, top: float) -> str:
    """The modules in whole units under one scale, which keeps every edge on the same grid."""
    runs, side = qr.rectangles(code.text)
    scale = code.side / side
    body = "\n".join(f"{x} {side - 1 - y} {length} 1 re" for x, y, length in runs)
    bottom = HEIGHT - top - code.y - code.side
    return f"q {scale:.5f} 0 0 {scale:.5f} {code.x:.2f} {bottom:.2f} cm\n{body} f Q"


class _Writer:
    """Writes text operators, and only those that change something."""

    def __init__(self, canvas: Any) -> None:
        self.document = canvas._doc  # reportlab hands the document only to its own classes
        self.font = font()
        self.out: list[str] = []
        self.face = ("", 0.0)
        self.bold = False
        self.space = 0.0

    def write(self, text: Text, top: float) -> None:
        y = HEIGHT - top - text.y
        size = text.size
        space = round(text.line.space * size, 3)
        if space != self.space:
            self.out.append(f"{space} Tc")
            self.space = space
        if text.line.copied:
            copied = text.line.copied.encode("utf-16-be").hex()
            self.out.append(f"/Span <</ActualText <feff{copied}>>> BDC")
        for stretch in text.line.stretches:
            if stretch.bold != self.bold:
                self.out.append(f"2 Tr {size * BOLD:.3f} w" if stretch.bold else "0 Tr")
                self.bold = stretch.bold
            elif stretch.bold and self.face[1] != size:
                self.out.append(f"{size * BOLD:.3f} w")
            self.out.append(f"1 0 0 1 {text.x + stretch.x * size:.2f} {y:.2f} Tm")
            for subset, coded in self.font.splitString(stretch.text, self.document):
                name = self.font.getSubsetInternalName(subset, self.document)
                if self.face != (name, size):
                    self.out.append(f"{name} {size:g} Tf")
                    self.face = (name, size)
                self.out.append(f"({escapePDF(coded)}) Tj")
        if text.line.copied:
            self.out.append("EMC")


def draw(canvas: Any, page: list[Placed]) -> None:
    """One page. The caller turns it."""
    boxes = [(box, top) for piece, top in page for box in piece.boxes]
    if boxes:
        canvas.addLiteral(_boxes(boxes) + " f")
    for piece, top in page:
        for code in piece.codes:
            canvas.addLiteral(_code(code, top))
    writer = _Writer(canvas)
    for piece, top in page:
        for text in piece.texts:
            writer.write(text, top)
    canvas.addLiteral("BT\n" + "\n".join(writer.out) + "\nET")
