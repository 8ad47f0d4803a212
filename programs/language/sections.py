"""One table of a TOML file while it is read: takes keys with their type, collects every problem,
and at the end refuses what nobody took, so that nothing in a policy is ever ignored."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from programs.language.columns import day_number
from programs.language.lines import Lines, Path
from programs.language.problems import PolicyErrors, Problem, did_you_mean
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
NUMBER_MAX = 1_000_000_000  # so is a number of people, hours or days above this
DAYS = date(1900, 1, 1), date(2100, 12, 31)  # nobody on a register was born before, no program ends after
DIGITS_MAX = 20  # before or after the point: as an exact fraction more would fill the memory
PERCENT_DECIMALS_MAX = 6
TEXT_MAX = 400  # characters of one text: a sentence of a letter, not a page
NAME_MAX = 60  # of a key: a name that fits a line
LIST_MAX = 1_000  # values of one list: more villages than any county has
SECTIONS_MAX = 50  # tables of one sort, such as limits: more is a list, not a notice
PROBLEMS_MAX = 100  # nobody mends more at once, and looking for the nearest word takes its time
SHOWN_MAX = 60  # characters of what was written that a sentence repeats
UNSEEN = ("Cc", "Cf", "Zl", "Zp")  # control characters, marks that turn the writing round, line breaks
SHARE = re.compile(r"[0-9]{1,6}(/[0-9]{1,6}|\.[0-9]{1,6})?")
NOTHING = Words("", "")


def key_of(path: Path) -> str:
    """A place as problems name it: entries of a list count from 1.

    >>> key_of(("limit", 0, "times"))
    'limit.1.times'
    """
    return ".".join(str(part + 1) if isinstance(part, int) else shown(part) for part in path)


def shown(text: object) -> str:
    """What was written as a sentence repeats it: not longer than a line.

    >>> shown("tier1"), len(shown("9" * 5000))
    ('tier1', 60)
    """
    said = str(text)
    return said if len(said) <= SHOWN_MAX else f"{said[: SHOWN_MAX - 1]}…"


class Notes:
    """Every problem of one file, with its line."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.problems: list[Problem] = []

    def add(self, path: Path, zh: str, en: str) -> None:
        """Keep a problem. Raises PolicyErrors with the last one that is kept: nothing is read any further."""
        self.problems.append(Problem(self.lines.of(path), key_of(path) or "file", Words(zh, en)))
        if len(self.problems) >= PROBLEMS_MAX:
            many = Words(
                f"错处太多，只列出前 {PROBLEMS_MAX} 处：改好再检查",
                f"too many problems, the first {PROBLEMS_MAX} are named: mend them and check again",
            )
            raise PolicyErrors([Problem(1, "file", many), *self.problems])

    def look_at(self, data: object, path: Path = ()) -> None:
        """Note every text that no reader could read: too long, or with a character nobody sees; and endless lists."""
        if isinstance(data, dict):
            for key, value in data.items():
                self._text(key, (*path, key), NAME_MAX)
                self.look_at(value, (*path, key))
        elif isinstance(data, list):
            if len(data) > LIST_MAX:
                self.add(path, f"太多了：最多 {LIST_MAX} 项", f"too many: at most {LIST_MAX}")
            for at, value in enumerate(data[:LIST_MAX]):
                self.look_at(value, (*path, at))
        elif isinstance(data, str):
            self._text(data, path, TEXT_MAX)

    def _text(self, text: str, path: Path, most: int) -> None:
        if len(text) > most:
            self.add(path, f"太长：最多 {most} 个字", f"too long: at most {most} characters")
        elif any(unicodedata.category(each) in UNSEEN for each in text if not each.isalnum()):
            self.add(
                path,
                "里面有看不见的字符（换行、控制符或改变文字方向的符号）：删去它",
                "a character that nobody sees stands in it (a line break, a turned direction): take it out",
            )


