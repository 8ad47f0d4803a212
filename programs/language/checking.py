"""The checker: examples come out as they say, totals add up, no row of a table is idle, and every need
has a paid example's neighbour that fails only it and one in which only it is not known."""

from collections.abc import Iterator
from math import gcd

from programs.language.checking_tables import check_table
from programs.language.compiling import Program, compile
from programs.language.forms import (
    Compare,
    ControlTotal,
    Example,
    Gives,
    Need,
    Policy,
    Quantified,
    Situation,
)
from programs.language.neighbours import is_alone, uncovered
from programs.language.problems import Problem
from programs.language.situations import Outcome, gives_in_words, results, run_examples, spoken_of
from programs.language.unstated import unstated
from standards.money import yuan
from standards.words import Words

UNEVEN_MAX = 400  # units between the lowest and the highest rate: published ones are 4, or 24


def check(policy: Policy) -> list[Problem]:
    """Every problem of a policy that could be read; empty = it may be proposed."""
    program = compile(policy)
    outcomes = run_examples(program)
    problems = [
        *_examples(policy, outcomes),
        *(problem for table in policy.derived for problem in check_table(table, policy)),
        *(problem for total in policy.control_totals for problem in _total(total, program)),
        *_needs(program, outcomes),
        *_never_no(policy),
        *_contradictions(policy),
    ]
    return sorted(problems, key=lambda each: (each.line, each.key))


def _examples(policy: Policy, outcomes: list[Outcome]) -> Iterator[Problem]:
    if not any(each.expected.fen is not None for each in outcomes):
        yield Problem(1, "example", Words("至少要有一个发钱的例子", "at least one example must be paid"))
    for each in outcomes:
        if not each.agrees:
            want, came = gives_in_words(each.expected), gives_in_words(spoken_of(each))
            zh, en = (
                f"例子写的是“{want.zh}”，算出来是“{came.zh}”",
                f"it says “{want.en}”, but “{came.en}” comes out",
            )
            open_needs = set(each.computed.not_known) - set(each.expected.not_known)
            if len(each.example.situations) > 1:
                zh, en = f"第 {each.at + 1} 个情况：{zh}", f"situation {each.at + 1}: {en}"
            if left := unstated(policy, open_needs, each.example.situations[each.at]):
                zh += f"；例子里没有写：{'、'.join(left)}"
                en += f"; the example does not state {', '.join(left)}"
            yield Problem(each.example.line, f"example.{each.example.name}", Words(zh, en))


def _contradictions(policy: Policy) -> Iterator[Problem]:
    """Two examples of the same facts that say different things: one is wrong, whatever the rules are."""
    seen: list[tuple[Example, Situation, Gives]] = []
    for example in policy.examples:
        if len(example.situations) > 1:
            continue  # several claims push each other out
        (situation,), (gives,) = example.situations, example.gives
        for other, same, said in seen:
            if same == situation and (said.fen, said.no, said.not_known) != (
                gives.fen,
                gives.no,
                gives.not_known,
            ):
                yield Problem(
                    example.line,
                    f"example.{example.name}",
                    Words(
                        f"和第 {other.line} 行的例子“{other.name}”事实相同，结果不同：两个里有一个错了",
                        f"the same facts as example “{other.name}” on line {other.line}, another result: one is wrong",
                    ),
                )
        seen.append((example, situation, gives))


def _never_no(policy: Policy) -> Iterator[Problem]:
    """Needs that take every word a closed list has, or any number of relatives: nobody could fail them."""
    for need in policy.needs:
        test = need.test
        if isinstance(test, Quantified) and (test.op, test.number) == ("at_least", 0):
            yield Problem(
                need.line,
                f"need.{need.name}",
                Words(
                    "这个条件永远不会不符合：人数总不少于 0",
                    "this need can never be no: nobody has fewer than 0",
                ),
            )
        if isinstance(test, Compare) and test.op == "in" and test.other is None:
            words = policy.names[test.fact].codes
            if words and set(words) <= set(test.values) and test.fact in policy.names.derived:
                yield Problem(
                    need.line,
                    f"need.{need.name}",
                    Words(
                        f"这个条件永远不会不符合：它接受“{test.fact}”的每一个值",
                        f"this need can never be no: it takes every value of “{test.fact}”",
                    ),
                )


