"""Facts gathered for a policy: SQL joins them as of each subject's day and moves them as columns.

The same code gathers a county and one family at the counter, and the same evaluator judges both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from applications.gathering.base import EVERYBODY, Among, subjects_of
from applications.gathering.claims import (
    Rows,
    Standing,
    claims_standing,
    held_claims,
    householders_sql,
    spouse_sql,
)
from applications.gathering.columns import DAY, DIVISION, Read, Reading, ask
from applications.gathering.copying import NOTHING, Copied, copy_all
from applications.gathering.coverage import Covered, complete_lists
from applications.gathering.lines import asked_for, stand_in_line, with_list
from applications.gathering.relatives import OF_THE_HOUSEHOLD, Whose, ask_members, members_of
from applications.gathering.sums import put_sums
from facts.catalogue import load_catalogue
from programs.language import Program
from programs.language.columns import Column, Members, Table, day_number

__all__ = ["EVERYBODY", "Among", "Covered", "Gathered", "complete_lists", "gather", "gather_all"]

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The table to judge, and which record, person and household (0: none) each row is.

    ``asked``: the rows that were asked for; beside them a program with places holds all who stand in its list.
    """

    table: Table
    records: Longs
    people: Longs
    spouses: Longs
    households: Longs
    divisions: Longs
    asked: Bools


def gather(
    program: Program, *, on: date, among: Among = EVERYBODY, covered: Covered | None = None
) -> Gathered:
    """Everything ``program`` looks at, for the subjects ``among``; ``on`` is the day of application."""
    (gathered,) = gather_all([program], on=on, among=among, covered=covered)
    return gathered


def gather_all(
    programs: Sequence[Program], *, on: date, among: Among = EVERYBODY, covered: Covered | None = None
) -> list[Gathered]:
    """The same for several programs: one query for the subjects, their facts and relatives, one for claims held."""
    lists = covered or complete_lists(set(load_catalogue().kinds))
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
    wanted = [_ask(program, on, among) for program in programs]
    queries = [reading.query for one in wanted for reading in (one.own, *one.sets.values())]
    copied = iter(copy_all(queries, among.parameters, is_again=among.is_small))
    read = [_read(one, copied, lists) for one in wanted]
    claims = claims_standing(
        [limit for program in programs for limit in program.policy.limits],
        [one.rows for one in read],
        is_narrow=among != EVERYBODY,
    )
    return [_made(one, claims, on, lists, asked) for one in read]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A program's readings: its subjects with their facts, and each set of relatives."""

    program: Program
    own: Reading
    sets: dict[str, Reading]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read for a program, before the claims."""

    program: Program
    found: Read
    rows: Rows
    sets: dict[str, Members]


def _ask(program: Program, on: date, among: Among) -> _Asked:
    policy, needed = program.policy, program.needed
    names = {*needed.subject, *needed.household, *(name for limit in policy.limits for name in limit.same)}
    own = ask(
        subjects_of(policy, on=on, among=among),
        sorted(names),
        extra=(
            "coalesce(b.record, 0)", "coalesce(b.person, 0)", spouse_sql(policy), "coalesce(b.household, 0)",
            *householders_sql(policy), DIVISION, DAY,
        ),
        record_kind=policy.for_each,
    )  # fmt: skip
    bases = {at_home: subjects_of(policy, on=on, among=among, at_home=at_home) for at_home in (True, False)}
    sets = {
        name: ask_members(bases[name in OF_THE_HOUSEHOLD], name, facts) for name, facts in needed.sets.items()
    }
    return _Asked(program, own, sets)


def _read(asked: _Asked, copied: Iterator[Copied], lists: Covered) -> _Known:
    found = asked.own.made(next(copied), lists)
    _, people, spouses, households, heads, mates, divisions, days = found.extra
    whose = Whose(found.keys[0], divisions, days, households)
    sets = {
        name: members_of(name, whose, reading.made(next(copied), lists), lists)
        for name, reading in asked.sets.items()
    }
    return _Known(
        asked.program, found, Rows(people, spouses, households, heads, mates, days, divisions), sets
    )


def _made(known: _Known, standing: Standing, on: date, lists: Covered, asked: Among) -> Gathered:
    found, rows = known.found, known.rows
    claims, holders = held_claims(known.program.policy, rows, found.facts, standing, lists)
    n = len(rows.people)
    judged_on = Column(np.where(rows.days == NOTHING, 0, rows.days).astype(np.int32), rows.days != NOTHING)
    applied_on = Column(np.full(n, day_number(on), np.int32), np.ones(n, bool))
    table = Table(n, judged_on, applied_on, found.facts, known.sets, claims, holders)
    subjects, policy = (found.extra[0], rows.people, rows.households), known.program.policy
    put_sums(policy, table, subjects)
    here = np.ones(n, bool)
    if policy.queue is not None:
        stand_in_line(policy, table, subjects, on)
        here = here if asked == EVERYBODY else asked_for(asked, policy, subjects)
    return Gathered(table, found.extra[0], rows.people, rows.spouses, rows.households, rows.divisions, here)
