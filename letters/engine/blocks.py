"""The blocks a letter is built of: each reads itself from the template and sets itself in pieces.

A new kind of block is a class here and its name in ``KINDS``; a new letter needs none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from letters.engine import setting
from letters.engine.errors import TemplateError
from letters.engine.pages import LEFT, MEASURE, RIGHT, Box, Flow, Piece, Text
from letters.engine.setting import BODY, SMALL
from letters.engine.tables import Column, table_pieces
from letters.engine.wording import Scope, Wording, names

# Reads a bilingual text of the template, in the letter's language.
Reader = Callable[[Any], Wording]


class Block(Protocol):
    @property
    def when(self) -> str: ...

    def flow(self, scope: Scope) -> Flow: ...

    def needs(self) -> frozenset[str]:
        """Names the block reads from the letter's own data (those of list items not counted)."""


def _several(read: Reader, value: Any) -> tuple[Wording, ...]:
    """One text or a list of texts."""
    return tuple(read(one) for one in (value if isinstance(value, list) else [value]))


def _all_names(wordings: Sequence[Wording]) -> frozenset[str]:
    return frozenset().union(*map(names, wordings))


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """``text``: one text or several, under an optional ``heading``."""

    when: str
    heading: Wording | None
    texts: tuple[Wording, ...]
    size: float

    @classmethod
    def read(cls, raw: Mapping[str, Any], read: Reader) -> "Paragraphs":
        heading = read(raw["heading"]) if "heading" in raw else None
        size = SMALL if raw.get("small") else BODY
        return cls(raw.get("when", ""), heading, _several(read, raw["text"]), size)

    def flow(self, scope: Scope) -> Flow:
        flow: Flow = [setting.heading(scope, self.heading)] if self.heading else []
        for number, text in enumerate(self.texts):
            gap = 4.0 if number or self.heading else 12.0
            flow += setting.paragraph(scope, text, size=self.size, gap=gap)
        return flow

    def needs(self) -> frozenset[str]:
        return _all_names(self.texts + ((self.heading,) if self.heading else ()))


@dataclass(frozen=True, slots=True)
class Items:
    """``each``: one line for every item of a list; ``mark`` is "number", "check" or "dot".

    ``more`` are lines under the item, smaller, each shown only where the item has its value.
    ``texts`` instead of ``each`` and ``text``: items that are the same in every letter.
    """

    when: str
    heading: Wording | None
    each: str
    texts: tuple[Wording, ...]
    more: tuple[Wording, ...]
    mark: str
    inline: bool

    @classmethod
    def read(cls, raw: Mapping[str, Any], read: Reader) -> "Items":
        heading = read(raw["heading"]) if "heading" in raw else None
        mark = raw.get("mark", "number")
        if mark not in ("number", "check", "dot"):
            raise TemplateError(f"no mark {mark!r} for a list")
        each = "" if "texts" in raw else raw["each"]
        texts = _several(read, raw["text"] if each else raw["texts"])
        more = _several(read, raw.get("more", []))
        return cls(raw.get("when", ""), heading, each, texts, more, mark, raw.get("inline", False))

    def flow(self, scope: Scope) -> Flow:
        lines = self._lines(scope)
        flow: Flow = [setting.heading(scope, self.heading)] if self.heading and lines else []
        if self.inline:
            return flow + setting.inline_items([item.fill(text) for item, text in lines], mark=self.mark)
        for number, (item, text) in enumerate(lines, 1):
            flow += setting.item(item, text, mark=self.mark, number=number, gap=4.0)
            for more in self.more:
                if all(item.shows(name) for name in names(more)):
                    flow += setting.paragraph(item, more, size=SMALL, gap=1.0, indent=setting.MARK)
        return flow

    def _lines(self, scope: Scope) -> list[tuple[Scope, Wording]]:
        if not self.each:
            return [(scope, text) for text in self.texts]
        return [(scope.of(item), self.texts[0]) for item in scope.items(self.each)]

    def needs(self) -> frozenset[str]:
        own = frozenset({self.each}) if self.each else _all_names(self.texts)
        return own | (names(self.heading) if self.heading else frozenset())


