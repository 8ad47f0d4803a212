"""Who is judged: one row per subject, with the day on which its facts count.

A base is a subquery with the columns ``k`` (what finds the row again: the id of its record, person or household),
``record``, ``person``, ``named``, ``household``, ``day``, ``division``, ``sex`` and ``born_on``; a base of records carries
the record's own columns as well, so that nobody joins it again. A person who stands on the register under several rows
(two people merged them) has a row of the base for each: ``named`` is the row whose facts
are joined, ``person`` who is judged; what is read is one again by its key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from beneficiaries.queries.called import all_rows, each_row, of_person, stands
from facts.catalogue import Kind, load_catalogue
from programs.language.columns import day_of
from programs.language.forms import Policy

SMALL = 100  # ids
PLANNED_FOR = 10  # ids, by PostgreSQL, where it does not see them
_READ_AS = "coalesce(r.merged_into_id, r.id)"
_RECORD = "f.id, f.values, f.valid_from, f.valid_until, f.is_disputed"


@dataclass(frozen=True, slots=True)
class Among:
    """Which subjects: everybody (all None), these people (or, where households are judged, these households), or
    these records."""

    people: list[int] | None = None
    households: list[int] | None = None
    records: list[int] | None = None

    def condition(self, person: str, household: str, record: str = "") -> str:
        """SQL that keeps these subjects; the ids are parameters, so that a family's query is the last family's."""
        if self.records is not None and record:
            return f" AND {record} = ANY(%(records)s::bigint[])"
        # One column of the table that gives the right: an OR over two tables would read the whole county.
        if person and self.people is not None:
            return f" AND {person} = ANY({all_rows('%(people)s')})"
        if household and self.households is not None:
            return f" AND {household} = ANY(%(households)s::bigint[])"
        return ""

    @property
    def parameters(self) -> dict[str, str]:
        """The ids as the query takes them.

        A plan that is kept is made for ten ids, and PostgreSQL keeps it only where none made for the very ids looks
        cheaper: a few ids are said over again until they are ten.
        """
        named = {"people": self.people, "households": self.households, "records": self.records}
        return {
            name: array_of([*ids, *(ids[:1] * (PLANNED_FOR - len(ids)))])
            for name, ids in named.items()
            if ids is not None
        }

    @property
    def is_small(self) -> bool:
        """A family or two: planning its query costs more than running it."""
        given = [ids for ids in (self.people, self.households, self.records) if ids is not None]
        return bool(given) and sum(map(len, given)) <= SMALL


EVERYBODY = Among()


def array_of(ids: Iterable[int]) -> str:
    """Ids as the text of an array.

    >>> array_of([3, 1])
    '{3,1}'
    """
    return "{" + ",".join(str(int(one)) for one in ids) + "}"


def subjects_of(policy: Policy, *, on: date, among: Among = EVERYBODY, at_home: bool = True) -> str:
    """The subjects of ``policy`` as a subquery. ``on`` is the day of application where the policy judges on it.

    ``at_home`` False leaves ``household`` out where nobody asks for the household a person stood in.
    """
    if policy.for_each == "person":
        return _people(_sql_day(fixed_day(policy, on) or on), among, at_home)
    if policy.for_each == "household":
        return _households(_sql_day(fixed_day(policy, on) or on), among)
    return _records(load_catalogue().kinds[policy.for_each], policy, on, among, at_home)


def bounds_sql(policy: Policy, size: int) -> str:
    """SQL for the keys at which another ``size`` subjects of a policy begin."""
    table, condition = {
        "person": ("beneficiaries_person", "merged_into_id IS NULL"),
        "household": ("beneficiaries_household", "true"),
    }.get(policy.for_each, ("beneficiaries_fact", f"kind = '{policy.for_each}' AND superseded_by_id IS NULL"))
    return f"""SELECT k FROM (SELECT id AS k, row_number() OVER (ORDER BY id) - 1 AS n FROM {table} WHERE {condition}) keys
        WHERE n > 0 AND n %% {size} = 0 ORDER BY k"""


def is_everybodys(base: str) -> bool:
    """Whether a base names nobody: ids are parameters."""
    return "%(" not in base


def as_of(alias: str, day: str) -> str:
    """SQL: the row of ``alias`` holds on ``day``."""
    return f"{alias}.valid_from <= {day} AND ({alias}.valid_until IS NULL OR {alias}.valid_until >= {day})"


def fixed_day(policy: Policy, on: date) -> date | None:
    """The day on which everybody's facts count, None where each record has its own; ``on`` is the day of application."""
    if isinstance(policy.judged_on, int):
        return day_of(policy.judged_on)
    return on if policy.judged_on == "applied_on" or policy.for_each in ("person", "household") else None


