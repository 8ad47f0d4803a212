"""Neighbours of a paid example: one fact changed or taken away, to see that a need alone decides."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from programs.language.compiling import Program
from programs.language.facts_named import facts_of
from programs.language.forms import Compare, Derived, Group, Need, Policy, Quantified, Situation, Test
from programs.language.names import Meaning
from programs.language.situations import results

FAR = 36_525  # days: a century away from any day an example names
PAID_MAX = 12  # this many paid examples are varied: more find nothing new
Facts = dict[str, object]


def uncovered(
    program: Program, paid: Sequence[Situation], needs: Sequence[Need]
) -> Iterator[tuple[Need, bool, bool]]:
    """Each need with whether some neighbour fails only it, and whether in some only it is not known."""
    policy = program.policy
    for need in needs:
        varied = [each for situation in paid[:PAID_MAX] for each in _variations(policy, situation, need.test)]
        came = results(program, varied) if varied else []
        yield (
            need,
            any(is_alone(gives.no, need.name) for gives in came),
            any(is_alone(gives.not_known, need.name) for gives in came),
        )


def is_alone(named: Sequence[str], need: str) -> bool:
    """Whether only this need is named; the amount may go with it, since it may hang on the same fact."""
    return set(named) - {"amount"} == {need}


def _variations(policy: Policy, situation: Situation, test: Test) -> Iterator[Situation]:
    for set_name, fact in _named(policy, test):
        meaning = policy.names[fact]
        if not set_name:
            for facts in _changed(situation.facts, meaning, test):
                yield replace(situation, facts=facts)
            continue
        members = situation.sets.get(set_name, ())
        for at, member in enumerate(members):
            for facts in _changed(member, meaning, test):
                alive = {"death.died_on": None, **facts} if set_name == "parents" else facts
                changed = (*members[:at], alive, *members[at + 1 :])
                yield replace(situation, sets={**situation.sets, set_name: changed})
    yield from (replace(situation, facts={**situation.facts, **facts}) for facts in _rows(policy, test))
    for set_name in {name for name, _ in _named(policy, test) if name}:
        yield replace(situation, unknown=(*situation.unknown, set_name))
        members = situation.sets.get(set_name, ())
        yield replace(situation, sets={**situation.sets, set_name: members[:-1]})
        yield replace(situation, sets={**situation.sets, set_name: (*members, *members[-1:] * 3)})


def _rows(policy: Policy, test: Test) -> Iterator[Facts]:
    """For each row of a table that the condition hangs on: the facts that land there."""
    tables: list[Derived] = []

    def visit(_set_name: str, fact: str) -> None:
        table = policy.names.derived.get(fact.removeprefix("figure."))
        if table is not None:
            tables.append(table)

    facts_of(test, visit)
    for table in tables:
        for row in table.rows:
            facts: Facts = {}
            for cell, name in zip(row.cells, table.inputs, strict=True):
                if cell.kind == "range":
                    facts[name] = cell.low if cell.low is not None else cell.high
                elif cell.kind == "value":
                    codes = policy.names[name].type == "codes"
                    facts[name] = frozenset({cell.value}) if codes else cell.value
            yield facts
            free = {name: "—" for name in table.inputs if policy.names[name].type == "text"}
            yield {**free, **facts}  # a text that no row names keeps out of the rows above


def _named(policy: Policy, test: Test) -> list[tuple[str, str]]:
    """Every fact behind the condition, with the set it is asked of."""
    found: dict[tuple[str, str], None] = {}

    def visit(set_name: str, fact: str) -> None:
        if fact and not fact.startswith("figure."):
            found.update({(set_name, behind): None for behind in policy.names[fact].behind})

    facts_of(test, visit)
    return list(found)


def _changed(facts: Facts, meaning: Meaning, test: Test) -> Iterator[Facts]:
    """The fact taken away, then every other value that could matter."""
    yield {name: value for name, value in facts.items() if name != meaning.name}
    for value in _values(facts.get(meaning.name), meaning, test):
        if value != facts.get(meaning.name):
            yield {**facts, meaning.name: value}


def _values(now: object, meaning: Meaning, test: Test) -> Iterator[object]:
    if meaning.type == "codes":
        yield frozenset()
        for code in meaning.codes:
            yield frozenset({code})
    elif meaning.type == "code":
        yield from (*meaning.codes, None)
    elif meaning.type == "bool":
        yield from (True, False)
    elif meaning.type == "text":
        yield from ("—", None)
    else:
        base = [now] if isinstance(now, int) else []
        named = [value for value in _literals(test) if isinstance(value, int)]
        for value in (*base, *named):
            yield from (value - 1, value + 1, value - FAR // 10, value + FAR // 10, value - FAR, value + FAR)
        if meaning.type == "date":
            yield None


def _literals(test: Test) -> Iterator[object]:
    if isinstance(test, Compare):
        yield from test.values
    elif isinstance(test, Group):
        for part in test.parts:
            yield from _literals(part)
    elif isinstance(test, Quantified):
        for inner in (test.test, test.where):
            if inner is not None:
                yield from _literals(inner)