@dataclass(frozen=True, slots=True)
class Fact:
    label: Wording
    value: Wording
    when: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A framed list of what and how much: ``rows`` of ``label`` and ``value``."""

    when: str
    heading: Wording | None
    rows: tuple[Fact, ...]
    label_width: float

    @classmethod
    def read(cls, raw: Mapping[str, Any], read: Reader) -> "Facts":
        heading = read(raw["heading"]) if "heading" in raw else None
        rows = tuple(Fact(read(row["label"]), read(row["value"]), row.get("when", "")) for row in raw["rows"])
        return cls(raw.get("when", ""), heading, rows, float(raw.get("label_width", 92.0)))

    def flow(self, scope: Scope) -> Flow:
        flow: Flow = [setting.heading(scope, self.heading)] if self.heading else []
        shown = [row for row in self.rows if scope.shows(row.when)]
        for number, row in enumerate(shown):
            piece = setting.fact(scope, row.label, row.value, label_width=self.label_width)
            gap = setting.white(scope, 6.0 if self.heading else 12.0)
            flow.append(replace(piece, gap=gap if number == 0 else -setting.RULE))
        return flow

    def needs(self) -> frozenset[str]:
        own = frozenset(row.when.lstrip("!") for row in self.rows if row.when)
        return own | _all_names([wording for row in self.rows for wording in (row.label, row.value)])


@dataclass(frozen=True, slots=True)
class Table:
    """A table over a list: ``columns`` with ``head``, ``cell``, ``share`` of the width, ``align``, ``sum``."""

    when: str
    heading: Wording | None
    each: str
    columns: tuple[Column, ...]
    subtotal: Wording | None
    total: Wording | None
    size: float
    row_height: float

    @classmethod
    def read(cls, raw: Mapping[str, Any], read: Reader) -> "Table":
        columns = tuple(Column.read(column, read) for column in raw["columns"])
        if columns[0].sum:
            raise TemplateError(f"the first column of {raw['each']} holds the label of its sums")
        shares = sum(column.share for column in columns)
        if not 0.99 <= shares <= 1.01:
            raise TemplateError(f"the columns of {raw['each']} share {shares}, not 1")
        one = {key: read(raw[key]) if key in raw else None for key in ("heading", "subtotal", "total")}
        return cls(
            raw.get("when", ""),
            one["heading"],
            raw["each"],
            columns,
            one["subtotal"],
            one["total"],
            float(raw.get("size", 10.5)),
            float(raw.get("row_height", 0.0)),
        )

    def flow(self, scope: Scope) -> Flow:
        flow: Flow = [setting.heading(scope, self.heading)] if self.heading else []
        rows = table_pieces(
            scope,
            self.columns,
            scope.items(self.each),
            closing=(self.subtotal, self.total),
            size=self.size,
            row_height=self.row_height,
        )
        return [*flow, replace(rows, gap=setting.white(scope, 6.0 if self.heading else 12.0))]

    def needs(self) -> frozenset[str]:
        texts = [text for text in (self.heading, self.subtotal, self.total) if text]
        texts += [column.head for column in self.columns]
        return frozenset({self.each}) | _all_names(texts) - {"rows"}


@dataclass(frozen=True, slots=True)
class Signatures:
    """Where people sign: ``left`` and ``right`` lines; "____" in a text is room for a hand."""

    when: str
    left: tuple[Wording, ...]
    right: tuple[Wording, ...]

    @classmethod
    def read(cls, raw: Mapping[str, Any], read: Reader) -> "Signatures":
        return cls(
            raw.get("when", ""), _several(read, raw.get("left", [])), _several(read, raw.get("right", []))
        )

    def flow(self, scope: Scope) -> Flow:
        texts = []
        count = max(len(self.left), len(self.right))
        for number, wording in enumerate(self.left):
            line = setting.one_line(scope, wording)
            texts.append(Text(LEFT, 12.0 + 24.0 * number, BODY, line))
        right = [setting.one_line(scope, wording) for wording in self.right]
        width = max((line.width for line in right), default=0.0) * BODY
        for number, line in enumerate(right):
            texts.append(Text(RIGHT - width, 12.0 + 24.0 * number, BODY, line))
        return [Piece(24.0 * count, tuple(texts), gap=setting.white(scope, 30.0))]

    def needs(self) -> frozenset[str]:
        return _all_names(self.left + self.right)


@dataclass(frozen=True, slots=True)
class Rule:
    """A hairline across the page."""

    when: str

    @classmethod
    def read(cls, raw: Mapping[str, Any], _read: Reader) -> "Rule":
        return cls(raw.get("when", ""))

    def flow(self, _scope: Scope) -> Flow:
        return [Piece(setting.RULE, boxes=(Box(LEFT, 0.0, MEASURE, setting.RULE),), gap=12.0)]

    def needs(self) -> frozenset[str]:
        return frozenset()


KINDS: dict[str, Callable[[Mapping[str, Any], Reader], Block]] = {
    "text": Paragraphs.read,
    "list": Items.read,
    "facts": Facts.read,
    "table": Table.read,
    "signatures": Signatures.read,
    "rule": Rule.read,
}