class Section:
    """A table at ``path``. ``take_…`` gives the value or None after noting what is wrong with it."""

    def __init__(self, data: object, path: Path, notes: Notes) -> None:
        self.path = path
        self.notes = notes
        self.data: Mapping[str, Any] = data if isinstance(data, dict) else {}
        self._left = dict(self.data)
        self._asked: list[str] = []  # right words, also those that are missing: the hint of a misspelt one
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
        self._asked.append(key)
        if key not in self.data and needed:
            self.wrong(key, f"缺少“{key}”", f"“{key}” is missing")
        return self._left.pop(key, self.data.get(key))

    def taken(self) -> tuple[str, ...]:
        """The keys somebody has taken so far."""
        return tuple(key for key in self.data if key not in self._left)

    def finish(self, known: Iterable[str] = ()) -> None:
        """Refuse every key nobody took; ``known`` are further right words for the hint."""
        right = [*self._asked, *known]
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
        self.refuse_twice(key, value)
        return tuple(value)

    def refuse_twice(self, key: str, values: Iterable[object]) -> None:
        """The same thing twice in a list is a slip of the pen: perhaps another was meant."""
        seen: set[object] = set()
        for each in values:
            if each in seen:
                self.wrong(key, f"“{each}”写了两次", f"“{each}” is written twice")
                return
            seen.add(each)

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

    def whole(
        self, key: str, *, needed: bool = False, least: int = 0, instead: int = 0, most: int = NUMBER_MAX
    ) -> int:
        value = self.take(key, needed=needed)
        if value is None:
            return instead
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(
                key, f"这里要一个不小于 {least} 的整数", f"a whole number of at least {least} is expected"
            )
            return instead
        if value > most:
            self.wrong(key, f"数字太大：最多 {most}", f"the number is too large: at most {most}")
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

    def sections(self, key: str, *, most: int = SECTIONS_MAX) -> "list[Section]":
        """Every entry of an array of tables ``[[key]]``; one with more than ``most`` is refused and not read."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(key, f"要写成 [[{key}]]", f"write it as [[{key}]]")
            return []
        if len(value) > most:
            self.wrong(key, f"太多了：最多 {most} 项", f"too many: at most {most}")
            return []
        return [Section(each, (*self.path, key, index), self.notes) for index, each in enumerate(value)]

    def named(self, key: str) -> "dict[str, Section]":
        """Every table ``[key.NAME]`` by its name."""
        value = self.take(key)
        if value is None:
            return {}
        tables = value if isinstance(value, dict) else {}
        for name, each in tables.items():
            if not isinstance(each, dict):
                self.notes.add(
                    (*self.at(key), name),
                    f"要写成 [{key}.名字]，不用双括号",
                    f"write it as [{key}.NAME], in single brackets",
                )
                return {}
        if not isinstance(value, dict):
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
    if not DAYS[0] <= value <= DAYS[1]:
        notes.add(
            path,
            f"{value} 不会是对的：日期要在 {DAYS[0].year} 年到 {DAYS[1].year} 年之间",
            f"{value} cannot be right: a day lies between {DAYS[0].year} and {DAYS[1].year}",
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
    if isinstance(value, Decimal) and _is_endless(value):
        notes.add(path, f"金额超出范围：{value}", f"the amount is out of range: {value}")
        return None
    fen = Fraction(value) * 100
    if fen.denominator != 1:
        notes.add(path, f"金额最多两位小数：{value}", f"money has at most two decimals: {value}")
        return None
    if not 0 <= fen <= YUAN_MAX * 100:
        notes.add(path, f"金额超出范围：{value}", f"the amount is out of range: {value}")
        return None
    return int(fen)


def as_number(value: int, path: Path, notes: Notes) -> int | None:
    """A whole number that columns can hold."""
    if abs(value) > NUMBER_MAX:
        notes.add(path, f"数字太大：最多 {NUMBER_MAX}", f"the number is too large: at most {NUMBER_MAX}")
        return None
    return value


def _is_endless(value: Decimal, decimals: int = DIGITS_MAX) -> bool:
    """Whether it has more digits than any figure of a notice."""
    return value.adjusted() > DIGITS_MAX or -int(value.as_tuple().exponent) > decimals


def as_percent(value: object, most: int) -> Fraction | None:
    """A percentage above 0 and at most ``most``, as a share of one; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, Decimal) and (not value.is_finite() or _is_endless(value, PERCENT_DECIMALS_MAX)):
        return None
    return Fraction(value) / 100 if 0 < value <= most else None


def as_fraction(value: object, path: Path, notes: Notes) -> Fraction | None:
    """A share above 0 and at most 1, written as text: "1/2", "0.35"."""
    try:
        share = Fraction(value) if isinstance(value, str) and SHARE.fullmatch(value) else None
    except ZeroDivisionError:
        share = None
    if share is None or not 0 < share <= 1:
        notes.add(path, '份额写成 "1/2"、"0.35" 或 "rest"', 'a share is written "1/2", "0.35" or "rest"')
        return None
    return share
