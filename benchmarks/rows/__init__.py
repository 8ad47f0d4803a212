"""One module per measured path: ``measure(size)`` runs the program's way and its floor on the same tables."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """Best of the runs in seconds, and how many rows both ways handled. ``peak_mb`` is above the start of the row;
    ``parts`` are lines of a table of the row's own."""

    rows: int
    ours: float
    floor: float
    note: str = ""
    peak_mb: float = 0.0
    parts: list[dict[str, Any]] = field(default_factory=list)


def best_of(runs: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The quickest of ``runs`` runs in seconds; ``before`` is not timed."""
    times = []
    for _ in range(runs):
        before()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
