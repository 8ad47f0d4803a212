"""Facts gathered for a policy: SQL joins them as of each subject's day, COPY moves them as columns.

The same code gathers a county (temporary tables) and one family at the counter (subqueries), and the same
evaluator judges both.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from applications.gathering.base import EVERYBODY, Among, Base, stored, subjects_of
from applications.gathering.claims import Rows, held_claims, spouse_sql
from applications.gathering.columns import columns_of
from applications.gathering.copying import NOTHING, copy_integers
from applications.gathering.coverage import Covered, complete_lists
from applications.gathering.relatives import members_of
from facts.catalogue import load_catalogue
from programs.language.columns import Column, Table
from programs.language.compiling import Program

__all__ = ["EVERYBODY", "Among", "Gathered", "complete_lists", "gather"]

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The table to judge, and which record, person and household (0: none) each row is."""

    table: Table
    records: Longs
    people: Longs
    spouses: Longs
    households: Longs
    divisions: Longs


def gather(
    program: Program, *, on: date, among: Among = EVERYBODY, covered: Covered | None = None
) -> Gathered:
    """Everything ``program`` looks at, for the subjects ``among``; ``on`` is the day of application.

    For everybody it makes temporary tables, so it must run inside a transaction.
    """
    policy = program.policy
    is_county = among is EVERYBODY
    base: Base = subjects_of(policy, on=on, among=among)
    if is_county:
        base = stored(base, "gathered_base")
    records, people, spouses, households, divisions, days = copy_integers(
        f"SELECT coalesce(b.record, 0), coalesce(b.person, 0), {spouse_sql(policy)}, coalesce(b.household, 0), "
        f"coalesce(nullif(b.division, ''), '0')::bigint, coalesce((b.day - DATE '2000-01-01')::bigint, {NOTHING}) "
        f"FROM {base.relation} b ORDER BY b.k",
        6,
    )
    rows = Rows(people, spouses, households, days, divisions)
    n = len(records)
    needed = program.needed
    lists = covered or complete_lists(set(load_catalogue().kinds))
    names = {*needed.subject, *needed.household, *(name for limit in policy.limits for name in limit.same)}
    facts = columns_of(base, n, names, lists, record_kind=policy.for_each)
    sets = {
        name: members_of(base, n, name, names, lists, keep=is_county) for name, names in needed.sets.items()
    }
    claims, holders = held_claims(policy, rows, facts, lists)
    judged_on = Column(np.where(days == NOTHING, 0, days).astype(np.int32), days != NOTHING)
    applied_on = Column(np.full(n, (on - date(2000, 1, 1)).days, np.int32), np.ones(n, bool))
    table = Table(n, judged_on, applied_on, facts, sets, claims, holders)
    return Gathered(table, records, people, spouses, households, divisions)
