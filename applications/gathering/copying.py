"""Columns out of PostgreSQL without a loop over rows: binary COPY read by numpy."""

from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

NOTHING = -(2**62)  # stands for NULL inside a copied column; no fact can be this number

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # then no flags and no extension
_CLOSING = b"\xff\xff"
_ARRAY_HEADER = 20  # dimensions, flags, element type, length, lower bound
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])


def copy_integers(query: str, columns: int) -> list[npt.NDArray[np.int64]]:
    """The result of ``query`` as ``columns`` arrays of int64. Every column must be bigint and never NULL.

    PostgreSQL gathers each column into one array, which arrives as one value: a COPY of 100,000 rows is 100,000
    messages to Python. The order of the rows is the query's. Raises AssertionError where a NULL is among the
    values, which would shift every value after it silently.
    """
    names = [f"c{n}" for n in range(columns)]
    gathered = ", ".join(f"array_agg({name})" for name in names)
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            f"SELECT {gathered} FROM ({query}) AS gathered({', '.join(names)})".encode(), binary=True
        )
        assert cursor.pgresult is not None
        values = [cursor.pgresult.get_value(0, n) for n in range(columns)]
    return [_array(value, query) for value in values]


def _array(value: bytes | None, query: str) -> npt.NDArray[np.int64]:
    if value is None:
        return np.zeros(0, np.int64)
    assert len(value[_ARRAY_HEADER:]) % _ELEMENT.itemsize == 0, f"a value is missing in {query[:80]}…"
    elements = np.frombuffer(value, _ELEMENT, offset=_ARRAY_HEADER)
    assert (elements["length"] == 8).all(), f"a column of {query[:80]}… is not bigint"
    return elements["value"].astype(np.int64)


def _row(columns: int) -> np.dtype[np.void]:
    """One row of binary COPY: the number of fields, then length and value of each."""
    parts = [
        (f"{part}{n}", kind) for n in range(columns) for part, kind in (("len", ">i4"), ("value", ">i8"))
    ]
    return np.dtype([("fields", ">i2"), *parts])


def copy_in(cursor: Any, table: str, columns: list[npt.NDArray[np.int64]]) -> None:
    """Columns of whole numbers into ``table``, whose columns are all bigint, by binary COPY built by numpy."""
    rows = np.empty(len(columns[0]), _row(len(columns)))
    rows["fields"] = len(columns)
    for n, column in enumerate(columns):
        rows[f"len{n}"] = 8
        rows[f"value{n}"] = column
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(_SIGNATURE)
        copy.write(rows.tobytes())
        copy.write(_CLOSING)
