"""Texts with placeholders: read once from a template, filled with data that is never read as markup.

In a template ``**…**`` is bold and ``{name}`` or ``{name:format}`` a value; ``{{`` and ``}}`` are braces.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from letters.engine.errors import HeldLetter, TemplateError
from letters.engine.font import unprintable
from letters.engine.lines import Runs
from standards import money, receipt_number
from standards.words import Words

_TOKEN = re.compile(r"\*\*|\{\{|\}\}|\{([a-z][a-z0-9_]*)(?::([a-z_]+))?\}|[^*{}]+|\*|[{}]")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A literal, or the value called ``name`` printed as ``form`` says."""

    bold: bool
    literal: str = ""
    name: str = ""
    form: str = ""


Wording = tuple[Part, ...]


def read(text: str) -> Wording:
    """The parts of a template's text.

    >>> [(part.literal or part.name, part.bold) for part in read("收到 **{name}** 的")]
    [('收到 ', False), ('name', True), (' 的', False)]
    """
    parts: list[Part] = []
    bold = False
    for token in _TOKEN.finditer(text):
        found = token.group()
        if found == "**":
            bold = not bold
        elif token.group(1):
            form = token.group(2) or ""
            if form and form not in FORMS:
                raise TemplateError(f"no format {form!r} for a value: {text!r}")
            parts.append(Part(bold, name=token.group(1), form=form))
        elif found in "{}":
            raise TemplateError(f"a brace without its partner or a wrong name: {text!r}")
        else:
            parts.append(Part(bold, literal={"{{": "{", "}}": "}"}.get(found, found)))
    if bold:
        raise TemplateError(f"bold ** is not closed: {text!r}")
    return tuple(parts)


def names(wording: Wording) -> frozenset[str]:
    return frozenset(part.name for part in wording if part.name)


def _day(value: Any, language: str) -> str:
    if language.startswith("en"):
        weekday = _WEEKDAYS_EN[value.weekday()]
        return f"{value.day}\u00a0{_MONTHS_EN[value.month - 1]} {value.year} ({weekday})"
    weekday = _WEEKDAYS_ZH[value.weekday()]
    return f"{value.year} 年 {value.month} 月 {value.day} 日（星期{weekday}）"


def _short_day(value: Any, language: str) -> str:
    if language.startswith("en"):
        return f"{value.day}\u00a0{_MONTHS_EN[value.month - 1]} {value.year}"
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


def _digest(value: Any, _language: str) -> str:
    """A hexadecimal digest in groups of eight, so that it can be read aloud and breaks between groups."""
    return " ".join(value[start : start + 8] for start in range(0, len(value), 8))


FORMS: dict[str, Callable[[Any, str], str]] = {
    "yuan": lambda value, _language: money.yuan(value),
    "capitals": lambda value, _language: "人民币" + money.capitals(value),
    "count": lambda value, _language: f"{value:,}",
    "day": _day,
    "short_day": _short_day,
    "iso_day": lambda value, _language: value.isoformat(),
    "receipt": lambda value, _language: receipt_number.spaced(value),
    "digest": _digest,
}


def _plain(value: Any, language: str, name: str) -> str:
    match value:
        case str():
            return value
        case Words():
            return value.say(language)
        case bool():
            raise TemplateError(f"{name} is yes or no: use it with `when`, not in a text")
        case int():
            return str(value)
        case date():
            return _day(value, language)
    raise TemplateError(f"{name} holds {type(value).__name__}, which has no plain form")


@dataclass(slots=True)
class Scope:
    """The data of one letter while it is laid out, and the characters it cannot print.

    A value is looked for in the item of the list at hand, then in the letter's own data.
    ``tight``: set closer, to save a last page that would hold little more than a seal.
    """

    kind: str
    data: Mapping[str, Any]
    language: str
    item: Mapping[str, Any] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    tight: bool = False

    def of(self, item: Mapping[str, Any]) -> "Scope":
        return Scope(self.kind, self.data, self.language, item, self.held, self.tight)

    def value(self, name: str) -> Any:
        """:raises TemplateError: the data has no such name; a letter with a gap is never printed."""
        if name in self.item:
            return self.item[name]
        if name in self.data:
            return self.data[name]
        raise TemplateError(f"letter {self.kind}: no value for {{{name}}}")

    def items(self, name: str) -> Sequence[Mapping[str, Any]]:
        found = self.value(name)
        if isinstance(found, str | Mapping) or not isinstance(found, Sequence):
            raise TemplateError(f"letter {self.kind}: {name} is not a list")
        return found

    def shows(self, when: str) -> bool:
        """``name`` or ``!name``; nothing is always. 0 counts as a value, an empty text or list as none."""
        if not when:
            return True
        found = self.value(when.lstrip("!"))
        there = found not in (None, False, "", (), [], Words("", ""))
        return there != when.startswith("!")

    def text(self, name: str, form: str = "") -> str:
        found = self.value(name)
        if found is None:
            raise TemplateError(f"letter {self.kind}: {{{name}}} is empty; hide its line with `when`")
        try:
            text = FORMS[form](found, self.language) if form else _plain(found, self.language, name)
        except (TypeError, AttributeError) as error:
            raise TemplateError(
                f"letter {self.kind}: {{{name}:{form}}} cannot print a {type(found).__name__}"
            ) from error
        self.held |= unprintable(text)
        return text

    def fill(self, wording: Wording) -> Runs:
        """The wording with its values, as stretches of equal weight."""
        runs: list[tuple[str, bool]] = []
        for part in wording:
            text = part.literal or self.text(part.name, part.form)
            if runs and runs[-1][1] == part.bold:
                runs[-1] = (runs[-1][0] + text, part.bold)
            elif text:
                runs.append((text, part.bold))
        return tuple(runs)

    def plain(self, wording: Wording) -> str:
        return "".join(text for text, _bold in self.fill(wording))

    def check(self) -> None:
        """:raises HeldLetter: a value held a character without a glyph."""
        if self.held:
            raise HeldLetter(frozenset(self.held))
