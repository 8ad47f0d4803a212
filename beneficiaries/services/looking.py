"""Neither the search box nor the eye beside a number can be used to fish: each use is on the trail, and there is an end.

What was typed is never kept: the trail says who searched, by which kind of text, and how many people the answer named;
and who saw which number, and why.
"""

from datetime import date, timedelta

from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import Now

from audit.actor import Actor
from audit.door import record
from audit.models import TrailRow
from officials.models import Official
from standards.words import Refusal

SEARCH, STOPPED = "search", "stop_searching"
REVEAL, STOPPED_REVEALING = "reveal", "stop_revealing"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IN_AN_HOUR = (
    120  # one every half minute: more than a counter at its busiest, where a family takes five minutes
)
IN_A_DAY = 600
MISSES_IN_AN_HOUR = 30  # numbers that nobody bears: a card and a phone are read, not guessed
REVEALS_IN_AN_HOUR = (
    20  # numbers seen whole: the last four are enough to compare a card; a call to a family needs one
)
REVEALS_IN_A_DAY = 80
NUMBERS = ("citizen_id", "phone", "last4", "none")


def ask_to_search(official: Official, *, by: Actor, on: date) -> None:
    """Refusal where this official has searched as often as the work can ask for. One query."""
    counted = _of(official.number, SEARCH, DAY).aggregate(
        day=Count("pk"),
        hour=Count("pk", filter=Q(at__gte=Now() - HOUR)),
        misses=Count("pk", filter=Q(at__gte=Now() - HOUR, detail__hits=0, detail__kind__in=NUMBERS)),
    )
    if counted["day"] >= IN_A_DAY:
        said = _too_many(
            f"你 24 小时里已经查了 {IN_A_DAY} 次", f"You have searched {IN_A_DAY} times in 24 hours"
        )
    elif counted["hour"] >= IN_AN_HOUR:
        said = _too_many(
            f"你一小时里已经查了 {IN_AN_HOUR} 次", f"You have searched {IN_AN_HOUR} times in an hour"
        )
    elif counted["misses"] >= MISSES_IN_AN_HOUR:
        said = _too_many(
            f"一小时里有 {MISSES_IN_AN_HOUR} 个号码没有查到人",
            f"{MISSES_IN_AN_HOUR} numbers found nobody within an hour",
        )
    else:
        return
    if not _of(official.number, STOPPED, HOUR).exists():
        record(STOPPED, official, by=by, on=on, detail=counted)
    raise said


def keep_search(official: Official, *, kind: str, hits: int, by: Actor, on: date) -> None:
    """One search on the trail."""
    record(SEARCH, official, by=by, on=on, detail={"kind": kind, "hits": hits})


def reveal(shown: Model, *, what: str, reason: str, official: Official, by: Actor, on: date) -> None:
    """One number seen whole, on the trail; Refusal where this official has seen as many as the work can ask for."""
    counted = _of(official.number, REVEAL, DAY).aggregate(
        day=Count("pk"), hour=Count("pk", filter=Q(at__gte=Now() - HOUR))
    )
    if counted["day"] < REVEALS_IN_A_DAY and counted["hour"] < REVEALS_IN_AN_HOUR:
        record(REVEAL, shown, by=by, on=on, detail={"what": what, "reason": reason})
        return
    if not _of(official.number, STOPPED_REVEALING, HOUR).exists():
        record(STOPPED_REVEALING, official, by=by, on=on, detail=counted)
    is_day = counted["day"] >= REVEALS_IN_A_DAY
    n, zh, en = (
        (REVEALS_IN_A_DAY, " 24 小时", "24 hours") if is_day else (REVEALS_IN_AN_HOUR, "一小时", "an hour")
    )
    raise Refusal(
        f"你{zh}里已经看了 {n} 个完整号码，先停一停。核对证件只要后四位；确实要再看，过一小时，或请另一位看",
        f"You have seen {n} whole numbers within {en}: pause. The last four are enough to compare a card; to see more wait "
        "an hour, or ask a colleague",
        code="reveal.too_often",
    )


def _of(number: str, verb: str, within: timedelta) -> "QuerySet[TrailRow]":
    return TrailRow.objects.filter(actor_number=number, verb=verb, at__gte=Now() - within)


def _too_many(zh: str, en: str) -> Refusal:
    return Refusal(
        f"{zh}，先停一停。从待办、草稿或受理号打开要办的那一家；确实要再查，过一小时，或请另一位窗口查",
        f"{en}: pause. Open the family from the worklist, a draft or its receipt number; to search again wait an hour, "
        "or ask another clerk",
        code="search.too_often",
    )
