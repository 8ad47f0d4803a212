"""The trail as people read it: what happened to what, in words. Read by key, newest first, never counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from audit.models import LOOKS, Block, TrailRow
from audit.stateful import Stateful
from facts.catalogue import load_catalogue
from officials.models import Official
from officials.roles import Role
from oversight.words import DETAILS, TABLES, VALUES, VERBS
from standards.words import Words
from web.forms import say

ROWS = 50
BLOCKS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One trail row in words."""

    row: TrailRow
    verb: Words | str
    about: Words | str
    source: str
    target: str
    detail: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of the trail; ``older`` is the id below which the next one begins."""

    lines: Sequence[Line]
    older: int | None


def trail(official: Official, kept: Q, *, before: int | None) -> Slice:
    """The rows of officials in scope and of the program itself. One query, by the primary key."""
    own = Q(division__startswith=official.scope) | Q(division="")
    rows = TrailRow.objects.filter(own & kept)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: ROWS + 1])
    shown = found[:ROWS]
    return Slice([_line(row) for row in shown], shown[-1].pk if len(found) > ROWS else None)


@dataclass(frozen=True, slots=True)
class Looker:
    """What one official looked at on one day. ``in_an_hour``: the searches of their busiest hour."""

    number: str
    name: str
    searches: int
    in_an_hour: int
    misses: int
    reveals: int
    handed_over: int
    was_stopped: bool


def looks(official: Official, day: date) -> list[Looker]:
    """Who searched and looked on one business day, in scope, the most first. One query."""
    found = (
        TrailRow.objects.filter(division__startswith=official.scope, day=day, verb__in=LOOKS)
        .annotate(hour=TruncHour("at"))
        .values_list("actor_number", "actor_name", "verb", "hour")
        .annotate(n=Count("pk"), misses=Count("pk", filter=Q(detail__hits=0)))
        .order_by("actor_number", "hour")
    )
    counts: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, name, verb, _hour, n, misses in found:
        counts[number, name][verb].append(n)
        counts[number, name]["misses"].append(misses)
    rows = [
        Looker(
            number=number,
            name=name,
            searches=sum(of["search"]),
            in_an_hour=max(of["search"], default=0),
            misses=sum(of["misses"]),
            reveals=sum(of["reveal"]),
            handed_over=sum(of["hand_over"]),
            was_stopped=bool(of["stop_searching"] or of["stop_revealing"]),
        )
        for (number, name), of in counts.items()
    ]
    return sorted(rows, key=lambda row: (not row.was_stopped, -row.searches, -row.reveals, row.number))


def newest_blocks() -> list[Block]:
    """The newest sealed blocks. One query."""
    return list(Block.objects.order_by("-n")[:BLOCKS])


def _line(row: TrailRow) -> Line:
    detail = "；".join(
        f"{say(DETAILS[name])} {_short(value)}" for name, value in row.detail.items() if name in DETAILS
    )
    states = _state_words().get(row.table, {})
    source, target = states.get(row.source, row.source), states.get(row.target, row.target)
    return Line(row, _verb(row), TABLES.get(row.table, row.table), str(source), str(target), detail)


def _verb(row: TrailRow) -> Words | str:
    model = _models().get(row.table)
    if model is not None:
        for move in model.MOVES:
            if move.name == row.verb:
                return str(move.label)
    return VERBS.get(row.verb, row.verb)


def _state_words() -> dict[str, dict[str, object]]:
    """The words of every state by table: each machine's table holds its states with their labels."""
    return {
        table: {
            str(state): getattr(state, "label", state)
            for move in model.MOVES
            for state in (*move.source, move.target)
        }
        for table, model in _models().items()
    }


def _models() -> dict[str, type[Stateful]]:
    return {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Stateful)}


def _short(value: Any) -> str:
    """A detail's value in words where it has some, and short."""
    if isinstance(value, dict):
        return "，".join(
            f"{say(DETAILS[name])} {_short(one)}" for name, one in value.items() if name in DETAILS
        )
    if isinstance(value, list):
        return "、".join(map(_short, value)) or "—"
    text = str(value)
    words = VALUES.get(text) or load_catalogue().papers.get(text)
    if words is None and text in load_catalogue().kinds:
        words = load_catalogue().kinds[text].words
    if words is not None:
        return say(words)
    if text in Role.values:
        return str(Role(text).label)
    return text if len(text) <= 24 else f"{text[:12]}…{text[-4:]}"
