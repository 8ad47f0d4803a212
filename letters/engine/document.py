"""Whole documents: one letter as bytes, or many merged by village in files of a thousand.

The same template, data and language give the same bytes on every run: dates in the file are fixed,
its identifier is a digest of its content.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from letters.engine import font, ink, setting
from letters.engine.blocks import Signatures
from letters.engine.lines import Line
from letters.engine.pages import BOTTOM, HEIGHT, TOP_NEXT, Flow, Pages, Piece, Placed, Rows
from letters.engine.template import Sheet, Template
from letters.engine.wording import Scope

rl_config.useA85 = 0  # pages as plain compressed bytes: a fifth smaller, and a third of the time saved

PER_FILE = 1000  # letters: 24 KB of memory a page until a file is closed
FOOT = HEIGHT - 46.0  # top of the foot
RUNNING = 40.0  # top of the running head
TIGHTEN = 0.45  # of the last page: less is saved by setting the letter closer
TIGHTEN_MAX = 4  # pages: longer ones gain nothing


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to be drawn. ``group`` (a village) and ``name`` become its bookmarks."""

    template: Template
    data: Mapping[str, Any]
    language: str = "zh-hans"
    group: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A merged file as written: its place in the row (from 1), its letters and pages."""

    number: int
    letters: int
    pages: int


def _head(scope: Scope, sheet: Sheet) -> list[Piece]:
    head = sheet.head
    return [
        setting.title(scope, sheet.title),
        setting.head(
            setting.one_line(scope, head.label),
            setting.one_line(scope, head.number, bold=True) if head.number else None,
            setting.one_line(scope, head.below) if head.below else None,
            scope.plain(head.code) if head.code else "",
        ),
    ]


def _flow(scope: Scope, sheet: Sheet) -> Flow:
    flow: Flow = list(_head(scope, sheet))
    for block in sheet.blocks:
        if scope.shows(block.when):
            part = block.flow(scope)
            if isinstance(block, Signatures):
                _hold_last(flow)
            flow += part
    return flow


def _hold_last(flow: Flow) -> None:
    """A seal never stands alone on a page: the part before it comes along."""
    last = flow[-1]
    if not isinstance(last, Rows):
        flow[-1] = replace(last, keep=True)


def _dress(pages: list[list[Placed]], scope: Scope, sheet: Sheet) -> None:
    """Foot on every page, running head on all but the first."""
    for number, page in enumerate(pages, 1):
        paged = scope.of({"page": number, "pages": len(pages)})
        left, right = (setting.one_line(paged, wording) for wording in sheet.foot)
        page.append((setting.foot(left, right), FOOT))
        if number > 1:
            page.append((setting.running_head(*_running(scope, sheet)), RUNNING))


def _running(scope: Scope, sheet: Sheet) -> tuple[Line, Line]:
    return (
        setting.one_line(scope, sheet.title),
        setting.one_line(scope, sheet.head.number or sheet.head.label),
    )


def lay_out(letter: Letter) -> list[list[Placed]]:
    """The letter's pages, settled and not yet drawn.

    :raises HeldLetter: a value holds characters the font cannot print.
    :raises TemplateError: a value is missing.
    """
    sheet = letter.template.sheet(letter.language)
    scope = Scope(letter.template.kind, letter.data, letter.language)
    pages = Pages().deal(_flow(scope, sheet))
    if 1 < len(pages) <= TIGHTEN_MAX and _filled(pages[-1]) < TIGHTEN:
        scope.tight = True
        closer = Pages().deal(_flow(scope, sheet))
        pages = closer if len(closer) < len(pages) else pages
    _dress(pages, scope, sheet)
    scope.check()
    return pages


def _filled(page: list[Placed]) -> float:
    """How much of the page is used, 0 to 1."""
    last, top = page[-1]
    return (top + last.height - TOP_NEXT) / (BOTTOM - TOP_NEXT)


def _canvas(out: BinaryIO, *, title: str, language: str) -> Canvas:
    font.font()
    canvas = Canvas(
        out,
        pagesize=A4,
        pageCompression=1,
        invariant=1,
        initialFontName=font.NAME,
        lang="en" if language.startswith("en") else "zh-CN",
    )
    canvas.setTitle(title)
    canvas.setCreator("Guan'ai")
    canvas.setAuthor("Guan'ai")
    canvas.setSubject(title)
    return canvas


def render_to(out: BinaryIO, letter: Letter) -> int:
    """Write one letter; the number of its pages."""
    pages = lay_out(letter)
    canvas = _canvas(out, title=letter.template.title.say(letter.language), language=letter.language)
    for page in pages:
        ink.draw(canvas, page)
        canvas.showPage()
    canvas.save()
    return len(pages)


def render(template: Template, data: Mapping[str, Any], *, language: str = "zh-hans") -> bytes:
    """One letter as PDF. Errors as ``lay_out``."""
    out = io.BytesIO()
    render_to(out, Letter(template, data, language))
    return out.getvalue()


def _bookmark(canvas: Canvas, letter: Letter, place: int, group: str) -> None:
    key = f"letter-{place}"
    canvas.bookmarkPage(key)
    name = letter.name or letter.template.title.say(letter.language)
    if letter.group and letter.group != group:
        canvas.addOutlineEntry(letter.group, key, level=0, closed=1)
    canvas.addOutlineEntry(name, key, level=1 if letter.group else 0)


def _merge(out: BinaryIO, letters: Iterable[Letter], *, number: int) -> MergedFile:
    canvas: Canvas | None = None
    group, count, pages = "", 0, 0
    for letter in letters:
        laid = lay_out(letter)
        if canvas is None:
            canvas = _canvas(out, title=letter.template.title.say(letter.language), language=letter.language)
        _bookmark(canvas, letter, count, group)
        group = letter.group
        for page in laid:
            ink.draw(canvas, page)
            canvas.showPage()
        count += 1
        pages += len(laid)
    if canvas is not None:
        canvas.save()
    return MergedFile(number, count, pages)


def write_merged(
    letters: Iterable[Letter], open_file: Callable[[int], BinaryIO], *, per_file: int = PER_FILE
) -> list[MergedFile]:
    """Write letters, sorted by their group by the caller, into files of ``per_file``.

    Letters are taken one by one; memory holds one file. ``open_file(number)`` gives where file
    ``number`` (from 1) goes and is closed here. The first bookmark of a village opens its letters.
    """
    written: list[MergedFile] = []
    waiting = iter(letters)
    for first in waiting:
        number = len(written) + 1
        with open_file(number) as out:
            written.append(_merge(out, _chain(first, islice(waiting, per_file - 1)), number=number))
    return written


def _chain(first: Letter, others: Iterable[Letter]) -> Iterable[Letter]:
    yield first
    yield from others
