"""The one door. Every state changes here, with the row locked, the role asked and the trail written."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import override
from django_fsm import TransitionNotAllowed

from audit.actor import Actor
from audit.models import TrailRow
from audit.moves import Move
from audit.stateful import Stateful
from standards.words import Refusal, Words

S = TypeVar("S", bound=Stateful)
M = TypeVar("M", bound=models.Model)


def table_of(model: type[models.Model] | models.Model) -> str:
    """The name under which the trail knows a table."""
    return model._meta.db_table


def perform(
    obj: S, name: str, *, by: Actor, on: date, detail: Mapping[str, Any] | None = None, **fields: Any
) -> S:
    """Take one move with one row and return the fresh row; the caller's copy is stale afterwards.

    Locks the row, asks the table and the role, sets ``fields`` (columns of the row itself) and the move's
    own columns, saves and writes the trail. Raises Refusal: the state no longer allows the move, the role
    does not have it, somebody else's step, or a constraint of the table (two people, one claim …).
    """
    model = type(obj)
    move = model.move_named(name)
    with transaction.atomic(), explained(model):
        row = model._base_manager.select_for_update().get(pk=obj.pk)
        source = row.state
        _ask(move, row, by)
        changed = {**fields, **stamps(move, by, on)}
        try:
            getattr(row, move.name)(**changed)
        except TransitionNotAllowed:
            raise _too_late(row, move, by) from None
        with marked(by):
            row.save(update_fields=["state", *changed])
        record(move.name, row, by=by, on=on, source=source, target=row.state, detail=detail)
    return row


def perform_all(
    rows: models.QuerySet[S],
    name: str,
    *,
    by: Actor,
    on: date,
    expected: int,
    detail: Mapping[str, Any] | None = None,
    **fields: Any,
) -> int:
    """Take one move with every row of ``rows`` at once, or with none.

    ``expected`` is what the person saw: where another number of rows is in a state that allows the move,
    nothing happens (Refusal). Returns the count.
    """
    model = rows.model
    move = model.move_named(name)
    if by.role not in move.roles:
        raise _not_your_role(move)
    changed = {**fields, **stamps(move, by, on)}
    assignments = "".join(f', "{_field(model, column).column}" = %s' for column in changed)
    values = [_column_value(model, column, value) for column, value in changed.items()]
    with transaction.atomic(), explained(model), marked(by), connection.cursor() as cursor:
        ids, states = _locked(move, rows, by)
        if len(ids) != expected:
            raise Refusal(
                f"选了 {expected} 件，现在只有 {len(ids)} 件还能这样办，一件也没有动。刷新后再办",
                f"{expected} were chosen but {len(ids)} can still take this step; nothing was changed. Reload and try again",
                code="count_differs",
            )
        cursor.execute(
            f'UPDATE "{table_of(model)}" SET state = %s{assignments} WHERE id = ANY(%s)',  # noqa: S608 - the model's names
            [str(move.target), *values, ids],
        )
        cursor.execute(
            """INSERT INTO audit_trailrow (day, actor_number, actor_name, role, division, verb, "table", object_id,
                      source, target, detail)
               SELECT %s, %s, %s, %s, %s, %s, %s, id, state, %s, %s::jsonb
               FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS moved (id, state, n) ORDER BY n""",
            [on, by.number, by.name, by.role, by.division, move.name, table_of(model), str(move.target),
             json.dumps(dict(detail or {}), ensure_ascii=False), ids, states],
        )  # fmt: skip
    return len(ids)


def create(obj: S, *, by: Actor, on: date, detail: Mapping[str, Any] | None = None) -> S:
    """Save a new row in its first state and write the trail. Raises Refusal for a broken constraint."""
    with transaction.atomic(), explained(type(obj)):
        obj.save(force_insert=True)
        record("create", obj, by=by, on=on, target=obj.state, detail=detail)
    return obj


def record(
    verb: str,
    obj: models.Model,
    *,
    by: Actor,
    on: date,
    source: str = "",
    target: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one trail row. ``detail`` holds no identity, account or phone number: digests there are keyed."""
    TrailRow.objects.create(
        day=on, actor_number=by.number, actor_name=by.name, role=by.role, division=by.division, verb=verb,
        table=table_of(obj), object_id=obj.pk, source=source, target=target, detail=dict(detail or {}),
    )  # fmt: skip


class TooManyError(Exception):
    """Somebody opened as many others of the kind within the hour as they may."""


LOOKS_UNLIMITED = 1_000_000


