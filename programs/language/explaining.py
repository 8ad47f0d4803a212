"""One row in plain words: every condition with the value seen, and what would settle it."""

from dataclasses import dataclass

import numpy as np

from programs.language.asking import Asked, ask_amount, ask_fact, ask_queue, ask_test
from programs.language.columns import MAYBE, Bools, Verdicts
from programs.language.forms import (
    Policy,
    Test,
)
from programs.language.names import SETS, Names, say_day
from programs.language.seeing import NOT_KNOWN, seen_in_words
from programs.language.views import View
from programs.language.wording import (
    amount_in_words,
    in_force_in_words,
    joined,
    limit_in_words,
    need_in_words,
    queue_in_words,
    span_in_words,
)
from programs.language.working import working_in_words
from standards.money import yuan
from standards.words import Words

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
    return Explanation(
        int(verdicts.verdict[row]), fen, conditions, working_in_words(policy, verdicts, view, row)
    )


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
        if papers := papers_elsewhere(rest, names):
            away = Words(f"；外县户籍的，带来{papers.zh}", f"; for one of another county, bring: {papers.en}")
            inner = Words(inner.zh + away.zh, inner.en + away.en)
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


def papers_elsewhere(name: str, names: Names) -> Words | None:
    """The papers that settle a fact of somebody of another county, of whom no list of ours speaks; None for most facts."""
    meaning = names.fact(name)
    field = meaning.field if meaning else None
    if field is None:
        return None
    papers = [paper for kind in names.catalogue.ruling_out(field.kind) for paper in kind.papers]
    return joined([names.paper(paper) for paper in papers], "或", " or ") if papers else None
