"""Limits: who is the holder of each row, in which period, and how many claims stand already."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection

from applications.gathering.base import Base
from applications.gathering.copying import NOTHING, copy_integers
from applications.gathering.coverage import Covered
from programs.language.columns import day_of
from programs.language.forms import Limit, Policy

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Holder:
    """One unit a claim is written for."""

    kind: str  # person | household
    id: int


def holders_of(
    limit: Limit, *, person: int | None, spouse: int | None, household: int | None
) -> list[Holder]:
    """Every holder that one claim of ``limit`` blocks."""
    found: list[Holder] = []
    if "self" in limit.holds and person:
        found.append(Holder("person", person))
    if "couple" in limit.holds:
        found += [Holder("person", one) for one in sorted(filter(None, (person, spouse)))]
    if "household" in limit.holds and household:
        found.append(Holder("household", household))
    return found


def period_of(limit: Limit, day: date | None, same: tuple[str, ...]) -> str:
    """The period text of a claim: "life" or the year, and after it what ``same`` narrows it to."""
    start = "life" if limit.period != "year" or day is None else str(day.year)
    return ":".join((start, *same))


@dataclass(frozen=True, slots=True)
class Rows:
    """What the claims of a base need: its people, households, days and divisions, in order."""

    people: Longs
    spouses: Longs
    households: Longs
    days: Longs
    divisions: Longs
    same: dict[str, list[tuple[str, ...]]]  # by limit


def rows_of(base: Base, policy: Policy, columns: dict[str, list[str]]) -> Rows:
    """Ids, days and the narrowing values (``columns``: texts of each fact named in ``same``)."""
    spouse = "0::bigint"
    if any("couple" in limit.holds for limit in policy.limits):
        spouse = """coalesce((SELECT y.person_id FROM beneficiaries_membership x JOIN beneficiaries_membership y
            ON y.household_id = x.household_id AND y.person_id <> x.person_id AND NOT y.is_disputed
            AND y.valid_from <= b.day AND (y.valid_until IS NULL OR y.valid_until >= b.day)
            WHERE x.person_id = b.person AND NOT x.is_disputed AND x.valid_from <= b.day
            AND (x.valid_until IS NULL OR x.valid_until >= b.day)
            AND ((x.relation = '02' AND y.relation LIKE '1_') OR (x.relation LIKE '1_' AND y.relation = '02'))
            LIMIT 1), 0)"""
    people, spouses, households, days, divisions = copy_integers(
        f"SELECT coalesce(b.person, 0), {spouse}, coalesce(b.household, 0), "
        f"coalesce((b.day - DATE '2000-01-01')::bigint, {NOTHING}), coalesce(nullif(b.division, ''), '0')::bigint "
        f"FROM {base.relation} b ORDER BY b.k",
        5,
    )
    same: dict[str, list[tuple[str, ...]]] = {
        limit.name: list(zip(*(columns[name] for name in limit.same), strict=True))
        if limit.same
        else [()] * len(people)
        for limit in policy.limits
    }
    return Rows(people, spouses, households, days, divisions, same)


def held_claims(policy: Policy, rows: Rows, covered: Covered) -> tuple[dict[str, Longs], dict[str, Longs]]:
    """Per limit: the claims already held by each row (-1: not known), and a number for its holder.

    Earlier payments count once their list covers the division; before that nobody knows what was paid.
    """
    counts: dict[str, Longs] = {}
    numbers: dict[str, Longs] = {}
    known = covered.holds("earlier_payment", "", rows.divisions, rows.days)
    for limit in policy.limits:
        taken = _taken(limit.name)
        held = np.zeros(len(rows.people), np.int64)
        number = np.zeros(len(rows.people), np.int64)
        seen: dict[object, int] = {}
        for row, keys in enumerate(_keys(limit, rows)):
            if taken:
                held[row] = max((taken.get(key, 0) for key in keys), default=0)
            number[row] = seen.setdefault(keys[0] if keys else row, len(seen))
        held[~known & (held < limit.times)] = -1
        counts[limit.name] = held
        numbers[limit.name] = number
    return counts, numbers


def _keys(limit: Limit, rows: Rows) -> list[list[tuple[str, int, str]]]:
    keys = []
    for person, spouse, household, day, same in zip(
        rows.people.tolist(), rows.spouses.tolist(), rows.households.tolist(), rows.days.tolist(), rows.same[limit.name],
        strict=True,
    ):  # fmt: skip
        period = period_of(limit, None if day == NOTHING else day_of(day), same)
        keys.append(
            [
                (h.kind, h.id, period)
                for h in holders_of(limit, person=person, spouse=spouse, household=household)
            ]
        )
    return keys


def _taken(limit: str) -> dict[tuple[str, int, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT holder_kind, holder_id, period, count(*) FROM applications_limitclaim "
            'WHERE "limit" = %s GROUP BY holder_kind, holder_id, period',
            [limit],
        )
        return {(kind, holder, period): count for kind, holder, period, count in cursor.fetchall()}
