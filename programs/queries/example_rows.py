"""Worked examples as rows of a table: read from a policy's text, and rows written back as its next examples.

The text stays the truth: a row becomes an ``[example.NAME]`` below it, and the checker judges the whole.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from programs.language import Policy
from programs.language import compile as compiled
from programs.language.amounts import has_band
from programs.language.names import Meaning
from standards.words import Refusal, Words

FIXED = ("name", "zh", "en", "like")
GIVES = "gives"
HEADS = {
    "name": Words("代号", "name"),
    "zh": Words("情形", "situation (Chinese)"),
    "en": Words("情形（英文）", "situation (English)"),
    "like": Words("同哪一例", "like"),
    GIVES: Words("结果", "result"),
}
APPLIED, SET_YUAN = "applied_on", "set_yuan"
BESIDE = {  # what an example says besides facts
    APPLIED: Words("申请日期", "Applied on"),
    SET_YUAN: Words("审批人定的金额（元）", "Sum set (yuan)"),
    "given.places": Words("之前已给名额", "Places given before"),
    "given.yuan": Words("之前已给金额（元）", "Yuan given before"),
}
WHO = {"self": Words("本人", "self"), "family": Words("家庭", "family")}
UNKNOWN = ("未知", "不清楚", "unknown")
NOTHING = ("没有", "none")
YES, NO = ("是", "yes", "true"), ("否", "no", "false")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
RESULT = re.compile(r"(不符合|no|还不清楚|not known)\s*[:：]\s*(.+)", re.IGNORECASE)
CODES_APART, NAMES_APART = re.compile("[、,，;；]"), re.compile(r"[、,，;；\s]+")
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
SERIAL = re.compile(r"[1-9][0-9]{4}")  # a day as spreadsheets count: 45,493 is 20 July 2024
SERIAL_BEGIN = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Row:
    """One example: its name, what it says, the example it is like, its result; facts by ``self.NAME`` or ``family.NAME``,
    and by its key what :data:`BESIDE` has."""

    name: str
    zh: str
    en: str
    like: str
    gives: str
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.zh or self.gives or any(self.facts.values()))


def fact_columns(policy: Policy) -> list[tuple[str, Words]]:
    """The facts an example of this policy can say about the person and the household, and what it can say besides, with
    their heads."""
    needed = compiled(policy).needed
    named = [("self", name) for name in needed.subject] + [("family", name) for name in needed.household]
    facts = [
        (f"{who}.{name}", _head(WHO[who], policy.names[name].words))
        for who, name in named
        if policy.names.fact(name) is not None
    ]
    return facts + [(key, BESIDE[key]) for key in _beside(policy)]


def _beside(policy: Policy) -> list[str]:
    """The keys of :data:`BESIDE` that mean something in this policy."""
    queue = policy.queue
    stands = {
        APPLIED: policy.apply.route != "lists",
        SET_YUAN: has_band(policy.amount.shape),
        "given.places": queue is not None and queue.places is not None,
        "given.yuan": queue is not None and queue.ceiling_fen is not None,
    }
    return [key for key, does in stands.items() if does]


def _head(who: Words, what: Words) -> Words:
    return Words(f"{who.zh} {what.zh}", f"{who.en}: {what.en}")


def rows_of(text: str) -> list[Row]:
    """The examples that stand in the text, as they are written there. Claims of several are left to the text."""
    examples: Mapping[str, Any] = tomllib.loads(text).get("example", {})
    return [_row(name, one) for name, one in examples.items() if "claims" not in one]


def _row(name: str, example: Mapping[str, Any]) -> Row:
    facts = {f"{who}.{name}": _cell(value) for who in WHO for name, value in flat(example.get(who, {}))}
    for one in example.get("unknown", []):
        facts[next((key for key in facts if key.endswith(f".{one}")), f"self.{one}")] = UNKNOWN[0]
    facts |= {key: _cell(value) for key, value in flat(example) if key in BESIDE}
    said = example.get("say", {})
    return Row(name, said.get("zh", ""), said.get("en", ""), example.get("like", ""), _result(example), facts)


def flat(facts: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """``{ admission = { year = 2024 } }`` as pairs of full names and values."""
    found: list[tuple[str, Any]] = []
    for key, value in facts.items():
        inner = flat(value, f"{before}{key}.") if isinstance(value, Mapping) else [(before + key, value)]
        found += inner
    return found


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return YES[0] if value else NO[0]
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _result(example: Mapping[str, Any]) -> str:
    gives = example.get(GIVES, {})
    if not isinstance(gives, Mapping):
        return ""
    if "yuan" in gives:
        return str(gives["yuan"])
    for key, words in (("no", "不符合"), ("not_known", "还不清楚")):
        if key in gives:
            return f"{words}：{'、'.join(gives[key])}"
    return ""


def extended(policy: Policy, text: str, rows: Sequence[Row]) -> tuple[str, list[str]]:
    """The text with those of ``rows`` that it does not hold yet below it, and their names. Raises Refusal."""
    known = {row.name for row in rows_of(text)}
    new = [row for row in rows if row.name not in known]
    blocks = [_block(policy, row, at) for at, row in enumerate(new, start=1)]
    names = [row.name for row in new]
    if len(set(names)) < len(names):
        raise Refusal("有两行代号一样", "Two lines have the same name", code="example_twice")
    return "\n\n".join([text.rstrip("\n"), *blocks]) + "\n", names


def _block(policy: Policy, row: Row, at: int) -> str:
    if not NAME.fullmatch(row.name):
        raise _wrong(
            at, row, "代号用小写字母、数字和下划线", "the name takes small letters, digits and underscores"
        )
    if not row.zh:
        raise _wrong(at, row, "写明这是什么情形", "say what the situation is")
    facts: dict[str, list[str]] = {who: [] for who in (*WHO, "given")}
    unknown, alone = [], []
    for key, cell in row.facts.items():
        who, _, name = key.partition(".")
        if not cell:
            continue
        if key in (APPLIED, SET_YUAN):
            alone.append(f"{key} = {_said(row, at, key, cell)}")
        elif key in BESIDE:
            facts[who].append(f"{name} = {_said(row, at, key, cell)}")
        elif cell.lower() in UNKNOWN:
            unknown.append(name)
        else:
            facts[who].append(f"{name} = {_value(policy, row, at, name, cell)}")
    lines = [f"[example.{row.name}]", f"say   = {{ zh = {_text(row.zh)}, en = {_text(row.en or row.zh)} }}"]
    lines += [f"like  = {_text(row.like)}"] if row.like else []
    lines += [f"{who} = {{ {', '.join(said)} }}" for who, said in facts.items() if said]
    lines += [f"unknown = [{', '.join(map(_text, unknown))}]"] if unknown else []
    return "\n".join([*lines, *alone, f"gives = {_gives(row, at)}"])


def _said(row: Row, at: int, key: str, cell: str) -> str:
    """A day or a number that an example says besides facts."""
    try:
        return _day(cell).isoformat() if key == APPLIED else _number(cell)
    except ValueError:
        raise _unreadable(row, at, BESIDE[key], cell) from None


def _value(policy: Policy, row: Row, at: int, name: str, cell: str) -> str:
    meaning = policy.names.fact(name)
    if meaning is None:
        raise _wrong(at, row, f"没有“{name}”这个事实", f"there is no fact “{name}”")
    try:
        if meaning.type == "bool":
            return {**dict.fromkeys(YES, "true"), **dict.fromkeys(NO, "false")}[cell.lower()]
        if meaning.type == "date":
            return _day(cell).isoformat()
        if meaning.type in ("integer", "quantity", "money"):
            return _number(cell)
    except (KeyError, ValueError):
        raise _unreadable(row, at, meaning.words, cell) from None
    if meaning.type == "codes":
        codes = [_code(meaning, one.strip()) for one in CODES_APART.split(cell) if one.strip()]
        return f"[{', '.join(_text(one) for one in codes if one not in NOTHING)}]"
    return _text("none" if cell in NOTHING and meaning.type != "text" else _code(meaning, cell))


def _code(meaning: Meaning, said: str) -> str:
    """A code, whether it was written as one or in words; anything else as it is: the checker names the nearest."""
    by_words = {words.lower(): code for code in meaning.codes for words in _words(meaning.say(code))}
    return by_words.get(said.lower(), said)


def _words(words: Words) -> tuple[str, str]:
    return words.zh, words.en


def _day(cell: str) -> date:
    """2024-07-20, 2024/7/20, 2024年7月20日, or the number a spreadsheet makes of it. ValueError for anything else."""
    if SERIAL.fullmatch(cell):
        return SERIAL_BEGIN + timedelta(days=int(cell))
    year, month, day = (int(part) for part in re.split("[-/.年月]", cell.removesuffix("日")))
    return date(year, month, day)


def _number(cell: str) -> str:
    """As TOML writes it, without commas between thousands. ValueError where it is none."""
    plain = cell.replace(",", "").replace("，", "")
    if not NUMBER.fullmatch(plain):
        raise ValueError(plain)
    return plain


def _gives(row: Row, at: int) -> str:
    if found := RESULT.fullmatch(row.gives):
        key = "no" if found[1].lower() in ("不符合", "no") else "not_known"
        names = [one for one in NAMES_APART.split(found[2]) if one]
        return f"{{ {key} = [{', '.join(map(_text, names))}] }}"
    try:
        return f"{{ yuan = {_number(row.gives.removesuffix('元').strip())} }}"
    except ValueError:
        raise _wrong(
            at, row, "结果写金额，或“不符合：条件代号”“还不清楚：条件代号”",
            "the result is an amount, or “no: needs” or “not known: needs”",
        ) from None  # fmt: skip


def _text(words: str) -> str:
    """A quoted string: JSON's is TOML's too."""
    return json.dumps(words, ensure_ascii=False)


def _unreadable(row: Row, at: int, what: Words, cell: str) -> Refusal:
    return _wrong(at, row, f"{what.zh}写成“{cell}”，看不懂", f"{what.en} says “{cell}”, which cannot be read")


def _wrong(at: int, row: Row, zh: str, en: str) -> Refusal:
    name = row.name or "—"
    return Refusal(f"新加的第 {at} 行（{name}）：{zh}", f"new line {at} ({name}): {en}", code="example_row")
