"""One application for its page: identity, conditions, facts as seen, what differs now, papers, neighbours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from applications.judging import facts_seen
from applications.models import Application
from applications.services.counter import judged_now
from audit.moves import Move
from beneficiaries.queries.correctors import RestsOn, corrected_by
from facts.catalogue import load_catalogue
from officials.models import Official
from portal.queries import places, queues
from standards.words import Refusal, Words

CODE = re.compile(r"\b\d{12}\b")
# The separated steps: who has taken one cannot take another of the same application.
SEPARATED = (
    ("submitted_by", Words("你受理过这件", "You accepted this application")),
    ("reviewed_by", Words("你初审过这件", "You gave the first review")),
    ("rechecked_by", Words("你复核过这件", "You re-checked this application")),
    ("decided_by", Words("你审批过这件", "You decided this application")),
)
STEPS_OF_THE_OFFICE = ("reviewed_by", "rechecked_by", "decided_by")
CORRECTED = Words(
    "你登记、核实或更正过这一家的户籍情况",
    "You entered, confirmed or corrected what the register says of this family",
)
# One key, one meaning on every desk: 1 lets it pass, 2 sends it back, 3 is a no. All others follow from 4.
PASS = ("submit", "review", "recheck", "approve", "set_sum", "dismiss")
BACK = ("ask_for_papers", "return_to_counter", "send_back")
NO = ("propose_refusal", "recheck_refusal", "uphold", "decline")
OTHERS = (
    "object",
    "take_back_submit",
    "take_back_review",
    "take_back_recheck",
    "take_back_proposal",
    "withdraw",
)
ORDER = (*PASS, *BACK, *NO, *OTHERS)
KEYS = {name: str(key) for key, names in enumerate((PASS, BACK, NO), start=1) for name in names}
FIRST_OTHER_KEY, LAST_KEY = 4, 9
DANGER = {"propose_refusal", "recheck_refusal", "decline", "uphold", "withdraw"}
# Taken by other pages: a notice is posted for a whole township, and closes by itself.
ELSEWHERE = {"post", "close_notice"}


@dataclass(frozen=True, slots=True)
class Action:
    """One button. With ``reasons`` it cannot be pressed, and says why."""

    move: Move
    key: str
    is_main: bool
    is_danger: bool
    reasons: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as frozen with the application; failures first."""

    verdict: int
    sentence: Words
    seen: Words
    do: Words | None


def find(official: Official, pk: int) -> Application | None:
    """The application if it may be read, with what its page needs."""
    rows = queues.readable(official).select_related("person", "household__head", "version", "record")
    found: Application | None = rows.filter(pk=pk).first()
    return found


def actions(application: Application, official: Official) -> list[Action]:
    """The buttons from the table of moves; one's own earlier step disables the next.

    What passes is the main button. Where nothing may pass, as with a proposed refusal, the no is.
    """
    moves = [
        move for move in application.moves_for(official.roles, official.number) if move.name not in ELSEWHERE
    ]
    weighs = any(move.by_field in STEPS_OF_THE_OFFICE or move.name == "set_sum" for move in moves)
    corrected = weighs and application.pk in resting_on([application], official)
    moves.sort(key=lambda move: ORDER.index(move.name) if move.name in ORDER else len(ORDER))
    weighty = next((name for name in (*PASS, *NO) if any(move.name == name for move in moves)), "")
    made: list[Action] = []
    for move in moves:
        reasons = _barred(move, application, official, corrected=corrected)
        key = _key(move.name, [one.key for one in made])
        is_main = move.name == weighty and not reasons
        made.append(Action(move, key, is_main, move.name in DANGER, reasons))
    return made


def resting_on(applications: Sequence[Application], official: Official) -> set[int]:
    """Those that rest on what this official entered, confirmed or corrected: another takes their steps. One query."""
    return corrected_by(
        official.number,
        [RestsOn(one.pk, one.household_id, one.person_id, one.applied_on) for one in applications],
    )


def _key(name: str, taken: list[str]) -> str:
    """The key of a move's meaning, else the next from 4 that is free."""
    if name in KEYS and KEYS[name] not in taken:
        return KEYS[name]
    return next((key for key in map(str, range(FIRST_OTHER_KEY, LAST_KEY + 1)) if key not in taken), "")


