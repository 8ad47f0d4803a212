"""One module per measured path: ``measure(size)`` runs the program's way and its floor on the same tables."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """Best of the runs in seconds, and how many rows both ways handled. ``peak_mb`` is above the start of the row."""

    rows: int
    ours: float
    floor: float
    note: str = ""
    peak_mb: float = 0.0


def best_of(runs: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The quickest of ``runs`` runs in seconds; ``before`` is not timed."""
    times = []
    for _ in range(runs):
        before()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
