"""The examples as a table that an official reads: facts and results in words, relatives and several at once included."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from programs import language
from programs.language import Policy
from programs.language.explaining import policy_frame_words
from programs.language.names import SETS
from programs.language.wording import need_in_words
from programs.queries.example_rows import BESIDE, WHO, flat
from standards.words import Words

NONE = Words("没有", "none")
UNKNOWN = Words("还不清楚", "not known")
EMPTY = Words("没有人", "nobody")


@dataclass(frozen=True, slots=True)
class Told:
    """One example: what it says of whom, and what comes out of each situation."""

    name: str
    say: Words
    like: str
    lines: list[tuple[Words, Words]]
    gives: list[Words]


def told(policy: Policy, text: str) -> list[Told]:
    """Every example in the order of the file, with only what it says itself: ``like`` names the rest."""
    written: Mapping[str, Any] = tomllib.loads(text).get("example", {})
    return [
        Told(
            each.name,
            each.say,
            written[each.name].get("like", ""),
            list(_lines(policy, written[each.name])),
            [language.gives_in_words(gives, policy) for gives in each.gives],
        )
        for each in policy.examples
    ]


def short_names(policy: Policy) -> list[tuple[str, Words]]:
    """What a result can name, and what it stands for: a result is written with the short name."""
    named = [(need.name, need_in_words(need, policy.names)) for need in policy.needs]
    return named + [(name, sentence) for name, (sentence, _refused) in policy_frame_words(policy).items()]


def _lines(policy: Policy, example: Mapping[str, Any]) -> Iterator[tuple[Words, Words]]:
    for who, whose in WHO.items():
        for name, value in flat(example.get(who, {})):
            yield _of(whose, _head(policy, name)), _cell(policy, name, value)
    for name, whose in SETS.items():
        if name in example:
            yield (
                whose,
                _joined([_member(policy, each) for each in example[name]], "；", "; ")
                if example[name]
                else EMPTY,
            )
    for name in example.get("unknown", []):
        yield _head(policy, name), UNKNOWN
    yield from _beside(example)
    for at, claim in enumerate(example.get("claims", []), start=1):
        yield Words(f"第 {at} 个", f"No. {at}"), _claim(policy, claim)


def _of(whose: Words, what: Words) -> Words:
    return Words(f"{whose.zh} {what.zh}", f"{whose.en}: {what.en}")


def _head(policy: Policy, name: str) -> Words:
    """A fact by its words, one code of it, a set, or a limit; its own name where there is nothing else."""
    meaning = policy.names.fact(name)
    if meaning is not None:
        return meaning.words
    fact, _, code = name.rpartition(".")
    of = policy.names.fact(fact)
    if of is not None and code in of.codes:
        return _of(of.words, of.say(code))
    if fact == "limit":
        return Words("以前领过没有", "Whether it was had before")
    return SETS.get(name, Words(name, name))


def _cell(policy: Policy, name: str, value: Any) -> Words:
    meaning = policy.names.fact(name)
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    if isinstance(value, list):
        return _joined([_cell(policy, name, each) for each in value], "、", ", ") if value else NONE
    if value == "none" and (meaning is None or "none" not in meaning.codes):
        return NONE
    if isinstance(value, date):
        return Words(value.isoformat(), value.isoformat())
    if meaning is not None and meaning.type == "money":
        return Words(f"{value} 元", f"{value} yuan")
    if meaning is not None and value in meaning.codes:
        return meaning.say(value)
    return Words(str(value), str(value))


def _member(policy: Policy, facts: Mapping[str, Any]) -> Words:
    said = [_pair(policy, name, value) for name, value in flat(facts)]
    return _joined(said, "、", ", ") if said else UNKNOWN


def _pair(policy: Policy, name: str, value: Any) -> Words:
    head, cell = _head(policy, name), _cell(policy, name, value)
    return Words(f"{head.zh} {cell.zh}", f"{head.en} {cell.en}")


def _beside(example: Mapping[str, Any]) -> Iterator[tuple[Words, Words]]:
    """What it says besides facts."""
    for key, value in flat(example):
        if key in BESIDE:
            yield BESIDE[key], Words(str(value), str(value))


def _claim(policy: Policy, claim: Mapping[str, Any]) -> Words:
    """Who it is, whom it is like, and what differs."""
    parts = [Words(f"{claim['holder']}：", f"{claim['holder']}:")]
    if "home" in claim:
        parts = [
            Words(
                f"{claim['holder']}（{claim['home']} 户）：",
                f"{claim['holder']} (household {claim['home']}):",
            )
        ]
    if "like" in claim:
        parts.append(Words(f"同 {claim['like']}", f"like {claim['like']}"))
    own = {
        key: value
        for key, value in claim.items()
        if key not in ("like", "holder", "home", "unknown", *BESIDE)
    }
    parts += [_pair(policy, name, value) for name, value in flat(own) if name not in SETS]
    parts += [Words(f"{_head(policy, one).zh} {UNKNOWN.zh}", f"{_head(policy, one).en} {UNKNOWN.en}")
              for one in claim.get("unknown", [])]  # fmt: skip
    parts += [Words(f"{head.zh} {cell.zh}", f"{head.en} {cell.en}") for head, cell in _beside(claim)]
    return _joined(parts, " ", " ")


def _joined(words: list[Words], zh: str, en: str) -> Words:
    return Words(zh.join(one.zh for one in words), en.join(one.en for one in words))
