"""Tables of banks, read: shape and encoding first, then amounts, then what each row answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from payments.banks import reasons, references
from payments.banks.layout import WORKBOOK, Layout, Sheet
from payments.banks.profile import Profile
from payments.banks.refusals import PROBLEMS_MAX, FileRefused, refuse
from payments.banks.text import read_text
from payments.banks.workbook import read_workbook
from standards.money import FEN_MAX, fen_from_yuan, yuan
from standards.words import Refusal

RESULT_BYTES_MAX = 64 * 1024 * 1024
"""A result file of 100,000 rows has 10 MB."""
REASON_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class Results:
    """What a bank answered, as columns of equal length. ``statuses``: paid, failed, unknown.

    ``texts`` are the bank's words as they stand; ``reasons`` the canonical codes ("" for a paid line).
    """

    line_numbers: list[int]
    amounts_fen: list[int]
    statuses: list[str]
    texts: list[str]
    reasons: list[str]

    def __len__(self) -> int:
        return len(self.line_numbers)


def read_table(layout: Layout, source: bytes, *, only: Collection[str] | None = None) -> Sheet:
    """The table in ``source``; FileRefused where it is not one of this layout."""
    if len(source) > RESULT_BYTES_MAX:
        size = RESULT_BYTES_MAX // 1024 // 1024
        raise refuse(f"文件超过 {size} MB", f"The file is larger than {size} MB", "too_large")
    return (read_workbook if layout.shape == WORKBOOK else read_text)(layout, source, only=only)


def amounts_in(layout: Layout, sheet: Sheet) -> list[int]:
    """The column ``amount`` in fen; FileRefused names the rows that hold none."""
    texts = sheet.columns["amount"]
    known: dict[str, int | None] = {text: _fen(text, layout) for text in set(texts)}
    if None in known.values():
        places = [n for n, text in enumerate(texts) if known[text] is None]
        raise FileRefused(
            [
                Refusal(
                    f"第 {sheet.first_row + n} 行的金额“{texts[n]}”不是金额",
                    f"Line {sheet.first_row + n}: “{texts[n]}” is not an amount",
                    code="amount_shape",
                )
                for n in places[:PROBLEMS_MAX]
            ],
            total=len(places),
        )
    return [known[text] or 0 for text in texts]


def _fen(text: str, layout: Layout) -> int | None:
    if layout.amount == "fen":
        bare = text.strip()
        return int(bare) if bare.isascii() and bare.isdigit() and int(bare) <= FEN_MAX else None
    try:
        return fen_from_yuan(text)
    except Refusal:
        return None


def read_results(profile: Profile, source: bytes, *, batch: str, amounts_fen: Mapping[int, int]) -> Results:
    """What the bank says about lines of ``batch``; ``amounts_fen`` are the amounts sent, by line number.

    FileRefused (nothing is to be taken): a cut or foreign file, a line of another batch, a line answered
    twice, an amount that differs by a fen. A status word the profile does not know stays unknown; so does a
    failure whose reason leaves open whether the money went out. Lines not in the file are not in the answer.
    """
    sheet = read_table(profile.result, source)
    if not sheet.rows:
        raise refuse("文件里没有一行结果", "The file holds no answers", "empty")
    lines = _line_numbers(sheet, batch, amounts_fen)
    amounts = amounts_in(profile.result, sheet)
    _refuse_doubles(sheet, lines)
    _refuse_other_amounts(sheet, lines, amounts, amounts_fen)
    _refuse_other_totals(profile.result, sheet, amounts)
    statuses, texts, codes = _statuses(profile, sheet)
    return Results(lines, amounts, statuses, texts, codes)


def _line_numbers(sheet: Sheet, batch: str, amounts_fen: Mapping[int, int]) -> list[int]:
    said = sheet.said.get("batch", batch)
    if said != batch:
        raise refuse(
            f"这是批次 {said} 的结果，不是 {batch} 的",
            f"This answers batch {said}, not {batch}",
            "other_batch",
        )
    if "reference" in sheet.columns:
        found = _by_reference(sheet, batch)
    else:
        found = [int(t) if t.isascii() and t.isdigit() else None for t in sheet.columns["line_number"]]
    places = [n for n, number in enumerate(found) if number is None or number not in amounts_fen]
    if places:
        raise FileRefused([_not_ours(sheet, n, batch) for n in places[:PROBLEMS_MAX]], total=len(places))
    return [number for number in found if number is not None]


def _by_reference(sheet: Sheet, batch: str) -> list[int | None]:
    texts = sheet.columns["reference"]
    start = references.prefix(batch)
    if all(text.startswith(start) and len(text) == len(start) + 6 for text in texts):
        tails = [text[len(start) :] for text in texts]
        if all(tail.isascii() and tail.isdigit() for tail in tails):
            return list(map(int, tails))
    read = [references.read(text) for text in texts]
    return [pair[1] if pair is not None and pair[0] == batch else None for pair in read]


def _not_ours(sheet: Sheet, n: int, batch: str) -> Refusal:
    place = sheet.first_row + n
    text = sheet.columns.get("reference", sheet.columns.get("line_number", []))[n].strip()[:40]
    pair = references.read(text)
    if pair is not None and pair[0] != batch:
        return Refusal(
            f"第 {place} 行是批次 {pair[0]} 的，不是 {batch} 的：请到那一批读入",
            f"Line {place} belongs to batch {pair[0]}, not {batch}: read the file there",
            code="other_batch",
        )
    return Refusal(
        f"第 {place} 行的业务行号“{text}”不在批次 {batch} 里",
        f"Line {place}: the reference “{text}” is not in batch {batch}",
        code="other_line",
    )


def _refuse_doubles(sheet: Sheet, lines: Sequence[int]) -> None:
    if len(set(lines)) == len(lines):
        return
    first: dict[int, int] = {}
    problems: list[Refusal] = []
    for n, number in enumerate(lines, sheet.first_row):
        if number in first:
            problems.append(
                Refusal(
                    f"第 {n} 行又是第 {number} 笔，第 {first[number]} 行已经有了",
                    f"Line {n} answers payment {number} again; line {first[number]} already did",
                    code="double",
                )
            )
        first.setdefault(number, n)
    raise FileRefused(problems)


def _refuse_other_amounts(
    sheet: Sheet, lines: Sequence[int], amounts: Sequence[int], sent: Mapping[int, int]
) -> None:
    wanted = [sent[number] for number in lines]
    if wanted == amounts:
        return
    places = [n for n, (a, b) in enumerate(zip(wanted, amounts, strict=True)) if a != b]
    problems = [
        Refusal(
            f"第 {sheet.first_row + n} 行金额 {yuan(amounts[n])} 元，送出的第 {lines[n]} 笔是 {yuan(wanted[n])} 元",
            f"Line {sheet.first_row + n} says {yuan(amounts[n])} yuan; payment {lines[n]} was {yuan(wanted[n])}",
            code="other_amount",
        )
        for n in places[:PROBLEMS_MAX]
    ]
    raise FileRefused(problems, total=len(places))


def _refuse_other_totals(layout: Layout, sheet: Sheet, amounts: Sequence[int]) -> None:
    count = sheet.said.get("count")
    total = sheet.said.get("total")
    if count is not None and int(count) != len(amounts):
        raise refuse(
            f"合计行说 {count} 笔，文件里有 {len(amounts)} 笔：文件不完整",
            f"The totals say {count} rows, the file has {len(amounts)}: it is not whole",
            "cut",
        )
    if total is not None and _fen(total, layout) != sum(amounts):
        raise refuse(
            f"合计行说 {total}，各行相加是 {yuan(sum(amounts))} 元",
            f"The totals say {total}; the rows add up to {yuan(sum(amounts))} yuan",
            "other_total",
        )


def _statuses(profile: Profile, sheet: Sheet) -> tuple[list[str], list[str], list[str]]:
    """Statuses, the bank's words and canonical codes; words repeat, so each pair is judged once."""
    words = sheet.columns["status"]
    said = sheet.columns.get("reason", [""] * sheet.rows)
    judged = {pair: _judge(profile, *pair) for pair in set(zip(words, said, strict=True))}
    rows = [judged[pair] for pair in zip(words, said, strict=True)]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def _judge(profile: Profile, word: str, said: str) -> tuple[str, str, str]:
    word, said = word.strip(), said.strip()
    status = profile.statuses.get(word)
    text = (said if status is not None and said else f"{word} {said}".strip())[:REASON_CHARACTERS_MAX]
    if status == "paid":
        return "paid", said[:REASON_CHARACTERS_MAX], ""
    code = reasons.canonical(f"{said} {word}" if status is None else said or word)
    if status == "failed" and reasons.load()[code].settled:
        return "failed", text, code
    return "unknown", text, code
