"""One table of a TOML file while it is read: takes keys with their type, collects every problem,
and at the end refuses what nobody took, so that nothing in a policy is ever ignored."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from programs.language.columns import day_number
from programs.language.lines import Lines, Path
from programs.language.problems import Problem, did_you_mean
from standards.words import Words

TOP_WORDS = frozenset(
    {
        "code",
        "title",
        "on_slip",
        "basis",
        "in_force",
        "cohort",
        "for_each",
        "judged_on",
        "pay_to",
        "places",
        "order_by",
        "ties",
        "ceiling_yuan",
    }
)
YUAN_MAX = 10_000_000_000  # far above any county's budget: more is a slip of the pen
NOTHING = Words("", "")


def key_of(path: Path) -> str:
    """A place as problems name it: entries of a list count from 1.

    >>> key_of(("limit", 0, "times"))
    'limit.1.times'
    """
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


class Notes:
    """Every problem of one file, with its line."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.problems: list[Problem] = []

    def add(self, path: Path, zh: str, en: str) -> None:
        self.problems.append(Problem(self.lines.of(path), key_of(path) or "file", Words(zh, en)))


class Section:
    """A table at ``path``. ``take_…`` gives the value or None after noting what is wrong with it."""

    def __init__(self, data: object, path: Path, notes: Notes) -> None:
        self.path = path
        self.notes = notes
        self.data: Mapping[str, Any] = data if isinstance(data, dict) else {}
        self._left = dict(self.data)
        if not isinstance(data, dict):
            self.wrong("", "这里要一个表 { … }", "a table { … } is expected here")

    @property
    def line(self) -> int:
        return self.notes.lines.of(self.path)

    def at(self, key: str) -> Path:
        return (*self.path, key) if key else self.path

    def wrong(self, key: str, zh: str, en: str) -> None:
        self.notes.add(self.at(key), zh, en)

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def take(self, key: str, *, needed: bool = False) -> Any:
        """The raw value; a needed one that is missing is a problem."""
        if key not in self.data and needed:
            self.wrong(key, f"缺少“{key}”", f"“{key}” is missing")
        return self._left.pop(key, self.data.get(key))

    def taken(self) -> tuple[str, ...]:
        """The keys somebody has taken so far."""
        return tuple(key for key in self.data if key not in self._left)

    def finish(self, known: Iterable[str] = ()) -> None:
        """Refuse every key nobody took; ``known`` are further right words for the hint."""
        right = [*(key for key in self.data if key not in self._left), *known]
        for key in self._left:
            if self.path and key in TOP_WORDS:
                self.wrong(
                    key,
                    f"“{key}”要写在文件开头、第一个 [标题] 之前；现在它属于上面的标题",
                    f"“{key}” belongs above the first [heading]; here it is part of the heading above it",
                )
                continue
            if key in right:
                self.wrong(key, f"“{key}”在这里用不上", f"“{key}” cannot stand here")
                continue
            if key == "fen" or key.endswith("_fen"):
                self.wrong(
                    key, "金额一律写元，用 yuan，不用分", "money is written in yuan, never in fen: use yuan"
                )
                continue
            hint = did_you_mean(key, right)
            self.wrong(key, f"不认识的词“{key}”，{hint.zh}", f"unknown word “{key}”; {hint.en}")

    def text(self, key: str, *, needed: bool = True, choices: Iterable[str] = ()) -> str | None:
        value = self.take(key, needed=needed)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, "这里要写文字（加引号）", "text in quotes is expected")
            return None
        right = list(choices)
        if right and value not in right:
            hint = did_you_mean(value, right)
            self.wrong(key, f"不认识的词“{value}”，{hint.zh}", f"unknown word “{value}”; {hint.en}")
            return None
        return value

    def texts(self, key: str, *, needed: bool = False, choices: Iterable[str] = ()) -> tuple[str, ...]:
        value = self.take(key, needed=needed)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value) or not value:
            self.wrong(key, '这里要一列文字：["…", "…"]', 'a list of texts is expected: ["…", "…"]')
            return ()
        right = list(choices)
        for each in value:
            if right and each not in right:
                hint = did_you_mean(each, right)
                self.wrong(key, f"不认识的词“{each}”，{hint.zh}", f"unknown word “{each}”; {hint.en}")
        return tuple(value)

    def words(self, key: str, *, needed: bool = True, instead: Words = NOTHING) -> Words:
        value = self.take(key, needed=needed)
        if value is None:
            return instead
        zh = value.get("zh") if isinstance(value, dict) else None
        en = value.get("en") if isinstance(value, dict) else None
        if not (isinstance(zh, str) and zh.strip() and isinstance(en, str) and en.strip()):
            self.wrong(
                key, "要写中英两种文字：{ zh = …, en = … }", "both languages are needed: { zh = …, en = … }"
            )
            return instead
        if extra := set(value) - {"zh", "en"}:
            self.wrong(key, f"多出的语言：{'、'.join(sorted(extra))}", f"extra language: {sorted(extra)}")
        return Words(zh, en)

    def whole(self, key: str, *, needed: bool = False, least: int = 0, instead: int = 0) -> int:
        value = self.take(key, needed=needed)
        if value is None:
            return instead
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(
                key, f"这里要一个不小于 {least} 的整数", f"a whole number of at least {least} is expected"
            )
            return instead
        return value

    def truth(self, key: str, *, instead: bool = False) -> bool:
        value = self.take(key)
        if value is None:
            return instead
        if not isinstance(value, bool):
            self.wrong(key, "这里要写 true 或 false", "true or false is expected")
            return instead
        return value

    def day(self, key: str, *, needed: bool = False) -> int | None:
        value = self.take(key, needed=needed)
        if value is None:
            return None
        return as_day(value, self.at(key), self.notes)

    def fen(self, key: str, *, needed: bool = False) -> int | None:
        value = self.take(key, needed=needed)
        if value is None:
            return None
        return as_fen(value, self.at(key), self.notes)

    def share(self, key: str) -> Fraction | str | None:
        """A share written "1/2" as a fraction above 0 and at most 1; "rest" as itself."""
        value = self.take(key)
        if value is None:
            return None
        if value == "rest":
            return "rest"
        return as_fraction(value, self.at(key), self.notes)

    def section(self, key: str, *, needed: bool = False) -> "Section | None":
        value = self.take(key, needed=needed)
        return None if value is None else Section(value, self.at(key), self.notes)

    def sections(self, key: str) -> "list[Section]":
        """Every entry of an array of tables ``[[key]]``."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(key, f"要写成 [[{key}]]", f"write it as [[{key}]]")
            return []
        return [Section(each, (*self.path, key, index), self.notes) for index, each in enumerate(value)]

    def named(self, key: str) -> "dict[str, Section]":
        """Every table ``[key.NAME]`` by its name."""
        value = self.take(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
            self.wrong(key, f"要写成 [{key}.名字]", f"write it as [{key}.NAME]")
            return {}
        return {name: Section(each, (*self.path, key, name), self.notes) for name, each in value.items()}


def as_day(value: object, path: Path, notes: Notes) -> int | None:
    """A day as its number; a clock or anything else is a problem."""
    if isinstance(value, datetime):
        notes.add(path, "只写日期，不写时刻", "write the day without a clock")
        return None
    if not isinstance(value, date):
        notes.add(
            path, "这里要写日期，如 2026-07-15，不加引号", "a day is expected, such as 2026-07-15, unquoted"
        )
        return None
    return day_number(value)


def as_fen(value: object, path: Path, notes: Notes) -> int | None:
    """Yuan as written (whole or with two decimals) in fen."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        notes.add(path, "这里要写金额（元），不加引号", "an amount in yuan is expected, unquoted")
        return None
    if isinstance(value, Decimal) and not value.is_finite():
        notes.add(path, "金额不是一个数", "the amount is not a number")
        return None
    fen = Fraction(value) * 100
    if fen.denominator != 1:
        notes.add(path, f"金额最多两位小数：{value}", f"money has at most two decimals: {value}")
        return None
    if not 0 <= fen <= YUAN_MAX * 100:
        notes.add(path, f"金额超出范围：{value}", f"the amount is out of range: {value}")
        return None
    return int(fen)


def as_fraction(value: object, path: Path, notes: Notes) -> Fraction | None:
    """A share above 0 and at most 1, written as text: "1/2", "0.35"."""
    try:
        share = Fraction(value) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        share = None
    if share is None or not 0 < share <= 1:
        notes.add(path, '份额写成 "1/2"、"0.35" 或 "rest"', 'a share is written "1/2", "0.35" or "rest"')
        return None
    return share
