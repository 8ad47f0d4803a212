"""Facts of a base as columns, each judged on that row's day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection

from applications.gathering.base import Base
from applications.gathering.copying import NOTHING, copy_integers
from applications.gathering.coverage import Covered
from facts.catalogue import Field, Kind, load_catalogue
from programs.language.columns import ABSENT, DTYPES, Column

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
EPOCH = "DATE '2000-01-01'"
OF_PERSON = ("sex", "born_on")  # columns of the person, not facts with a period


def columns_of(
    base: Base, n: int, names: Iterable[str], covered: Covered, *, record_kind: str = ""
) -> dict[str, Column]:
    """One column for each fact in ``names``, of the ``n`` rows of ``base``.

    Status and yearly facts are those valid on the row's day; of events the first on or after that day counts,
    else the last before. A fact that two lists dispute, or that two different records state, is not known.
    A fact that is on no list is known to be absent where a complete list covers that division and day.
    """
    catalogue = load_catalogue()
    by_kind: dict[str, list[Field]] = defaultdict(list)
    columns: dict[str, Column] = {}
    for name in names:
        field = catalogue.facts[name]
        if name in OF_PERSON:
            columns[name] = _of_person(base, n, field)
        elif name == "household.size":
            columns[name] = _household_size(base, n)
        else:
            by_kind[field.kind].append(field)
    if by_kind:
        places = _places(base)
    for kind_name, fields in by_kind.items():
        kind = catalogue.kinds[kind_name]
        found, stated = _of_kind(base, n, kind, fields, is_record=kind_name == record_kind)
        columns |= found
        if kind.dated == "status" and kind.until:
            _ended_is_no(base, kind, [columns[field.name] for field in fields], fields, stated)
        for field in fields:
            if field.when_absent == "no_if_listed":
                _absent_is_no(columns[field.name], field, covered, places, stated)
    return columns


@dataclass(frozen=True, slots=True)
class _Places:
    """Of each row: its division (12 digits as a number), its day, and whether the subject itself is known."""

    divisions: Longs
    days: Longs
    has: dict[str, Bools]  # person | household


def _places(base: Base) -> _Places:
    divisions, days, people, households = copy_integers(
        f"SELECT coalesce(nullif(b.division, ''), '0')::bigint, coalesce((b.day - {EPOCH})::bigint, {NOTHING}), "
        f"coalesce(b.person, 0), coalesce(b.household, 0) FROM {base.relation} b ORDER BY b.k",
        4,
    )
    return _Places(divisions, days, {"person": people > 0, "household": households > 0})


def _of_person(base: Base, n: int, field: Field) -> Column:
    value = (
        "CASE p.sex WHEN 'female' THEN 0 ELSE 1 END::bigint"
        if field.name == "sex"
        else f"(p.born_on - {EPOCH})::bigint"
    )
    rows, values = copy_integers(
        f"SELECT b.k::bigint, {value} FROM {base.relation} b JOIN beneficiaries_person p ON p.id = b.person",
        2,
    )
    column = _empty(field, n, ("female", "male") if field.name == "sex" else ())
    column.values[rows] = values
    column.known[rows] = True
    return column


def _household_size(base: Base, n: int) -> Column:
    rows, counts = copy_integers(
        f"""SELECT b.k::bigint, count(*)::bigint FROM {base.relation} b
            JOIN beneficiaries_membership m ON m.household_id = b.household AND NOT m.is_disputed
             AND m.valid_from <= b.day AND (m.valid_until IS NULL OR m.valid_until >= b.day)
            GROUP BY b.k""",
        2,
    )
    column = Column(np.zeros(n, np.int64), np.zeros(n, bool))
    column.values[rows] = counts
    column.known[rows] = True
    return column


def _of_kind(
    base: Base, n: int, kind: Kind, fields: list[Field], *, is_record: bool
) -> tuple[dict[str, Column], Bools]:
    """The columns of one kind, and which rows any record of that kind says something about."""
    join = _join(kind, is_record=is_record)
    words = {field.name: _words(base, field, join) for field in fields}
    values = ", ".join(f"coalesce({_value(kind, field, words[field.name])}, {NOTHING})" for field in fields)
    pick, order = "", ""
    if kind.dated == "event" and not is_record:
        pick, order = (
            "DISTINCT ON (b.k)",
            "ORDER BY b.k, (f.valid_from < b.day), abs(f.valid_from - b.day), f.id",
        )
    rows, disputed, *copied = copy_integers(
        f"SELECT {pick} b.k::bigint, f.is_disputed::int::bigint, {values} "
        f"FROM {base.relation} b JOIN beneficiaries_fact f ON {join} {order}",
        2 + len(fields),
    )
    in_dispute = rows[disputed == 1]
    columns = {
        field.name: _column(field, n, words[field.name], rows, found, in_dispute)
        for field, found in zip(fields, copied, strict=True)
    }
    stated = np.zeros(n, bool)
    stated[in_dispute if kind.list_of else rows] = True
    return columns, stated


def _join(kind: Kind, *, is_record: bool) -> str:
    if is_record:
        return "f.id = b.record"
    join = f"f.kind = '{kind.name}' AND f.{kind.about}_id = b.{kind.about} AND f.superseded_by_id IS NULL"
    if kind.dated in ("status", "yearly"):
        join += " AND f.valid_from <= b.day AND (f.valid_until IS NULL OR f.valid_until >= b.day)"
    return join


def _words(base: Base, field: Field, join: str) -> tuple[str, ...]:
    """What the numbers of a text column stand for: the codes of its file, or every text that occurs."""
    if field.type != "text":
        return field.codes
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT f.values->>'{field.key}' FROM {base.relation} b JOIN beneficiaries_fact f ON {join} "
            f"WHERE f.values->>'{field.key}' IS NOT NULL ORDER BY 1"
        )
        return tuple(word for (word,) in cursor.fetchall())


def _value(kind: Kind, field: Field, words: tuple[str, ...]) -> str:
    """SQL for one fact of ``f`` as a bigint, NULL where it is not there."""
    if field.key == kind.day:
        return f"(f.valid_from - {EPOCH})::bigint"
    text = f"(f.values->>'{field.key}')"
    if field.type == "date":
        return f"({text}::date - {EPOCH})::bigint"
    if field.type == "bool":
        return f"{text}::boolean::int::bigint"
    if field.type in ("text", "code"):
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
        return f"(array_position(ARRAY[{listed}]::text[], {text}) - 1)::bigint"
    if field.type == "codes":
        bits = (
            f"CASE WHEN f.values->'{field.key}' ? '{code}' THEN {1 << bit} ELSE 0 END"
            for bit, code in enumerate(words)
        )
        return f"({' + '.join(bits)})::bigint"
    return f"{text}::bigint"


def _column(
    field: Field, n: int, words: tuple[str, ...], rows: Longs, found: Longs, in_dispute: Longs
) -> Column:
    column = _empty(field, n, words)
    if field.type == "codes":
        np.bitwise_or.at(column.values, rows, found)
        column.known[:] = column.values  # a code that a list states is known, whatever other lists say
        column.known[in_dispute] = 0
        return column
    there = found != NOTHING
    rows, found = rows[there], found[there]
    column.values[rows[::-1]] = found[::-1].astype(column.values.dtype)  # the first of several stays
    column.known[rows] = True
    column.known[rows[column.values[rows] != found.astype(column.values.dtype)]] = False
    column.known[in_dispute] = False
    return column


def _ended_is_no(base: Base, kind: Kind, columns: list[Column], fields: list[Field], stated: Bools) -> None:
    """What ended before the day, with nothing in its place, is known not to hold: a cancelled certificate is a no."""
    (rows,) = copy_integers(
        f"""SELECT DISTINCT b.k::bigint FROM {base.relation} b JOIN beneficiaries_fact f ON f.kind = '{kind.name}'
            AND f.{kind.about}_id = b.{kind.about} AND f.superseded_by_id IS NULL AND NOT f.is_disputed
            AND f.valid_until < b.day""",
        1,
    )
    rows = rows[~stated[rows]]
    for column, field in zip(columns, fields, strict=True):
        column.values[rows] = ABSENT[field.type]
        column.known[rows] = True


def _absent_is_no(column: Column, field: Field, covered: Covered, places: _Places, stated: Bools) -> None:
    """What no record states, and a complete list would have stated, is known to be absent."""
    silent = ~stated & places.has[field.about]
    if field.type == "codes":
        for bit, code in enumerate(column.words):
            listed = silent & covered.holds(field.kind, code, places.divisions, places.days)
            column.known = np.bitwise_or(column.known, np.where(listed, 1 << bit, 0))
        return
    absent = silent & covered.holds(field.kind, "", places.divisions, places.days)
    column.values[absent] = ABSENT[field.type]
    column.known[absent] = True


def _empty(field: Field, n: int, words: tuple[str, ...]) -> Column:
    known = np.zeros(n, np.int64 if field.type == "codes" else bool)
    return Column(np.zeros(n, DTYPES[field.type]), known, words)
