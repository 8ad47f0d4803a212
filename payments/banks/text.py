"""Tables as text: fixed byte widths or a separator, in a Chinese encoding.

Two traps shape this file. A GBK character may end in the byte of ``|``, so a delimited file is decoded
before it is split. A fixed width counts bytes, so a fixed file is split before it is decoded.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from payments.banks import templates
from payments.banks.kinds import refuse_other_kinds
from payments.banks.layout import FIXED, Column, Layout, Sheet
from payments.banks.refusals import PROBLEMS_MAX, FileRefused, refuse
from standards.characters import decode_gb18030, encode_gb18030
from standards.words import Refusal

LINE_END = "\n"
_UTF8_CHARACTERS_MIN = 6
"""Characters beyond ASCII that must all read as UTF-8 before a GBK file is taken for one. Two Chinese
characters in GBK can look like UTF-8 by chance; six in a row never did in 100,000 names."""


def encode(text: str, encoding: str) -> bytes:
    """``text`` in the file's encoding; every character was proved to fit before."""
    return encode_gb18030(text) if encoding == "gb18030" else text.encode(encoding)


def write_text(layout: Layout, columns: Mapping[str, Sequence[str]], said: Mapping[str, str | int]) -> bytes:
    """The whole file. ``said`` fills header and footer."""
    head = [templates.fill(line, said) for line in layout.header]
    if layout.titles:
        head.append(_title_row(layout))
    foot = [templates.fill(line, said) for line in layout.footer]
    rows = len(columns["amount"])
    if layout.shape == FIXED:
        body = _fixed_rows(layout, columns, rows)
    else:
        body = encode(_lines(_delimited_rows(layout, columns, rows)), layout.encoding)
    content = encode(_lines(head), layout.encoding) + body + encode(_lines(foot), layout.encoding)
    if layout.length_digits:
        content = str(len(content)).zfill(layout.length_digits).encode() + content
    return content


def _lines(lines: Iterable[str]) -> str:
    joined = LINE_END.join(lines)
    return joined + LINE_END if joined else ""


def _title_row(layout: Layout) -> str:
    if layout.shape != FIXED:
        return layout.title_line()
    cells = zip(layout.columns, (column.title for column in layout.columns), strict=True)
    return b"".join(_pad(title.encode(layout.encoding), column) for column, title in cells).decode(
        layout.encoding
    )


def _delimited_rows(layout: Layout, columns: Mapping[str, Sequence[str]], rows: int) -> Iterable[str]:
    blank = [""] * rows
    texts = [columns.get(column.name, blank) for column in layout.columns]
    if layout.closing:
        texts.append(blank)
    return map(layout.separator.join, zip(*texts, strict=True))


def _pad(value: bytes, column: Column) -> bytes:
    fill = column.fill.encode()
    return value.rjust(column.width, fill) if column.align == "right" else value.ljust(column.width, fill)


def _fixed_rows(layout: Layout, columns: Mapping[str, Sequence[str]], rows: int) -> bytes:
    if not rows:
        return b""
    cells: list[list[bytes]] = []
    row = b""  # one format for the whole row: a step for each row, not for each of its fields
    for column in layout.columns:
        texts = columns.get(column.name)
        if texts is None:
            row += _pad(b"", column).replace(b"%", b"%%")
            continue
        values = encode("\n".join(texts), layout.encoding).split(b"\n")
        assert len(values) == rows, "a line end inside a value was refused before"
        if column.fill == " ":
            row += b"%%%s%db" % (b"" if column.align == "right" else b"-", column.width)
        else:
            values = [_pad(value, column) for value in values]
            row += b"%b"
        cells.append(values)
    lines = list(map(row.__mod__, zip(*cells, strict=True)))
    assert set(map(len, lines)) == {layout.width}, "a value too long was refused before"
    end = LINE_END.encode()
    return end.join(lines) + end