def look(obj: models.Model, *, by: Actor, on: date, most: int = LOOKS_UNLIMITED) -> datetime | None:
    """Write that ``by`` opened ``obj``, and give the time when they opened it last. One query.

    Raises TooManyError, and writes nothing, where they opened ``most`` others of its table within the hour.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_trailrow (day, actor_number, actor_name, role, division, verb, "table", object_id, source,
                       target, detail) SELECT %s, %s, %s, %s, %s, 'look', %s, %s, '', '', '{}'
               WHERE (SELECT count(DISTINCT t.object_id) FROM audit_trailrow t WHERE t.actor_number = %s AND t.verb = 'look'
                      AND t.at >= now() - interval '1 hour' AND t."table" = %s AND t.object_id <> %s) < %s
               RETURNING (SELECT max(t.at) FROM audit_trailrow t WHERE t."table" = %s AND t.object_id = %s
                          AND t.verb = 'look' AND t.actor_number = %s)""",
            [on, by.number, by.name, by.role, by.division, table_of(obj), obj.pk, by.number, table_of(obj), obj.pk, most,
             table_of(obj), obj.pk, by.number],
        )  # fmt: skip
        found = cursor.fetchone()
    if found is None:
        raise TooManyError
    last: datetime | None = found[0]
    return last


def record_all(
    verb: str,
    rows: models.QuerySet[M],
    *,
    by: Actor,
    on: date,
    target: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write one trail row for each of ``rows`` in one statement: for rows that were made in bulk."""
    picked, parameters = _ids_of(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO audit_trailrow (day, actor_number, actor_name, role, division, verb, "table", object_id,
                       source, target, detail)
                SELECT %s, %s, %s, %s, %s, %s, %s, picked.id, '', %s, %s::jsonb
                FROM ({picked}) AS picked(id) ORDER BY picked.id""",  # noqa: S608 - names come from the model
            [on, by.number, by.name, by.role, by.division, verb, table_of(rows.model), target,
             json.dumps(dict(detail or {}), ensure_ascii=False), *parameters],
        )  # fmt: skip
        return int(cursor.rowcount)


@contextmanager
def marked(by: Actor) -> Iterator[None]:
    """The door's mark, which the database guard asks for: set for this transaction, cleared on leaving."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('guanai.actor', %s, true)", [by.number])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('guanai.actor', '', true)")


@contextmanager
def explained(model: type[models.Model]) -> Iterator[None]:
    """Turn a broken constraint into the sentence that the model has for it; the row is never logged."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        broken = getattr(diagnosis, "constraint_name", "") or ""
        words = getattr(model, "REFUSALS", {}).get(broken)
        if words is None:
            raise
        raise Refusal(words.zh, words.en, code=broken) from None


def stamps(move: Move, by: Actor, on: date) -> dict[str, Any]:
    """The columns that a move fills (who, when) or empties."""
    filled: dict[str, Any] = {}
    if move.by_field:
        filled[move.by_field] = by.number
    if move.on_field:
        filled[move.on_field] = on
    for column in move.clears:
        filled[column] = "" if column.endswith("_by") else None
    return filled


def _ask(move: Move, row: Stateful, by: Actor) -> None:
    if by.role not in move.roles:
        raise _not_your_role(move)
    if move.own and getattr(row, move.own) != by.number:
        raise Refusal(
            "这一步不是你办的，只有经办人能撤回",
            "This step was not yours; only the person who took it can take it back",
            code="not_own_step",
        )


def _ids_of(rows: models.QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """SQL for the ids of ``rows``; Django gives none for a filter that nothing can meet, such as an empty list."""
    try:
        return rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", ()


def _locked(move: Move, rows: models.QuerySet[Any], by: Actor) -> tuple[list[int], list[str]]:
    """Ids and states of the rows that the move may begin from, locked in the order of their ids.

    The rows are then named by their ids: joined with their own table, a batch that was written a moment ago, of which
    PostgreSQL has no statistics yet, is compared each row with each.
    """
    may = rows.filter(state__in=[str(source) for source in move.source])
    if move.own:
        may = may.filter(**{move.own: by.number})
    locked = may.order_by("pk").select_for_update(of=("self",)).values_list("pk", "state")
    ids, states = zip(*locked, strict=True) if locked else ((), ())
    return list(ids), list(states)


def _column_value(model: type[models.Model], column: str, value: Any) -> Any:
    return _field(model, column).get_db_prep_save(value, connection)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _label(move: Move) -> Words:
    with override("zh-hans"):
        zh = str(move.label)
    with override("en"):
        return Words(zh, str(move.label))


def _not_your_role(move: Move) -> Refusal:
    label = _label(move)
    return Refusal(
        f"“{label.zh}”不是你这个岗位的步骤", f"“{label.en}” is not a step of your role", code="not_your_role"
    )


def _too_late(row: Stateful, move: Move, by: Actor) -> Refusal:
    label = _label(move)
    last = (
        TrailRow.objects.filter(table=table_of(row), object_id=row.pk)
        .exclude(target="")
        .order_by("-id")
        .first()
    )
    if last and last.actor_number == by.number:  # a second press, a second tab
        return Refusal(
            f"你自己先办了一步，这件现在不能“{label.zh}”，这一次没有生效",
            f"You acted here before: “{label.en}” is no longer possible, this time had no effect",
            code="state_moved_on",
        )
    who = last.actor_name if last else ""
    return Refusal(
        f"{who}先办了一步，这件现在不能“{label.zh}”，你这一步没有生效",
        f"{who} acted first: “{label.en}” is no longer possible here, your step had no effect",
        code="state_moved_on",
    )
