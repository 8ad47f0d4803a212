"""Facts gathered for a policy: SQL joins them as of each subject's day and moves them as columns.

The same code gathers a county and one family at the counter, and the same evaluator judges both.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from applications.gathering.base import EVERYBODY, Among, subjects_of
from applications.gathering.claims import Rows, held_claims, householders_sql, spouse_sql
from applications.gathering.columns import DAY, DIVISION, read
from applications.gathering.copying import NOTHING
from applications.gathering.coverage import Covered, complete_lists
from applications.gathering.relatives import Whose, members_of
from facts.catalogue import load_catalogue
from programs.language import Program
from programs.language.columns import Column, Table, day_number

__all__ = ["EVERYBODY", "Among", "Covered", "Gathered", "complete_lists", "gather"]

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

    One query for the subjects and their facts, one for each set of relatives.
    """
    policy, needed = program.policy, program.needed
    lists = covered or complete_lists(set(load_catalogue().kinds))
    base = subjects_of(policy, on=on, among=among)
    names = {*needed.subject, *needed.household, *(name for limit in policy.limits for name in limit.same)}
    found = read(
        base,
        sorted(names),
        lists,
        extra=(
            "coalesce(b.record, 0)", "coalesce(b.person, 0)", spouse_sql(policy), "coalesce(b.household, 0)",
            *householders_sql(policy), DIVISION, DAY,
        ),
        record_kind=policy.for_each,
    )  # fmt: skip
    records, people, spouses, households, heads, mates, divisions, days = found.extra
    (keys,) = found.keys
    whose = Whose(keys, divisions, days, households)
    sets = {name: members_of(base, whose, name, facts, lists) for name, facts in needed.sets.items()}
    rows = Rows(people, spouses, households, heads, mates, days, divisions)
    claims, holders = held_claims(policy, rows, found.facts, lists)
    n = len(keys)
    judged_on = Column(np.where(days == NOTHING, 0, days).astype(np.int32), days != NOTHING)
    applied_on = Column(np.full(n, day_number(on), np.int32), np.ones(n, bool))
    table = Table(n, judged_on, applied_on, found.facts, sets, claims, holders)
    return Gathered(table, records, people, spouses, households, divisions)
