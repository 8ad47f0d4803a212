"""The trail as people read it: what happened to what, in words. Read by key, newest first, never counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q

from audit.models import Block, TrailRow
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