def _total(total: ControlTotal, program: Program) -> Iterator[Problem]:
    came = results(program, [case.situation for case in total.cases])
    for gives in came:
        if gives.fen is None:
            said = gives_in_words(gives)
            yield Problem(
                total.line,
                "control_total",
                Words(f"总额里的情况不发钱：{said.zh}", f"a case of the total is not paid: {said.en}"),
            )
            return
    fen = [gives.fen or 0 for gives in came]
    counts = [case.count for case in total.cases]
    if all(count is not None for count in counts):
        yield from _sums(total, fen, [count or 0 for count in counts])
        return
    is_possible = _feasible(total, fen)
    if is_possible is None:
        yield Problem(
            total.line,
            "control_total",
            Words(
                "金额差得太细，凑不过来：请写出每种情况的人数",
                "sums too uneven to be tried: give each case its count",
            ),
        )
    elif not is_possible:
        yield Problem(
            total.line,
            "control_total",
            Words("任何人数组合都凑不出这个总额", "no numbers of people give this total"),
        )


def _sums(total: ControlTotal, fen: list[int], counts: list[int]) -> Iterator[Problem]:
    money = sum(each * count for each, count in zip(fen, counts, strict=True))
    people = sum(counts)
    if total.fen is not None and money != total.fen:
        yield Problem(
            total.line,
            "control_total",
            Words(
                f"总额写的是 {yuan(total.fen)} 元，算出来是 {yuan(money)} 元",
                f"the total says {yuan(total.fen)} yuan, the cases give {yuan(money)}",
            ),
        )
    if total.count is not None and people != total.count:
        yield Problem(
            total.line,
            "control_total",
            Words(
                f"人数写的是 {total.count}，加起来是 {people}",
                f"{total.count} people, the cases give {people}",
            ),
        )


def _feasible(total: ControlTotal, fen: list[int]) -> bool | None:
    """Whether some numbers of people (none below 0) give exactly the sums of the notice; None: too much work."""
    if total.fen is None:
        return True
    return _reaches(sorted(set(fen)), total.fen, total.count)


def _reaches(rates: list[int], sum_fen: int, people: int | None = None) -> bool | None:
    """Whether ``people`` (None: any number) who each get one of ``rates`` get ``sum_fen`` together.

    Everybody gets the lowest rate; what is left is made up of the differences to it, by as few people as can be.
    Where the highest difference is so many units long, fewer people than that need a lower one: among so many some add
    up to a multiple of the highest, which fewer people give. So the work hangs on the rates, not on how many are paid.
    """
    base = rates[0] if people is not None else 0
    left = sum_fen - base * (people or 0)
    steps = sorted({rate - base for rate in rates} - {0})
    if left <= 0 or not steps:
        return left == 0
    unit = gcd(*steps)
    if left % unit:
        return False
    steps = [step // unit for step in steps]
    if steps[-1] > UNEVEN_MAX:
        return None
    highest, wanted = steps[-1], left // unit
    sure = max(0, (wanted - highest * highest) // highest)  # so many get the highest in any case
    fewest: list[int | None] = [0]
    for total in range(1, wanted - sure * highest + 1):
        before = [fewest[total - step] for step in steps if step <= total]
        known = [count for count in before if count is not None]
        fewest.append(min(known) + 1 if known else None)
    count = fewest[-1]
    return count is not None and (people is None or count + sure <= people)


def _needs(program: Program, outcomes: list[Outcome]) -> Iterator[Problem]:
    if not any(each.expected.fen is not None for each in outcomes):
        return  # first one who is paid: whatever is said of a need is made from her
    policy = program.policy
    alone = {
        need.name: (
            any(is_alone(each.computed.no, need.name) for each in outcomes),
            any(is_alone(each.computed.not_known, need.name) for each in outcomes),
        )
        for need in policy.needs
    }
    paid = [each for each in outcomes if each.agrees and each.computed.fen is not None]
    situations = [each.example.situations[each.at] for each in paid]
    left: list[Need] = [need for need in policy.needs if not all(alone[need.name])]
    for need, fails, unknown in uncovered(program, situations, left):
        if not (fails or alone[need.name][0]):
            yield Problem(
                need.line,
                f"need.{need.name}",
                Words(
                    "没有一个只有它不符合的情况：请写一个例子",
                    "no case fails only this need: write an example",
                ),
            )
        if not (unknown or alone[need.name][1]):
            yield Problem(
                need.line,
                f"need.{need.name}",
                Words(
                    "没有一个只有它还不清楚的情况：请写一个例子",
                    "in no case is only this need not known: write one",
                ),
            )
