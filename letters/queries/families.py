"""What stands in a letter to a family: the frozen facts and conditions, never judged again."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.conf import settings

from applications.freezing import thawed_table
from applications.models import Application, Decision
from audit.door import table_of
from audit.models import TrailRow
from facts.catalogue import load_catalogue
from letters.queries.bureau import Bureau
from letters.queries.reasons import had_before, source_of
from payments.models import Attempt
from programs.language import day_of
from programs.language.columns import NO_DAY
from programs.language.forms import Policy
from standards.bank_card import mask
from standards.money import yuan
from standards.words import Words

Data = dict[str, Any]
FRAME = frozenset({"in_force", "amount", "apply"})  # conditions every policy has; of use only when they fail
NOT_HAD = Words("没有领过", "Not had before")  # a limit that is met
NOW = Words("现在可以发", "Can be paid now")


def receipt(application: Application, bureau: Bureau) -> Data:
    """Acceptance. Shapes: see the letter's sample."""
    papers = [{"paper": words} for words in _received(application)]
    return {
        **_asked(application, bureau),
        "day": application.accepted_on,
        "accepted_on": application.accepted_on,
        "decide_by": application.decide_by,
        "provisional": application.decide_by_is_provisional,
        "beneficiary": beneficiary(application),
        "village": bureau.place(application.division),
        "papers": papers,
        "clerk": bureau.official(application.submitted_by),
    }


def correction_notice(application: Application, bureau: Bureau) -> Data:
    """Everything that is missing, as it was told once."""
    policy = bureau.policy(application.version).program.policy
    missing = [
        {"paper": paper_words(kind), "how": _how(policy, application, kind)}
        for kind in application.missing_papers
    ]
    asked_by, asked_on = _asked_by(application)
    return {
        **_asked(application, bureau),
        "day": asked_on or bureau.day,
        "missing": missing,
        "missing_count": len(missing),
        "correct_by": application.correct_by,
        "provisional": False,
        "papers": [{"paper": words} for words in _received(application, but=application.missing_papers)],
        "clerk": bureau.official(asked_by),
    }


def approval(decision: Decision, bureau: Bureau) -> Data:
    """What was granted and why."""
    application = decision.application
    policy = bureau.policy(decision.version).program.policy
    return {
        **_decided(decision, bureau),
        "amount_fen": decision.amount_fen,
        "beneficiary": beneficiary(application),
        "village": bureau.place(application.division),
        "conditions": _met(decision),
        "working": [{"line": words} for words in _working(decision, policy)],
        "instalments": _instalments(decision, bureau),
    }


def refusal(decision: Decision, bureau: Bureau) -> Data:
    """Every reason with the fact seen and where it comes from."""
    application = decision.application
    policy = bureau.policy(decision.version).program.policy
    settles = {one.get("name"): both(one.get("settle")) for one in decision.conditions}
    reasons = [
        {
            "sentence": Words(one["zh"], one["en"]),
            "seen": Words(one.get("seen_zh", ""), one.get("seen_en", "")),
            "source": source_of(decision, policy, one["name"]),
            "settle": settles.get(one["name"], Words("", "")),
            **had_before(decision, one["name"]),
        }
        for one in decision.reasons
    ]
    return {
        **_decided(decision, bureau),
        "beneficiary": beneficiary(application),
        "village": bureau.place(application.division),
        "counter": bureau.counter(application.division),
        "court": bureau.county.court,
        "reasons": reasons,
        "met": [{"sentence": one["sentence"]} for one in _met(decision)],
    }


def payment_advice(attempt: Attempt, bureau: Bureau) -> Data:
    """What the bank says has arrived."""
    instalment = attempt.instalment
    application = instalment.entitlement.application
    policy = bureau.policy(application.version).program.policy
    later = sum(
        one.amount_fen
        for one in instalment.entitlement.instalments.all()
        if one.number > instalment.number and one.lapsed_on is None
    )
    return {
        **_addressed(application, bureau),
        **bureau.foot(application.version),
        "issuer": bureau.county.office,
        "counter": bureau.counter(application.division),
        "name": attempt.payee.name,
        "beneficiary": beneficiary(application),
        "village": bureau.place(application.division),
        "amount_fen": attempt.amount_fen,
        "paid_on": attempt.answered_on,
        "payee": attempt.account.account_name,
        "bank": attempt.account.bank,
        "account": masked(attempt.account.number),
        "instalment": _instalment_words(policy, instalment.number),
        "batch": attempt.batch.number,
        "line": attempt.line,
        "has_remaining": later > 0,
        "remaining_fen": later,
    }


def beneficiary(application: Application) -> str:
    """Whom it is for: the person, or the household by its head's name."""
    if application.person:
        return str(application.person.name)
    return f"{_head_name(application)}一户"


def masked(number: str) -> str:
    """The last four of an account, with stars that print clearly."""
    return mask(number).replace("•", "*")


def both(raw: Any) -> Words:
    """A text as kept in JSON; empty where there is none."""
    return Words(raw["zh"], raw["en"]) if raw else Words("", "")


def paper_words(kind: str) -> Words:
    return load_catalogue().papers.get(kind, Words(kind, kind))


