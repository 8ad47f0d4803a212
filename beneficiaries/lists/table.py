"""Find the list in a file: which rows are the header, which are data, which column is what.

Departments put titles above, merge headers over two lines, repeat the header on each printed page, add totals and
signatures below, and keep last year's sheet hidden. All of that is found and told (``notes``); what is not sure is
refused with one sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from beneficiaries.lists.headers import (
    Header,
    UnknownColumn,
    find_header,
    no_header,
    plain_header,
    unknown_columns,
    wanted_headers,
)
from beneficiaries.lists.sheets import CHANGED, PROBLEM, Book, Sheet, cell_name, column_letters
from facts.catalogue import Kind
from standards.characters import clean
from standards.words import Refusal, Words

CALLED = ("册", "表", "名单", "台账", "清单", "明细")  # a title with one of these names the list
NOTES_MAX = 50
ID_CHARACTERS_MIN = 15

_ENDING = re.compile(r"^(合计|总计|小计|共计|总数|页计|本页|累计|合\s*计|total)", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^(制表|填表|审核|复核|经办|单位负责人|负责人|单位盖章|盖章|联系人|联系电话|填报|报送|日期|备注|说明|注)[^\d]{0,8}[:：]?"
)
PARTS = ("小计", "本页", "页计")  # a totals row of a part
_COUNT = re.compile(r"(\d[\d,]*)\s*(?:人|户|条|名|行)")


@dataclass(frozen=True, slots=True)
class Total:
    """A totals row: its cells by key, and which rows of its sheet's list it sums up (first and behind the last)."""

    row: int
    first: int
    last: int
    texts: Mapping[str, str]
    count: int | None = None  # the number of people it states


@dataclass(frozen=True)
class Layout:
    """Where the list stands in one sheet. ``places`` maps a column's key to its place; rows count from 0."""

    sheet: Sheet
    header_rows: tuple[int, ...]
    places: Mapping[str, int]
    rows: tuple[int, ...]
    other_headers: tuple[str, ...]
    unknown: tuple[UnknownColumn, ...] = ()
    totals: tuple[Total, ...] = ()


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

    @property
    def unknown(self) -> dict[str, UnknownColumn]:
        """Columns that the kind does not know, by their plain header."""
        return {plain_header(one.header): one for layout in self.layouts for one in layout.unknown}

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


def read_table(
    book: Book, kind: Kind, *, learnt: Mapping[str, str] = MappingProxyType({}), nobody: bool = False
) -> Table:
    """The list of ``kind`` in a file. Raises Refusal where no header, two headers, or a needed column fails.

    ``learnt`` maps plain headers that people taught to keys; ``nobody`` says that the list is empty on purpose.
    """
    layouts: list[Layout] = []
    notes: list[Words] = []
    titles: list[str] = []
    wanted = wanted_headers(kind, learnt)
    if book.has_comments:
        notes.append(Words("单元格上的批注没有读", "The comments on cells were not read"))
    for sheet in book.sheets:
        if sheet.is_hidden and not sheet.is_empty:
            notes.append(
                Words(f"隐藏的表“{sheet.name}”没有读", f"The hidden sheet “{sheet.name}” was not read")
            )
        if sheet.is_hidden or sheet.is_empty:
            continue
        header = find_header(sheet, kind, wanted)
        if header is None and sheet.name in (CHANGED.zh, CHANGED.en):
            continue
        if header is None:
            notes.append(
                Words(
                    f"表“{sheet.name}”里没有名单的表头，没有读",
                    f"The sheet “{sheet.name}” has no header of this list",
                )
            )
            continue
        _tell_learnt(header, kind, learnt, notes)
        layouts.append(_layout(sheet, header, notes))
        titles += [line for row in range(header.rows[0]) for text in sheet.row(row) if (line := clean(text))]
    if not layouts:
        raise no_header(book, kind, wanted)
    return _joined(kind, layouts, titles, notes, nobody=nobody)


def _tell_learnt(header: Header, kind: Kind, learnt: Mapping[str, str], notes: list[Words]) -> None:
    """Say which columns were read under a name that a person taught."""
    own = wanted_headers(kind, {})
    words = {column.key: column.words for column in kind.listed}
    for key, column in header.places.items():
        text = header.texts[column]
        if plain_header(text) in learnt and plain_header(text) not in own:
            told = words[key]
            notes.append(
                Words(
                    f"“{clean(text)}”一列按指定读作“{told.zh}”",
                    f"The column “{clean(text)}” is read as “{told.en}”, as somebody said",
                )
            )


