"""What the checker says: one sentence in both languages, with the line and the key it speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from standards.words import Refusal, Words


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a policy file. ``line`` counts from 1; ``key`` is the dotted key."""

    line: int
    key: str
    words: Words

    def say(self, language: str) -> str:
        """The sentence with its place, as an official reads it."""
        if language.lower().startswith("en"):
            return f"line {self.line}, {self.key}: {self.words.en}"
        return f"第 {self.line} 行，{self.key}：{self.words.zh}"


class PolicyErrors(Refusal):
    """A policy file that cannot be taken, with every problem found (at least one)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line, each.key)))
        assert self.problems, "a refusal names at least one problem"
        super().__init__(
            "\n".join(each.say("zh-hans") for each in self.problems),
            "\n".join(each.say("en") for each in self.problems),
            code="policy",
        )


def nearest(word: str, right: Iterable[str]) -> str | None:
    """The right word that looks most like ``word``, or None where none comes near.

    >>> nearest("admision.batch", ["admission.batch", "sex"])
    'admission.batch'
    >>> nearest("zzz", ["sex"]) is None
    True
    """
    choices = list(dict.fromkeys(right))
    found = get_close_matches(word, choices, n=1, cutoff=0.6)
    if found:
        return found[0]
    tails = [each for each in choices if each.rpartition(".")[2] == word.rpartition(".")[2]]
    return tails[0] if tails else None


def did_you_mean(word: str, right: Iterable[str]) -> Words:
    """The end of a sentence about an unknown word: the nearest right one, or all of a short list."""
    choices = list(dict.fromkeys(right))
    near = nearest(word, choices)
    if near is not None:
        return Words(f"是不是“{near}”？", f"did you mean “{near}”?")
    if 0 < len(choices) <= 12:  # a longer list helps nobody in one line
        return Words(f"可以用：{'、'.join(choices)}", f"possible: {', '.join(choices)}")
    return Words("请对照政策语言说明", "see the description of the policy language")
