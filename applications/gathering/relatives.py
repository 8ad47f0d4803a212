"""Sets of relatives as of each row's day: who is on record, and whether somebody may be missing.

Who they are on a day: :mod:`beneficiaries.queries.kin`.
There are two parents, but for who was adopted by one alone: one not on record is a member of whom nothing is known, one
dead by that day is none. Whoever has
custody is the only guardian.
Any other set holds who is on record; only where a complete register covers the household on that day is
nobody missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from applications.gathering.base import as_of, is_everybodys
from applications.gathering.columns import DAY, HOUSEHOLD, PERSON, Read, Reading, ask
from applications.gathering.coverage import Covered
from beneficiaries.queries.called import CALLED, each_row, of_person, rows_in, stands
from beneficiaries.queries.kin import (
    TIES,
    couples_on,
    custody_stands,
    is_booklets_word,
    tie_holds,
)
from facts.catalogue import load_catalogue
from programs.language.columns import Column, Members

Longs = npt.NDArray[np.int64]

_HOUSE = f"JOIN beneficiaries_membership x ON x.household_id = b.household AND {stands('x', 'b.day')}"
# GB/T 4761: 02 head, 10-12 spouse.
_SPOUSES = "((x.relation = '02' AND y.relation LIKE '1_') OR (x.relation LIKE '1_' AND y.relation = '02'))"
_PARENTS = f"JOIN {TIES} x ON x.child_id = b.named"
_CUSTODY = (
    "(g.values->>'guardian')::bigint",
    f"""JOIN beneficiaries_fact g ON g.kind = 'custody' AND g.person_id = b.named AND NOT g.is_disputed
        AND g.superseded_by_id IS NULL AND {as_of("g", "b.day")}""",
    "true",
)


def _sets(*, of_everybody: bool) -> dict[str, list[tuple[str, str, str]]]:
    """Set → branches of (member, joins, what else holds of the member's row o); a person whom two branches, two ties or
    two rows name is one member."""

    def holds(tie: str, parent: str = "") -> str:
        return tie_holds(tie, "b.day", parent=parent, of_everybody=of_everybody)

    custody = custody_stands(rows_in("b.person"), "b.day")
    return {
        "parents": [("x.parent_id", _PARENTS, holds("x", "o"))],
        "guardians": [("x.parent_id", f"{_PARENTS} AND NOT {custody}", holds("x", "o")), _CUSTODY],
        "children": [("x.child_id", f"JOIN {TIES} x ON x.parent_id = b.named AND {holds('x')}", "true")],
        "siblings": [
            (
                "y.child_id",
                f"{_PARENTS} JOIN beneficiaries_person v ON v.id = x.parent_id AND {holds('x', 'v')} "
                f"JOIN {CALLED} s ON s.person = coalesce(v.merged_into_id, v.id) "
                f"JOIN {TIES} y ON y.parent_id = s.named AND {holds('y')}",
                "true",
            )
        ],
        "members": [("x.person_id", _HOUSE, "true")],
        "head": [("x.person_id", f"{_HOUSE} AND x.relation = '02'", "true")],
        "spouse": [
            (
                "y.person_id",
                f"{_HOUSE} AND x.person_id = b.named JOIN beneficiaries_membership y ON y.household_id = x.household_id "
                f"AND y.person_id <> x.person_id AND {stands('y', 'b.day')} AND {_SPOUSES} "
                f"AND {is_booklets_word('x.person_id', 'y.person_id', 'b.day')}",
                "true",
            ),
            ("c.spouse_id", f"JOIN {couples_on('b.named', 'b.day')} ON true", "true"),
        ],
    }


_SETS = {of_everybody: _sets(of_everybody=of_everybody) for of_everybody in (False, True)}
OF_THE_HOUSEHOLD = ("members", "head", "spouse")  # found by where the subject stood on the day
_MANY_WAYS = (
    "siblings",
)  # each by both parents; a few of another set come twice, and reading makes them one
_READ_AS = "coalesce(o.merged_into_id, o.id)"
TWO_PARENTS = ("parents", "guardians")
_IS_ALONE = "b.is_alone"  # who has custody is the only guardian, who adopted alone the only parent
_OTHERS = ("siblings", "spouse")  # never the person herself, under another row
_OWN_HOUSEHOLD = f"""(SELECT m.household_id FROM beneficiaries_membership m WHERE m.person_id = n.named
    AND {stands("m", "n.day")} ORDER BY m.valid_from DESC LIMIT 1)"""


@dataclass(frozen=True, slots=True)
class Whose:
    """The rows whose relatives are read: their keys in order, divisions, days and households."""

    keys: Longs
    divisions: Longs
    days: Longs
    households: Longs


def ask_members(base: str, set_name: str, names: Iterable[str], day: str = DAY) -> Reading:
    """The query for the set ``set_name`` of every row of ``base`` with the facts ``names`` of each member; ``day`` is the
    number of the day on which everybody's facts count, where it is one."""
    names = list(dict.fromkeys([*names, "death.died_on"]))
    same = {PERSON: "b.person", DAY: day}
    if not _has_household(names):
        same[HOUSEHOLD] = "0"
    if set_name not in TWO_PARENTS:
        same[_IS_ALONE] = "0"
    keys = ("b.k", "b.person")
    return ask(_relation(base, set_name, names), names, keys=keys, extra=(DAY, _IS_ALONE), same=same)


def _has_household(names: list[str]) -> bool:
    facts = load_catalogue().facts
    return any(facts[name].about == "household" for name in names)


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
        is_alone = np.zeros(n, bool)
        is_alone[rows[known][members.extra[1][known] == 1]] = True
        missing = np.where(is_alone, 0, 2 - np.bincount(rows[known], minlength=n))
        rows_kept, facts = _with_unknown(rows_kept, facts, np.maximum(missing, 0))
        complete = np.ones(n, bool)
    else:
        complete = covered.holds("register", "", whose.divisions, whose.days) & (whose.households > 0)
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(rows_kept, minlength=n), out=offsets[1:])
    return Members(offsets, facts, complete)


