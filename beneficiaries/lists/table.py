"""Find the list in a file: which rows are the header, which are data, which column is what.

Departments put titles above, merge headers over two lines, repeat the header on each printed page, add totals and
signatures below, and keep last year's sheet hidden. All of that is found and told (``notes``); what is not sure is
refused with one sentence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from beneficiaries.lists.sheets import Book, Sheet, cell_name, column_letters
from facts.catalogue import Column, Field, Kind
from standards.characters import clean
from standards.words import Refusal, Words

CALLED = ("册", "表", "名单", "台账", "清单", "明细")  # a title with one of these names the list
HEADER_ROWS_SEARCHED = 40  # titles and explanations above a header are never longer
NOTES_MAX = 50
ID_CHARACTERS_MIN = 15

_ENDING = re.compile(r"^(合计|总计|小计|共计|总数|页计|本页|累计|合\s*计|total)", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^(制表|填表|审核|复核|经办|单位负责人|负责人|单位盖章|盖章|联系人|联系电话|填报|报送|日期|备注|说明|注)[^\d]{0,8}[:：]?"
)
_COUNT = re.compile(r"(\d[\d,]*)\s*(?:人|户|条|名|行)")


@dataclass(frozen=True)
class Layout:
    """Where the list stands in one sheet. ``places`` maps a column's key to its place; rows count from 0."""

    sheet: Sheet
    header_rows: tuple[int, ...]
    places: Mapping[str, int]
    rows: tuple[int, ...]
    other_headers: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The rows of a list over all its sheets, column by column.

    ``texts`` and ``types`` hold, for each key found, the text and the file's type of every row. ``sheet_of`` and
    ``row_of`` say where each row stands (row from 0). ``notes`` tell what was left out and why.
    """

    kind: Kind
    layouts: tuple[Layout, ...]
    texts: Mapping[str, list[str]]
    types: Mapping[str, list[str]]
    sheet_of: list[int]
    row_of: list[int]
    titles: tuple[str, ...]  # every cell above the headers
    notes: tuple[Words, ...] = field(default=())

    @property
    def title(self) -> str:
        """Everything above the headers: where a list says its month, year or category."""
        return " ".join(self.titles)

    @property
    def heading(self) -> str:
        """What the list calls itself: its first title that is a list's, else the first (a department's name)."""
        own = (title for title in self.titles if any(word in title for word in CALLED))
        return next(own, self.titles[0] if self.titles else "")

    def __len__(self) -> int:
        return len(self.row_of)

    def place(self, row: int, key: str) -> tuple[int, int, int]:
        """Sheet, row and column of a cell; column -1 where the list has no such column."""
        layout = self.layouts[self.sheet_of[row]]
        return self.sheet_of[row], self.row_of[row], layout.places.get(key, -1)

    def cell(self, row: int, key: str) -> str:
        """A cell as people name it: "名单!C12"; the row alone where the list has no such column."""
        sheet, at, column = self.place(row, key)
        name = cell_name(at, column) if column >= 0 else str(at + 1)
        return f"{self.layouts[sheet].sheet.name}!{name}" if len(self.layouts) > 1 else name

    def raw(self, row: int) -> dict[str, str]:
        """A row as received: header (or column letter) to text, empty cells left out."""
        layout = self.layouts[self.sheet_of[row]]
        at = self.row_of[row]
        return {
            header: layout.sheet.columns[column][at]
            for column, header in enumerate(layout.other_headers)
            if layout.sheet.columns[column][at]
        }


def read_table(book: Book, kind: Kind) -> Table:
    """The list of ``kind`` in a file. Raises Refusal where no header, two headers, or a needed column fails."""
    layouts: list[Layout] = []
    notes: list[Words] = []
    titles: list[str] = []
    for sheet in book.sheets:
        if sheet.is_hidden and not sheet.is_empty:
            notes.append(
                Words(f"隐藏的表“{sheet.name}”没有读", f"The hidden sheet “{sheet.name}” was not read")
            )
        if sheet.is_hidden or sheet.is_empty:
            continue
        found = _find_header(sheet, kind)
        if found is None:
            notes.append(
                Words(
                    f"表“{sheet.name}”里没有名单的表头，没有读",
                    f"The sheet “{sheet.name}” has no header of this list",
                )
            )
            continue
        header_rows, headers, places = found
        layouts.append(_layout(sheet, header_rows, headers, places, notes))
        titles += [line for row in range(header_rows[0]) for text in sheet.row(row) if (line := clean(text))]
    if not layouts:
        raise _no_header(book, kind)
    return _joined(kind, layouts, titles, notes)


def plain_header(text: str) -> str:
    """A header as it is compared: one width, no spaces, no marks of a required column.

    >>> plain_header("＊身份证\\n号码："), plain_header("金额（元）")
    ('身份证号码', '金额(元)')
    """
    return "".join(clean(text).split()).strip("*:·、.#").casefold()


def _wanted(kind: Kind) -> dict[str, tuple[str, int]]:
    """Plain header to (key, preference): lower is better."""
    return {
        plain_header(header): (column.key, rank)
        for column in kind.listed
        for rank, header in enumerate(column.headers)
    }


def _match(text: str, wanted: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    plain = plain_header(text)
    if plain in wanted:
        return wanted[plain]
    shorter = re.sub(r"\([^()]*\)$", "", plain)
    return wanted.get(shorter) if shorter else None


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


def _find_header(sheet: Sheet, kind: Kind) -> tuple[tuple[int, ...], list[str], dict[str, int]] | None:
    """The header's rows, the header of each column, and where each key stands; None where there is none.

    Raises Refusal where a column that counts stands twice or a needed one is missing.
    """
    wanted = _wanted(kind)
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
    _refuse_missing(sheet, kind, mapping, headers)
    return rows, headers, mapping.places


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


def _layout(
    sheet: Sheet, header_rows: tuple[int, ...], headers: list[str], places: dict[str, int], notes: list[Words]
) -> Layout:
    names = [(text and clean(text)) or column_letters(column) for column, text in enumerate(headers)]
    doubled = {name for name in names if names.count(name) > 1}
    names = [f"{name} {column_letters(n)}" if name in doubled else name for n, name in enumerate(names)]
    rows = _data_rows(sheet, header_rows, headers, places, notes)
    unread = [name for n, name in enumerate(names) if n not in places.values() and headers[n]]
    if unread:
        told = "、".join(unread[:12])
        notes.append(Words(f"这些列只照原样保存：{told}", f"Kept as received only: {', '.join(unread[:12])}"))
    return Layout(sheet, header_rows, places, tuple(rows), tuple(names))


def _data_rows(
    sheet: Sheet, header_rows: tuple[int, ...], headers: list[str], places: dict[str, int], notes: list[Words]
) -> list[int]:
    """The rows of the list proper. Blank rows go silently; totals, signatures and repeated headers are told."""
    subject = sheet.columns[places["subject"]]
    kept: list[int] = []
    said: list[tuple[int, str, str]] = []
    for row in range(header_rows[-1] + 1, sheet.rows):
        text = subject[row]
        if len(text) >= ID_CHARACTERS_MIN and text[0].isdigit():
            kept.append(row)
        elif text and not text[0].isdigit() and _is_header_again(sheet, row, headers, places):
            said.append((row, "表头又出现一次，不算数据", "the header again, not data"))
        else:
            texts = [clean(cell) for cell in sheet.row(row)]
            first = next(filter(None, texts), "")
            if not first:
                continue
            name = texts[places["subject_name"]] if "subject_name" in places else ""
            is_count = _COUNT.search(name) is not None  # “合计 | 共 326 条”, the count in the column of names
            is_person = not is_count and name not in ("", first, texts[places["subject"]])
            if not is_person and (_ENDING.match(first) or _SIGNATURE.match(first)):
                said.append((row, f"“{first[:20]}”，不算数据", f"“{first[:20]}”, not data"))
                _compare_total(" ".join(texts), len(kept), row, notes)
            else:
                kept.append(row)
    notes += [Words(f"第 {row + 1} 行是{zh}", f"Row {row + 1} is {en}") for row, zh, en in said[:NOTES_MAX]]
    return kept


def _is_header_again(sheet: Sheet, row: int, headers: list[str], places: dict[str, int]) -> bool:
    """Whether a row repeats the header. Raises Refusal where it is another header: two lists under one another."""
    texts = sheet.row(row)
    plain = {column: plain_header(headers[column]) for column in places.values()}
    known = set(plain.values())
    hits = [column for column, text in enumerate(texts) if text and plain_header(text) in known]
    if len(hits) < 2:
        return False
    if all(plain.get(column) == plain_header(texts[column]) for column in hits):
        return True
    raise Refusal(
        f"表“{sheet.name}”的第 {row + 1} 行又是一个表头，而且列的顺序不同。请把两份名单分成两个文件，或对齐列后再上传",
        f"Row {row + 1} of the sheet “{sheet.name}” is a second header with its columns in another order. Put the two"
        " lists into two files, or align their columns",
        code="two_headers",
    )


def _compare_total(text: str, rows: int, at: int, notes: list[Words]) -> None:
    """Where a totals row names a number of people, compare it with the rows above and tell a difference."""
    found = _COUNT.search(text)
    if found and not text.lstrip().startswith(("小计", "本页", "页计")):
        stated = int(found[1].replace(",", ""))
        if stated != rows:
            notes.append(
                Words(
                    f"第 {at + 1} 行写着共 {stated} 条，表里有 {rows} 行，请核对",
                    f"Row {at + 1} states {stated} entries, the list has {rows} rows: please compare",
                )
            )


def _joined(kind: Kind, layouts: list[Layout], titles: list[str], notes: list[Words]) -> Table:
    keys = {key for layout in layouts for key in layout.places}
    texts: dict[str, list[str]] = {column.key: [] for column in kind.listed if column.key in keys}
    types: dict[str, list[str]] = {key: [] for key in texts}
    sheet_of: list[int] = []
    row_of: list[int] = []
    for number, layout in enumerate(layouts):
        sheet_of += [number] * len(layout.rows)
        row_of += layout.rows
        for key in texts:
            place = layout.places.get(key)
            if place is None:
                texts[key] += [""] * len(layout.rows)
                types[key] += ["-"] * len(layout.rows)
                continue
            cells, letters = layout.sheet.columns[place], layout.sheet.types[place]
            texts[key] += [cells[row] for row in layout.rows]
            types[key] += (
                [letters] * len(layout.rows) if len(letters) == 1 else [letters[row] for row in layout.rows]
            )
    if not row_of:
        raise Refusal(
            "只有表头，没有一行数据。请检查是不是传错了文件",
            "There is a header and no row of data. Check whether it is the right file",
            code="no_rows",
        )
    return Table(kind, tuple(layouts), texts, types, sheet_of, row_of, tuple(titles), tuple(notes))


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


def _refuse_missing(sheet: Sheet, kind: Kind, mapping: _Mapping, headers: list[str]) -> None:
    missing = [
        column
        for column in kind.listed
        if column.required and column.key not in mapping.places and not _is_said_elsewhere(column)
    ]
    if missing:
        zh = "；".join(f"“{column.words.zh}”（可叫 {'、'.join(column.headers[:4])}）" for column in missing)
        en = "; ".join(f"“{column.words.en}” ({', '.join(column.headers[:4])})" for column in missing)
        seen = "、".join(clean(text) for text in headers if text)[:120]
        raise Refusal(
            f"表“{sheet.name}”缺少列：{zh}。现有的列：{seen}。请补上，或把列名改成括号里的叫法",
            f"The sheet “{sheet.name}” lacks: {en}. It has: {seen}. Add the column or rename it as in the brackets",
            code="column_missing",
        )


def _is_said_elsewhere(column: Field | Column) -> bool:
    return isinstance(column, Field) and (column.from_period or column.from_presence)


def _named(kind: Kind, key: str) -> Field | Column:
    return next(column for column in kind.listed if column.key == key)


def _no_header(book: Book, kind: Kind) -> Refusal:
    names = "、".join(kind.subject.headers[:4])
    searched = "、".join(sheet.name for sheet in book.sheets if not sheet.is_hidden)[:80]
    return Refusal(
        f"没有找到“{kind.words.zh}”名单的表头（找过：{searched} 的前 {HEADER_ROWS_SEARCHED} 行）。"
        f"表头要有身份证号一列（{names}）和至少一列内容",
        f"No header of a list of “{kind.words.en}” was found (looked in the first {HEADER_ROWS_SEARCHED} rows of"
        f" {searched}). It needs the ID number ({names}) and at least one more column",
        code="no_header",
    )
