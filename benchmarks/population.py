"""A county made by SQL alone: households of four, their facts, and complete lists. Seconds for 100,000 people.

Every value is invented. Identity numbers are random bytes: nothing here reads them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from config.database.roles import as_owner

DAY = "DATE '2026-07-20'"

_PEOPLE = """
    INSERT INTO beneficiaries_household (number, division, opened_on)
    SELECT 'H' || n, '610124' || lpad((101 + n %% 15)::text, 3, '0') || lpad((200 + n %% 14)::text, 3, '0'), DATE '2005-01-01'
    FROM generate_series(1, %(households)s) n;

    INSERT INTO beneficiaries_person (name, sex, born_on, division, citizen_id, citizen_id_index, citizen_id_last4, terms)
    SELECT '人' || n, CASE WHEN n %% 4 = 0 THEN 'male' ELSE 'female' END,
           CASE WHEN n %% 4 < 2 THEN DATE '1980-01-01' + (n %% 3000)::int ELSE DATE '2008-01-01' + (n %% 3000)::int END,
           h.division, decode(lpad(to_hex(n), 64, '0'), 'hex'), decode(lpad(to_hex(n), 32, '0'), 'hex'),
           decode(lpad(to_hex(n %% 10000), 32, '0'), 'hex'), ARRAY['人' || n]
    FROM generate_series(0, %(people)s - 1) n JOIN beneficiaries_household h ON h.id = n / 4 + 1;

    INSERT INTO beneficiaries_membership (household_id, person_id, relation, valid_from, is_disputed, is_only)
    SELECT (p.id - 1) / 4 + 1, p.id, (ARRAY['02', '10', '20', '20'])[(p.id - 1) %% 4 + 1], DATE '2010-01-01', false, true
    FROM beneficiaries_person p;

    INSERT INTO beneficiaries_parentage (child_id, parent_id, kind)
    SELECT p.id, p.id - (p.id - 1) %% 4 + k, 'birth'
    FROM beneficiaries_person p CROSS JOIN generate_series(0, 1) k WHERE (p.id - 1) %% 4 >= 2;
"""

_LIST = """
    INSERT INTO beneficiaries_evidencelist (kind, title, file_name, sha256, division, code, is_complete, take_good, parameters,
           counts, uploaded_by, uploaded_on, taken_by, refused_by, state, leased_by, lease_number, tries, progress_done,
           progress_total, error_zh, error_en)
    VALUES (%s, %s, 'list.xlsx', md5(%s), '610124000000', '', true, false, '{}', '{}', 'a', DATE '2026-07-01', '', '',
            'uploaded', '', 0, 0, 0, 0, '', '') RETURNING id
