"""What an example leaves open: the facts that a need asks for and the example does not state."""

from collections.abc import Iterable

from programs.language.facts_named import facts_of
from programs.language.forms import Policy, Situation
from programs.language.situations import PARENTS

BOTH = "parents = [{ … }, { … }]"  # there are always two, and one of whom nothing is said may be anything
DIED, ALIVE = "death.died_on", "alive"  # an example may say the second for the first


def unstated(policy: Policy, needs: Iterable[str], situation: Situation) -> tuple[str, ...]:
    """As an author would write them: ``hardship.kinds``, ``parents.alive``; of a set of which nothing is said its name."""
    found: dict[str, None] = {}

    def visit(whose: str, fact: str) -> None:
        members = situation.sets.get(whose, ()) if whose else (situation.facts,)
        if whose == "parents" and len(members) < PARENTS:
            found[BOTH] = None
        elif not members:
            found[whose] = None
        elif fact:
            meaning = policy.names.fact(fact)
            asked = meaning.behind if meaning else ()
            left = [name for name in asked if any(name not in row for row in members)]
            if whose == "parents" and not left and any(DIED not in row for row in members):
                left = [DIED]  # who may be dead may be none
            found.update((f"{whose}.{name}".lstrip(".").replace(DIED, ALIVE), None) for name in left)

    for need in policy.needs:
        if need.name in needs:
            facts_of(need.test, visit)
    return tuple(found)
