"""Columns out of PostgreSQL without a loop over rows: binary COPY read by numpy."""

from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

NOTHING = -(2**62)  # stands for NULL inside a copied column; no fact can be this number

_HEADER, _TRAILER = 19, 2  # PGCOPY signature, flags and extension length; the closing -1


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
    dtype = np.dtype(
        [
            ("fields", ">i2"),
            *(
                (f"{part}{n}", kind)
                for n in range(columns)
                for part, kind in (("len", ">i4"), ("value", ">i8"))
            ),
        ]
    )
    rows = np.frombuffer(buffer[_HEADER : len(buffer) - _TRAILER], dtype)
    assert (rows["fields"] == columns).all()
    for n in range(columns):
        assert (rows[f"len{n}"] == 8).all(), (
            f"column {n} of {query[:60]}… is not a bigint that is always there"
        )
    return [rows[f"value{n}"].astype(np.int64) for n in range(columns)]
