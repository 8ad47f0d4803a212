"""A letter's template: one TOML file with its texts in both languages, its blocks and a sample.

The file is the letter: found by its folder, checked when read, and proved by rendering its own sample.
Keys: ``kind`` (the file's name), ``occasion`` (the happening that asks for it), ``title``, ``head``
(``label``, ``number``, ``below``, ``code``), ``foot`` (``left``, ``right``; else the house's), ``block`` list, ``sample``.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from letters.engine.blocks import KINDS, Block
from letters.engine.errors import TemplateError
from letters.engine.font import unprintable
from letters.engine.wording import Wording, names, read
from standards.words import Words

FOLDER = Path(__file__).parent.parent / "sheets"
HOUSE = "_house"  # the texts all letters share; not a letter
LANGUAGES = ("zh-hans", "en")
GIVEN = frozenset({"page", "pages"})  # values the engine itself knows
_TOP = frozenset({"kind", "occasion", "title", "head", "foot", "block", "sample"})
_HEAD = frozenset({"label", "number", "below", "code"})


@dataclass(frozen=True, slots=True)
class Head:
    label: Wording
    number: Wording | None
    below: Wording | None
    code: Wording | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The template in one language."""

    title: Wording
    head: Head
    foot: tuple[Wording, Wording]
    blocks: tuple[Block, ...]

    def needs(self) -> frozenset[str]:
        """Every value the letter's data must hold."""
        own = [self.title, *self.foot, *(text for text in _parts(self.head) if text)]
        found = frozenset().union(*map(names, own), *(block.needs() for block in self.blocks))
        return (found | frozenset(block.when.lstrip("!") for block in self.blocks if block.when)) - GIVEN


def _parts(head: Head) -> tuple[Wording | None, ...]:
    return head.label, head.number, head.below, head.code


@dataclass(frozen=True, slots=True)
class Template:
    """A letter as read. ``needs``: every value it prints in either language."""

    kind: str
    occasion: str
    title: Words
    sheets: Mapping[str, Sheet]
    needs: frozenset[str]
    sample: Mapping[str, Any]
    source: bytes

    def sheet(self, language: str) -> Sheet:
        return self.sheets["en" if language.startswith("en") else "zh-hans"]


def _reader(kind: str, language: str) -> Any:
    """Reads one text of the file in one language; both languages must be there and printable."""

    def reader(value: Any) -> Wording:
        if isinstance(value, str):
            text = value
        elif isinstance(value, dict) and set(value) == {"zh", "en"}:
            text = value["en"] if language == "en" else value["zh"]
        else:
            raise TemplateError(f"letter {kind}: a text needs zh and en: {value!r}")
        lacking = unprintable(text)
        if lacking:
            raise TemplateError(f"letter {kind}: the font cannot print {sorted(lacking)} in {text!r}")
        return read(text)

    return reader


def _value(raw: Any) -> Any:
    """A sample's value: a table of zh and en is a text in both languages."""
    if isinstance(raw, dict):
        if set(raw) == {"zh", "en"}:
            return Words(raw["zh"], raw["en"])
        return {key: _value(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_value(one) for one in raw]
    if isinstance(raw, str | int | date) and not isinstance(raw, Decimal):
        return raw
    raise TemplateError(f"a sample cannot hold {raw!r}")


def _block(kind: str, raw: Mapping[str, Any], reader: Any) -> Block:
    name = raw.get("kind", "")
    if name not in KINDS:
        raise TemplateError(f"letter {kind}: no block of kind {name!r}; there are {', '.join(KINDS)}")
    try:
        return KINDS[name](raw, reader)
    except KeyError as error:
        raise TemplateError(f"letter {kind}: a block of kind {name!r} lacks {error}") from error


def _sheet(raw: Mapping[str, Any], house: Mapping[str, Any], language: str) -> Sheet:
    kind = raw["kind"]
    reader = _reader(kind, language)
    head, foot = raw["head"], {**house["foot"], **raw.get("foot", {})}
    if set(head) - _HEAD or "label" not in head:
        raise TemplateError(f"letter {kind}: a head holds label, and may hold number, below, code")
    optional = {key: reader(head[key]) if key in head else None for key in ("number", "below", "code")}
    return Sheet(
        title=reader(raw["title"]),
        head=Head(reader(head["label"]), **optional),
        foot=(reader(foot["left"]), reader(foot["right"])),
        blocks=tuple(_block(kind, block, reader) for block in raw.get("block", [])),
    )


def parse(source: bytes, *, house: bytes) -> Template:
    """:raises TemplateError: says which letter and what is wrong with its file."""
    try:
        raw = tomllib.loads(source.decode(), parse_float=Decimal)
        shared = tomllib.loads(house.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateError(f"a letter's template cannot be read: {error}") from error
    kind = str(raw.get("kind", ""))
    if not re.fullmatch(r"[a-z][a-z_]*", kind):
        raise TemplateError(f"a letter's kind is small letters, not {kind!r}")
    lacking = _TOP - {"foot"} - set(raw)
    unknown = set(raw) - _TOP
    if lacking or unknown:
        raise TemplateError(f"letter {kind}: lacks {sorted(lacking)}, does not know {sorted(unknown)}")
    sheets = {language: _sheet(raw, shared, language) for language in LANGUAGES}
    return Template(
        kind=kind,
        occasion=raw["occasion"],
        title=Words(raw["title"]["zh"], raw["title"]["en"]),
        sheets=sheets,
        needs=frozenset().union(*(sheet.needs() for sheet in sheets.values())),
        sample=_value(raw["sample"]),
        source=source,
    )


def load(kind: str, *, folder: Path = FOLDER) -> Template:
    """The template ``kind`` of a folder; its file bears its name."""
    path = folder / f"{kind}.toml"
    if not path.exists():
        raise TemplateError(f"no letter {kind!r} in {folder.name}")
    template = parse(path.read_bytes(), house=(FOLDER / f"{HOUSE}.toml").read_bytes())
    if template.kind != kind:
        raise TemplateError(f"{path.name} holds the letter {template.kind!r}")
    return template


def load_all(folder: Path = FOLDER) -> dict[str, Template]:
    """Every letter of a folder by its kind, in the order of their names."""
    kinds = sorted(path.stem for path in folder.glob("*.toml") if not path.stem.startswith("_"))
    return {kind: load(kind, folder=folder) for kind in kinds}
