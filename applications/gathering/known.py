"""What is asked for a program, what was read of it, and the table that is made of both with the claims that stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import numpy.typing as npt

from applications.gathering.base import EVERYBODY, Among, subjects_of
from applications.gathering.claims import Rows, Standing, held_claims, householders_sql, spouse_sql
from applications.gathering.columns import DAY, DIVISION, HOUSEHOLD, PERSON, RECORD, Reading, ask, same_in
from applications.gathering.copying import NOTHING, Copied, Query
from applications.gathering.coverage import Covered
from applications.gathering.lines import Line, asked_for, line_now, stand_in_line
from applications.gathering.parents_papers import ask_parents, held_by_parents, with_parents
from applications.gathering.relatives import OF_THE_HOUSEHOLD, Whose, ask_members, members_of
from applications.gathering.sums import put_sums
from programs.language import Program
from programs.language.columns import Column, Members, Table, day_number

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


@dataclass(frozen=True, slots=True)
class Asked:
    """A program's readings: its subjects with their facts, and each set of relatives."""

    program: Program
    own: Reading
    sets: dict[str, Reading]
    parents: Reading | None = None  # what is theirs and counts for a child on another booklet
    of_parents: tuple[str, ...] = ()

    @property
    def queries(self) -> list[Query]:
        """Of the subjects and the sets, in the order in which :func:`read` takes what came."""
        return [self.own.query, *(one.query for one in self.sets.values())]

    @property
    def parents_query(self) -> list[Query]:
        """Of the parents of who stands apart from them, where the program asks for what is theirs."""
        return [self.parents.query] if self.parents else []


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for a program, before the claims; ``line`` where it has places."""

    program: Program
    line: Line | None
    facts: dict[str, Column]
    rows: Rows
    sets: dict[str, Members]


def ask_for(program: Program, on: date, among: Among, apart: Sequence[int] | None = None) -> Asked:
    """The readings of everything ``program`` looks at, for the subjects ``among``; ``apart``: nobody but these rows can
    stand on another booklet than their parents (:func:`may_stand_apart`), None: it is not known."""
    policy, needed = program.policy, program.needed
    names = {*needed.subject, *needed.household, *(name for limit in policy.limits for name in limit.same)}
    same = same_in(policy, on)
    own = ask(
        subjects_of(policy, on=on, among=among),
        sorted(names),
        extra=(RECORD, PERSON, spouse_sql(policy), HOUSEHOLD, *householders_sql(policy), DIVISION, DAY),
        record_kind=policy.for_each,
        same=same,
    )
    bases = {at_home: subjects_of(policy, on=on, among=among, at_home=at_home) for at_home in (True, False)}
    sets = {
        name: ask_members(bases[name in OF_THE_HOUSEHOLD], name, facts, same.get(DAY, DAY))
        for name, facts in needed.sets.items()
    }
    theirs = [] if apart is not None and not apart else held_by_parents(policy, sorted(names))
    parents = ask_parents(bases[True], theirs, same.get(DAY, DAY), apart) if theirs else None
    return Asked(program, own, sets, parents, tuple(theirs))


def read(
    asked: Asked,
    line: Line | None,
    copied: Iterator[Copied],
    lists: Covered,
    parents: Iterator[Copied] | None,
) -> Known:
    """What came of :func:`ask_for`, in its order; ``parents``: what came of the parents, None where nobody stands apart."""
    found = asked.own.made(next(copied), lists)
    rows = Rows(*found.extra)
    whose = Whose(found.keys[0], rows.divisions, rows.days, rows.households)
    sets = {
        name: members_of(name, whose, reading.made(next(copied), lists), lists)
        for name, reading in asked.sets.items()
    }
    if asked.parents is not None and parents is not None:
        theirs = asked.parents.made(next(parents), lists)
        with_parents(found.facts, whose, theirs, asked.of_parents, lists)
    return Known(asked.program, line, found.facts, rows, sets)


class Together:
    """Portions of one program put beside each other, in their order: of each only what limits and the list look at."""

    def __init__(self, program: Program, line: Line | None) -> None:
        self._program, self.line = program, line
        self._rows: dict[str, list[Longs]] = {each.name: [] for each in fields(Rows)}
        self._facts: dict[str, list[Column]] = {name: [] for name in program.needed.beside}

    def add(self, portion: Known) -> None:
        """The next subjects."""
        for name, columns in self._rows.items():
            columns.append(getattr(portion.rows, name))
        for name, facts in self._facts.items():
            facts.append(portion.facts[name])

    def joined(self) -> Known:
        """All of them as one; they are let go one column after the other, for twice they would need twice the room."""
        rows = Rows(*(_one_column(self._rows.pop(each.name)) for each in fields(Rows)))
        facts = {name: _one_fact(self._facts.pop(name)) for name in list(self._facts)}
        return Known(self._program, self.line, facts, rows, {})


def _one_column(parts: list[Longs]) -> Longs:
    """A column that nobody asked for is 0 throughout and takes no room."""
    column = np.concatenate(parts)
    return column if column.any() else np.broadcast_to(np.int64(0), len(column))


def _one_fact(parts: list[Column]) -> Column:
    return Column(
        np.concatenate([one.values for one in parts]),
        np.concatenate([one.known for one in parts]),
        max((one.words for one in parts), key=len),  # a portion without rows has none
    )


def table_of(known: Known, on: date) -> Table:
    """The table without the claims that stand."""
    rows, n = known.rows, len(known.rows.people)
    judged_on = Column(np.where(rows.days == NOTHING, 0, rows.days).astype(np.int32), rows.days != NOTHING)
    applied_on = Column(np.full(n, day_number(on), np.int32), np.ones(n, bool))
    table = Table(n, judged_on, applied_on, known.facts, known.sets)
    subjects, policy = (rows.records, rows.people, rows.households), known.program.policy
    put_sums(policy, table, subjects)
    if known.line is not None:
        stand_in_line(policy, table, subjects, on, known.line)
    return table


def line_of_program(program: Program, on: date) -> Line | None:
    """Who stands in the list of a program with places."""
    return line_now(program.policy, on) if program.policy.queue is not None else None


def gathered(known: Known, standing: Standing, table: Table, lists: Covered, asked: Among) -> Gathered:
    """The table with the claims that stand, and whose rows they are."""
    rows, policy = known.rows, known.program.policy
    table.claims, table.holders = held_claims(policy, rows, known.facts, standing, lists)
    here = np.ones(table.n, bool)
    if policy.queue is not None and asked != EVERYBODY:
        here = asked_for(asked, policy, (rows.records, rows.people, rows.households))
    return Gathered(table, rows.records, rows.people, rows.spouses, rows.households, rows.divisions, here)
