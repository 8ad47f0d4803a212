"""Type set in pieces: paragraphs, headings, list items, framed facts, the head and foot of a page."""

from letters.engine.lines import Line, Runs, figures, lines_of
from letters.engine.pages import LEFT, MEASURE, RIGHT, Box, Code, Flow, Piece, Text
from letters.engine.wording import Scope, Wording

BODY = 12.0  # 16 px on screen; 小四 on paper
SMALL = 10.5  # 五号
NOTE = 9.0  # 小五: the foot
TITLE = 21.0  # 二号
NUMBER = 20.0
LEADING = 1.7  # of the size, between lines of a paragraph
TIGHT = 1.48  # the same in a letter set tight
CELL = 1.5  # of the size, between lines in a frame
RULE = 0.75
MARK = 22.0  # the column of a list's numbers and boxes
PAD_X, PAD_Y = 9.0, 7.5
CODE = 66.0  # side of the QR code


def _justified(scope: Scope) -> bool:
    """Chinese is set to both edges; English is left ragged."""
    return not scope.language.startswith("en")


def leading_of(scope: Scope, size: float) -> float:
    return size * (TIGHT if scope.tight else LEADING)


def white(scope: Scope, gap: float) -> float:
    """The white between parts, in points."""
    return gap * 0.42 if scope.tight else gap


def _stack(lines: tuple[Line, ...], *, x: float, size: float, leading: float) -> tuple[Text, ...]:
    """Lines from the top of a box, each in the middle of its leading."""
    first = leading / 2 + size * 0.38
    return tuple(Text(x, first + leading * number, size, line) for number, line in enumerate(lines))


def paragraph(
    scope: Scope, wording: Wording, *, size: float = BODY, gap: float = 0.0, indent: float = 0.0
) -> Flow:
    """One piece for each line; the first two and the last two lines of a paragraph stay together."""
    leading = leading_of(scope, size)
    lines = lines_of(scope.fill(wording), (MEASURE - indent) / size, justify=_justified(scope))
    flow: Flow = []
    for number, line in enumerate(lines):
        text = Text(LEFT + indent, leading / 2 + size * 0.38, size, line)
        keep = len(lines) > 1 and number in (0, len(lines) - 2)
        flow.append(Piece(leading, (text,), gap=0.0 if number else white(scope, gap), keep=keep))
    return flow


def heading(scope: Scope, wording: Wording) -> Piece:
    """Bold, and never the last line of a page."""
    line = one_line(scope, wording, bold=True)
    return Piece(20.0, (Text(LEFT, 15.0, BODY, line),), gap=white(scope, 14.0), keep=True)


def one_line(scope: Scope, wording: Wording, *, bold: bool = False) -> Line:
    """The wording on one line, however long."""
    runs = scope.fill(wording)
    if runs:  # a value at the end may be empty, and the white before it would move a line set from the right
        runs = (*runs[:-1], (runs[-1][0].rstrip(" \u3000"), runs[-1][1]))
    if bold:
        runs = tuple((text, True) for text, _bold in runs)
    return lines_of(runs, 1e6)[0]


def item(scope: Scope, wording: Wording, *, mark: str, number: int, gap: float) -> Flow:
    """A list item: its mark hangs in front of the first line."""
    flow = paragraph(scope, wording, gap=gap, indent=MARK)
    first = flow[0]
    if isinstance(first, Piece):
        texts, boxes = _mark(mark, number, first.texts[0].y)
        flow[0] = Piece(first.height, first.texts + texts, boxes, gap=first.gap, keep=first.keep)
    return flow


def _mark(mark: str, number: int, y: float, *, x: float = LEFT) -> tuple[tuple[Text, ...], tuple[Box, ...]]:
    if mark == "number":
        return (Text(x, y, BODY, figures(f"{number}.")),), ()
    if mark == "dot":
        return (Text(x + 4, y, BODY, lines_of((("·", True),), 9.0)[0]),), ()
    return (Text(x + 0.6, y + 0.3, SMALL, lines_of((("✓", True),), 9.0)[0]),), _frame(x, y - 8.2, 9.6, 9.6)