def _relation(base: str, set_name: str, names: list[str]) -> str:
    """The members as a base of their own; their household is looked up only where a fact of it is asked for."""
    household = _OWN_HOUSEHOLD if _has_household(names) else "NULL::bigint"
    distinct = "DISTINCT" if set_name in _MANY_WAYS else ""
    other = f"AND {_READ_AS} <> b.person" if set_name in _OTHERS else ""
    join, named = each_row(_READ_AS, of_everybody=is_everybodys(base))
    # OFFSET 0: as in a base, nothing else is joined where the rows of a person are looked up.
    members = " UNION ALL ".join(
        f"""(SELECT {distinct} b.k, {_READ_AS} AS person, {named} AS named, b.day, {of_person("division", "o")} AS division,
                   {of_person("sex", "o")} AS sex, {of_person("born_on", "o")} AS born_on,
                   {_is_alone(set_name, branch)} AS is_alone
            FROM ({base}) b {branch[1]} JOIN {_row(base, branch[0])} AND {branch[2]} {other} {join} OFFSET 0)"""
        for branch in _SETS[is_everybodys(base)][set_name]
    )
    return f"SELECT n.*, {household} AS household FROM ({members}) n WHERE n.named IS NOT NULL"


def _is_alone(set_name: str, branch: tuple[str, str, str]) -> str:
    """SQL: whether this member is the only one, so that no second is missing: who has custody, or adopted alone."""
    if branch == _CUSTODY:
        return "1::bigint"
    return "(x.is_single IS TRUE)::int::bigint" if set_name in TWO_PARENTS else "0::bigint"


def _row(base: str, member: str) -> str:
    """SQL for the member's row of the register, and that it is. Of a few people it is looked up: PostgreSQL, which knows
    nothing of how many relatives come, would read the register instead."""
    if is_everybodys(base):
        return f"beneficiaries_person o ON o.id = {member}"
    return f"LATERAL (SELECT * FROM beneficiaries_person q WHERE q.id = {member} OFFSET 0) o ON true"


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
