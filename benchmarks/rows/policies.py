"""Twice as many policies: the sweep of the four samples and of four more that say the same under other names.

The floor is the four alone, twice: what a policy costs is what its own conditions ask for, whoever stands beside it.
"""

from applications.models import Assessment
from applications.services import sweep
from benchmarks.offices import CHECKER, POLICIES, active_policies, in_force
from benchmarks.population import populate as people_of_the_county
from benchmarks.rows import Measured, best_of
from benchmarks.rows.sweep import DAY, forget

RUNS = 3


def populate(people: int) -> None:
    """The benchmark's county with the four samples in force."""
    active_policies()
    people_of_the_county(people)


def measure(people: int) -> Measured:
    """From empty verdicts to all verdicts written: eight policies, and four twice."""
    alone = best_of(RUNS, _judge_all, before=forget)
    for file in sorted(POLICIES.glob("*.toml")):
        code = f"{file.stem}-again"
        in_force(file.read_bytes().replace(file.stem.encode(), code.encode()), f"{code}.toml")
    together = best_of(RUNS, _judge_all, before=forget)
    return Measured(
        Assessment.objects.count(), together, 2 * alone, note=f"four policies alone: {alone:.2f} s"
    )


def _judge_all() -> None:
    sweep.assess(sweep.ask(on=DAY, by=CHECKER))
