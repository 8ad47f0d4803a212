"""Worked examples as rows of a table: read from a policy's text, and rows written back as its next examples.

The text stays the truth: a row becomes an ``[example.NAME]`` below it, and the checker judges the whole.
"""

import csv
import io
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from programs.language import Policy
from programs.language import compile as compiled
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
WHO = {"self": Words("本人", "self"), "family": Words("家庭", "family")}
UNKNOWN = ("未知", "不清楚", "unknown")
YES, NO = ("是", "yes", "true"), ("否", "no", "false")
KEY = re.compile(r"\[([^\]]+)\]\s*$")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
RESULT = re.compile(r"(不符合|no|还不清楚|not known)\s*[:：]\s*(.+)", re.IGNORECASE)
CODES_APART, NAMES_APART = re.compile("[、,，;；]"), re.compile(r"[、,，;；\s]+")
ROWS_MAX = 200  # of one sheet: a policy has some thirty examples
TEXT_MAX = 200  # characters of a cell


@dataclass(frozen=True, slots=True)
class Row:
    """One example: its name, what it says, the example it is like, facts by ``self.NAME`` or ``family.NAME``, result."""

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
    """The facts an example of this policy can say about the person and the household, with their heads."""
    needed = compiled(policy).needed
    named = [("self", name) for name in needed.subject] + [("family", name) for name in needed.household]
    return [
        (f"{who}.{name}", _head(WHO[who], policy.names[name].words))
        for who, name in named
        if policy.names.fact(name) is not None
    ]


def _head(who: Words, what: Words) -> Words:
    return Words(f"{who.zh} {what.zh}", f"{who.en}: {what.en}")


def rows_of(text: str) -> list[Row]:
    """The examples that stand in the text, as they are written there. Claims of several are left to the text."""
    examples: Mapping[str, Any] = tomllib.loads(text).get("example", {})
    return [_row(name, one) for name, one in examples.items() if "claims" not in one]


def _row(name: str, example: Mapping[str, Any]) -> Row:
    facts = {key: _cell(value) for who in WHO for key, value in _flat(who, example.get(who, {}))}
    for one in example.get("unknown", []):
        facts[next((key for key in facts if key.endswith(f".{one}")), f"self.{one}")] = UNKNOWN[0]
    said = example.get("say", {})
    return Row(name, said.get("zh", ""), said.get("en", ""), example.get("like", ""), _result(example), facts)


def _flat(prefix: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in _flat(f"{prefix}.{key}", inner)]
    return [(prefix, value)]


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


def sheet_of(policy: Policy, text: str, language: str) -> bytes:
    """The table as a sheet (CSV with a mark that spreadsheets know), the policy's examples first, then empty lines."""
    columns = fact_columns(policy)
    out = io.StringIO()
    writer = csv.writer(out)
    keys = [*FIXED, *(key for key, _ in columns), GIVES]
    heads = {**HEADS, **dict(columns)}
    writer.writerow([f"{heads[key].say(language)} [{key}]" for key in keys])
    for row in rows_of(text):
        writer.writerow([_plain(getattr(row, key, row.facts.get(key, ""))) for key in keys])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def read_sheet(content: bytes) -> list[Row]:
    """The rows of a filled sheet, as spreadsheets save it. Raises Refusal with the line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    lines = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.partition("\n")[0] else ","))
    keys = [_key(head) for head in lines[0]] if lines else []
    if not {"name", GIVES} <= set(keys):
        raise Refusal(
            "表头不是下载的那一张：先下载表格，在它下面加行",
            "These are not the heads of the sheet: download it and add lines",
            code="sheet_heads",
        )
    if len(lines) > ROWS_MAX:
        raise Refusal(f"一张表最多 {ROWS_MAX} 行", f"A sheet has at most {ROWS_MAX} lines", code="sheet_long")
    found = [_typed(dict(zip(keys, cells, strict=False))) for cells in lines[1:]]
    return [row for row in found if not row.is_empty]


def _key(head: str) -> str:
    """``本人 性别 [self.sex]`` is ``self.sex``."""
    found = KEY.search(head)
    return found[1] if found else ""


def _typed(cells: Mapping[str, str]) -> Row:
    said = {key: cell.strip().removeprefix("'")[:TEXT_MAX] for key, cell in cells.items() if key}
    facts = {key: cell for key, cell in said.items() if key.partition(".")[0] in WHO and cell}
    name, zh, en, like = (said.get(key, "") for key in FIXED)
    return Row(name, zh, en, like, said.get(GIVES, ""), facts)


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
    facts: dict[str, list[str]] = {who: [] for who in WHO}
    unknown = []
    for key, cell in row.facts.items():
        who, _, name = key.partition(".")
        if not cell:
            continue
        if cell.lower() in UNKNOWN:
            unknown.append(name)
        else:
            facts[who].append(f"{name} = {_value(policy, row, at, name, cell)}")
    lines = [f"[example.{row.name}]", f"say   = {{ zh = {_text(row.zh)}, en = {_text(row.en or row.zh)} }}"]
    lines += [f"like  = {_text(row.like)}"] if row.like else []
    lines += [f"{who} = {{ {', '.join(said)} }}" for who, said in facts.items() if said]
    lines += [f"unknown = [{', '.join(map(_text, unknown))}]"] if unknown else []
    return "\n".join([*lines, f"gives = {_gives(row, at)}"])


def _value(policy: Policy, row: Row, at: int, name: str, cell: str) -> str:
    meaning = policy.names.fact(name)
    if meaning is None:
        raise _wrong(at, row, f"没有“{name}”这个事实", f"there is no fact “{name}”")
    try:
        if meaning.type == "bool":
            return {**dict.fromkeys(YES, "true"), **dict.fromkeys(NO, "false")}[cell.lower()]
        if meaning.type == "date":
            return date.fromisoformat(cell.replace("/", "-")).isoformat()
        if meaning.type in ("integer", "quantity", "money"):
            return f"{Decimal(cell.replace(',', '')):f}"
    except (KeyError, ValueError, InvalidOperation):
        words = meaning.words
        raise _wrong(
            at, row, f"{words.zh}写成“{cell}”，看不懂", f"{words.en} says “{cell}”, which cannot be read"
        ) from None
    if meaning.type == "codes":
        codes = [one.strip() for one in CODES_APART.split(cell)]
        return f"[{', '.join(_text(one) for one in codes if one)}]"
    return _text(cell)


def _gives(row: Row, at: int) -> str:
    if found := RESULT.fullmatch(row.gives):
        key = "no" if found[1].lower() in ("不符合", "no") else "not_known"
        names = [one for one in NAMES_APART.split(found[2]) if one]
        return f"{{ {key} = [{', '.join(map(_text, names))}] }}"
    try:
        return f"{{ yuan = {Decimal(row.gives.removesuffix('元').strip().replace(',', '')):f} }}"
    except InvalidOperation:
        raise _wrong(
            at, row, "结果写金额，或“不符合：条件代号”“还不清楚：条件代号”",
            "the result is an amount, or “no: needs” or “not known: needs”",
        ) from None  # fmt: skip


def _text(words: str) -> str:
    """A quoted string: JSON's is TOML's too."""
    return json.dumps(words, ensure_ascii=False)


def _wrong(at: int, row: Row, zh: str, en: str) -> Refusal:
    name = row.name or "—"
    return Refusal(f"新加的第 {at} 行（{name}）：{zh}", f"new line {at} ({name}): {en}", code="example_row")
