"""The gate before activation: what could be dropped or moved in a policy without any example noticing.

The checker proves that the examples come out; this proves that they say enough. A need, row, cap or limit that
can go unnoticed gets its example. A value that could move by one step does too, or is accepted in writing.
"""

from collections.abc import Iterator
from itertools import islice

from programs.language.checking import check
from programs.language.checking_tables import wordless
from programs.language.compiling import compile
from programs.language.forms import Policy
from programs.language.mutations import Mutation, mutations
from programs.language.problems import Problem
from programs.language.sections import key_of
from programs.language.situations import run_examples
from standards.words import Words

TOO_LONG = Words(
    "规则和例子太多，逐条改动检查不完：请分成几个政策文件",
    "too many rules and examples to try every slip of them: write them as several policies",
)


MUTATIONS_MAX = 2_000  # twenty times the longest sample: each runs every example again, some ten milliseconds
JUDGED_MAX = 100_000  # situations of all of them together: ten seconds
NAMED_MAX = 50  # nobody mends more than this at once


def gate(policy: Policy) -> list[Problem]:
    """Every change no example notices (the first fifty), with its line; empty = the examples hold the policy fast."""
    made = sum(1 for _ in islice(mutations(policy), MUTATIONS_MAX + 1))
    told = sum(len(each.situations) for each in policy.examples)
    if made > MUTATIONS_MAX or made * told > JUDGED_MAX:
        return [Problem(1, "file", TOO_LONG)]
    accepted = {each.key: each for each in policy.accepted}
    found: list[Problem] = []
    used: set[str] = set()
    for each in survivors(policy):
        key = key_of(each.path)
        if each.is_step and key in accepted:
            used.add(key)
            continue
        found.append(_named(each, policy))
        if len(found) >= NAMED_MAX:
            return _in_order(found)
    for key, acceptance in accepted.items():
        if key not in used:
            found.append(Problem(acceptance.line, "accepted", _idle(key)))
    return _in_order(found)


def _in_order(found: list[Problem]) -> list[Problem]:
    return sorted(set(found), key=lambda one: (one.line, one.key, one.words.en))


def prove(policy: Policy) -> list[Problem]:
    """All that stands between a policy and its coming into force: what is wrong, else what nobody would notice
    or no family could read.
    """
    if wrong := check(policy):
        return wrong
    unread = [problem for table in policy.derived for problem in wordless(table)]
    return _in_order([*unread, *gate(policy)])


def survivors(policy: Policy) -> Iterator[Mutation]:
    """The single changes after which every example still comes out as it says."""
    return (each for each in mutations(policy) if not is_noticed(each.policy))


def is_noticed(changed: Policy) -> bool:
    """Whether an example comes out otherwise under the changed policy."""
    return not all(outcome.agrees for outcome in run_examples(compile(changed)))


def _named(each: Mutation, policy: Policy) -> Problem:
    done = each.words
    line = policy.lines.of(each.path) if policy.lines else 1
    words = Words(
        f"{done.zh}也没有一个例子会发现：请加一个例子",
        f"{done.en}, no example would notice: add one",
    )
    if each.is_step:
        words = Words(
            f"{words.zh}，或在 accepted 里写明为什么可以",
            f"{words.en}, or say under accepted why that may be",
        )
    return Problem(line, key_of(each.path), words)


def _idle(key: str) -> Words:
    return Words(
        f"“{key}”没有要接受的改动：删去这一条", f"nothing at “{key}” needs accepting: take the entry out"
    )
