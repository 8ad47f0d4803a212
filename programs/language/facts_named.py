"""Which facts a policy names, and whose: what a gatherer has to copy out and no more."""

from collections.abc import Callable

from programs.language.columns import Needed
from programs.language.forms import (
    Amount,
    Band,
    ByTable,
    FromFigure,
    Group,
    Parts,
    Percent,
    PerQuantity,
    Policy,
    Quantified,
    Shape,
    Span,
    Stepped,
    Test,
)
from programs.language.names import Names


def facts_of(test: Test, visit: Callable[[str, str], None], set_name: str = "") -> None:
    """Call ``visit(set, fact)`` for every fact a condition names.

    ``set`` "" = the subject's own; ``fact`` "" = the set itself; a shared figure is "figure.NAME".
    """
    if isinstance(test, Group):
        for part in test.parts:
            facts_of(part, visit, set_name)
    elif isinstance(test, Quantified):
        visit(test.set, "")
        for inner in (test.test, test.where):
            if inner is not None:
                facts_of(inner, visit, test.set)
    else:
        visit(set_name, test.fact)
        if test.other is not None:
            visit(set_name, test.other.name if test.other.kind == "fact" else f"figure.{test.other.name}")
        if test.span is not None:
            visit(set_name, test.span.anchor)


FOR_LIFE = frozenset({"sex", "born_on"})


def needs_for_life(policy: Policy) -> frozenset[str]:
    """The needs that only sex and birth decide: whoever fails one for a record is not meant by it, and never will be."""
    return frozenset(need.name for need in policy.needs if _is_for_life(need.test, policy.names))


def facts_behind(test: Test, names: Names) -> tuple[str, ...]:
    """The facts of the catalogue that a condition looks at, the subject's own and its relatives'."""
    found: dict[str, None] = {}
    facts_of(test, lambda _set, fact: found.update(dict.fromkeys(_behind(fact, names))))
    return tuple(found)


def _is_for_life(test: Test, names: Names) -> bool:
    seen: list[tuple[str, str]] = []
    facts_of(test, lambda whose, fact: seen.append((whose, fact)))
    own = all(not whose for whose, _ in seen)
    return own and bool(seen) and FOR_LIFE.issuperset(facts_behind(test, names))


def span_facts(span: Span | None) -> tuple[str, ...]:
    """The fact a stretch hangs on, if any."""
    return () if span is None else (span.anchor,)


def needed_of(policy: Policy) -> Needed:
    """Every fact the policy looks at, by whose it is; derived words give way to what stands behind."""
    names = policy.names
    own: dict[str, None] = {}
    sets: dict[str, dict[str, None]] = {}

    def visit(set_name: str, fact: str) -> None:
        behind = dict.fromkeys(_behind(fact, names))
        if not set_name:
            own.update(behind)
            return
        members = sets.setdefault(set_name, {})
        if set_name == "parents":  # a parent who is dead by that day is none
            members["death.died_on"] = None
        members.update(behind)

    for test in _tests_of(policy):
        facts_of(test, visit)
    for fact in _other_facts(policy):
        visit("", fact)
    return Needed(
        tuple(name for name in own if names[name].about == "person"),
        tuple(name for name in own if names[name].about == "household"),
        {name: tuple(members) for name, members in sets.items()},
        tuple(limit.name for limit in policy.limits),
        tuple(dict.fromkeys(name for fact in _facts_beside(policy) for name in _behind(fact, names))),
    )


def names_to_ask(policy: Policy) -> tuple[str, ...]:
    """Every name that may stand among what is not known, in the order of the policy's page: whatever rows are judged
    together, their names stand in this order."""
    found: dict[str, None] = {}

    def visit(set_name: str, fact: str) -> None:
        prefix = f"{set_name}." if set_name else ""
        if set_name:
            found[set_name] = None
            found[f"{prefix}death.died_on"] = None
        if fact:
            found.update(dict.fromkeys(f"{prefix}{name}" for name in _behind(fact, policy.names) or (fact,)))

    for test in _tests_of(policy):
        facts_of(test, visit)
    for fact in _other_facts(policy):
        visit("", fact)
    return (*found, "band", *(f"limit.{limit.name}" for limit in policy.limits), "places", "ceiling")


def _facts_beside(policy: Policy) -> list[str]:
    """Facts that limits and the list name."""
    order = () if policy.queue is None else policy.queue.order
    return [
        *(each.fact for each in order if each.fact != "applied_on"),
        *(name for limit in policy.limits for name in limit.same),
    ]


def _behind(fact: str, names: Names) -> tuple[str, ...]:
    found = names.figure(fact.removeprefix("figure.")) if fact.startswith("figure.") else names.fact(fact)
    return found.behind if found is not None else ()


def _tests_of(policy: Policy) -> list[Test]:
    return [
        *(need.test for need in policy.needs),
        *(each.need for each in policy.instalments if each.need),
        *whens_of(policy.amount.shape),
    ]


def whens_of(shape: Shape) -> tuple[Test, ...]:
    """The conditions that say whom the parts of an amount are for."""
    if not isinstance(shape, Parts):
        return ()
    return tuple(part.when for part in shape.parts if part.when is not None)


def _other_facts(policy: Policy) -> list[str]:
    """Facts named by the day, the amount, limits, instalments, the window."""
    found: list[str] = []
    if isinstance(policy.judged_on, str) and policy.judged_on != "applied_on":
        found.append(policy.judged_on)
    found += _amount_facts(policy.amount)
    found += _facts_beside(policy)
    for instalment in policy.instalments:
        found += span_facts(instalment.within)
    return [*found, *span_facts(policy.apply.within)]


def _amount_facts(amount: Amount) -> tuple[str, ...]:
    return tuple(
        name
        for shape in (amount.shape, amount.at_least, amount.at_most)
        if shape is not None
        for name in _shape_facts(shape)
    )


def _shape_facts(shape: Shape) -> tuple[str, ...]:
    if isinstance(shape, Parts):
        return tuple(name for part in shape.parts for name in _amount_facts(part.amount))
    if isinstance(shape, Band):
        return (*_shape_facts(shape.least), *_shape_facts(shape.most))
    if isinstance(shape, ByTable):
        return shape.facts
    if isinstance(shape, PerQuantity | Stepped):
        return (shape.fact,)
    if isinstance(shape, Percent | FromFigure):
        return (shape.of.name,) if shape.of.kind == "fact" else (f"figure.{shape.of.name}",)
    return ()
