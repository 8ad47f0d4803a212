"""A bank's file format as data: one TOML file, read whole and checked before anything is sent with it.

A new bank is a new file under ``profiles/``; nothing else in the tree changes. Each batch keeps the exact bytes it
was built under, so ``read_profile`` takes bytes: a file changed later does not touch what is already on its way.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from payments.banks import templates
from payments.banks.layout import (
    DELIMITED,
    ENCODINGS,
    FIXED,
    PAYMENT_COLUMNS,
    RESULT_COLUMNS,
    SHAPES,
    SUFFIXES,
    UNITS,
    WORKBOOK,
    Column,
    Layout,
)
from payments.banks.refusals import FileRefused
from standards.words import Refusal, Words

PROFILES = Path(__file__).with_name("profiles")
PROFILE_BYTES_MAX = 64 * 1024
ROWS_MAX = 100_000
"""Rows of one file at most: bounds the memory of an export, since one file is made at a time."""

STATUSES = ("paid", "failed", "unknown")
TEXT_COLUMNS = ("payee_name", "account", "id_number", "bank_number", "bank_name")


@dataclass(frozen=True, slots=True)
class NameRules:
    """What the bank does to names: ``dot`` is its one form of the dot between parts of a name."""

    spaces: bool = True
    dot: str = "·"


@dataclass(frozen=True, slots=True)
class Serves:
    """Whose accounts are paid through this bank: by the first three digits of the CNAPS number, else by a word
    in the bank's name. ``others``: this bank also pays the accounts that no other profile serves."""

    bank_numbers: tuple[str, ...] = ()
    bank_names: tuple[str, ...] = ()
    others: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One bank's format. ``statuses`` maps the bank's words to paid, failed or unknown."""

    code: str
    name: Words
    note: Words
    payment: Layout
    result: Layout
    rows_max: int
    file_name: str
    names: NameRules
    serves: Serves
    statuses: Mapping[str, str]
    source: bytes = field(repr=False)

    @property
    def needs(self) -> tuple[str, ...]:
        """The text columns to read for this bank; no number is decrypted that its file has no place for."""
        return tuple(name for name in TEXT_COLUMNS if self.payment.has(name))

    def files_for(self, count: int) -> int:
        """How many files ``count`` lines make."""
        return -(-count // self.rows_max)


class _Reading:
    """Takes keys out of a table, noting what is missing, wrong or left over."""

    def __init__(self, table: Mapping[str, Any], place: str, problems: list[Refusal]) -> None:
        self.rest = dict(table)
        self.place = place
        self.problems = problems

    def wrong(self, key: str, zh: str, en: str) -> None:
        place = f"{self.place}{key}"
        self.problems.append(Refusal(f"银行格式 {place}：{zh}", f"Bank format {place}: {en}", code="profile"))

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        value = self.rest.pop(key, default)
        if value is None:
            self.wrong(key, "没有写", "is missing")
            return kind()
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            self.wrong(
                key, f"类型不对，应为 {kind.__name__}", f"has the wrong type, {kind.__name__} is wanted"
            )
            return kind()
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value: str = self.take(key, str, default)
        if value and value not in choices:
            self.wrong(
                key, f"“{value}”不认识，可写 {'、'.join(choices)}", f'"{value}" is not one of {choices}'
            )
        return value

    def words(self, key: str) -> Words:
        value = self.take(key, dict)
        if not all(isinstance(value.get(language), str) and value[language] for language in ("zh", "en")):
            self.wrong(key, "要有 zh 和 en 两种文字", "needs both zh and en")
            return Words("", "")
        return Words(value["zh"], value["en"])

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.take(key, list, [])
        if not all(isinstance(text, str) and text for text in value):
            self.wrong(key, "每项都应是文字", "every entry is a text")
            return ()
        return tuple(value)

    def lines(self, key: str) -> tuple[str, ...]:
        value = self.take(key, list, [])
        for line in value:
            if not isinstance(line, str):
                self.wrong(key, "每行都应是文字", "every line is a text")
                return ()
            if bad := templates.fault(line):
                self.wrong(key, f"不认识 {bad}", f"{bad} is not understood")
                return ()
        return tuple(value)

    def done(self) -> None:
        for key in self.rest:
            self.wrong(key, "不认识这个键", "this key is not known")


@lru_cache(maxsize=64)  # the same bytes are the same profile, and a batch asks for it at every step
def read_profile(source: bytes) -> Profile:
    """The profile in ``source``; FileRefused names every key that is wrong."""
    problems: list[Refusal] = []
    reading = _Reading(_parse(source), "", problems)
    code = reading.take("code", str)
    name, note = reading.words("name"), reading.words("note")
    rows_max = reading.take("rows_max", int)
    file_name = reading.take("file_name", str)
    rules = _name_rules(_Reading(reading.take("names", dict, {}), "names.", problems))
    serves = _serves(_Reading(reading.take("serves", dict, {}), "serves.", problems))
    payment = _layout(_Reading(reading.take("payment", dict), "payment.", problems), PAYMENT_COLUMNS)
    answer = _Reading(reading.take("result", dict), "result.", problems)
    statuses = answer.take("status", dict)
    result = _layout(answer, RESULT_COLUMNS)
    reading.done()
    profile = Profile(code, name, note, payment, result, rows_max, file_name, rules, serves, statuses, source)
    if not problems:
        _check(profile, _Reading({}, "", problems))
    if problems:
        raise FileRefused(problems)
    return profile


def load_profiles(folder: Path = PROFILES) -> dict[str, Profile]:
    """Every profile file of ``folder`` by its code; the file is named after its code."""
    profiles: dict[str, Profile] = {}
    for path in sorted(folder.glob("*.toml")):
        profile = read_profile(path.read_bytes())
        assert profile.code == path.stem, f"{path.name} holds the profile {profile.code}"
        profiles[profile.code] = profile
    return profiles


def serving(profiles: Mapping[str, Profile], *, bank_number: str, bank_name: str) -> Profile | None:
    """The profile through which an account of that bank is paid; None where no profile takes the others."""
    for profile in profiles.values():
        if bank_number and bank_number[:3] in profile.serves.bank_numbers:
            return profile
    for profile in profiles.values():
        if any(word in bank_name for word in profile.serves.bank_names):
            return profile
    return next((profile for profile in profiles.values() if profile.serves.others), None)


def _parse(source: bytes) -> dict[str, Any]:
    try:
        if len(source) > PROFILE_BYTES_MAX:
            raise ValueError("too large")
        return tomllib.loads(source.decode("utf-8"))
    except ValueError as fault:
        problem = Refusal(
            "银行格式文件不是 UTF-8 的 TOML，读不出来",
            f"The bank format is not a TOML file in UTF-8: {fault}",
            code="profile",
        )
        raise FileRefused([problem]) from fault


def _name_rules(reading: _Reading) -> NameRules:
    rules = NameRules(reading.take("spaces", bool, True), reading.take("dot", str, "·"))
    reading.done()
    return rules


def _serves(reading: _Reading) -> Serves:
    serves = Serves(
        reading.texts("bank_numbers"), reading.texts("bank_names"), reading.take("others", bool, False)
    )
    reading.done()
    return serves


def _layout(reading: _Reading, known: tuple[str, ...]) -> Layout:
    columns = reading.take("column", list)
    layout = Layout(
        shape=reading.choice("shape", SHAPES),
        columns=tuple(
            _column(_Reading(entry, f"{reading.place}column[{n}].", reading.problems), known)
            for n, entry in enumerate(columns, 1)
        ),
        encoding=reading.choice("encoding", ENCODINGS, "gb18030"),
        separator=reading.take("separator", str, ""),
        closing=reading.take("closing", bool, False),
        titles=reading.take("titles", bool, False),
        header=reading.lines("header"),
        footer=reading.lines("footer"),
        amount=reading.choice("amount", UNITS, "yuan"),
        length_digits=reading.take("length_digits", int, 0),
    )
    reading.done()
    _check_layout(layout, reading)
    return layout


def _column(reading: _Reading, known: tuple[str, ...]) -> Column:
    column = Column(
        name=reading.choice("name", known),
        title=reading.take("title", str, ""),
        width=reading.take("width", int, 0),
        align=reading.choice("align", ("left", "right"), "left"),
        fill=reading.take("fill", str, " "),
    )
    reading.done()
    return column


def _check_layout(layout: Layout, reading: _Reading) -> None:
    repeated = {c.name for c in layout.columns if sum(c.name == o.name for o in layout.columns) > 1}
    for name in sorted(repeated - {"other", "empty"}):
        reading.wrong("column", f"{name} 写了两次", f"{name} stands twice")
    if layout.shape == FIXED and any(c.width < 1 or len(c.fill) != 1 or c.fill > "~" for c in layout.columns):
        reading.wrong(
            "column", "定长格式每列都要有字节宽度", "a fixed layout needs a byte width for each column"
        )
    if layout.shape == DELIMITED and (len(layout.separator) not in (1, 2) or "\n" in layout.separator):
        reading.wrong("separator", "分隔符应是一两个字符", "the separator has one or two characters")
    if layout.shape == WORKBOOK and not layout.titles:
        reading.wrong("titles", "工作簿要有列名一行", "a workbook needs its line of titles")
    titles = [c.title for c in layout.columns]
    if layout.titles and (not all(titles) or len(set(titles)) < len(titles)):
        reading.wrong("column", "每列都要有不同的列名", "each column needs a title of its own")
    if layout.length_digits and layout.shape == WORKBOOK:
        reading.wrong("length_digits", "工作簿没有长度前缀", "a workbook has no length in front")


def _check(profile: Profile, reading: _Reading) -> None:
    """What only the whole profile can get wrong."""
    if not 1 <= profile.rows_max <= ROWS_MAX:
        reading.wrong("rows_max", f"应在 1 到 {ROWS_MAX} 之间", f"must be between 1 and {ROWS_MAX}")
    bad = templates.fault(profile.file_name)
    if bad or "/" in profile.file_name or not profile.file_name.endswith(SUFFIXES[profile.payment.shape]):
        reading.wrong("file_name", f"文件名写法不对 {bad}", f"the file name is not well formed {bad}")
    elif not {"batch", "part"} <= set(templates.names(profile.file_name)):
        reading.wrong(
            "file_name", "要有 {batch} 和 {part}，否则会重名", "needs {batch} and {part} to be unique"
        )
    for name in ("payee_name", "account", "amount", "reference"):
        if not profile.payment.has(name):
            reading.wrong("payment.column", f"缺少 {name}", f"{name} is missing")
    for name in ("amount", "status"):
        if not profile.result.has(name):
            reading.wrong("result.column", f"缺少 {name}", f"{name} is missing")
    if not profile.result.has("reference") and not (
        profile.result.has("line_number") and _names_batch(profile)
    ):
        zh = "要有 reference，或 line_number 加表头里的 {batch}：否则认不出是哪一批"
        reading.wrong("result.column", zh, "needs reference, or line_number with {batch} in the header")
    meanings = list(profile.statuses.values())
    if "paid" not in meanings or not all(meaning in STATUSES for meaning in meanings):
        reading.wrong(
            "result.status", "每个词对应 paid、failed 或 unknown", "each word means paid, failed or unknown"
        )


def _names_batch(profile: Profile) -> bool:
    return any("batch" in templates.names(line) for line in profile.result.header)
