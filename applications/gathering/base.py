"""Who is judged: one row per subject, with the day on which its facts count.

A base is SQL with the columns ``k`` (0, 1, 2 … in a stable order), ``record``, ``person``, ``household``, ``day``
and ``division``. For a county it is a temporary table; for one family at the counter it is a subquery
with the same text, so both are gathered by the same code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from facts.catalogue import Kind, load_catalogue
from programs.language.columns import day_of
from programs.language.forms import Policy


@dataclass(frozen=True, slots=True)
class Base:
    """A relation to join with: the name of a temporary table, or a subquery in parentheses."""

    relation: str

    def count(self) -> int:
        """How many rows it has."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {self.relation} b")
            return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Among:
    """Which subjects: everybody (all None), these people and households, or these records."""

    people: Sequence[int] | None = None
    households: Sequence[int] | None = None
    records: Sequence[int] | None = None

    def condition(self, person: str, household: str, record: str = "") -> str:
        """SQL that keeps these subjects; ids are whole numbers, hence literals."""
        if self.records is not None and record:
            return f" AND {record} = {_any(self.records)}"
        tests = [
            f"{column} = {_any(ids)}"
            for column, ids in ((person, self.people), (household, self.households))
            if ids is not None and column
        ]
        return f" AND ({' OR '.join(tests)})" if tests else ""


EVERYBODY = Among()


def _any(ids: Sequence[int]) -> str:
    return f"ANY(ARRAY[{', '.join(str(int(one)) for one in ids)}]::bigint[])"


def subjects_of(policy: Policy, *, on: date, among: Among = EVERYBODY) -> Base:
    """The subjects of ``policy`` as a subquery. ``on`` is the day of application where the policy judges on it."""
    kinds = load_catalogue().kinds
    if policy.for_each == "person":
        text = _people(_fixed_day(policy, on), among)
    elif policy.for_each == "household":
        text = _households(_fixed_day(policy, on), among)
    else:
        text = _records(kinds[policy.for_each], policy, on, among)
    return Base(f"({text})")


def stored(base: Base, name: str, rows: str = "k") -> Base:
    """The same base as a temporary table of this transaction, analysed: read many times by the sweep."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS SELECT * FROM {base.relation} b ORDER BY {rows}"
        )
        cursor.execute(f"ANALYZE {name}")
    return Base(name)


def _fixed_day(policy: Policy, on: date) -> str:
    day = day_of(policy.judged_on) if isinstance(policy.judged_on, int) else on
    return f"DATE '{day.isoformat()}'"


def _day_of_record(kind: Kind, policy: Policy, on: date) -> str:
    if isinstance(policy.judged_on, int) or policy.judged_on == "applied_on":
        return _fixed_day(policy, on)
    field = policy.judged_on.removeprefix(f"{kind.name}.")
    return "f.valid_from" if field == kind.day else f"(f.values->>'{field}')::date"


def _records(kind: Kind, policy: Policy, on: date, among: Among) -> str:
    day = _day_of_record(kind, policy, on)
    if kind.about == "household":
        return f"""
            SELECT row_number() OVER (ORDER BY f.id) - 1 AS k, f.id AS record, NULL::bigint AS person,
                   f.household_id AS household, {day} AS day, h.division AS division
            FROM beneficiaries_fact f JOIN beneficiaries_household h ON h.id = f.household_id
            WHERE f.kind = '{kind.name}' AND f.superseded_by_id IS NULL
              {among.condition("", "f.household_id", "f.id")}"""
    return f"""
        SELECT row_number() OVER (ORDER BY s.record) - 1 AS k, s.* FROM (
            SELECT DISTINCT ON (f.id) f.id AS record, f.person_id AS person, m.household_id AS household, {day} AS day,
                   p.division AS division
            FROM beneficiaries_fact f
            JOIN beneficiaries_person p ON p.id = f.person_id
            LEFT JOIN beneficiaries_membership m ON m.person_id = f.person_id AND NOT m.is_disputed
              AND m.valid_from <= {day} AND (m.valid_until IS NULL OR m.valid_until >= {day})
            WHERE f.kind = '{kind.name}' AND f.superseded_by_id IS NULL
              {among.condition("f.person_id", "m.household_id", "f.id")}
            ORDER BY f.id, m.valid_from DESC) s"""


def _people(day: str, among: Among) -> str:
    return f"""
        SELECT row_number() OVER (ORDER BY s.person) - 1 AS k, s.* FROM (
            SELECT DISTINCT ON (p.id) NULL::bigint AS record, p.id AS person, m.household_id AS household, {day} AS day,
                   p.division AS division
            FROM beneficiaries_person p
            LEFT JOIN beneficiaries_membership m ON m.person_id = p.id AND NOT m.is_disputed
              AND m.valid_from <= {day} AND (m.valid_until IS NULL OR m.valid_until >= {day})
            WHERE true {among.condition("p.id", "m.household_id")}
            ORDER BY p.id, m.valid_from DESC) s"""


def _households(day: str, among: Among) -> str:
    return f"""
        SELECT row_number() OVER (ORDER BY h.id) - 1 AS k, NULL::bigint AS record, NULL::bigint AS person,
               h.id AS household, {day} AS day, h.division AS division
        FROM beneficiaries_household h
        WHERE (h.closed_on IS NULL OR h.closed_on >= {day}) {among.condition("", "h.id")}"""