def _barred(
    move: Move, application: Application, official: Official, *, corrected: bool
) -> tuple[Words, ...]:
    taker = "decided_by" if move.name == "set_sum" else move.by_field
    if taker not in dict(SEPARATED) or move.own:
        return ()
    other = Words("：要由另一个人办", ": another person takes this step")
    taken = [
        words
        for column, words in SEPARATED
        if column != taker and getattr(application, column) == official.number
    ]
    if corrected and taker in STEPS_OF_THE_OFFICE:
        taken.append(CORRECTED)
    return tuple(Words(words.zh + other.zh, words.en + other.en) for words in taken)


def conditions(application: Application) -> list[Condition]:
    """As judged when the application was last judged; failing first, then not known, then met."""
    rows = [
        Condition(
            verdict=one["verdict"],
            sentence=_words(one["sentence"]),
            seen=_words(one["seen"]),
            do=_words(one["settle"])
            if one.get("settle")
            else (_words(one["otherwise"]) if one["verdict"] == 0 else None),
        )
        for one in application.conditions
        if "verdict" in one
    ]
    return sorted(rows, key=lambda row: row.verdict)


def working(application: Application) -> list[Words]:
    """How the amount came about, line by line."""
    return [_words(line) for one in application.conditions for line in one.get("working", ())]


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact as seen, and what it says now where that differs."""

    kind: Words
    value: Words
    since: str
    source: Words
    now: Words | None = None


def facts(application: Application, now: Sequence[dict[str, Any]] | None = None) -> list[FactRow]:
    """Facts as seen at the last judgement; ``now`` is what is seen today. One query, for the villages' names."""
    codes = {code for one in (*application.facts, *(now or ())) for code in CODE.findall(one["value_zh"])}
    named = places.places_of(codes) if codes else places.Places({})
    today_by_kind: dict[str, list[dict[str, Any]]] = {}
    for one in now or ():
        today_by_kind.setdefault(one["kind"], []).append(one)
    rows = [
        _fact(one, today_by_kind.get(one["kind"], []) if now is not None else None)
        for one in application.facts
    ]
    return [
        replace(row, value=_in_words(row.value, named), now=row.now and _in_words(row.now, named))
        for row in rows
    ]


def _in_words(value: Words, named: places.Places) -> Words:
    """Division codes as the names people know."""
    zh, en = (CODE.sub(lambda found: named.full(found.group()), text) for text in (value.zh, value.en))
    return Words(zh, en)


def _fact(one: dict[str, Any], same_kind: Sequence[dict[str, Any]] | None) -> FactRow:
    value = Words(one["value_zh"], one["value_en"])
    now = None
    if same_kind is not None and not any(other["value_zh"] == value.zh for other in same_kind):
        now = (
            Words(same_kind[-1]["value_zh"], same_kind[-1]["value_en"])
            if same_kind
            else Words("现在没有这条记录", "no longer on record")
        )
    return FactRow(Words(one["zh"], one["en"]), value, one["from"], paper_words(one["source"]), now)


@dataclass(frozen=True, slots=True)
class Today:
    """The application judged today: what would change, or why it cannot be judged."""

    facts: Sequence[dict[str, Any]]
    verdict: int
    amount_fen: int
    problem: Words | None = None


def judged_today(application: Application, on: date) -> Today:
    """Judge again without writing. A record that is gone is a problem in words, not an error."""

    try:
        judged = judged_now(application, on=on)
    except Refusal as refusal:
        return Today(application.facts, application.verdict, application.amount_fen, refusal.words)
    return Today(facts_seen([judged])[0], judged.verdict, judged.amount_fen)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where the application stands in the queue it was opened from."""

    place: int
    count: int
    before: int | None
    after: int | None


def neighbours(application: Application, official: Official, queue: str) -> Neighbours | None:
    """The rows before and after in the queue, in its order. One query of ids."""
    found = queues.BY_NAME.get(queue)
    if found is None or not official.has_role(*found.roles):
        return None
    ids = list(
        queues.in_order(queues.in_scope(official).filter(found.where), done=found.is_done).values_list(
            "pk", flat=True
        )[:NEIGHBOURS_MAX]
    )
    if application.pk not in ids:
        return Neighbours(0, len(ids), None, ids[0] if ids else None)
    at = ids.index(application.pk)
    return Neighbours(
        at + 1, len(ids), ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None
    )


NEIGHBOURS_MAX = 2_000  # a longer queue is not walked one by one


def paper_words(kind: str) -> Words:
    """The name of a kind of paper, from the catalogue of evidence; what is none (a list's title) stays as it is."""
    return load_catalogue().papers.get(kind) or Words(kind, kind)


def _words(both: dict[str, str]) -> Words:
    return Words(both["zh"], both["en"])
