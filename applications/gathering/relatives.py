"""Sets of relatives as of each row's day: who is on record, and whether somebody may be missing.

There are two parents: one not on record is a member of whom nothing is known, one dead by that day is none.
Any other set holds who is on record; only where a complete register covers the household on that day is
nobody missing.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from applications.gathering.base import Base, stored
from applications.gathering.columns import columns_of
from applications.gathering.copying import NOTHING, copy_integers
from applications.gathering.coverage import Covered
from facts.catalogue import load_catalogue
from programs.language.columns import Column, Members

Longs = npt.NDArray[np.int64]

_AS_OF = (
    "(x.valid_from IS NULL OR x.valid_from <= b.day) AND (x.valid_until IS NULL OR x.valid_until >= b.day)"
)
_OPEN = f"NOT x.is_disputed AND {_AS_OF}"
_HOUSE = f"JOIN beneficiaries_membership x ON x.household_id = b.household AND {_OPEN}"
# GB/T 4761: 01 the person, 02 head, 10-12 spouse, 20-39 child.
_SPOUSES = "((x.relation = '02' AND y.relation LIKE '1_') OR (x.relation LIKE '1_' AND y.relation = '02'))"
_SETS = {
    "parents": f"""SELECT b.k AS row, b.day, x.parent_id AS person FROM {{base}} b
        JOIN beneficiaries_parentage x ON x.child_id = b.person AND {_AS_OF}""",
    "children": f"""SELECT b.k AS row, b.day, x.child_id AS person FROM {{base}} b
        JOIN beneficiaries_parentage x ON x.parent_id = b.person AND {_AS_OF}""",
    "siblings": """SELECT DISTINCT b.k AS row, b.day, y.child_id AS person FROM {base} b
        JOIN beneficiaries_parentage x ON x.child_id = b.person
        JOIN beneficiaries_parentage y ON y.parent_id = x.parent_id AND y.child_id <> b.person""",
    "members": f"SELECT b.k AS row, b.day, x.person_id AS person FROM {{base}} b {_HOUSE}",
    "head": f"SELECT b.k AS row, b.day, x.person_id AS person FROM {{base}} b {_HOUSE} AND x.relation = '02'",
    "spouse": f"""SELECT b.k AS row, b.day, y.person_id AS person FROM {{base}} b {_HOUSE} AND x.person_id = b.person
        JOIN beneficiaries_membership y ON y.household_id = x.household_id AND NOT y.is_disputed
         AND y.person_id <> x.person_id AND y.valid_from <= b.day
         AND (y.valid_until IS NULL OR y.valid_until >= b.day) AND {_SPOUSES}""",
}
_SETS["guardians"] = _SETS["parents"]
TWO_PARENTS = ("parents", "guardians")


def members_of(
    base: Base, n: int, set_name: str, names: Iterable[str], covered: Covered, *, keep: bool
) -> Members:
    """The set ``set_name`` of every row of ``base`` with the facts ``names`` of each member.

    ``keep`` stores the members as a temporary table, worth it for a county.
    """
    names = list(dict.fromkeys([*names, "death.died_on"]))
    facts_known = load_catalogue().facts
    with_household = any(facts_known[name].about == "household" for name in names)
    relation = _relation(base, set_name, with_household=with_household)
    if keep:
        relation = stored(relation, f"gathered_{set_name}")
    rows, days = copy_integers(
        f"SELECT b.row::bigint, coalesce((b.day - DATE '2000-01-01')::bigint, {NOTHING}) "
        f"FROM {relation.relation} b ORDER BY b.k",
        2,
    )
    facts = columns_of(relation, len(rows), names, covered)
    died_on = facts["death.died_on"]
    alive = ~(died_on.known.astype(bool) & (died_on.values.astype(np.int64) <= days))
    rows = rows[alive]
    facts = {name: column.take(np.flatnonzero(alive)) for name, column in facts.items()}
    if set_name in TWO_PARENTS:
        rows, facts = _with_unknown_parents(n, rows, facts, dead=_counts(n, relation, alive))
        complete = np.ones(n, bool)
    else:
        complete = _register_is_complete(base, n, covered)
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=offsets[1:])
    return Members(offsets, facts, complete)


def _relation(base: Base, set_name: str, *, with_household: bool) -> Base:
    """The members in order of row and person; their own household only where a fact of it is asked for."""
    household = _OWN_HOUSEHOLD if with_household else "NULL::bigint"
    members = _SETS[set_name].replace("{base}", base.relation)
    return Base(
        f"""(SELECT row_number() OVER (ORDER BY s.row, s.person) - 1 AS k, s.row, s.person, s.day, p.division,
                    {household} AS household
             FROM ({members}) s JOIN beneficiaries_person p ON p.id = s.person)"""
    )


_OWN_HOUSEHOLD = """(SELECT m.household_id FROM beneficiaries_membership m WHERE m.person_id = s.person
    AND NOT m.is_disputed AND m.valid_from <= s.day AND (m.valid_until IS NULL OR m.valid_until >= s.day)
    ORDER BY m.valid_from DESC LIMIT 1)"""


def _counts(n: int, relation: Base, alive: npt.NDArray[np.bool_]) -> Longs:
    """How many on record of each row are dead by its day."""
    (rows,) = copy_integers(f"SELECT b.row::bigint FROM {relation.relation} b ORDER BY b.k", 1)
    return np.bincount(rows[~alive], minlength=n)


def _with_unknown_parents(
    n: int, rows: Longs, facts: dict[str, Column], *, dead: Longs
) -> tuple[Longs, dict[str, Column]]:
    missing = np.maximum(2 - np.bincount(rows, minlength=n) - dead, 0)
    added = np.repeat(np.arange(n), missing)
    order = np.argsort(np.concatenate([rows, added]), kind="stable")
    filled = {
        name: Column(
            np.concatenate([column.values, np.zeros(len(added), column.values.dtype)])[order],
            np.concatenate([column.known, np.zeros(len(added), column.known.dtype)])[order],
            column.words,
        )
        for name, column in facts.items()
    }
    return np.concatenate([rows, added])[order], filled


def _register_is_complete(base: Base, n: int, covered: Covered) -> npt.NDArray[np.bool_]:
    divisions, days, households = copy_integers(
        f"SELECT coalesce(nullif(b.division, ''), '0')::bigint, coalesce((b.day - DATE '2000-01-01')::bigint, {NOTHING}), "
        f"coalesce(b.household, 0) FROM {base.relation} b ORDER BY b.k",
        3,
    )
    return covered.holds("register", "", divisions, days) & (households > 0)
