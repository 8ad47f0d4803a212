"""Columns out of PostgreSQL without a loop over rows: binary COPY read by numpy."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection

NOTHING = -(2**62)  # stands for NULL inside a copied column; no fact can be this number

PREPARED_UNASKED = 1_000_000  # times a statement runs before it is prepared without being told to be
ROWS_AT_ONCE = 50_000  # made ready to be copied in: some 5 MB
COLUMNS_MAX = 1600  # of one SELECT in PostgreSQL: 1,664

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # then no flags and no extension
_CLOSING = b"\xff\xff"
_ARRAY_HEADER = 20  # dimensions, flags, element type, length, lower bound
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])


@dataclass(frozen=True, slots=True)
class Query:
    """A query whose ``columns`` are all bigint and never NULL; a percent sign in its SQL begins a parameter.

    ``words`` are queries of texts, each wanted once and in order; in ``sql`` they are the arrays ``words_of(n)``.
    """

    sql: str
    columns: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copied:
    """The columns of a :class:`Query` in the order of its rows, and its words."""

    columns: list[npt.NDArray[np.int64]]
    words: list[tuple[str, ...]]


def words_of(n: int) -> str:
    """SQL for the array of the ``n``-th words, inside a query's own SQL."""
    return f"(SELECT words FROM words{n})"


def copy_all(
    queries: Sequence[Query], parameters: Mapping[str, str], *, is_again: bool = False
) -> list[Copied]:
    """The results of all ``queries`` in one statement, as arrays of int64.

    ``is_again`` says that the same statement will come again on this connection: its plan is kept.

    PostgreSQL gathers each column into one array, which arrives as one value: a COPY of 100,000 rows is 100,000
    messages to Python. The order of the rows is the query's. Raises AssertionError where a NULL is among the
    values, which would shift every value after it silently.
    """
    copied: list[Copied] = []
    for some in _fitting(queries):
        parts = ", ".join(f"{_gathered(query)} AS q{n}" for n, query in enumerate(some))
        values = iter(_one_row(f"SELECT * FROM {parts}", parameters, is_again=is_again))
        copied += [_copied(query, values) for query in some]
    return copied


def copy_portions(queries: Sequence[Query], bounds: Sequence[int]) -> Iterator[list[Copied]]:
    """The results of each of ``queries`` by ranges of its first column: below the first of ``bounds``, from it to the
    next, …, from the last on. Inside a transaction.

    One cursor a query, so that PostgreSQL joins once and hands out one range after the other.
    """
    names = [f"portion{n}" for n in range(len(queries))]
    with connection.cursor() as cursor:
        for name, query in zip(names, queries, strict=True):
            cursor.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {in_portions(query, bounds)}", {})
        coming: dict[str, list[bytes | None]] = {}
        for number in range(len(bounds) + 1):
            yield [
                _copied(query, iter(one[1:])) if (one := _coming(name, number, coming)) else _nobody(query)
                for name, query in zip(names, queries, strict=True)
            ]
        for name in names:
            cursor.execute(f"CLOSE {name}")


def _coming(name: str, number: int, coming: dict[str, list[bytes | None]]) -> list[bytes | None]:
    """The row of one cursor for this range, empty where it has none; what comes for a later range waits in ``coming``."""
    row = coming.pop(name) if name in coming else _one_row(f"FETCH FROM {name}", {})
    if row and int.from_bytes(row[0] or b"", signed=True) == number:
        return row
    coming[name] = row
    return []


def _nobody(query: Query) -> Copied:
    return Copied([np.zeros(0, np.int64)] * query.columns, [()] * len(query.words))


def _copied(query: Query, values: Iterator[bytes | None]) -> Copied:
    columns = [_array(next(values), query.sql) for _ in range(query.columns)]
    return Copied(columns, [tuple(json.loads(next(values) or b"[]")) for _ in query.words])


def _fitting(queries: Sequence[Query]) -> Iterator[list[Query]]:
    """The queries in portions of as many columns as one statement may have."""
    portion: list[Query] = []
    for query in queries:
        if portion and sum(one.columns + len(one.words) for one in (*portion, query)) > COLUMNS_MAX:
            yield portion
            portion = []
        portion.append(query)
    if portion:
        yield portion


class _Binary(psycopg.Cursor[Any]):
    """A cursor for binary values, which Django's own cannot take."""

    is_again = False

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        if (
            self.is_again and self.connection.prepare_threshold is None
        ):  # Django's way to prepare nothing at all
            self.connection.prepare_threshold = PREPARED_UNASKED
        return super().execute(query, params, prepare=self.is_again, binary=True)


def _one_row(sql: str, parameters: Mapping[str, str], *, is_again: bool = False) -> list[bytes | None]:
    """The first row of what ``sql`` gives, empty where it gives none."""
    connection.ensure_connection()
    with _Binary(connection.connection) as bare:
        bare.is_again = is_again
        wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
        wrap(bare).execute(sql, parameters)  # type: ignore[arg-type]  # any psycopg cursor will do
        result = bare.pgresult
        assert result is not None
        return [result.get_value(0, n) for n in range(result.nfields)] if result.ntuples else []


def _gathered(query: Query) -> str:
    """The query as one row of arrays."""
    return f"({_words(query)} SELECT {', '.join(_arrays(query))} FROM ({query.sql}) AS gathered({_names(query)}))"


def in_portions(query: Query, bounds: Sequence[int]) -> str:
    """The query as one row of arrays for each range of its first column, the number of the range before them.

    They are sorted by range alone, so that groups come one by one; rows of a range keep no order.
    """
    if not bounds:  # one range: nothing to sort
        return f"SELECT 0::bigint AS number, whole.* FROM {_gathered(query)} AS whole"
    portion = f"width_bucket(c0, '{{{', '.join(map(str, bounds))}}}'::bigint[])"
    return f"""{_words(query)} SELECT portion::bigint AS number, {", ".join(_arrays(query))} FROM (
        SELECT *, {portion} AS portion FROM ({query.sql}) AS gathered({_names(query)})
        ORDER BY portion) AS ranged GROUP BY portion ORDER BY portion"""


def _names(query: Query) -> str:
    return ", ".join(f"c{n}" for n in range(query.columns))


def _arrays(query: Query) -> list[str]:
    columns = [f"array_agg(c{n})" for n in range(query.columns)]
    return columns + [f"to_json({words_of(n)})::text" for n in range(len(query.words))]


def _words(query: Query) -> str:
    words = ", ".join(
        f"words{n} AS MATERIALIZED (SELECT coalesce(array_agg(t ORDER BY t), '{{}}') AS words"
        f" FROM (SELECT DISTINCT t FROM ({text}) w(t)) once)"
        for n, text in enumerate(query.words)
    )
    return f"WITH {words}" if words else ""


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
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(_SIGNATURE)
        for begin in range(0, len(columns[0]), ROWS_AT_ONCE):
            some = [column[begin : begin + ROWS_AT_ONCE] for column in columns]
            rows = np.empty(len(some[0]), _row(len(some)))
            rows["fields"] = len(some)
            for n, column in enumerate(some):
                rows[f"len{n}"] = 8
                rows[f"value{n}"] = column
            copy.write(rows.tobytes())
        copy.write(_CLOSING)