def _head_name(application: Application) -> str:
    head = application.household.head
    return str(head.name) if head else application.household.number


def _addressed(application: Application, bureau: Bureau) -> Data:
    return {
        "receipt": application.receipt_number,
        "look_up": f"{settings.PUBLIC_URL}/progress/{application.token}/",
        "day": bureau.day,
        "name": application.person.name if application.person else _head_name(application),
        "program": application.version.title,
        "phone": bureau.county.phone_of(application.division),
    }


def _asked(application: Application, bureau: Bureau) -> Data:
    """What the two letters of the counter share."""
    apply = bureau.policy(application.version).program.policy.apply
    days = apply.notice.days
    working = apply.notice.working
    return {
        **_addressed(application, bureau),
        **bureau.foot(application.version),
        "counter": bureau.counter(application.division),
        "seal": bureau.government(application.division),
        "review_body": bureau.county.review_body,
        "amount_fen": application.amount_fen if application.amount_fen > 0 else None,
        "days_to_decide": apply.days_to_decide,
        "notice_days": Words(f"{days} 个工作日", f"{days} working days")
        if working
        else Words(f"{days} 天", f"{days} days"),
    }


def _decided(decision: Decision, bureau: Bureau) -> Data:
    """What the two decision letters share."""
    application = decision.application
    return {
        **_addressed(application, bureau),
        **bureau.foot(decision.version),
        **bureau.basis(decision.version),
        "day": decision.decided_on,
        "issuer": bureau.county.office,
        "by_lists": application.origin == Application.Origin.LISTS,
        "applied_on": application.applied_on,
        "decided_on": decision.decided_on,
        "review_body": bureau.county.review_body,
        "online_channel": bureau.county.online_channel,
    }


def _received(application: Application, *, but: Collection[str] = ()) -> list[Words]:
    """Papers handed in, then lists that stand for a paper; each once."""
    found: dict[str, Words] = {}
    for paper in application.papers.all():
        words = paper_words(paper.kind)
        if paper.is_declaration:
            words = Words(f"{words.zh}（承诺书）", f"{words.en} (declaration)")
        found.setdefault(paper.kind, words)
    for fact in application.facts:
        if fact.get("row") is not None:
            found.setdefault(
                f"list {fact['kind']}", Words(f"{fact['zh']}（名册，不用交）", f"{fact['en']} (from a list)")
            )
    return [words for kind, words in found.items() if kind not in but]


def _how(policy: Policy, application: Application, kind: str) -> Words:
    """What to do for a missing paper: the settling words of the conditions it proves."""
    only_bring = f"带来{paper_words(kind).zh}"  # says no more than the paper's own name
    for one in application.conditions:
        if one.get("paper") == kind and one.get("settle") and one["settle"]["zh"] != only_bring:
            return both(one["settle"])
    if kind in policy.apply.declare:
        return Words("可以先签承诺书。", "You may sign a declaration meanwhile.")
    return Words("", "")


def _asked_by(application: Application) -> tuple[str, date | None]:
    """Who gave the correction notice and when, by the trail: the row keeps only who submits."""
    asked = TrailRow.objects.filter(
        table=table_of(application), object_id=application.pk, verb="ask_for_papers"
    )
    return asked.order_by("-id").values_list("actor_number", "day").first() or ("", None)


def _met(decision: Decision) -> list[dict[str, Words]]:
    """The policy's own conditions and its limits that are met, in the policy's order."""
    return [
        {"sentence": both(one["sentence"]), "seen": both(one["seen"]) if one["seen"]["zh"] else NOT_HAD}
        for one in decision.conditions
        if one.get("verdict") == 2 and one["name"] not in FRAME
    ]


def _working(decision: Decision, policy: Policy) -> list[Words]:
    """How the amount came about, without the lines for parts and money sources that follow it."""
    working = [one["working"] for one in decision.conditions if one.get("name") == "working"]
    kept = working[0] if working else []
    sources = len({fund.source for fund in policy.funds})
    after = len(policy.instalments) + (sources if sources > 1 else 0)
    lines = [both(one) for one in kept[: len(kept) - after or None]]
    return [one for one in lines if one.zh != f"{yuan(decision.amount_fen)} 元"]  # says the amount once more


def _instalment_words(policy: Policy, number: int) -> Words:
    if len(policy.instalments) < number:
        return Words("一次发清", "In one payment")
    return policy.instalments[number - 1].words


def _instalments(decision: Decision, bureau: Bureau) -> list[Data]:
    """The parts of a grant and when each is paid; empty where it is paid at once."""
    program = bureau.policy(decision.version).program
    if len(program.policy.instalments) < 2:
        return []
    judged = program.judge(thawed_table(decision.judged)).instalments
    parts = []
    for number, column in enumerate(judged, 1):
        until = int(column.by_day[0])
        due = NOW
        if column.due[0] != 2:
            due = Words("条件到了再发", "Once its condition is met")
            if until != NO_DAY:
                day = day_of(until)
                due = Words(
                    f"{day.year} 年 {day.month} 月 {day.day} 日以前符合条件的", f"If met by {day.isoformat()}"
                )
        name = _instalment_words(program.policy, number)
        parts.append({"name": name, "due": due, "amount_fen": int(column.fen[0])})
    return parts
