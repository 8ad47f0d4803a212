"""Sets of relatives as of each row's day: who is on record, and whether somebody may be missing.

There are two parents: one not on record is a member of whom nothing is known, one dead by that day is none.
Any other set holds who is on record; only where a complete register covers the household on that day is
nobody missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from applications.gathering.base import as_of
from applications.gathering.columns import DAY, Read, Reading, ask
from applications.gathering.coverage import Covered
from facts.catalogue import load_catalogue
from programs.language.columns import Column, Members

Longs = npt.NDArray[np.int64]

_PARENT = (
    "(x.valid_from IS NULL OR x.valid_from <= b.day) AND (x.valid_until IS NULL OR x.valid_until >= b.day)"
)
_HOUSE = f"JOIN beneficiaries_membership x ON x.household_id = b.household AND NOT x.is_disputed AND {as_of('x', 'b.day')}"
# GB/T 4761: 02 head, 10-12 spouse.
_SPOUSES = "((x.relation = '02' AND y.relation LIKE '1_') OR (x.relation LIKE '1_' AND y.relation = '02'))"
_SETS = {
    "parents": ("x.parent_id", f"JOIN beneficiaries_parentage x ON x.child_id = b.person AND {_PARENT}"),
    "children": ("x.child_id", f"JOIN beneficiaries_parentage x ON x.parent_id = b.person AND {_PARENT}"),
    "siblings": (
        "y.child_id",
        "JOIN beneficiaries_parentage x ON x.child_id = b.person "
        "JOIN beneficiaries_parentage y ON y.parent_id = x.parent_id AND y.child_id <> b.person",
    ),
    "members": ("x.person_id", _HOUSE),
    "head": ("x.person_id", f"{_HOUSE} AND x.relation = '02'"),
    "spouse": (
        "y.person_id",
        f"{_HOUSE} AND x.person_id = b.person JOIN beneficiaries_membership y ON y.household_id = x.household_id "
        f"AND NOT y.is_disputed AND y.person_id <> x.person_id AND {as_of('y', 'b.day')} AND {_SPOUSES}",
    ),
}
_SETS["guardians"] = _SETS["parents"]
TWO_PARENTS = ("parents", "guardians")
_OWN_HOUSEHOLD = f"""(SELECT m.household_id FROM beneficiaries_membership m WHERE m.person_id = p.id
    AND NOT m.is_disputed AND {as_of("m", "b.day")} ORDER BY m.valid_from DESC LIMIT 1)"""


@dataclass(frozen=True, slots=True)
class Whose:
    """The rows whose relatives are read: their keys in order, divisions, days and households."""

    keys: Longs
    divisions: Longs
    days: Longs
    households: Longs


def ask_members(base: str, set_name: str, names: Iterable[str]) -> Reading:
    """The query for the set ``set_name`` of every row of ``base`` with the facts ``names`` of each member."""
    names = list(dict.fromkeys([*names, "death.died_on"]))
    return ask(_relation(base, set_name, names), names, keys=("b.k", "b.person"), extra=(DAY,))


def members_of(set_name: str, whose: Whose, members: Read, covered: Covered) -> Members:
    """The members of each row of ``whose``, as :func:`ask_members` read them."""
    rows = np.searchsorted(whose.keys, members.keys[0])
    known = rows < len(whose.keys)
    known[known] = (
        whose.keys[rows[known]] == members.keys[0][known]
    )  # a subject that came in between is left out
    died_on = members.facts["death.died_on"]
    dead = died_on.known.astype(bool) & (died_on.values.astype(np.int64) <= members.extra[0])
    kept = np.flatnonzero(known & ~dead)
    facts = {name: column.take(kept) for name, column in members.facts.items()}
    n, rows_kept = len(whose.keys), rows[kept].astype(np.int64)
    if set_name in TWO_PARENTS:
        missing = 2 - np.bincount(rows[known], minlength=n)
        rows_kept, facts = _with_unknown(rows_kept, facts, np.maximum(missing, 0))
        complete = np.ones(n, bool)
    else:
        complete = covered.holds("register", "", whose.divisions, whose.days) & (whose.households > 0)
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(rows_kept, minlength=n), out=offsets[1:])
    return Members(offsets, facts, complete)


def _relation(base: str, set_name: str, names: list[str]) -> str:
    """The members as a base of their own; their household is looked up only where a fact of it is asked for."""
    facts = load_catalogue().facts
    household = _OWN_HOUSEHOLD if any(facts[name].about == "household" for name in names) else "NULL::bigint"
    member, joins = _SETS[set_name]
    distinct = "DISTINCT" if set_name == "siblings" else ""  # through both parents
    return f"""SELECT {distinct} b.k, p.id AS person, b.day, p.division, {household} AS household, p.sex, p.born_on
               FROM ({base}) b {joins} JOIN beneficiaries_person p ON p.id = {member}"""


def _with_unknown(rows: Longs, facts: dict[str, Column], missing: Longs) -> tuple[Longs, dict[str, Column]]:
    """``missing`` members of whom nothing is known, added to each row."""
    added = np.repeat(np.arange(len(missing)), missing)
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
