"""From the lines of a batch to the files of a bank: the same lines always give the same bytes."""

from collections.abc import Iterable, Iterator, Sequence

from payments.banks import checks, digests, references, templates
from payments.banks.layout import WORKBOOK, Layout
from payments.banks.lines import BankFile, Lines, Order
from payments.banks.profile import Profile
from payments.banks.reading import amounts_in, read_table
from payments.banks.refusals import FileRefused
from payments.banks.text import write_text
from payments.banks.workbook import write_workbook
from standards.money import yuan_plain
from standards.words import Refusal


def write_files(profile: Profile, order: Order, chunks: Iterable[Lines]) -> Iterator[BankFile]:
    """The bank's files of a batch, one at a time, so memory holds one file (``profile.rows_max`` rows).

    ``chunks`` are the lines in order, in pieces of any size. Raises FileRefused when a line cannot be
    written (``checks.find_problems`` says which, before), ValueError when the lines are not those of the
    order: count and sum must be the control totals. Take no file until the iteration has ended.
    """
    count = total_fen = 0
    for part, lines in enumerate(_regroup(chunks, profile.rows_max), 1):
        count += len(lines)
        total_fen += sum(lines.amounts_fen)
        yield _one_file(profile, order, lines, part)
    if (count, total_fen) != (order.count, order.total_fen):
        raise ValueError(
            f"{count} lines of {total_fen} fen, but the order says {order.count} of {order.total_fen}"
        )


def _regroup(chunks: Iterable[Lines], size: int) -> Iterator[Lines]:
    """The same lines in pieces of ``size`` rows (the last may be shorter)."""
    held: Lines | None = None
    for chunk in chunks:
        lines = chunk if held is None or not len(held) else _joined(held, chunk)
        start = 0
        while len(lines) - start >= size:
            yield lines.part(start, start + size)
            start += size
        held = lines.part(start, len(lines))
    if held is not None and len(held):
        yield held


def _joined(first: Lines, second: Lines) -> Lines:
    texts: dict[str, Sequence[str]] = {
        name: [*values, *second.texts[name]] for name, values in first.texts.items()
    }
    numbers = [*first.line_numbers, *second.line_numbers]
    return Lines(numbers, [*first.amounts_fen, *second.amounts_fen], texts)


def _one_file(profile: Profile, order: Order, lines: Lines, part: int) -> BankFile:
    problems = checks.find_problems(profile, lines)
    if problems:
        raise FileRefused(
            [
                Refusal(
                    f"第 {p.line_number} 笔：{p.words.zh}", f"Line {p.line_number}: {p.words.en}", code=p.code
                )
                for p in problems
            ]
        )
    total_fen = sum(lines.amounts_fen)
    said: dict[str, str | int] = {
        "batch": order.batch,
        "date": order.on.strftime("%Y%m%d"),
        "count": len(lines),
        "total": amount_text(total_fen, profile.payment),
        "part": part,
        "parts": profile.files_for(order.count),
        "remark": order.remark,
    }
    content = write_table(profile.payment, _columns(profile, order, lines), said)
    _read_back(profile, order, lines, content)
    sha256, sm3 = digests.both(content)
    return BankFile(
        name=templates.fill(profile.file_name, said),
        part=part,
        first_line=lines.line_numbers[0],
        last_line=lines.line_numbers[-1],
        rows=len(lines),
        total_fen=total_fen,
        content=content,
        sha256=sha256,
        sm3=sm3,
    )


def write_table(layout: Layout, columns: dict[str, Sequence[str]], said: dict[str, str | int]) -> bytes:
    """A table in the layout's shape; columns are texts that were proved to fit."""
    write = write_workbook if layout.shape == WORKBOOK else write_text
    return write(layout, columns, said)


def amount_text(fen: int, layout: Layout) -> str:
    """An amount as the layout writes it."""
    return yuan_plain(fen) if layout.amount == "yuan" else str(fen)


def amount_texts(amounts_fen: Sequence[int], layout: Layout) -> list[str]:
    """A column of amounts; a county pays few different ones, so each is written once."""
    texts = {fen: amount_text(fen, layout) for fen in set(amounts_fen)}
    return [texts[fen] for fen in amounts_fen]


def _columns(profile: Profile, order: Order, lines: Lines) -> dict[str, Sequence[str]]:
    layout = profile.payment
    columns: dict[str, Sequence[str]] = {name: lines.texts[name] for name in profile.needs}
    columns["payee_name"] = checks.names_for_bank(lines.texts["payee_name"], profile.names)
    columns["amount"] = amount_texts(lines.amounts_fen, layout)
    start = references.prefix(order.batch)
    columns["reference"] = [f"{start}{number:06d}" for number in lines.line_numbers]
    if layout.has("row"):
        columns["row"] = [str(n) for n in range(1, len(lines) + 1)]
    if layout.has("line_number"):
        columns["line_number"] = [str(number) for number in lines.line_numbers]
    if layout.has("remark"):
        columns["remark"] = [order.remark] * len(lines)
    return columns


def _read_back(profile: Profile, order: Order, lines: Lines, content: bytes) -> None:
    """Asserts that the bytes say what the lines say: count, order of references, each amount."""
    layout = profile.payment
    sheet = read_table(layout, content, only=("amount", "reference"))
    amounts_fen = amounts_in(layout, sheet)
    assert amounts_fen == list(lines.amounts_fen), "the file does not hold the amounts it was made from"
    first, last = lines.line_numbers[0], lines.line_numbers[-1]
    ends = [references.make(order.batch, first), references.make(order.batch, last)]
    assert [sheet.columns["reference"][0], sheet.columns["reference"][-1]] == ends, (
        "the file holds other lines"
    )
