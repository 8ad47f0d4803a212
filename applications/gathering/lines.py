"""Places and a ceiling of money: who stands in the list of a program, and what its years have given before.

A place is a claim of the program itself (``holder_kind`` "program", the year as its period, numbered), written with the
grant: the claims of a year are its places, and the money of their entitlements is what the ceiling has spent. In the list
stands whoever's application was accepted and is not decided, unless refusal has been proposed.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection

from applications.gathering.base import Among
from applications.lifecycle import UNDECIDED
from facts.catalogue import load_catalogue
from programs.language.columns import Column, Table, day_number
from programs.language.forms import Policy
from programs.language.views import year_of

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
PROGRAM = "program"  # the holder of a place: the program itself
NOBODY = 0


def line_of(policy: Policy) -> str:
    """The name under which a program's places are claimed, and its line in which grants stand."""
    return f"places:{policy.code}"


@dataclass(frozen=True, slots=True)
class Listed:
    """Who stands in the list: what finds the subject's row, with the day of applying, and whose it is."""

    ids: Longs
    days: Longs
    people: list[int]
    households: list[int]


def listed(policy: Policy) -> Listed:
    """The list of ``policy`` as it stands; whoever applied under two rows of the register stands in it once. One query."""
    column = {"person": "coalesce(p.merged_into_id, p.id)", "household": "a.household_id"}.get(
        policy.for_each, "a.record_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {column}, a.applied_on, coalesce(p.merged_into_id, p.id, 0), coalesce(f.household_id, a.household_id)
                FROM applications_application a LEFT JOIN beneficiaries_fact f ON f.id = a.record_id
                     LEFT JOIN beneficiaries_person p ON p.id = a.person_id
                WHERE a.program = %s AND a.state = ANY(%s) AND a.accepted_on IS NOT NULL AND NOT a.proposes_refusal
                  AND {column} IS NOT NULL ORDER BY 1, 2""",  # the column is one of three names of our own
            [policy.code, list(UNDECIDED)],
        )
        rows = cursor.fetchall()
    ids = np.array([row[0] for row in rows], np.int64)
    days = np.array([day_number(row[1]) for row in rows], np.int64)
    return Listed(ids, days, [row[2] for row in rows if row[2]], [row[3] for row in rows])


def with_list(among: Among, policy: Policy) -> Among:
    """These subjects and all who stand in the list: a place is known beside the others only."""
    line = listed(policy)
    if among.records is not None and policy.for_each in load_catalogue().kinds:
        return replace(among, records=[*among.records, *line.ids.tolist()])
    return replace(
        among,
        people=None if among.people is None else [*among.people, *line.people],
        households=None if among.households is None else [*among.households, *line.households],
    )


def asked_for(among: Among, policy: Policy, rows: tuple[Longs, Longs, Longs]) -> Bools:
    """Which rows (their records, people and households) are ``among`` those asked for, the others of the list left out."""
    records, people, households = rows
    if among.records is not None and policy.for_each in load_catalogue().kinds:
        return np.isin(records, among.records)
    if among.people is not None and people.any():
        return np.isin(people, among.people)
    return np.isin(households, among.households or [NOBODY])


@dataclass(frozen=True, slots=True)
class Line:
    """The list of a program as it stands, and the places and fen its years have given (None: still open to all)."""

    listed: Listed
    given: tuple[dict[int, int], dict[int, int]] | None


def line_now(policy: Policy, on: date) -> Line:
    """A rank is known when nobody can apply any more: until the window's last day is over only first come is."""
    return Line(listed(policy), None if _may_still_apply(policy, on) else given_before(policy))


def stand_in_line(
    policy: Policy, table: Table, rows: tuple[Longs, Longs, Longs], on: date, line: Line
) -> None:
    """Put into ``table`` who stands in the list since when, and what each row's year has given before."""
    records, people, households = rows
    ids = {"person": people, "household": households}.get(policy.for_each, records)
    queued = np.isin(ids, line.listed.ids)
    days = np.full(table.n, day_number(on), np.int64)
    days[queued] = line.listed.days[np.searchsorted(line.listed.ids, ids[queued])]
    table.queued, table.applied_on = queued, Column(days.astype(np.int32), np.ones(table.n, bool))
    if line.given is None:
        return
    known = table.judged_on.known.astype(bool)
    years, year = np.unique(np.where(known, year_of(table.judged_on.values), 0), return_inverse=True)
    places, fen = line.given
    table.places_given = np.array([places.get(one, 0) for one in years.tolist()], np.int64)[year]
    table.fen_given = np.array([fen.get(one, 0) for one in years.tolist()], np.int64)[year]


def _may_still_apply(policy: Policy, on: date) -> bool:
    assert policy.queue is not None
    until = policy.apply.until_day
    return policy.queue.order[0].fact != "applied_on" and until is not None and day_number(on) <= until


def given_before(policy: Policy) -> tuple[dict[int, int], dict[int, int]]:
    """The places and the fen that each year has given. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.period, count(*), sum(e.amount_fen)::bigint FROM applications_limitclaim c
               JOIN applications_entitlement e ON e.id = c.entitlement_id
               WHERE c."limit" = %s AND c.holder_kind = %s GROUP BY 1""",
            [line_of(policy), PROGRAM],
        )
        rows = cursor.fetchall()
    return {int(year): count for year, count, _ in rows}, {int(year): fen for year, _, fen in rows}