def _sql_day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _day_of_record(kind: Kind, policy: Policy, on: date) -> str:
    if (day := fixed_day(policy, on)) is not None:
        return _sql_day(day)
    field = str(policy.judged_on).removeprefix(f"{kind.name}.")
    return "f.valid_from" if field == kind.day else f"(f.values->>'{field}')::date"


def _at_home(subjects: str, only: str, among: Among, at_home: bool) -> str:
    """``subjects`` (persons with their ``day``, of them ``only`` some), each with the household it stood in on that day.

    Periods of one row do not overlap unless disputed; of several rows one counts (`stands`).
    OFFSET 0 is a fence: the rows of a person are looked up one by one, and nothing else may be joined inside that loop. A
    sweep of a register without statistics read all memberships anew for every person.
    """
    living = "" if only else among.condition("", "m.household_id")
    if not at_home and not living:
        return f"SELECT s.* FROM ({subjects} {only} OFFSET 0) s WHERE s.named IS NOT NULL"
    return f"""
        SELECT s.*, m.household_id AS household FROM ({subjects} {only} OFFSET 0) s
        LEFT JOIN beneficiaries_membership m ON m.person_id = s.named AND {stands("m", "s.day")}
        WHERE s.named IS NOT NULL {living}"""


def _records(kind: Kind, policy: Policy, on: date, among: Among, at_home: bool) -> str:
    day = _day_of_record(kind, policy, on)
    if kind.about == "household":
        return f"""
            SELECT f.id AS k, f.id AS record, NULL::bigint AS person, NULL::bigint AS named, f.household_id AS household,
                   {day} AS day, h.division, NULL::text AS sex, NULL::date AS born_on, {_RECORD}
            FROM beneficiaries_fact f JOIN beneficiaries_household h ON h.id = f.household_id
            WHERE f.kind = '{kind.name}' AND f.superseded_by_id IS NULL
              {among.condition("", "f.household_id", "f.id")}"""
    join, named = each_row(_READ_AS, of_everybody=among == EVERYBODY)
    subjects = f"""
        SELECT f.id AS k, f.id AS record, {_READ_AS} AS person, {named} AS named, {day} AS day,
               {of_person("division", "r")} AS division, {of_person("sex", "r")} AS sex,
               {of_person("born_on", "r")} AS born_on, {_RECORD}
        FROM beneficiaries_fact f JOIN beneficiaries_person r ON r.id = f.person_id {join}
        WHERE f.kind = '{kind.name}' AND f.superseded_by_id IS NULL AND {_is_here("r")}"""
    return _at_home(subjects, among.condition("f.person_id", "", "f.id"), among, at_home)


def _is_here(person: str) -> str:
    """SQL: somebody of another county, known as a parent alone, is nobody's beneficiary here."""
    return f"NOT ({person}.division = '' AND {person}.elsewhere <> '')"


def _people(day: str, among: Among, at_home: bool) -> str:
    join, named = each_row("p.id", of_everybody=among == EVERYBODY)
    subjects = f"""
        SELECT p.id AS k, NULL::bigint AS record, p.id AS person, {named} AS named, {day} AS day,
               p.division, p.sex, p.born_on
        FROM beneficiaries_person p {join}
        WHERE p.merged_into_id IS NULL AND {_is_here("p")}"""
    return _at_home(subjects, among.condition("p.id", ""), among, at_home)


def _households(day: str, among: Among) -> str:
    return f"""
        SELECT h.id AS k, NULL::bigint AS record, NULL::bigint AS person, NULL::bigint AS named, h.id AS household,
               {day} AS day, h.division, NULL::text AS sex, NULL::date AS born_on
        FROM beneficiaries_household h
        WHERE (h.closed_on IS NULL OR h.closed_on >= {day}) {among.condition("", "h.id")}"""