def read_text(layout: Layout, source: bytes, *, only: Collection[str] | None = None) -> Sheet:
    """The table in ``source``, or FileRefused: cut, of another encoding, or with rows of another shape.

    ``only`` names the columns wanted (all, unless given).
    """
    content = _whole(layout, source)
    if layout.shape == FIXED:
        return _read_fixed(layout, content, only)
    lines = _decode(content, layout.encoding).replace("\r\n", LINE_END).split(LINE_END)
    lines = _end_of(layout, lines)
    said, first, last = _frame(layout, lines)
    return Sheet(_split(layout, lines[first:last], first + 1, only), last - first, first + 1, said)


def _whole(layout: Layout, source: bytes) -> bytes:
    """The bytes after the length in front, where the layout has one; refused where they do not agree."""
    digits = layout.length_digits
    if not source.strip():
        raise refuse("文件是空的", "The file is empty", "empty")
    refuse_other_kinds(source, is_text=True)
    if not digits:
        return source
    length = source[:digits]
    if not length.isdigit():
        raise refuse(
            f"开头不是 {digits} 位数字的长度：可能是另一家银行或另一种文件。核对批次，选银行给的原文件",
            f"It does not begin with its length in {digits} digits: it may be of another bank or another kind. Compare the"
            " batch and choose the bank's original",
            "other_format",
        )
    rest = source[digits:]
    if int(length) != len(rest):
        raise refuse(
            f"文件不完整：开头写明后面有 {int(length)} 字节，实际 {len(rest)} 字节。请向银行重新下载",
            f"The file is not whole: {int(length)} bytes are announced, {len(rest)} are there. Download it again",
            "cut",
        )
    return rest


def _decode(content: bytes, encoding: str) -> str:
    try:
        if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:4096]:
            raise UnicodeDecodeError(encoding, content, 0, 1, "mark of another encoding")
        text = content.decode(encoding) if encoding == "utf-8" else decode_gb18030(content)
    except UnicodeDecodeError as fault:
        row = content.count(b"\n", 0, fault.start) + 1
        raise refuse(
            f"第 {row} 行不是 {encoding.upper()} 编码，文件可能被别的软件另存过。请用银行的原文件",
            f"Line {row} is not in {encoding.upper()}: another program may have saved the file. "
            "Use the bank's original",
            "encoding",
        ) from fault
    if encoding != "utf-8" and _is_utf8(content):
        raise refuse(
            f"文件是 UTF-8 编码，这家银行的文件应是 {encoding.upper()}。请用银行的原文件",
            f"The file is in UTF-8; this bank's files are in {encoding.upper()}. Use the bank's original",
            "encoding",
        )
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not text.isascii() and sum(c > "\x7f" for c in text[:100_000]) >= _UTF8_CHARACTERS_MIN


def _cut(place: int) -> FileRefused:
    return refuse(
        f"文件在第 {place} 行中断，不完整。请向银行重新下载",
        f"The file breaks off at line {place}. Download it again from the bank",
        "cut",
    )


def _end_of(layout: Layout, lines: list[str]) -> list[str]:
    """The lines without the empty one after the last line end; a missing line end is a cut file."""
    if lines[-1] != "" and not layout.proves_its_end:
        raise _cut(len(lines))
    while lines and lines[-1] == "":
        lines = lines[:-1]
    return lines


def _frame(layout: Layout, lines: Sequence[str]) -> tuple[dict[str, str], int, int]:
    """What header and footer say, and where the rows begin and end."""
    said: dict[str, str] = {}
    first = len(layout.header) + layout.titles
    last = len(lines) - len(layout.footer)
    for place, template in enumerate(layout.header):
        found = templates.match(template, lines[place]) if place < len(lines) else None
        if found is None:
            raise _other_format(place + 1)
        said |= found
    if layout.titles and (len(lines) < first or lines[first - 1].rstrip() != _title_row(layout).rstrip()):
        raise _other_format(first)
    for place, template in enumerate(layout.footer, last):
        found = templates.match(template, lines[place]) if first <= place else None
        if found is None:
            raise refuse(
                f"第 {max(len(lines), 1)} 行应是合计行，没有找到：文件不完整或不是这种格式",
                f"Line {max(len(lines), 1)} should hold the totals: the file is cut or of another format",
                "cut",
            )
        said |= found
    return said, first, last


