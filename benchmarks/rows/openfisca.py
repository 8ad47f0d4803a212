"""The sweep beside OpenFisca: the same rules, tables and rows, from the register to the kept verdicts.

OpenFisca gets the program's own quick roads in and out (columns by one statement, binary COPY back); only what lies
between is its own: entities, inputs, formulas. The answers are compared before any figure is printed.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction
from openfisca_core.simulations import SimulationBuilder

from applications.gathering.copying import Query, copy_all
from applications.models import Sweep
from applications.services import sweep
from benchmarks import openfisca_rules as rules
from benchmarks.offices import CHECKER, active_policies
from benchmarks.rows import Measured, best_of
from benchmarks.rows.sweep import DAY, differences, forget, keep_answers
from programs.language.columns import Column
from programs.queries import Loaded, active_on

# A small county takes a quarter of a second, and what else the machine does as much again.
RUNS, MORE_RUNS = 3, 9
SMALL = 50_000
Longs = npt.NDArray[np.int64]

_FACT = """LEFT JOIN beneficiaries_fact {f} ON {f}.kind = '{kind}' AND {f}.{of}_id = {of}.id AND {f}.superseded_by_id IS NULL
    AND {f}.valid_from <= {day} AND ({f}.valid_until IS NULL OR {f}.valid_until >= {day})"""
_JULY, _NEW_YEAR = "DATE '2026-07-31'", "DATE '2026-01-01'"


def _facts(of: str, *kinds: tuple[str, str, str]) -> str:
    return " ".join(_FACT.format(f=alias, kind=kind, of=of, day=day) for alias, kind, day in kinds)


_PERSONS = f"""
    SELECT person.id, m.household_id, CASE WHEN m.relation IN ('02', '10') THEN 1 ELSE 0 END, person.division::bigint,
           CASE person.sex WHEN 'female' THEN 1 ELSE 0 END, person.born_on - DATE '2000-01-01',
           CASE WHEN r.id IS NULL THEN 1 WHEN r.values->>'rural' = 'true' THEN 2 ELSE 0 END,
           CASE WHEN l.id IS NULL THEN 0 ELSE 1 END, coalesce(a.id, 0), CASE a.values->>'level' WHEN '本科' THEN 1 ELSE 0 END,
           coalesce(t.id, 0), coalesce((t.values->>'hours')::int, 0), CASE WHEN u.values->>'listed' = 'true' THEN 1 ELSE 0 END,
           coalesce(i.id, 0), coalesce((i.values->>'year')::int, 0), CASE WHEN i.values->>'enrolled' = 'true' THEN 1 ELSE 0 END,
           coalesce(a.valid_from - DATE '2000-01-01', 0), coalesce(t.valid_from - DATE '2000-01-01', 0)
    FROM beneficiaries_person person
    JOIN beneficiaries_membership m ON m.person_id = person.id AND NOT m.is_disputed AND m.valid_from <= {
    _JULY
}
         AND (m.valid_until IS NULL OR m.valid_until >= {_JULY})
    {
    _facts(
        "person",
        ("r", "register", _JULY),
        ("l", "payroll", _JULY),
        ("a", "admission", _JULY),
        ("t", "training", _JULY),
        ("u", "unadmitted", _JULY),
        ("i", "medical", _NEW_YEAR),
    )
}
    ORDER BY m.household_id, person.id"""
_PERSON_COLUMNS = (
    "id", "household", "is_parent", "division", "female", "born", "rural", "on_payroll", "admitted", "bachelor", "trained",
    "hours", "listed_unadmitted", "medical_record", "medical_year", "enrolled", "admitted_on", "trained_on",
)  # fmt: skip
_HOUSEHOLDS = f"""
    SELECT household.id, household.division::bigint, CASE WHEN c.id IS NULL THEN 0 ELSE 1 END,
           CASE WHEN h.values->'kinds' ?| ARRAY['dibao', 'extreme_poverty', 'monitored'] THEN 1 ELSE 0 END,
           CASE WHEN h.id IS NULL THEN 0 ELSE 1 END,
           CASE WHEN h.values->'kinds' ?| ARRAY['dibao', 'extreme_poverty', 'poor_disabled'] THEN 600000 ELSE 400000 END,
           coalesce(s.id, 0), CASE WHEN s.values->>'grade' IN ('C', 'D') THEN 1 ELSE 0 END,
           coalesce(s.valid_from - DATE '2000-01-01', 0)
    FROM beneficiaries_household household
    {_facts("household", ("c", "certificate", _JULY), ("h", "hardship", _JULY), ("s", "housing", _JULY))}
    ORDER BY household.id"""
_HOUSEHOLD_COLUMNS = (
    "id", "division", "certificate", "poor_kind", "hardship_kind", "hardship_rate", "surveyed", "dangerous", "surveyed_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rows:
    """The columns read, by name, and the household of each person as a position."""

    person: dict[str, Longs]
    household: dict[str, Longs]
    of: Longs


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where one program's records, days and needs stand; ``needs`` are OpenFisca's names by ours."""

    code: str
    records: str
    days: str
    verdict: str
    needs: dict[str, str]
    shared: tuple[str, ...] = ()  # needs that the household meets for the person


