"""One module per measured path: ``measure(size)`` runs the program's way and its floor on the same tables."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """Best of the runs in seconds, and how many rows both ways handled. ``peak_mb`` is above the start of the row, of
    ours alone where the row says it (0: both); ``parts`` are lines of a table of the row's own."""

    rows: int
    ours: float
    floor: float
    note: str = ""
    peak_mb: float = 0.0
    parts: list[dict[str, Any]] = field(default_factory=list)


def peak_mb() -> float:
    """The most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def best_of(runs: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The quickest of ``runs`` runs in seconds; ``before`` is not timed."""
    times = []
    for _ in range(runs):
        before()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
