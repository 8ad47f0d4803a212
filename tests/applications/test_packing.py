"""What a record says comes out of its one column as it went in: every kind, random records, the database's own sums."""

import json
from datetime import date

import numpy as np
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.gathering.copying import NOTHING
from applications.gathering.packing import DISPUTED, ENDED, Few, bits_of, fitting, packed, unpacked
from facts.catalogue import load_catalogue
from programs.language.columns import day_number

pytestmark = pytest.mark.django_db
FIELDS = [field for field in load_catalogue().facts.values() if bits_of(field)]
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
_ROWS = """(SELECT (r->>'id')::bigint AS id, (r->>'disputed')::bool AS is_disputed, (r->>'since')::date AS valid_from,
    (r->>'until')::date AS valid_until, (r->>'day')::date AS day, r->'said' AS said, n
    FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS each(r, n)) b"""


def answers(field) -> st.SearchStrategy[int]:
    """A number of the field's answers, NOTHING for none."""
    top = 1 if field.type == "bool" else len(field.codes) - 1
    top = 2 ** len(field.codes) - 1 if field.type == "codes" else top
    return st.one_of(st.just(NOTHING), st.integers(0, top))


@st.composite
def records(draw):
    """Some fields, as many as find room beside a day, and records that answer them; the day is the first of all days."""
    fields = fitting(draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=6)), is_dated=True)
    row = st.fixed_dictionaries({
        "id": st.sampled_from([1, None]), "disputed": st.booleans(), "since": DAYS, "until": st.one_of(st.none(), DAYS),
        "day": DAYS, "said": st.tuples(*map(answers, fields)),
    })  # fmt: skip
    return fields, draw(st.lists(row, min_size=1, max_size=12))


def asked(fields, rows, *, is_dated, can_end):
    """The column as the database makes it."""
    few = [
        Few(field.name, f"nullif((b.said->>{n})::bigint, {NOTHING})", bits_of(field))
        for n, field in enumerate(fields)
    ]
    sql = packed("b", "b.valid_until < b.day" if can_end else "", few, is_dated=is_dated)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} FROM {_ROWS} ORDER BY n", [json.dumps(rows, default=str)])
        return np.array([number for (number,) in cursor.fetchall()], np.int64)


def expected(row, *, can_end):
    """State, and whether its answers count."""
    if row["id"] is None:
        return 0, False
    is_over = can_end and row["until"] is not None and row["until"] < row["day"]
    if row["disputed"]:
        return DISPUTED, not is_over
    return (ENDED, False) if is_over else (1, True)


@settings(max_examples=60)
@given(records(), st.booleans(), st.booleans())
def test_a_record_says_what_it_said(drawn, is_dated, can_end):
    fields, rows = drawn
    column = asked(fields, rows, is_dated=is_dated, can_end=can_end)
    state, since, said = unpacked(column, fields, is_dated=is_dated)
    wanted = [expected(row, can_end=can_end) for row in rows]
    assert state.tolist() == [state for state, _ in wanted]
    days = [day_number(row["since"]) if row["id"] else NOTHING for row in rows]
    assert since.tolist() == (days if is_dated else [0] * len(rows))
    for n, field in enumerate(fields):
        assert said[field.name].tolist() == [
            row["said"][n] if counts else NOTHING for row, (_, counts) in zip(rows, wanted, strict=True)
        ], field.name


def test_what_finds_no_room_has_a_column_of_its_own():
    codes = [field for field in FIELDS if field.type == "codes"]
    many = codes * 12
    room = fitting(many, is_dated=True)
    assert 0 < len(room) < len(many)
    assert sum(map(bits_of, room)) <= 62 - 2 - 22
