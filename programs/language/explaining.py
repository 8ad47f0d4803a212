"""One row in plain words: every condition with the value seen, and what would settle it."""

from dataclasses import dataclass

import numpy as np

from programs.language.amounts import applies, judge_band, part_of, sum_of
from programs.language.asking import Asked, ask_amount, ask_fact, ask_queue, ask_test
from programs.language.columns import ABSENT, MAYBE, NO, NO_DAY, YES, Bools, Column, Verdicts
from programs.language.evaluating import fact_column
from programs.language.facts_named import facts_of
from programs.language.forms import ByTable, Parts, Percent, PerQuantity, Policy, Shape, Stepped, Test
from programs.language.names import SETS, Names, say_day
from programs.language.views import View
from programs.language.wording import (
    amount_in_words,
    in_force_in_words,
    joined,
    limit_in_words,
    need_in_words,
    queue_in_words,
    source_in_words,
    span_in_words,
)
from standards.money import yuan
from standards.words import Words

NOT_KNOWN = Words("还不清楚", "not known yet")
NONE = Words("没有", "none")
OUT = {
    "places": Words("名额已满", "no place is left"),
    "ceiling": Words("今年的资金排不到", "this year's money does not reach"),
}
SETTLED = {
    "applied_on": Words("等待申请", "wait for the application"),
    "places": Words("等全县名单排定", "wait for the list of all who apply"),
    "ceiling": Words("等资金：排在前面的先发", "wait for money: those before are paid first"),
    "band": Words(
        "由审批人在幅度内定金额，写明理由",
        "the deciding official sets the sum within the band, with a reason",
    ),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One need of one row. ``settle`` says what to bring or wait for, where it is not known."""

    name: str
    verdict: int
    sentence: Words
    seen: Words
    otherwise: Words
    paper: str | None
    settle: Words | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """``amount_fen`` -1 = not known; it counts only where ``verdict`` is 2."""

    verdict: int
    amount_fen: int
    conditions: list[Condition]
    working: list[Words]


def explain_row(policy: Policy, verdicts: Verdicts, view: View, row: int) -> Explanation:
    """The row's conditions in the policy's order, then in_force, amount, apply and limits."""
    assert view.n == 1, "the view holds the row alone"
    needs = {name: int(each[row]) for name, each in verdicts.needs.items()}
    fen = int(verdicts.amount_fen[row])
    conditions = [
        Condition(
            need.name,
            needs[need.name],
            need_in_words(need, policy.names),
            seen_in_words(need.test, view),
            need.otherwise,
            need.paper,
            _settle_test(policy, need.test, view) if needs[need.name] == MAYBE else None,
        )
        for need in policy.needs
    ]
    conditions += _frame_conditions(policy, needs, view, fen)
    conditions += _queue_conditions(policy, verdicts, view, row)
    return Explanation(int(verdicts.verdict[row]), fen, conditions, _working(policy, verdicts, view, row))


def _frame_conditions(policy: Policy, needs: dict[str, int], view: View, fen: int) -> list[Condition]:
    """The conditions every policy has: its time, its amount, its window, its limits."""
    program_words = policy_frame_words(policy)
    day = say_day(int(view.day.values[0])) if view.day.known[0] else NOT_KNOWN
    amount = Words(f"{yuan(fen)} 元", f"{yuan(fen)} yuan") if fen >= 0 else NOT_KNOWN
    seen = {"in_force": day, "amount": amount, "apply": Words("", "")}
    settles = {
        "in_force": _settle(Asked(), policy),
        "amount": _settle_amount(policy, view),
        "apply": _settle_window(policy, view),
    }
    found = [
        Condition(
            name,
            needs[name],
            program_words[name][0],
            seen[name],
            program_words[name][1],
            None,
            settles[name] if needs[name] == MAYBE else None,
        )
        for name in ("in_force", "amount", "apply")
    ]
    for limit in policy.limits:
        name = f"limit.{limit.name}"
        found.append(
            Condition(
                name,
                needs[name],
                program_words[name][0],
                Words("", ""),
                limit.otherwise,
                None,
                settle_fact(name, policy.names) if needs[name] == MAYBE else None,
            )
        )
    return found


def _queue_conditions(policy: Policy, verdicts: Verdicts, view: View, row: int) -> list[Condition]:
    """Places and ceiling, with where the row stands and who shares its rank."""
    if policy.queue is None or verdicts.queue is None:
        return []
    rank, tied = int(verdicts.queue.rank[row]), int(verdicts.queue.tied[row])
    seen = Words(f"排第 {rank}", f"number {rank} on the list") if rank > 0 else NOT_KNOWN
    if tied:
        seen = Words(f"{seen.zh}，另有 {tied} 人并列", f"{seen.en}, a rank shared with {tied} more")
    found = []
    for name, sentence in queue_in_words(policy.queue, policy.names).items():
        verdict = int(verdicts.needs[name][row])
        settle = None
        if verdict == MAYBE:
            asked = Asked()
            ask_queue(policy.queue, view, {name: _one()}, asked)
            settle = _settle(asked, policy)
        found.append(Condition(name, verdict, sentence, seen, OUT[name], None, settle))
    return found


def policy_frame_words(policy: Policy) -> dict[str, tuple[Words, Words]]:
    """Sentence and refusal of in_force, amount, apply and every limit, by name."""
    names = policy.names
    window = policy.apply.within
    span = span_in_words(window, names) if window else Words("申请期限内", "within the window")
    how = amount_in_words(policy.amount.shape, names)
    found = {
        "in_force": (in_force_in_words(policy), Words("不在政策有效期内", "outside the policy's time")),
        "amount": (
            Words(f"金额：{how.zh}", f"Amount: {how.en}"),
            Words("按政策没有可发的金额", "the policy gives no amount"),
        ),
        "apply": (
            Words(f"申请在{span.zh}", f"applied {span.en}"),
            Words("不在申请期限内", "outside the time for applying"),
        ),
    }
    if policy.queue is not None:
        found |= {name: (words, OUT[name]) for name, words in queue_in_words(policy.queue, names).items()}
    return found | {
        f"limit.{each.name}": (limit_in_words(each, names), each.otherwise) for each in policy.limits
    }


def seen_in_words(test: Test, view: View) -> Words:
    """Every fact the condition names, with its value for the one row of ``view``."""
    parts: dict[tuple[str, str], Words] = {}

    def visit(set_name: str, fact: str) -> None:
        if fact.startswith("figure.") or (set_name, fact) in parts:
            return
        if set_name:
            parts[set_name, fact] = _seen_members(set_name, fact, view)
        elif fact:
            parts[set_name, fact] = seen_fact(fact, view, 0)

    facts_of(test, visit)
    return joined(parts.values(), "；", "; ")


def seen_fact(name: str, view: View, at: int) -> Words:
    """ "性别：女" """
    what = view.names[name].words
    value = value_in_words(name, fact_column(name, view), at, view.names)
    return Words(f"{what.zh}：{value.zh}", f"{what.en}: {value.en}")


def _seen_members(set_name: str, fact: str, view: View) -> Words:
    members, who = view.members(set_name), SETS[set_name]
    if not fact:
        if view.sets[set_name].complete[0]:
            return Words(f"{who.zh} {members.n} 人", f"{who.en}: {members.n}")
        return Words(
            f"{who.zh}登记了 {members.n} 人，可能不全", f"{who.en}: {members.n} on record, perhaps more"
        )
    column = fact_column(fact, members)
    values = [value_in_words(fact, column, at, view.names) for at in range(members.n)]
    said, what = _said_together(values), view.names[fact].words
    return Words(f"{what.zh}：{said.zh or '—'}", f"{what.en}: {said.en or '—'}")


def _said_together(values: list[Words]) -> Words:
    """What each member has; where all have the same, once and for how many: never "none, none, none"."""
    if len(values) > 1 and len(set(values)) == 1:
        return Words(f"{values[0].zh}（{len(values)} 人都是）", f"{values[0].en} (all {len(values)})")
    return joined(values, "、", ", ")


def value_in_words(name: str, column: Column, at: int, names: Names) -> Words:
    """One value of a column in plain words: not known, none, or what it is."""
    meaning = names[name]
    value, known = column.values[at], column.known[at]
    if meaning.type == "codes":
        return _codes_in_words(name, column, at, names)
    if not known:
        return NOT_KNOWN
    if value == ABSENT[meaning.type]:
        return meaning.say(False) if meaning.type == "bool" else NONE
    if meaning.type in ("text", "code"):
        return meaning.say(column.words[int(value)])
    return meaning.say(bool(value) if meaning.type == "bool" else int(value))


def _codes_in_words(name: str, column: Column, at: int, names: Names) -> Words:
    value, known = int(column.values[at]), int(column.known[at])
    held = [names[name].say(word) for bit, word in enumerate(column.words) if value & known & (1 << bit)]
    everything = (1 << len(column.words)) - 1
    if held:
        return joined(held, "、", ", ")
    return NONE if known & everything == everything else NOT_KNOWN


def _one() -> Bools:
    return np.ones(1, dtype=bool)


def _settle_test(policy: Policy, test: Test, view: View) -> Words:
    asked = Asked()
    ask_test(test, view, _one(), asked)
    return _settle(asked, policy)


def _settle_amount(policy: Policy, view: View) -> Words:
    asked = Asked()
    ask_amount(policy.amount, view, _one(), asked)
    return _settle(asked, policy)


def _settle_window(policy: Policy, view: View) -> Words:
    asked = Asked()
    if policy.apply.within is not None:
        ask_fact(policy.apply.within.anchor, view, _one(), asked)
    return _settle(asked, policy)


def _settle(asked: Asked, policy: Policy) -> Words:
    """What is asked for; where every fact is there, only the policy's day can be missing."""
    facts = asked.facts or ([policy.judged_on] if isinstance(policy.judged_on, str) else [])
    each = dict.fromkeys(settle_fact(name, policy.names) for name in facts)
    return joined(each, "；", "; ")


def settle_fact(name: str, names: Names) -> Words:
    """What brings a fact that is not known: the papers that prove it, the list that holds it."""
    if name.startswith("limit."):
        return Words("查清以前领取的记录", "earlier payments have to be looked up")
    if name in SETTLED:
        return SETTLED[name]
    if name in SETS:
        return Words(f"登记{SETS[name].zh}", f"register the {SETS[name].en}")
    set_name, _, rest = name.partition(".")
    if set_name in SETS:
        inner = settle_fact(rest, names)
        return Words(f"{SETS[set_name].zh}：{inner.zh}", f"{SETS[set_name].en}: {inner.en}")
    meaning = names.fact(name)
    if meaning is None or meaning.field is None:
        return Words(f"查清{name}", f"{name} has to be found")
    papers = joined([names.paper(paper) for paper in meaning.field.settled_by], "或", " or ")
    if meaning.field.when_absent == "no_if_listed":
        kind = names.catalogue.kinds[meaning.kind].words
        other = Words(f"，或带来{papers.zh}", f", or bring: {papers.en}") if papers.zh else Words("", "")
        return Words(f"等“{kind.zh}”的完整名单{other.zh}", f"wait for the full list “{kind.en}”{other.en}")
    if papers.zh:
        return Words(f"带来{papers.zh}", f"bring: {papers.en}")
    return meaning.field.ask


def _working(policy: Policy, verdicts: Verdicts, view: View, row: int) -> list[Words]:
    """How the amount comes about, line by line."""
    fen = int(verdicts.amount_fen[row])
    lines = _shape_working(policy.amount.shape, view)
    if fen < 0:
        return [*lines, _band_left(policy, view)]
    whole = sum_of(policy.amount.shape, view)
    first = int(whole.top[0]) // whole.bottom
    if first != fen:
        lines.append(
            Words(f"取整、上下限之后：{yuan(fen)} 元", f"after rounding and bounds: {yuan(fen)} yuan")
        )
    planned = zip(policy.instalments, verdicts.instalments, strict=True)
    for each, columns in planned:
        part = yuan(int(columns.fen[row]))
        until = int(columns.by_day[row])
        tail = Words("", "")
        if until != NO_DAY:
            tail = Words(f"（{say_day(until).zh}前）", f" (by {say_day(until).en})")
        lines.append(Words(f"{each.words.zh}：{part} 元{tail.zh}", f"{each.words.en}: {part} yuan{tail.en}"))
    if len(verdicts.funds) > 1:
        for source, column in verdicts.funds.items():
            name = source_in_words(source)
            lines.append(
                Words(f"{name.zh}：{yuan(int(column[row]))} 元", f"{name.en}: {yuan(int(column[row]))} yuan")
            )
    return lines


def _band_left(policy: Policy, view: View) -> Words:
    """What an official may still set, else that the amount is not known."""
    band = judge_band(policy.amount, view)
    if band is None or int(band[0][0]) < 0 or int(band[1][0]) < 0:
        return NOT_KNOWN
    least, most = yuan(int(band[0][0])), yuan(int(band[1][0]))
    return Words(f"{least} 至 {most} 元，还没有定", f"{least} to {most} yuan, not set yet")


def _shape_working(shape: Shape, view: View) -> list[Words]:
    """The lines that lead to the sum: one, or one for each part that applies or may."""
    if not isinstance(shape, Parts):
        return [_one_shape(shape, view)]
    lines = []
    for part in shape.parts:
        when = int(applies(part, view)[0])
        if when == NO:
            continue
        what = _one_shape(part.amount.shape, view)
        worth = part_of(part, view)
        own, whole = sum_of(part.amount.shape, view), int(worth.top[0]) // worth.bottom
        if worth.known[0] and int(own.top[0]) // own.bottom != whole:
            what = Words(
                f"{what.zh}，取整、上下限之后 {yuan(whole)} 元", f"{what.en}, after bounds {yuan(whole)} yuan"
            )
        if part.when is not None:
            seen = seen_in_words(part.when, view)
            what = joined([what, seen], "；", "; ")
        lines.append(what)
        if shape.kind == "first" and when == YES:
            break
    return lines or [Words("没有一项符合", "no part applies")]


def _one_shape(shape: Shape, view: View) -> Words:
    how = amount_in_words(shape, view.names)
    whole = sum_of(shape, view)
    seen = Words("", "")
    if isinstance(shape, ByTable):
        seen = joined([seen_fact(name, view, 0) for name in shape.facts], "，", ", ")
    elif isinstance(shape, PerQuantity | Stepped):
        seen = seen_fact(shape.fact, view, 0)
    elif isinstance(shape, Percent) and shape.of.kind == "fact":
        seen = seen_fact(shape.of.name, view, 0)
    total = Words("", "")
    if whole.known[0]:
        fen = yuan(int(whole.top[0]) // whole.bottom)
        total = Words(f"{fen} 元", f"{fen} yuan")
    return joined([how, seen, total], "，", ", ") if seen.zh else how
