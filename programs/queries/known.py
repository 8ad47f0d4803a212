"""What a policy may ask for, in the words of who writes one: every fact with its values and papers."""

from dataclasses import dataclass

from facts.catalogue import load_catalogue
from standards.words import Words

ABOUT = {"person": Words("每人", "of a person"), "household": Words("每户", "of a household")}
DATED = {
    "event": Words("每次一条，有日期", "one record each time, with its day"),
    "status": Words("从哪天起到哪天止", "from a day until a day"),
    "yearly": Words("按年", "year by year"),
    "never": Words("没有日期", "without a day"),
}
TYPES = {
    "text": Words("文字", "text"),
    "code": Words("选一个词", "one of these words"),
    "codes": Words("可以有几个词", "several of these words"),
    "bool": Words("true 或 false", "true or false"),
    "integer": Words("整数", "whole number"),
    "quantity": Words("数量", "quantity"),
    "money": Words("金额（元）", "money (yuan)"),
    "date": Words("日期", "day"),
}


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact as a policy names it, what it holds, and the words it may hold: ``[(code, words)]``."""

    name: str
    words: Words
    holds: Words
    values: list[tuple[str, Words]]


@dataclass(frozen=True, slots=True)
class KnownKind:
    """A kind of evidence (``for_each`` may name it), its facts, and the papers that prove it: ``[(code, words)]``."""

    name: str
    words: Words
    about: Words
    dated: Words
    facts: list[KnownFact]
    papers: list[tuple[str, Words]]


def known_kinds() -> list[KnownKind]:
    """Every kind of evidence in the order of its name; facts that name a person are no policy's."""
    return [
        KnownKind(
            kind.name,
            kind.words,
            ABOUT[kind.about],
            DATED[kind.dated],
            [
                KnownFact(
                    field.name,
                    field.words,
                    TYPES[field.type],
                    [(one.code, one.words) for one in field.values],
                )
                for field in kind.fields.values()
                if field.type in TYPES
            ],
            list(kind.papers.items()),
        )
        for kind in load_catalogue().kinds.values()
    ]
