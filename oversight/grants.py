"""Holds the application's role to :mod:`oversight.kept`: column privileges, no DELETE, and triggers for what stays later.

``migrate`` runs this as the owner after every migration, so that the table in the code is what the database enforces.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from audit.constraints import GuardedMoves
from oversight.kept import KEPT, Later

REFUSE = """
CREATE OR REPLACE FUNCTION guanai_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'guanai: % %: what stands there stays', TG_TABLE_NAME, NEW.id
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END
$body$
"""
PREFIX = "stays_"


def hold() -> None:
    """Give the application exactly the privileges of the table, as the owner. Tables not there yet are left out."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        live = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        columns = set(cursor.fetchall())
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s", [f"{PREFIX}%"]
        )
        old = cursor.fetchall()
        cursor.execute(REFUSE)
        for name, table in old:
            cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
        for table, guard in _guards():
            if table in live:  # made anew: a restored dump writes the same trigger in other words
                for name in (guard.name, f"{guard.name}_first"):
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
                cursor.execute(guard._create(table))
        for table in sorted(live & KEPT.keys()):
            for statement in _statements(table, columns):
                cursor.execute(statement)


def _guards() -> list[tuple[str, GuardedMoves]]:
    return [
        (model._meta.db_table, rule)
        for model in apps.get_models()
        for rule in model._meta.constraints
        if isinstance(rule, GuardedMoves)
    ]


def trigger_name(table: str, later: Later) -> str:
    """The trigger that keeps the columns of ``later``."""
    return f"{PREFIX}{table.split('_', 1)[1]}_{later.name}"


def _statements(table: str, live: set[tuple[str, str]]) -> Iterator[str]:
    kept, role = KEPT[table], settings.APP_ROLE
    yield f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{role}"'
    if changes := [column for column in kept.changes if (table, column) in live]:
        yield f'GRANT UPDATE ({_quoted(changes)}) ON "{table}" TO "{role}"'
    if not kept.inserts:
        yield f'REVOKE INSERT ON "{table}" FROM "{role}"'
    if kept.deletes:
        yield f'GRANT DELETE ON "{table}" TO "{role}"'
    for later in kept.later:
        if all((table, column) in live for column in later.columns):
            yield (
                f'CREATE TRIGGER "{trigger_name(table, later)}" BEFORE UPDATE OF {_quoted(later.columns)} ON "{table}"'
                f" FOR EACH ROW WHEN (({later.when.format(row='OLD.')}) AND ({_of('OLD', later.columns)}) IS DISTINCT FROM"
                f" ({_of('NEW', later.columns)})) EXECUTE FUNCTION guanai_refuse_change()"
            )


def _quoted(columns: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _of(row: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f'{row}."{column}"' for column in columns)
