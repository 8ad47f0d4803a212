"""What changed between two versions of a policy, in the words of its notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from programs.language import InWords, gives_in_words
from programs.language.forms import Example, Policy
from programs.models import PolicyVersion
from standards.money import yuan
from standards.words import Words

Named = Sequence[tuple[str, Words]]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is new (``before`` is None), gone (``after`` is None) or says something else."""

    part: Words
    before: Words | None
    after: Words | None

    @property
    def kind(self) -> str:
        """new, gone or changed."""
        return "new" if self.before is None else "gone" if self.after is None else "changed"


def changes(old: InWords, new: InWords) -> list[Change]:
    """Part by part in the order of the notice; a part without a change is left out."""
    parts = zip(_parts(old), _parts(new), strict=True)
    return [each for (part, before), (_, after) in parts for each in _between(part, before, after)]


def _parts(words: InWords) -> Iterable[tuple[Words, Named]]:
    yield Words("名称", "Title"), _as_one(words.title)
    yield Words("依据", "Basis"), _each(words.basis)
    yield Words("有效期", "In force"), _as_one(words.in_force)
    yield Words("按哪一天", "Judged on"), _as_one(words.day)
    yield Words("条件", "Condition"), [(need.name, _rule(need.sentence, need.rule)) for need in words.needs]
    yield Words("没有达到时怎么说", "Refusal"), [(need.name, need.otherwise) for need in words.needs]
    yield (
        Words("对照表", "Table"),
        [
            (f"{table.title.en} {at}", _joined(cells))
            for table in words.tables
            for at, cells in enumerate(table.rows)
        ],
    )
    yield Words("金额", "Amount"), [*_as_one(words.amount), *_amounts(words)]
    yield Words("上下限", "Bounds"), _each(words.amount_bounds)
    yield Words("限额", "Limit"), _each(words.limits)
    yield Words("分期", "Instalment"), _each(words.instalments)
    yield Words("资金", "Money from"), _each(words.funds)
    yield Words("发给谁", "Paid to"), _as_one(words.pay_to)
    yield Words("怎么办", "How to get it"), _each(words.apply)
    yield Words("材料", "Paper"), _each(words.papers)


def _as_one(words: Words) -> Named:
    return [("", words)]


def _each(lines: Iterable[Words]) -> Named:
    """Lines without a name of their own: one that says something else is gone and new."""
    return [(line.zh, line) for line in lines]


def _rule(sentence: Words, rule: Words) -> Words:
    if sentence == rule:
        return sentence
    return Words(f"{sentence.zh}（{rule.zh}）", f"{sentence.en} ({rule.en})")


def _joined(cells: Iterable[Words]) -> Words:
    kept = list(cells)
    return Words(" · ".join(one.zh for one in kept), " · ".join(one.en for one in kept))


def _amounts(words: InWords) -> Iterable[tuple[str, Words]]:
    for row in words.amount_rows:
        label = _joined(row.labels)
        yield label.en, Words(f"{label.zh}：{yuan(row.fen)} 元", f"{label.en}: {yuan(row.fen)} yuan")


def _between(part: Words, before: Named, after: Named) -> Iterable[Change]:
    old, new = dict(before), dict(after)
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(part, old.get(name), new.get(name))


def proof_changed(old: Policy, new: Policy) -> list[Change]:
    """What is no longer proven as it was: examples gone, new or otherwise, and slips accepted in writing."""
    parts = zip(_proof(old), _proof(new), strict=True)
    return [each for (part, before), (_, after) in parts for each in _between(part, before, after)]


def _proof(policy: Policy) -> Iterable[tuple[Words, Named]]:
    yield Words("例题", "Worked example"), [(one.name, _told(one, policy)) for one in policy.examples]
    yield (
        Words("写明接受", "Accepted in writing"),
        [
            (one.key, Words(f"{one.key}：{one.reason.zh}", f"{one.key}: {one.reason.en}"))
            for one in policy.accepted
        ],
    )


def _told(example: Example, policy: Policy) -> Words:
    came = _joined(gives_in_words(one, policy) for one in example.gives)
    return Words(f"{example.say.zh}：{came.zh}", f"{example.say.en}: {came.en}")


def lines_changed(old: PolicyVersion, new: PolicyVersion) -> list[tuple[str, str]]:
    """The changed lines of the files themselves: a sign (-, + or @) and the text."""
    before, after = (bytes(each.source).decode("utf-8", errors="replace").splitlines() for each in (old, new))
    found = list(unified_diff(before, after, lineterm="", n=1))[2:]
    return [(line[:1], line[1:] if line[:1] != "@" else line) for line in found]
