"""Rows into tables by COPY: whole columns move, nothing goes row by row through the ORM."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy_into(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert ``rows`` into the model's table; gives how many. Constraints and guards hold as for any insert."""
    fields: list[models.Field[Any, Any]] = [model._meta.get_field(column) for column in columns]  # type: ignore[misc]  # plain columns
    names = ", ".join(f'"{field.column}"' for field in fields)
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def pairs_into(table: str, column: str, new_values: str, pairs: Sequence[tuple[Any, Any]], kind: str) -> None:
    """Set ``column`` of many rows: ``pairs`` are (id, value), ``kind`` the value's type in SQL."""
    if not pairs:
        return
    ids, values = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE "{table}" t SET "{column}" = {new_values} FROM
                (SELECT unnest(%s::bigint[]) AS id, unnest(%s::{kind}[]) AS value) v WHERE t.id = v.id""",  # noqa: S608  # names come from the model
            [list(ids), list(values)],
        )
