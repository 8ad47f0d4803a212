"""Letters beside the plainest way to draw the same page: reportlab's own canvas, one call a line, a rectangle a box.

The floor is handed every line ready broken and placed, so it lays nothing out; both register the font once and ask
the same library for the QR code, whose text differs from letter to letter.
"""

import io
import resource
from collections.abc import Iterator

from reportlab.pdfgen.canvas import Canvas

from benchmarks.rows import Measured, best_of
from letters import engine
from letters.engine import font, qr
from letters.engine.pages import HEIGHT, Placed

KIND = "receipt"
LAID = 200  # letters laid out for the floor to draw over and over
SINGLE_MAX = 1000  # one file each: more tells nothing new
SHARE = 10  # one letter to ten people of the size asked for: 10,000 letters are a county's season
RUNS = 3
ONCE_FROM = 5000  # letters: from here on one run each way is long enough to be steady
NAMES = ("赵雨桐", "李明华", "王秀英", "欧阳若琳", "阿依古丽·买买提")


def measure(people: int) -> Measured:
    """A letter to every tenth of ``people``, merged into files of a thousand, with bookmarks."""
    count = max(1, people // SHARE)
    runs = RUNS if count < ONCE_FROM else 1
    template = engine.load(KIND)
    laid = [engine.lay_out(_letter(template, number)) for number in range(min(LAID, count))]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = best_of(runs, lambda: _merge(template, count), before=qr.rectangles.cache_clear)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    floor = best_of(runs, lambda: _floor_merged(laid, count), before=qr.rectangles.cache_clear)
    return Measured(count, ours, floor, note=f"{ours / count * 1000:.1f} ms a page", peak_mb=peak)


def measure_single(count: int) -> Measured:
    """Letters in one file each: a font subset, a QR code and a page for every one."""
    count = min(count, SINGLE_MAX)
    template = engine.load(KIND)
    laid = [engine.lay_out(_letter(template, number)) for number in range(min(LAID, count))]
    ours = best_of(
        RUNS,
        lambda: [engine.render(template, _letter(template, number).data) for number in range(count)],
        before=qr.rectangles.cache_clear,
    )
    floor = best_of(
        RUNS,
        lambda: _floor_single(laid, count),
        before=qr.rectangles.cache_clear,
    )
    return Measured(count, ours, floor, note=f"{ours / count * 1000:.1f} ms a letter")


def _letter(template: engine.Template, number: int) -> engine.Letter:
    data = {
        **template.sample,
        "name": NAMES[number % len(NAMES)],
        "receipt": f"{103_260_000_000 + number:012d}",
        "look_up": f"https://guanai.example/progress/Qx7{number:08d}mW/",
    }
    return engine.Letter(template, data, group=f"村 {number // 40}", name=str(number))


def _merge(template: engine.Template, count: int) -> None:
    letters: Iterator[engine.Letter] = (_letter(template, number) for number in range(count))
    written = engine.write_merged(letters, lambda _number: io.BytesIO())
    assert sum(file.letters for file in written) == count


def _floor_merged(laid: list[list[list[Placed]]], count: int) -> None:
    for start in range(0, count, engine.PER_FILE):
        _floor_file(laid, list(range(start, min(count, start + engine.PER_FILE))))


def _floor_single(laid: list[list[list[Placed]]], count: int) -> None:
    for number in range(count):
        _floor_file(laid, [number])


def _floor_file(laid: list[list[list[Placed]]], numbers: list[int]) -> None:
    font.font()
    canvas = Canvas(io.BytesIO(), initialFontName=font.NAME, pageCompression=1, invariant=1)
    for number in numbers:
        for page in laid[number % len(laid)]:
            _floor_page(canvas, page, f"https://guanai.example/progress/Qx7{number:08d}mW/")
    canvas.save()


def _floor_page(canvas: Canvas, page: list[Placed], look_up: str) -> None:
    for piece, top in page:
        for box in piece.boxes:
            canvas.rect(box.x, HEIGHT - top - box.y - box.height, box.width, box.height, stroke=0, fill=1)
        for code in piece.codes:
            runs, side = qr.rectangles(look_up)
            unit = code.side / side
            for x, y, length in runs:
                left, bottom = code.x + x * unit, HEIGHT - top - code.y - (y + 1) * unit
                canvas.rect(left, bottom, length * unit, unit, stroke=0, fill=1)
        for text in piece.texts:
            canvas.setFont(font.NAME, text.size)
            words = "".join(stretch.text for stretch in text.line.stretches)
            canvas.drawString(text.x, HEIGHT - top - text.y, words)
    canvas.showPage()