_RULES = (
    _Rule(
        "college-award", "admitted", "admitted_on", "college", {"girl": "girl"},
        ("girl_family", "poor", "parents_rural"),
    ),
    _Rule(
        "training-subsidy", "trained", "trained_on", "training",
        {"girl": "girl", "unadmitted": "unadmitted", "hours": "enough_hours"}, ("girl_family",),
    ),
    _Rule(
        "medical-supplement", "medical_record", "judged_on", "medical",
        {name: name for name in ("this_year", "girl", "child", "rural")} | {"enrolled": "is_enrolled"}, ("girl_family",),
    ),
    _Rule(
        "housing-subsidy", "surveyed", "surveyed_on", "housing",
        {"girl_family": "girl_family", "hardship": "hardship", "nobody_on_the_payroll": "nobody_on_the_payroll",
         "dangerous": "is_dangerous"},
    ),
)  # fmt: skip
NEW_YEAR = 9497  # 2026-01-01 in days after 2000-01-01


def measure(people: int) -> Measured:
    """Both ways from empty verdicts to all verdicts, reasons and amounts written."""
    active_policies()
    asked = sweep.ask(on=DAY, by=CHECKER)
    runs = MORE_RUNS if people < SMALL else RUNS
    ours = best_of(runs, lambda: sweep.assess(asked), before=forget)
    rows = keep_answers("ours")
    known = {loaded.version.code: loaded for loaded in active_on(DAY)}
    seconds: list[float] = []
    floor = best_of(runs, lambda: seconds.append(_openfisca(known, asked)), before=forget)
    keep_answers("theirs")
    assert not differences(), "OpenFisca and the program differ"
    return Measured(rows, ours, floor, note=f"floor: OpenFisca, {min(seconds):.2f} s in its own parts alone")


def _openfisca(known: dict[str, Loaded], asked: Sweep) -> float:
    """All of it; gives the seconds between the columns read and the answers there."""
    rows = _read()
    began = time.perf_counter()
    simulation = _simulation(rows)
    names = [formula.__name__ for formula in (*rules.OF_PERSON, *rules.OF_HOUSEHOLD)]
    answers = {name: simulation.calculate(name, rules.MONTH).astype(np.int64) for name in (*names, "rural")}
    seconds = time.perf_counter() - began
    for rule in _RULES:
        _write(known[rule.code], asked, rule, rows, answers)
    return seconds


def _read() -> _Rows:
    persons, households = copy_all(
        [_whole(_PERSONS, len(_PERSON_COLUMNS)), _whole(_HOUSEHOLDS, len(_HOUSEHOLD_COLUMNS))], {}
    )
    person = dict(zip(_PERSON_COLUMNS, persons.columns, strict=True))
    person["judged_on"] = np.full(len(person["id"]), NEW_YEAR)
    household = dict(zip(_HOUSEHOLD_COLUMNS, households.columns, strict=True))
    return _Rows(person, household, np.searchsorted(household["id"], person["household"]))


def _whole(sql: str, columns: int) -> Query:
    """``sql`` as a query whose columns are all bigint."""
    names = [f"c{n}" for n in range(columns)]
    whole = ", ".join(f"{name}::bigint" for name in names)
    return Query(f"SELECT {whole} FROM ({sql}) AS one({', '.join(names)})", columns)


def _simulation(rows: _Rows) -> Any:
    builder = SimulationBuilder()
    builder.create_entities(rules.system())
    builder.declare_person_entity("person", rows.person["id"])
    household = builder.declare_entity("household", rows.household["id"])
    roles = np.where(rows.person["is_parent"] == 1, "parent", "child")
    builder.join_with_persons(household, rows.of, roles)
    simulation = builder.build(rules.system())
    for name in rules.PERSON_FACTS:
        simulation.set_input(name, rules.MONTH, rows.person[name])
    for name in rules.HOUSEHOLD_FACTS:
        simulation.set_input(name, rules.MONTH, rows.household[name])
    return simulation


def _write(loaded: Loaded, asked: Sweep, rule: _Rule, rows: _Rows, answers: dict[str, Longs]) -> None:
    """One program's answers by the program's own road, as the sweep does."""
    of = rows.person if rule.records in rows.person else rows.household
    at = np.flatnonzero(of[rule.records])
    needs = {ours: answers[theirs][at] for ours, theirs in rule.needs.items()}
    needs |= {name: answers[name][rows.of[at]] for name in rule.shared}
    verdict = answers[rule.verdict][at]
    failing, unsettled = sweep.Patterns(), sweep.Patterns()
    failing.add(len(at), {name: value == 0 for name, value in needs.items()})
    unsettled.add(len(at), {"certificate.kind": (needs["girl_family"] == 1) & (verdict == 1)})
    people = of["id"][at] if of is rows.person else np.zeros(len(at), np.int64)
    households = of["household" if of is rows.person else "id"][at]
    days = Column(of[rule.days][at].astype(np.int32), np.ones(len(at), bool))
    found = sweep.Found(
        of[rule.records][at], people, households, of["division"][at], days, verdict, answers[f"{rule.verdict}_fen"][at],
        failing.numbers, failing.names, unsettled.numbers, unsettled.names,
    )  # fmt: skip
    with transaction.atomic():
        sweep.write(loaded, asked, found)