def _layout(sheet: Sheet, header: Header, notes: list[Words]) -> Layout:
    headers, places = header.texts, header.places
    names = [(text and clean(text)) or column_letters(column) for column, text in enumerate(headers)]
    doubled = {name for name in names if names.count(name) > 1}
    names = [f"{name} {column_letters(n)}" if name in doubled else name for n, name in enumerate(names)]
    rows, totals = _data_rows(sheet, header, notes)
    unread = [
        name for n, name in enumerate(names) if n not in places.values() and not _says_nothing(headers[n])
    ]
    if unread:
        told = "、".join(unread[:12])
        notes.append(Words(f"这些列只照原样保存：{told}", f"Kept as received only: {', '.join(unread[:12])}"))
    hidden = sheet.hidden_rows & set(rows)
    if hidden:
        at = "、".join(str(row + 1) for row in sorted(hidden)[:5])
        notes.append(
            Words(
                f"有 {len(hidden)} 行是隐藏的，照常读了（第 {at} 行等）",
                f"{len(hidden)} hidden rows were read like all others (row {at} …)",
            )
        )
    unknown = unknown_columns(sheet, header.rows, headers, places.values())
    return Layout(sheet, header.rows, places, tuple(rows), tuple(names), tuple(unknown), tuple(totals))


def _says_nothing(header: str) -> bool:
    """Whether a column is none of the list's own: without a header, or ours from a workbook that went back."""
    return clean(header) in ("", PROBLEM.zh, PROBLEM.en)


def _data_rows(sheet: Sheet, header: Header, notes: list[Words]) -> tuple[list[int], list[Total]]:
    """The rows of the list proper. Blank rows go silently; totals, signatures and repeated headers are told."""
    places = header.places
    subject = sheet.columns[places["subject"]]
    kept: list[int] = []
    totals: list[Total] = []
    said: list[tuple[int, str, str]] = []
    for row in range(header.rows[-1] + 1, sheet.rows):
        text = subject[row]
        if len(text) >= ID_CHARACTERS_MIN and text[0].isdigit():
            kept.append(row)
        elif text and not text[0].isdigit() and _is_header_again(sheet, row, header):
            said.append((row, "表头又出现一次，不算数据", "the header again, not data"))
        else:
            texts = [clean(cell) for cell in sheet.row(row)]
            first = next(filter(None, texts), "")
            if not first:
                continue
            name = texts[places["subject_name"]] if "subject_name" in places else ""
            # “合计 | 共 326 条”, “合计 | 326”: the count in the column of names
            is_count = _says_how_many(name)
            is_person = not is_count and name not in ("", first, texts[places["subject"]])
            if not is_person and (_ENDING.match(first) or _SIGNATURE.match(first)):
                said.append((row, f"“{first[:20]}”，不算数据", f"“{first[:20]}”, not data"))
                if _ENDING.match(first) or is_count or _COUNT.search(" ".join(texts)):
                    totals.append(_total(row, texts, places, len(kept), totals))
                    _compare_count(totals[-1], first, notes)
            else:
                kept.append(row)
    notes += [Words(f"第 {row + 1} 行是{zh}", f"Row {row + 1} is {en}") for row, zh, en in said[:NOTES_MAX]]
    return kept, totals


def _says_how_many(name: str) -> bool:
    """Whether a cell of the column of names holds a number instead."""
    return _COUNT.search(name) is not None or name.replace(",", "").isdigit()


def _total(row: int, texts: list[str], places: Mapping[str, int], rows: int, before: list[Total]) -> Total:
    """A totals row over all rows above it; a subtotal over those since the last totals row."""
    text = " ".join(texts)
    is_part = text.lstrip().startswith(PARTS)
    found = _COUNT.search(text)
    name = texts[places["subject_name"]] if "subject_name" in places else ""
    stated = found[1] if found else name if _says_how_many(name) else ""
    return Total(
        row,
        before[-1].last if is_part and before else 0,
        rows,
        {key: texts[place] for key, place in places.items() if texts[place]},
        int(stated.replace(",", "")) if stated else None,
    )


def _compare_count(total: Total, first: str, notes: list[Words]) -> None:
    """Where a totals row names a number of people, compare it with the rows above and tell a difference."""
    if total.count is not None and total.count != total.last and not first.startswith(PARTS):
        notes.append(
            Words(
                f"第 {total.row + 1} 行写着共 {total.count} 条，表里有 {total.last} 行，请核对",
                f"Row {total.row + 1} states {total.count} entries, the list has {total.last} rows: please compare",
            )
        )


def _is_header_again(sheet: Sheet, row: int, header: Header) -> bool:
    """Whether a row repeats the header. Raises Refusal where it is another header: two lists under one another."""
    texts = sheet.row(row)
    plain = {column: plain_header(header.texts[column]) for column in header.places.values()}
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


def _joined(
    kind: Kind, layouts: list[Layout], titles: list[str], notes: list[Words], *, nobody: bool
) -> Table:
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
    if not row_of and not nobody:
        raise Refusal(
            "只有表头，没有一行数据。请检查是不是传错了文件；确实一个人也没有，上传时请勾选“这次没有人”",
            "There is a header and no row of data. Check whether it is the right file; if there is really nobody, say so"
            " when uploading",
            code="no_rows",
        )
    if row_of and nobody:
        raise Refusal(
            f"上传时说这次没有人，表里却有 {len(row_of)} 行。请核对后重新上传",
            f"Nobody was said to be on this list, but it has {len(row_of)} rows. Compare it and upload it again",
            code="not_empty",
        )
    return Table(kind, tuple(layouts), texts, types, sheet_of, row_of, tuple(titles), tuple(notes))