def _other_format(place: int) -> FileRefused:
    return refuse(
        f"第 {place} 行和银行格式不符：可能是另一家银行或另一种文件",
        f"Line {place} does not follow this bank's format: it may be of another bank or another kind",
        "other_format",
    )


def _split(
    layout: Layout, lines: Sequence[str], first_row: int, only: Collection[str] | None
) -> dict[str, list[str]]:
    fields = len(layout.columns) + layout.closing
    found = [line.count(layout.separator) + 1 for line in lines]
    wrong = [n for n, count in enumerate(found) if count != fields]
    if wrong:
        if wrong == [len(lines) - 1] and found[-1] < fields:
            raise _cut(first_row + wrong[0])
        raise FileRefused(
            [_wrong_fields(first_row + n, fields, found[n]) for n in wrong[:PROBLEMS_MAX]], total=len(wrong)
        )
    # One split of all rows and a stride for each column: a list for each row would cost three times as much.
    texts = layout.separator.join(lines).split(layout.separator) if lines else []
    return {
        column.name: texts[n::fields]
        for n, column in enumerate(layout.columns)
        if column.name != "other" and (only is None or column.name in only)
    }


def _wrong_fields(place: int, wanted: int, found: int) -> Refusal:
    return Refusal(
        f"第 {place} 行应有 {wanted} 栏，实际 {found} 栏",
        f"Line {place} should have {wanted} fields and has {found}",
        code="fields",
    )


def _read_fixed(layout: Layout, content: bytes, only: Collection[str] | None) -> Sheet:
    raw = content.replace(b"\r\n", b"\n").split(b"\n")
    if raw[-1] != b"" and not layout.proves_its_end:
        raise _cut(len(raw))
    while raw and raw[-1] == b"":
        raw = raw[:-1]
    framed = len(layout.header) + layout.titles
    ends = len(raw) - len(layout.footer)
    frame = [_decode(line, layout.encoding) for line in (*raw[:framed], *raw[max(framed, ends) :])]
    said, first, last = _frame(layout, [*frame[:framed], *([""] * max(0, ends - framed)), *frame[framed:]])
    rows = raw[first:last]
    width = layout.width
    if set(map(len, rows)) - {width}:
        wrong = [n for n, row in enumerate(rows) if len(row) != width]
        raise FileRefused(
            [_wrong_width(first + 1 + n, width, len(rows[n])) for n in wrong[:PROBLEMS_MAX]],
            total=len(wrong),
        )
    return Sheet(_slices(layout, rows, only), len(rows), first + 1, said)


def _wrong_width(place: int, wanted: int, found: int) -> Refusal:
    return Refusal(
        f"第 {place} 行应有 {wanted} 字节，实际 {found} 字节：文件被截断或改过",
        f"Line {place} should have {wanted} bytes and has {found}: the file was cut or changed",
        code="fields",
    )


def _slices(layout: Layout, rows: Sequence[bytes], only: Collection[str] | None) -> dict[str, list[str]]:
    """The texts of each column; ``rows`` are of one width, so that a column is cut out of all of them at once."""
    table = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), layout.width)
    columns: dict[str, list[str]] = {}
    start = 0
    for column in layout.columns:
        stop = start + column.width
        if column.name != "other" and (only is None or column.name in only):
            cut = np.full((len(rows), column.width + 1), ord("\n"), np.uint8)
            cut[:, :-1] = table[:, start:stop]
            texts = _decode(cut.tobytes(), layout.encoding).split("\n")[:-1]
            strip, fill = str.lstrip if column.align == "right" else str.rstrip, column.fill
            columns[column.name] = [strip(text, fill) for text in texts]
        start = stop
    return columns
