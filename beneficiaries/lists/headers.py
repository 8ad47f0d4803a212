"""Which rows of a sheet are the header, and which column is what: by the kind's names, then by what people taught.

A header that nobody knows is no reason to send a list back: it is offered to a person with its first cells
(``UnknownColumns``), and what the person says is learnt for the next list.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from beneficiaries.lists.sheets import PROBLEM, Book, Sheet, column_letters
from beneficiaries.lists.strangers import prose
from facts.catalogue import Column, Field, Kind
from standards.characters import clean
from standards.words import Refusal, Words

HEADER_ROWS_SEARCHED = 40  # titles and explanations above a header are never longer
SAMPLES = 3
SAMPLE_CHARACTERS = 40
LEARNT_RANK = 1000  # behind every name of the kind's own file

_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}[Xx]?")
_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ID = re.compile(r"\d{17}[\dXx]|\d{15}")


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """A column that the kind does not know: its header as written, and its first cells, masked."""

    header: str
    samples: tuple[str, ...]


class UnknownColumns(Refusal):
    """A list that lacks needed columns and has others that nobody knows: a person may say what they are."""

    def __init__(self, words: Words, unknown: Sequence[UnknownColumn], found: Sequence[str]) -> None:
        super().__init__(words.zh, words.en, code="columns_unknown")
        self.unknown = tuple(unknown)
        self.found = tuple(found)


@dataclass(frozen=True, slots=True)
class Header:
    """A header that was found: its rows, the text of every column, and where each key stands."""

    rows: tuple[int, ...]
    texts: list[str]
    places: dict[str, int]


def masked(text: str) -> str:
    """A cell as a sample: what looks like a number of a person keeps its last four characters.

    >>> masked("610124 20080315 0024"), masked("20260720"), masked("电话 13800138000")
    ('••••0024', '20260720', '电话 ••••8000')
    """
    return _LONG_NUMBER.sub(_shortened, clean(text)[:SAMPLE_CHARACTERS])


def _shortened(found: re.Match[str]) -> str:
    is_day = _DAY.fullmatch("".join(found[0].replace("-", "").split()))
    return found[0] if is_day else f"••••{found[0][-4:]}"


def plain_header(text: str) -> str:
    """A header as it is compared: one width, no spaces, no marks of a required column.

    >>> plain_header("＊身份证\\n号码："), plain_header("金额（元）")
    ('身份证号码', '金额(元)')
    """
    return "".join(clean(text).split()).strip("*:·、.#").casefold()


SCALES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_STATED = re.compile(r"(?:\((?:单位:?)?(?:人民币)?([亿万千百]?)元?\)|([亿万千百])元)$")
_BRACKET = re.compile(r"\(([^()]*)\)$")
#: What a bracket may say that makes another column of a header: another person, another unit, another time.
_OTHERWISE = re.compile(
    "父|(?<!字)母|监护|抚养|户主|家长|配偶|丈夫|妻|子女|法人|法定|负责人|联系人|经办|代办|代领|申请人|原|旧|曾用|变更前|预计|计划|拟"
    "|亿|万|千|百|美元|港元|欧元|日元|角|亩|公顷|每"
)


def stated_scale(plain: str) -> int | None:
    """How many yuan a plain header's unit is; None where it names none.

    >>> stated_scale("注册资本(万元)"), stated_scale("金额(元)"), stated_scale("金额")
    (10000, 1, None)
    """
    found = _STATED.search(plain)
    if found is None or found[0] == "()":
        return None
    return SCALES[found[1] or found[2] or ""]


NOBODY_ASKS = frozenset(plain_header(text) for text in ("", "序号", "No.", PROBLEM.zh, PROBLEM.en))


def wanted_headers(kind: Kind, learnt: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Plain header to (key, preference): lower is better. ``learnt`` maps plain headers to keys."""
    keys = {column.key for column in kind.listed}
    taught = {header: (key, LEARNT_RANK) for header, key in learnt.items() if key in keys}
    own = {
        plain_header(header): (column.key, rank)
        for column in kind.listed
        for rank, header in enumerate(column.headers)
    }
    amounts = {column.key for column in kind.fields.values() if column.type == "money"}
    in_other_units = {
        plain_header(written): place
        for header, place in own.items()
        if place[0] in amounts and not header.endswith(")")
        for unit in "百千万亿"
        for written in (
            f"{header}({unit}元)",
            f"{header}({unit})",
            f"{header}(单位:{unit}元)",
            f"{header}{unit}元",
        )
    }
    return taught | in_other_units | own


