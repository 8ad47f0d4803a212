"""Neither the search box, the eye beside a number nor the address of a family's page can be used to fish: each use is on
the trail, and there is an end.

What was typed is never kept: the trail says who searched, by which kind of text, and how many people the answer named;
and who saw which number, and why.
"""

from datetime import date, datetime, timedelta

from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import Now

from audit.actor import Actor
from audit.door import TooManyError, look, record, table_of
from audit.models import TrailRow
from beneficiaries.models import Household
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
FAMILIES_IN_AN_HOUR = 120  # as many as searches: nobody works on one every half minute
APPLICATIONS_IN_AN_HOUR = 240  # who decides reads more of them than of families
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
    _keep_stop(official, by, on, counted)
    raise said


def keep_search(official: Official, *, kind: str, hits: int, by: Actor, on: date) -> None:
    """One search on the trail."""
    record(SEARCH, official, by=by, on=on, detail={"kind": kind, "hits": hits})


def open_family(home: Household, *, official: Official, by: Actor, on: date) -> datetime | None:
    """On the trail that this official opened the family, and when they did so last. Two queries at most.

    Refusal, before anything of it is shown, where they opened as many within the hour as the work can ask for.
    """
    try:
        return look(home, by=by, on=on, most=FAMILIES_IN_AN_HOUR)
    except TooManyError:
        said = _too_many_families()
    _keep_stop(official, by, on, {"families": FAMILIES_IN_AN_HOUR})
    raise said


def open_application(opened: Model, *, official: Official, by: Actor, on: date) -> None:
    """The same of an application, which says as much about a family as her own page; counted apart."""
    try:
        look(opened, by=by, on=on, most=APPLICATIONS_IN_AN_HOUR)
    except TooManyError:
        said = _too_many_applications()
    else:
        return
    _keep_stop(official, by, on, {"applications": APPLICATIONS_IN_AN_HOUR})
    raise said


def open_scan(application: Model, kind: str, *, official: Official, by: Actor, on: date) -> None:
    """Somebody saw a scanned paper: it shows numbers whole, so it is on record by its kind, whoever comes by its address."""
    open_application(application, official=official, by=by, on=on)
    record("look", application, by=by, on=on, detail={"paper": kind})


def enter_family(home: Household, *, official: Official, by: Actor, on: date) -> None:
    """The same for a page beneath the family's own, for who comes to it by its address and not from there."""
    opened = TrailRow.objects.filter(
        table=table_of(home),
        object_id=home.pk,
        verb="look",
        actor_number=official.number,
        at__gte=Now() - DAY,
    )
    if not opened.exists():
        open_family(home, official=official, by=by, on=on)


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


def _keep_stop(official: Official, by: Actor, on: date, counted: dict[str, int]) -> None:
    """That somebody was stopped, once an hour."""
    if not _of(official.number, STOPPED, HOUR).exists():
        record(STOPPED, official, by=by, on=on, detail=counted)


def _of(number: str, verb: str, within: timedelta) -> "QuerySet[TrailRow]":
    return TrailRow.objects.filter(actor_number=number, verb=verb, at__gte=Now() - within)


def _too_many_families() -> Refusal:
    return Refusal(
        f"你一小时里已经打开了 {FAMILIES_IN_AN_HOUR} 户人家，先停一停。要办的都在待办里；确实要再看，过一小时，或请另一位看",
        f"You have opened {FAMILIES_IN_AN_HOUR} families within an hour: pause. Your work waits on the worklist; to see more"
        " wait an hour, or ask a colleague",
        code="families.too_many",
    )


def _too_many_applications() -> Refusal:
    return Refusal(
        f"你一小时里已经打开了 {APPLICATIONS_IN_AN_HOUR} 份申请，先停一停。要办的都在待办里；要再看，过一小时，或请另一位",
        f"You have opened {APPLICATIONS_IN_AN_HOUR} applications within an hour: pause. Your work waits on the worklist; to"
        " see more wait an hour, or ask a colleague",
        code="applications.too_many",
    )


def _too_many(zh: str, en: str) -> Refusal:
    return Refusal(
        f"{zh}，先停一停。从待办、草稿或受理号打开要办的那一家；确实要再查，过一小时，或请另一位窗口查",
        f"{en}: pause. Open the family from the worklist, a draft or its receipt number; to search again wait an hour, "
        "or ask another clerk",
        code="search.too_often",
    )