"""
# The kind, the subject column, who has one, from which day until which, and its values.
_FACTS = (
    ("register", "person_id", "beneficiaries_person", "true", "DATE '2010-01-01'", "NULL::date",
     "jsonb_build_object('rural', s.id % 11 <> 0, 'residence', s.division)"),
    ("certificate", "household_id", "beneficiaries_household", "s.id % 5 <> 0", "DATE '2012-05-16'", "NULL::date",
     "jsonb_build_object('kind', CASE WHEN s.id % 3 = 0 THEN 'only_daughter' ELSE 'two_daughter' END)"),
    ("hardship", "household_id", "beneficiaries_household", "s.id % 2 = 0", "DATE '2026-07-01'", "DATE '2026-07-31'",
     "jsonb_build_object('kinds', jsonb_build_array(CASE WHEN s.id % 4 = 0 THEN 'dibao' ELSE 'monitored' END))"),
    ("admission", "person_id", "beneficiaries_person", "(s.id - 1) % 4 >= 2 AND s.id % 5 <> 0", "DATE '2026-07-01' + (s.id % 30)::int", "NULL::date",
     "jsonb_build_object('year', 2026, 'batch', CASE WHEN s.id % 3 = 0 THEN '专科批' ELSE '本科批' END, 'level', "
     "CASE WHEN s.id % 3 = 0 THEN '专科' ELSE '本科' END, 'school', '学校', 'province', '陕西')"),
    ("training", "person_id", "beneficiaries_person", "(s.id - 1) % 4 = 3", "DATE '2026-07-01' + (s.id % 30)::int", "NULL::date",
     "jsonb_build_object('trade', 'tailor', 'hours', 280 + s.id % 60, 'certificate_number', 'x')"),
    ("unadmitted", "person_id", "beneficiaries_person", "(s.id - 1) % 4 = 3 AND s.id % 3 <> 0", "DATE '2026-01-01'", "DATE '2026-12-31'",
     "jsonb_build_object('year', 2026, 'listed', true)"),
    ("medical", "person_id", "beneficiaries_person", "(s.id - 1) % 4 >= 1", "DATE '2026-01-01'", "DATE '2026-12-31'",
     "jsonb_build_object('year', 2026, 'enrolled', s.id % 7 <> 0)"),
    ("housing", "household_id", "beneficiaries_household", "s.id % 4 = 0", "DATE '2026-07-01' + (s.id % 30)::int", "NULL::date",
     "jsonb_build_object('grade', (ARRAY['A', 'B', 'C', 'D'])[s.id % 4 + 1], 'work', 'repair')"),
    ("payroll", "person_id", "beneficiaries_person", "s.id % 50 = 0", "DATE '2025-01-01'", "NULL::date",
     "jsonb_build_object('listed', true)"),
)  # fmt: skip
_COVERED = ("register", "payroll", "death", "earlier_payment", "unadmitted", "medical")


def populate(people: int) -> None:
    """Fill an empty database with ``people`` (a multiple of four) and everything the four policies look at."""
    with _without_terms(), connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"people": people, "households": people // 4})
    with connection.cursor() as cursor:
        for kind, subject, table, condition, first, last, values in _FACTS:
            listed = _list(cursor, kind)
            cursor.execute(
                f"""INSERT INTO beneficiaries_fact ({subject}, kind, valid_from, valid_until, "values", list_id, row,
                           entered_by, paper, is_disputed, digest)
                    SELECT s.id, '{kind}', {first}, {last}, {values}, {listed}, 1, '', '', false, '\\x00'
                    FROM {table} s WHERE {condition}"""
            )
        for kind in _COVERED:
            _cover(cursor, kind, "")
        for code in ("dibao", "extreme_poverty", "monitored", "dibao_margin", "expenditure", "poor_disabled"):
            _cover(cursor, "hardship", code)
    settle_statistics()


@contextmanager
def _without_terms() -> Iterator[None]:
    """Nobody here is searched for by name: the triggers that keep the search terms rest."""
    _triggers("DISABLE")
    yield
    _triggers("ENABLE")


def _triggers(what: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE beneficiaries_person {what} TRIGGER USER")


def settle_statistics() -> None:
    """What autovacuum would have done by the time anybody works: only the owner of the tables may."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _list(cursor: object, kind: str) -> int:
    cursor.execute(_LIST, [kind, kind, kind])  # type: ignore[attr-defined]  # Django's cursor wrapper
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]  # Django's cursor wrapper


def _cover(cursor: object, kind: str, code: str) -> None:
    listed = _list(cursor, kind)
    cursor.execute(  # type: ignore[attr-defined]  # Django's cursor wrapper
        """SELECT set_config('guanai.actor', 'benchmark', false);
           UPDATE beneficiaries_evidencelist SET state = 'checked' WHERE id = %s;
           UPDATE beneficiaries_evidencelist SET state = 'taken' WHERE id = %s;
           SELECT set_config('guanai.actor', '', false);
           INSERT INTO beneficiaries_coverage (list_id, kind, code, scope, valid_from, valid_until, is_complete)
           VALUES (%s, %s, %s, '610124', DATE '2024-01-01', DATE '2026-12-31', true)""",
        [listed, listed, listed, kind, code],
    )