def inline_items(items: list[Runs], *, mark: str) -> Flow:
    """Short items one after the other on a line, as many as fit."""
    height, between, indent = 20.0, 18.0, 15.0
    rows: list[tuple[list[Text], list[Box]]] = []
    x = RIGHT
    for number, runs in enumerate(items, 1):
        line = lines_of(runs, (MEASURE - indent) / SMALL)[0]
        width = indent + line.width * SMALL
        if x + width > RIGHT:
            rows.append(([], []))
            x = LEFT
        texts, boxes = _mark(mark, number, 14.0, x=x)
        rows[-1][0].extend((*texts, Text(x + indent, 14.0, SMALL, line)))
        rows[-1][1].extend(boxes)
        x += width + between
    return [Piece(height, tuple(texts), tuple(boxes)) for texts, boxes in rows]


def _frame(x: float, y: float, width: float, height: float, *, rule: float = RULE) -> tuple[Box, ...]:
    return (
        Box(x, y, width, rule),
        Box(x, y + height - rule, width, rule),
        Box(x, y, rule, height),
        Box(x + width - rule, y, rule, height),
    )


def fact(scope: Scope, label: Wording, value: Wording, *, label_width: float) -> Piece:
    """A framed row: the label in the middle of its cell, the value from its top."""
    leading = BODY * CELL
    pad = white(scope, PAD_Y)
    inner = MEASURE - label_width - 2 * PAD_X
    values = lines_of(scope.fill(value), inner / BODY)
    labels = lines_of(scope.fill(label), (label_width - 2 * PAD_X) / BODY)
    height = max(len(values), len(labels)) * leading + 2 * pad
    texts = tuple(
        Text(text.x, text.y + (height - len(lines) * leading) / 2, BODY, text.line)
        for x, lines in ((LEFT + PAD_X, labels), (LEFT + label_width + PAD_X, values))
        for text in _stack(lines, x=x, size=BODY, leading=leading)
    )
    boxes = (*_frame(LEFT, 0.0, MEASURE, height), Box(LEFT + label_width, 0.0, RULE, height))
    return Piece(height, texts, boxes)


def title(scope: Scope, wording: Wording) -> Piece:
    """Centred; Chinese titles are spaced out as the hand-set ones are."""
    runs = tuple((text, True) for text, _bold in scope.fill(wording))
    line = lines_of(runs, 1e6)[0]
    space = 0.0 if scope.language.startswith("en") else min(0.35, 12.0 / max(1, _length(line)) ** 1.4)
    spaced = Line(line.stretches, line.width + space * (_length(line) - 1), space)
    x = LEFT + (MEASURE - spaced.width * TITLE) / 2
    return Piece(34.0, (Text(x, 24.0, TITLE, spaced),))


def _length(line: Line) -> int:
    return sum(len(stretch.text) for stretch in line.stretches)


def head(label: Line, number: Line | None, below: Line | None, code: str) -> Piece:
    """Under the title: what the number is for, the number large, when and where; the code at the right."""
    texts = [Text(LEFT, 14.0, SMALL, label)]
    if number:
        texts.append(Text(LEFT, 37.0, NUMBER, number))
    if below:
        texts.append(Text(LEFT, 58.0 if number else 32.0, SMALL, below))
    codes = (Code(RIGHT - CODE, 0.0, CODE, code),) if code else ()
    height = CODE + 10.0 if code else (68.0 if number else 44.0 if below else 26.0)
    rule = Box(LEFT, height - RULE, MEASURE, RULE)
    return Piece(height, tuple(texts), (rule,), codes, gap=12.0)


def foot(left: Line, right: Line) -> Piece:
    """The last lines of a sheet, under a rule; set smaller where both would not fit side by side."""
    size = min(NOTE, MEASURE / (left.width + right.width + 2.0))
    texts = (
        Text(LEFT, 16.0, size, left),
        Text(RIGHT - right.width * size, 16.0, size, right),
    )
    return Piece(24.0, texts, (Box(LEFT, 0.0, MEASURE, RULE),))


def running_head(left: Line, right: Line) -> Piece:
    """On every page but the first: what these sheets belong to, should they come apart."""
    texts = (
        Text(LEFT, 12.0, NOTE, left),
        Text(RIGHT - right.width * NOTE, 12.0, NOTE, right),
    )
    return Piece(20.0, texts, (Box(LEFT, 18.0, MEASURE, 0.5),))
