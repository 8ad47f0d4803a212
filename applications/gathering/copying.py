"""Columns out of PostgreSQL without a loop over rows: binary COPY read by numpy."""

from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

NOTHING = -(2**62)  # stands for NULL inside a copied column; no fact can be this number

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # then no flags and no extension
_CLOSING = b"\xff\xff"
_HEADER, _TRAILER = len(_SIGNATURE), len(_CLOSING)


def _row(columns: int) -> np.dtype[np.void]:
    """One row of binary COPY: the number of fields, then length and value of each."""
    parts = [
        (f"{part}{n}", kind) for n in range(columns) for part, kind in (("len", ">i4"), ("value", ">i8"))
    ]
    return np.dtype([("fields", ">i2"), *parts])


def copy_integers(query: str, columns: int) -> list[npt.NDArray[np.int64]]:
    """The result of ``query`` as ``columns`` arrays of int64. Every column must be bigint and never NULL.

    ``query`` holds no values of people: ids and days as literals only. Raises AssertionError where the
    rows are not of the expected width, which would shift every value silently.
    """
    parts: list[Any] = []
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
        for chunk in copy:
            parts.append(chunk)
    buffer = b"".join(parts)
    body = len(buffer) - _HEADER - _TRAILER
    assert body % _row(columns).itemsize == 0, (
        f"a column of {query[:60]}… is not a bigint that is always there"
    )
    rows = np.frombuffer(buffer, _row(columns), count=body // _row(columns).itemsize, offset=_HEADER)
    assert (rows["fields"] == columns).all()
    for n in range(columns):
        assert (rows[f"len{n}"] == 8).all(), (
            f"column {n} of {query[:60]}… is not a bigint that is always there"
        )
    return [rows[f"value{n}"].astype(np.int64) for n in range(columns)]


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
