"""What the parents hold counts for their daughter on another booklet: the certificate of a daughter family is the couple's.

A kind says so (``held_by = "parents"``). It is read for who stands that day on a booklet without any parent, and without
a record of that kind that holds then: from the booklets on which the parents stand. It counts where all parents who live
say the same; one not on record, or a booklet that says nothing, leaves it not known.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from applications.gathering.base import EVERYBODY, Among, array_of, as_of, is_everybodys
from applications.gathering.columns import DAY, Read, Reading
from applications.gathering.copying import Query, copy_all
from applications.gathering.coverage import Covered
from applications.gathering.relatives import Whose, ask_members, members_of
from beneficiaries.queries.called import all_rows, stands
from beneficiaries.queries.kin import TIES, on_day, tie_holds
from facts.catalogue import load_catalogue
from programs.language.columns import ABSENT, Column, Members
from programs.language.forms import Policy

Bools = npt.NDArray[np.bool_]
PARENTS = "parents"


def held_by_parents(policy: Policy, names: Iterable[str]) -> list[str]:
    """Of the facts ``names`` of a household those that count for a child on another booklet; none where households are
    judged."""
    catalogue = load_catalogue()
    kind = catalogue.kinds.get(policy.for_each)
    if policy.for_each == "household" or (kind and kind.about == "household"):
        return []
    return [name for name in names if catalogue.kinds[catalogue.facts[name].kind].held_by == PARENTS]


def ask_parents(base: str, names: list[str], day: str = DAY, apart: Sequence[int] | None = None) -> Reading:
    """The query for the facts ``names`` of the parents of those of ``base`` who stand apart from them; ``day`` as for
    :func:`ask_members`. ``apart``: of nobody but these rows (:func:`may_stand_apart`), None: of everybody."""
    kinds = {load_catalogue().facts[name].kind for name in names}
    return ask_members(_apart(base, sorted(kinds), apart), PARENTS, names, day)


def may_stand_apart() -> list[int]:
    """The rows of the register for whom a paper of their parents may count. Few, in any county: asked once for all programs
    of a sweep, which look for no parents of others."""
    (found,) = copy_all([standing_apart(EVERYBODY)], {})
    rows: list[int] = found.columns[0].tolist()
    return rows


def standing_apart(among: Among) -> Query:
    """The query for the rows, of those who are judged, whose parent stood on another booklet, and one of the two held a
    paper.

    On which day, and whether the paper holds then, is not asked yet; a parent with several rows is taken as apart.
    """
    kinds = ", ".join(f"'{one.name}'" for one in load_catalogue().kinds.values() if one.held_by == PARENTS)
    judged = _judged(among)
    held = f"""EXISTS (SELECT FROM beneficiaries_fact f WHERE f.kind IN ({kinds}) AND f.superseded_by_id IS NULL
               AND f.household_id = {{}}.household_id)"""
    sql = f"""SELECT x.child_id::bigint FROM {TIES} x
               JOIN beneficiaries_membership own ON own.person_id = x.child_id
               JOIN beneficiaries_membership theirs ON theirs.person_id = x.parent_id
                 AND theirs.household_id <> own.household_id
               WHERE ({held.format("own")} OR {held.format("theirs")}) {judged}
               UNION SELECT x.child_id::bigint FROM {TIES} x JOIN beneficiaries_person r
               ON (r.id = x.parent_id OR r.merged_into_id = x.parent_id) AND r.merged_into_id IS NOT NULL
               WHERE true {judged}"""
    return Query(sql, 1)


def _judged(among: Among) -> str:
    """SQL: the child is of those who are judged."""
    if among.people is not None:
        return f"AND x.child_id = ANY({all_rows('%(people)s')})"
    if among.records is not None:
        of_records = """SELECT coalesce(r.merged_into_id, r.id) FROM beneficiaries_fact f
            JOIN beneficiaries_person r ON r.id = f.person_id WHERE f.id = ANY(%(records)s::bigint[])"""
        return f"AND x.child_id = ANY({all_rows(f'ARRAY({of_records})')})"
    if among.households is not None:
        return """AND x.child_id IN (SELECT m.person_id FROM beneficiaries_membership m
                  WHERE m.household_id = ANY(%(households)s::bigint[]))"""
    return ""


def with_parents(
    facts: dict[str, Column], whose: Whose, parents: Read, names: Sequence[str], lists: Covered
) -> None:
    """Put into ``facts`` what the parents' booklets say of those who stand apart from them.

    What ended on her own booklet stays ended where theirs has ended too, and is not known where theirs is not.
    """
    apart = np.isin(whose.keys, parents.keys[0])
    if not apart.any():
        return
    members = members_of(PARENTS, whose, parents, lists)
    for name in names:
        own, theirs = facts[name], _said_by_all(members, name)
        absent = ABSENT[load_catalogue().facts[name].type]
        held = apart & theirs.known & (theirs.values != absent)
        open_ = apart & own.known.astype(bool) & ~theirs.known
        words, values = _in_words_of(own, theirs)
        known = np.where(held, True, np.where(open_, False, own.known))
        facts[name] = Column(np.where(held, values, own.values).astype(own.values.dtype), known, words)


def _apart(base: str, kinds: list[str], apart: Sequence[int] | None) -> str:
    """SQL: of ``base`` who stands on a booklet without a parent of hers. The register's own births, nearly all there are,
    are asked first."""
    among = "" if apart is None else f"AND s.named = ANY('{array_of(apart)}'::bigint[])"
    held = f"""SELECT FROM beneficiaries_fact o WHERE o.kind IN ({", ".join(f"'{kind}'" for kind in kinds)})
        AND o.household_id = s.household AND o.superseded_by_id IS NULL AND (o.is_disputed OR {as_of("o", "s.day")})"""
    stands_here = f"m.person_id = x.parent_id AND m.household_id = s.household AND {stands('m', 's.day')}"
    holds = tie_holds("x", "s.day", of_everybody=is_everybodys(base))
    return f"""SELECT s.* FROM ({base}) s WHERE s.household IS NOT NULL {among}
        AND NOT EXISTS (SELECT FROM beneficiaries_parentage x JOIN beneficiaries_membership m ON {stands_here}
                        WHERE x.child_id = s.named AND {on_day("x", "s.day")})
        AND NOT EXISTS ({held})
        AND NOT EXISTS (SELECT FROM {TIES} x JOIN beneficiaries_membership m ON {stands_here}
                        WHERE x.child_id = s.named AND {holds})"""


def _said_by_all(members: Members, name: str) -> Column:
    """What all members of each subject say; known where there is one, each is known and they say the same."""
    column, starts = members.facts[name], members.offsets[:-1]
    n = len(starts)
    values, known = np.zeros(n, column.values.dtype), np.zeros(n, bool)
    full = np.diff(members.offsets) > 0
    if full.any():
        at = starts[full]
        highest, lowest = (by.reduceat(column.values, at) for by in (np.maximum, np.minimum))
        values[full] = highest
        known[full] = np.minimum.reduceat(column.known.astype(bool), at) & (highest == lowest)
    return Column(values, known, column.words)


def _in_words_of(own: Column, theirs: Column) -> tuple[tuple[str, ...], npt.NDArray[np.generic]]:
    """The words of both columns, and their values counted by them: texts are numbered as they were met."""
    if own.words == theirs.words:
        return own.words, theirs.values
    words = tuple(dict.fromkeys((*own.words, *theirs.words)))
    numbers = np.array([words.index(word) for word in theirs.words] + [ABSENT["text"]], theirs.values.dtype)
    return words, numbers[theirs.values]
