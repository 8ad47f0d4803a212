"""Facts gathered for a policy: SQL joins them as of each subject's day and moves them as columns.

The same code gathers a county and one family at the counter, and the same evaluator judges both. A county comes in
portions, each judged for itself; limits and places then look at the few columns they need of all rows together.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection

from applications.gathering.base import EVERYBODY, Among, bounds_sql
from applications.gathering.claims import claims_standing
from applications.gathering.copying import copy_all, copy_portions
from applications.gathering.coverage import Covered, complete_lists
from applications.gathering.known import (
    Gathered,
    Together,
    ask_for,
    gathered,
    line_of_program,
    read,
    table_of,
)
from applications.gathering.lines import with_list
from applications.gathering.parents_papers import may_stand_apart, standing_apart
from programs.language import Program
from programs.language.columns import Table

__all__ = [
    "EVERYBODY", "PORTION", "Among", "Covered", "Gathered", "Together", "complete_lists", "gather", "gather_all",
    "may_stand_apart", "portions", "put_together", "together_of",
]  # fmt: skip

PORTION = 50_000  # subjects: some 60 MB of columns while they are judged


def gather(
    program: Program, *, on: date, among: Among = EVERYBODY, covered: Covered | None = None
) -> Gathered:
    """Everything ``program`` looks at, for the subjects ``among``; ``on`` is the day of application."""
    (gathered,) = gather_all([program], on=on, among=among, covered=covered)
    return gathered


def gather_all(
    programs: Sequence[Program], *, on: date, among: Among = EVERYBODY, covered: Covered | None = None
) -> list[Gathered]:
    """The same for several programs: one query for the subjects, their facts and relatives, one for claims held;
    one more for the parents of who stands on another booklet."""
    lists = covered or complete_lists()
    if among != EVERYBODY and any(program.policy.queue for program in programs):
        return _beside_the_list(programs, on, among, lists)
    return _gather(programs, on, among, lists, asked=among)


def _beside_the_list(programs: Sequence[Program], on: date, among: Among, lists: Covered) -> list[Gathered]:
    """Programs with places one by one, each with all who stand in its list; the others together."""
    plain = iter(
        _gather([one for one in programs if one.policy.queue is None], on, among, lists, asked=among)
    )
    return [
        next(plain)
        if one.policy.queue is None
        else _gather([one], on, with_list(among, one.policy), lists, asked=among)[0]
        for one in programs
    ]


def _gather(
    programs: Sequence[Program], on: date, among: Among, lists: Covered, *, asked: Among
) -> list[Gathered]:
    if not programs:
        return []
    wanted = [ask_for(program, on, among) for program in programs]
    queries = [query for one in wanted for query in one.queries]
    theirs = [query for one in wanted for query in one.parents_query]
    if theirs:
        queries.append(standing_apart(among))
    first = copy_all(queries, among.parameters, is_again=among.is_small)
    parents = None
    if theirs and len(first.pop().columns[0]):
        parents = iter(copy_all(theirs, among.parameters, is_again=among.is_small))
    copied = iter(first)
    found = [read(one, line_of_program(one.program, on), copied, lists, parents) for one in wanted]
    claims = claims_standing(
        [limit for program in programs for limit in program.policy.limits],
        [one.rows for one in found],
        is_narrow=among != EVERYBODY,
    )
    return [gathered(one, claims, table_of(one, on), lists, asked) for one in found]


def portions(
    program: Program, together: Together, *, on: date, covered: Covered, apart: Sequence[int], size: int
) -> Iterator[Table]:
    """Everybody whom ``program`` looks at, ``size`` subjects at a time in the order of their keys: the table to judge for
    itself; what limits and the list need of it goes into ``together``. ``apart`` as :func:`may_stand_apart` gives it.
    Inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(bounds_sql(program.policy, size), {})
        bounds = [key for (key,) in cursor.fetchall()]
    asked = ask_for(program, on, EVERYBODY, apart)
    for copied in copy_portions([*asked.queries, *asked.parents_query], bounds):
        came = iter(copied)
        known = read(asked, together.line, came, covered, came)
        together.add(known)
        yield table_of(known, on)


def together_of(program: Program, on: date) -> Together:
    """Nobody yet, and the list as it stands."""
    return Together(program, line_of_program(program, on))


def put_together(together: Together, *, on: date, covered: Covered) -> Gathered:
    """All portions of a program beside each other, with the claims that stand: what limits and the list look at."""
    known = together.joined()
    standing = claims_standing(known.program.policy.limits, [known.rows], is_narrow=False)
    return gathered(known, standing, table_of(known, on), covered, EVERYBODY)