def _match(text: str, wanted: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    plain = plain_header(text)
    if plain in wanted:
        return wanted[plain]
    bracket = _BRACKET.search(plain)
    if bracket is None:
        return None
    shorter = plain[: bracket.start()]
    found = wanted.get(shorter)
    if found and found[0] != "phone" and _OTHERWISE.search(bracket[1]):
        return wanted.get(bracket[1] + shorter)  # 身份证号（父亲） is 父亲身份证号, where the kind knows that
    return found  # a telephone is where the family is reached, whoever answers


@dataclass(frozen=True)
class _Mapping:
    places: dict[str, int]
    twice: dict[str, list[int]]


def _map(headers: Sequence[str], wanted: Mapping[str, tuple[str, int]]) -> _Mapping:
    """Which key stands in which column: the best-liked header of a key wins; the same header twice does not."""
    found: dict[str, dict[int, list[int]]] = {}
    for column, text in enumerate(headers):
        match = _match(text, wanted) if text else None
        if match:
            found.setdefault(match[0], {}).setdefault(match[1], []).append(column)
    places, twice = {}, {}
    for key, by_rank in found.items():
        columns = by_rank[min(by_rank)]
        if len(columns) == 1:
            places[key] = columns[0]
        else:
            twice[key] = columns
    return _Mapping(places, twice)


def find_header(sheet: Sheet, kind: Kind, wanted: Mapping[str, tuple[str, int]]) -> Header | None:
    """The header of a sheet; None where there is none.

    Raises Refusal where a column that counts stands twice or a needed one is missing.
    """
    best: tuple[int, tuple[int, ...], list[str], _Mapping] | None = None
    for rows, headers in _candidates(sheet):
        mapping = _map(headers, wanted)
        score = len(mapping.places) + len(mapping.twice) / 2
        is_list = "subject" in mapping.places or "subject" in mapping.twice
        if is_list and (best is None or score > best[0]):
            best = (score, rows, headers, mapping)  # type: ignore[assignment]  # a score may end in a half
    if best is None or len(best[3].places) + len(best[3].twice) < 2:
        return None
    _, rows, headers, mapping = best
    _refuse_twice(sheet, kind, mapping, rows)
    _refuse_missing(sheet, kind, mapping, rows, headers)
    return Header(rows, headers, mapping.places)


def _candidates(sheet: Sheet) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """Every row that may be the header alone, then every pair of lines; single rows first, so they win a tie."""
    searched = min(sheet.rows, HEADER_ROWS_SEARCHED)
    spread = [_spread(sheet, row) for row in range(searched)]
    for row in range(searched):
        yield (row,), sheet.row(row)
    for row in range(searched - 1):
        yield (
            (row, row + 1),
            [_two_lines(upper, lower) for upper, lower in zip(spread[row], sheet.row(row + 1), strict=True)],
        )


def _spread(sheet: Sheet, row: int) -> list[str]:
    """A row's texts with the text of a merged cell in every column it covers."""
    texts = sheet.row(row)
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and right > left:
            for column in range(left, min(right + 1, len(texts))):
                texts[column] = texts[column] or sheet.text(top, left)
    return texts


_OF_SOMEBODY = re.compile(r"(父亲?|母亲?|户主|家长|配偶)(信息|情况|基本信息)?$")


def _two_lines(upper: str, lower: str) -> str:
    """The header of two lines: "父亲" over "身份证号" is 父亲身份证号, "基本信息" over "姓名" is 姓名."""
    if not lower:
        return upper
    whose = _OF_SOMEBODY.match(plain_header(upper))
    return f"{whose[1]}{lower}" if whose else lower


def _refuse_twice(sheet: Sheet, kind: Kind, mapping: _Mapping, rows: tuple[int, ...]) -> None:
    for key, columns in mapping.twice.items():
        words = _named(kind, key).words
        where = "、".join(column_letters(column) for column in columns)
        raise Refusal(
            f"表“{sheet.name}”第 {rows[-1] + 1} 行有 {len(columns)} 列都叫“{words.zh}”（{where} 列）。"
            "请改名或删去多余的列",
            f"Row {rows[-1] + 1} of the sheet “{sheet.name}” has {len(columns)} columns for “{words.en}” ({where})."
            " Rename or remove the others",
            code="column_twice",
        )


def _refuse_missing(
    sheet: Sheet, kind: Kind, mapping: _Mapping, rows: tuple[int, ...], headers: list[str]
) -> None:
    missing = [
        column
        for column in kind.listed
        if column.required and column.key not in mapping.places and not _is_said_elsewhere(column)
    ]
    if missing:
        zh = "；".join(f"“{column.words.zh}”（可叫 {'、'.join(column.headers[:4])}）" for column in missing)
        en = "; ".join(f"“{column.words.en}” ({', '.join(column.headers[:4])})" for column in missing)
        seen = "、".join(clean(text) for text in headers if text)[:120]
        words = Words(
            f"表“{sheet.name}”缺少列：{zh}。现有的列：{seen}。请补上，或把列名改成括号里的叫法",
            f"The sheet “{sheet.name}” lacks: {en}. It has: {seen}. Add the column or rename it as in the brackets",
        )
        unknown = unknown_columns(sheet, rows, headers, mapping.places.values())
        if unknown:
            raise UnknownColumns(words, unknown, list(mapping.places))
        raise Refusal(words.zh, words.en, code="column_missing")


def _is_said_elsewhere(column: Field | Column) -> bool:
    return isinstance(column, Field) and (column.from_period or column.from_presence)


def _named(kind: Kind, key: str) -> Field | Column:
    return next(column for column in kind.listed if column.key == key)


def no_header(book: Book, kind: Kind, wanted: Mapping[str, tuple[str, int]]) -> Refusal:
    """Why no sheet holds a list: with the columns of what looks like one, where something does."""
    names = "、".join(kind.subject.headers[:4])
    searched = "、".join(sheet.name for sheet in book.sheets if not sheet.is_hidden)[:80]
    words = Words(
        f"没有找到“{kind.words.zh}”名单的表头（找过：{searched} 的前 {HEADER_ROWS_SEARCHED} 行）。"
        f"表头要有身份证号一列（{names}）和至少一列内容",
        f"No header of a list of “{kind.words.en}” was found (looked in the first {HEADER_ROWS_SEARCHED} rows of"
        f" {searched}). It needs the ID number ({names}) and at least one more column",
    )
    refusal = prose(book)
    if refusal is not None:
        return refusal
    for sheet in book.sheets:
        row = None if sheet.is_hidden else _likely_header(sheet)
        if row is not None:
            headers = sheet.row(row)
            found = _map(headers, wanted).places
            return UnknownColumns(words, unknown_columns(sheet, (row,), headers, found.values()), list(found))
    return Refusal(words.zh, words.en, code="no_header")


def _likely_header(sheet: Sheet) -> int | None:
    """The row above the first row with an ID number, where it has two texts at least."""
    for row in range(1, min(sheet.rows, HEADER_ROWS_SEARCHED)):
        if any(_ID.fullmatch("".join(clean(text).split())) for text in sheet.row(row)):
            texts = [text for text in sheet.row(row - 1) if text.strip()]
            is_header = len(texts) > 1 and not any(_ID.search(text) for text in texts)
            return row - 1 if is_header else None
    return None


def unknown_columns(
    sheet: Sheet, rows: tuple[int, ...], headers: Sequence[str], known: Iterable[int]
) -> list[UnknownColumn]:
    """The columns with a header that stand in no place the kind knows, with their first cells."""
    places = set(known)
    found: dict[str, UnknownColumn] = {}
    for column, text in enumerate(headers):
        if column in places or plain_header(text) in NOBODY_ASKS:
            continue
        cells = (cell for cell in sheet.columns[column][rows[-1] + 1 :] if cell.strip())
        samples = tuple(masked(cell) for cell in islice(cells, SAMPLES))
        found.setdefault(plain_header(text), UnknownColumn(clean(text)[:60], samples))
    return list(found.values())
