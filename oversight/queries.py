"""The trail as people read it: what happened to what, in words. Read by key, newest first, never counted."""

import codecs
import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.apps import apps
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.translation import gettext

from audit.actor import SYSTEM
from audit.models import LOOKS, Block, TrailRow
from audit.sealing import block_of, is_whole
from audit.stateful import Stateful
from officials.models import Official
from officials.roles import Role
from oversight.details import Part, details_of
from oversight.naming import NO_NAMES, Called, Names, names_for
from oversight.words import TABLES, VERBS
from standards.words import Words
from web.forms import say

ROWS = 50
BLOCKS = 5
EXPORTED_MAX = 20_000  # rows of one sheet: a season of a township; the filters choose
RECOMPUTED_MAX = 50_000  # rows of a block that a page recomputes: a tenth of a second


@dataclass(frozen=True, slots=True)
class Line:
    """One trail row in words."""

    row: TrailRow
    who: str
    verb: Words | str
    about: Words | str
    called: Called | None
    source: str
    target: str
    details: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of the trail; ``older`` is the id below which the next one begins."""

    lines: Sequence[Line]
    older: int | None


def trail(official: Official, kept: Q, *, before: int | None) -> Slice:
    """The rows of officials in scope and of the program itself, by the primary key; then their names."""
    rows = visible(official).filter(kept)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: ROWS + 1])
    shown = found[:ROWS]
    return Slice(lines_of(shown, official), shown[-1].pk if len(found) > ROWS else None)


def visible(official: Official) -> "QuerySet[TrailRow]":
    """What officials in scope did, and the program itself."""
    return TrailRow.objects.filter(Q(division__startswith=official.scope) | Q(division=""))


def lines_of(rows: Sequence[TrailRow], official: Official) -> list[Line]:
    """The rows in words, with the names that this official may read. A query for each table they speak of."""
    names, states = names_for(rows, official), _state_words()
    return [_line(row, names, states.get(row.table, {})) for row in rows]


def sheet(official: Official, kept: Q) -> tuple[bytes, int]:
    """(CSV that Excel opens, rows in it): the newest, at most :data:`EXPORTED_MAX`; things by number, no family's name."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            gettext("Row"), gettext("Time"), gettext("Business day"), gettext("Who"), gettext("Staff number"),
            gettext("Role"), gettext("What"), gettext("About"), gettext("Number"), gettext("Earlier state"),
            gettext("Later state"), gettext("Details"),
        ]
    )  # fmt: skip
    rows = list(visible(official).filter(kept).order_by("-pk")[:EXPORTED_MAX])
    states = _state_words()
    for row in rows:
        line = _line(row, NO_NAMES, states.get(row.table, {}))
        role = str(Role(row.role).label) if row.role in Role.values else row.role
        cells = (
            row.pk, timezone.localtime(row.at).isoformat(sep=" ", timespec="seconds"), row.day.isoformat(), line.who,
            row.actor_number, role, _said(line.verb), _said(line.about), row.object_id, line.source, line.target,
            "；".join(map(str, line.details)),
        )  # fmt: skip
        writer.writerow([_plain(cell) for cell in cells])
    return codecs.BOM_UTF8 + out.getvalue().encode(), len(rows)


def _said(words: Words | str) -> str:
    return say(words) if isinstance(words, Words) else words


def _plain(cell: object) -> object:
    """Text that Excel takes for text: a reason somebody typed may begin like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t")) else cell


@dataclass(frozen=True, slots=True)
class Sealed:
    """The block that a row is sealed in. ``agrees``: recomputed now it gives its digest; None: too large for a page."""

    block: Block
    agrees: bool | None


def sealed(row: TrailRow) -> Sealed | None:
    """Where this row is sealed; None while it waits for the next block."""
    block = block_of(row.pk)
    if block is None:
        return None
    return Sealed(block, is_whole(block) if block.rows <= RECOMPUTED_MAX else None)


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


def last_look(official: Official, before: date) -> date | None:
    """The last business day before this one on which somebody searched or looked, in scope. One query, by its index."""
    found = TrailRow.objects.filter(division__startswith=official.scope, verb__in=LOOKS, day__lt=before)
    return found.order_by("-day").values_list("day", flat=True).first()


def newest_blocks() -> list[Block]:
    """The newest sealed blocks. One query."""
    return list(Block.objects.order_by("-n")[:BLOCKS])


def _line(row: TrailRow, names: Names, states: Mapping[str, object]) -> Line:
    return Line(
        row=row,
        who=gettext("The program") if row.actor_number == SYSTEM.number else row.actor_name,
        verb=_verb(row),
        about=TABLES.get(row.table, row.table),
        called=names.rows.get((row.table, row.object_id)),
        source=str(states.get(row.source, row.source)),
        target=str(states.get(row.target, row.target)),
        details=details_of(row, names),
    )


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


@cache
def _models() -> dict[str, type[Stateful]]:
    return {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Stateful)}
