"""A trail row's details in words: money as money, people and places by name, codes by what they mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.models import TrailRow
from facts.catalogue import load_catalogue
from letters.queries import register
from officials.roles import Role
from oversight.naming import PEOPLE, ROWS, Names
from oversight.retention.rules import rules
from oversight.words import DETAILS, KINDS, TABLES, VALUES
from standards.money import yuan
from standards.words import Words
from web.forms import listed, say

DIGEST = re.compile(r"[0-9a-f]{32,}")
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Part:
    """One detail: what it is, and its value in words."""

    label: str
    value: str

    def __str__(self) -> str:
        return f"{self.label} {self.value}"


def details_of(row: TrailRow, names: Names) -> list[Part]:
    """Every detail that has a name. The row as it stands is on its own page."""
    return _parts(row, row.detail, names)


def _parts(row: TrailRow, detail: Mapping[str, Any], names: Names) -> list[Part]:
    return [
        Part(say(DETAILS[name]), _value(row, name, value, names))
        for name, value in detail.items()
        if name in DETAILS and value not in ("", {}, [], None)
    ]


def _value(row: TrailRow, name: str, value: Any, names: Names) -> str:
    if isinstance(value, dict):
        return listed(map(str, _parts(row, value, names))) or NOTHING
    if isinstance(value, list):
        return listed(_value(row, name, one, names) for one in value) or NOTHING
    if isinstance(value, bool):
        return say(VALUES[str(value)])
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if name in ROWS and isinstance(value, int):
        called = names.rows.get((ROWS[name], value))
        return called.name if called else f"#{value}"
    if name in PEOPLE:
        known = names.officials.get(str(value))
        return f"{known} {value}" if known else str(value)
    return _text(row, name, str(value), names)


def _text(row: TrailRow, name: str, text: str, names: Names) -> str:
    if name == "table" and text in TABLES:
        return say(TABLES[text])
    if name == "rule" and text in rules():
        return say(rules()[text].what)
    if text in names.divisions:
        return names.divisions[text]
    if DIGEST.fullmatch(text):
        return f"{text[:8]}…{text[-4:]}"
    words = _word(row, name, text)
    return say(words) if words else text


def _word(row: TrailRow, name: str, text: str) -> Words | None:
    """The word that a code stands for: by the table it speaks of first."""
    catalogue = load_catalogue()
    if (row.table, text) in KINDS:
        return KINDS[row.table, text]
    if text in VALUES:
        return VALUES[text]
    if text in Role.values:
        return _label(Role(text))
    if text in catalogue.papers:
        return catalogue.papers[text]
    if text in catalogue.kinds:
        return catalogue.kinds[text].words
    if name == "kind" and text in register.templates():
        return register.templates()[text].title
    if name == "key":
        return next((each.words for each in catalogue.facts.values() if each.name.endswith(f".{text}")), None)
    return None


def _label(role: Role) -> Words:
    return Words(str(role.label), str(role.label))
