"""Whole columns in and out of tables: COPY in, arrays out; nothing goes row by row through the ORM.

Columns are made ready as text first (``texts``, ``octets``, ``plain``), which is three times as fast as letting the
driver adapt each value of each row.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection, models

NULL = r"\N"
ROWS_AT_ONCE = 10_000  # rows in one write: a few megabytes
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}

Ready = list[str]


def texts(values: Iterable[str | None]) -> Ready:
    """A column of text; what COPY would misread is escaped."""
    return [
        NULL if value is None else _SPECIAL.sub(_escape, value) if _SPECIAL.search(value) else value
        for value in values
    ]


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES[found[0]]


def octets(values: Iterable[bytes | None]) -> Ready:
    """A column of bytes."""
    return [NULL if value is None else rf"\\x{value.hex()}" for value in values]


def plain(values: Iterable[int | date | str | None]) -> Ready:
    """A column of numbers, days or codes: nothing in it needs an escape."""
    return [NULL if value is None else str(value) for value in values]


def flags(values: Iterable[bool]) -> Ready:
    """A column of booleans."""
    return ["t" if value else "f" for value in values]


def arrays(values: Iterable[Sequence[str]]) -> Ready:
    """A column of arrays of search terms (no quotes or backslashes in them)."""
    return ['{"' + '","'.join(value) + '"}' if value else "{}" for value in values]


def copy_columns(model: type[models.Model], columns: Mapping[str, Ready | str | int]) -> int:
    """Insert rows made of ready columns; a single text or number stands in every row. Gives how many rows.

    Constraints and guards hold as for any insert.
    """
    ready = [column for column in columns.values() if isinstance(column, list)]
    count = len(ready[0])
    whole = [column if isinstance(column, list) else [str(column)] * count for column in columns.values()]
    names = ", ".join(f'"{_column(model, name)}"' for name in columns)
    lines = map("\t".join, zip(*whole, strict=True))
    with connection.cursor() as cursor:
        with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
            while block := list(islice(lines, ROWS_AT_ONCE)):
                copy.write("\n".join(block) + "\n")
        assert cursor.rowcount == count, "COPY took another number of rows than were given"
    return count


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def select(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Rows of a fixed statement: long lists of keys go as one array (``= ANY(%s)``), not as thousands of parameters."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _given(parameters))
        return list(cursor.fetchall())


def _given(parameters: tuple[Any, ...]) -> Any:
    """The parameters one by one, or by name where the only one is a mapping."""
    return parameters[0] if len(parameters) == 1 and isinstance(parameters[0], Mapping) else parameters


def next_keys(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for rows to be copied in, so that nobody has to look for them afterwards."""
    if not count:
        return []
    rows = select(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        model._meta.db_table,
        count,
    )
    return [key for (key,) in rows]


def execute(statement: str, *parameters: Any) -> int:
    """Run a fixed statement; gives how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _given(parameters))
        return int(cursor.rowcount)


def set_values(model: type[models.Model], name: str, kind: str, pairs: Sequence[tuple[int, Any]]) -> None:
    """Set one column of many rows: ``pairs`` are (id, value), ``kind`` is the value's type in SQL."""
    if pairs:
        ids, values = zip(*pairs, strict=True)
        execute(
            f"""UPDATE "{model._meta.db_table}" t SET "{_column(model, name)}" = v.value
                FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::{kind}[]) AS value) v WHERE t.id = v.id""",  # noqa: S608  # names come from the model
            list(ids),
            list(values),
        )
