"""Rows of one key put together: a row with several records of one kind comes several times."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from applications.gathering.copying import NOTHING

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows sorted by key: ``order`` puts them so, ``starts`` says where each group begins."""

    order: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]

    def highest(self, values: Longs) -> Longs:
        """The highest value of each group; what its rows all say, else what is more than none (0)."""
        return np.maximum.reduceat(values[self.order], self.starts) if len(values) else values


def group(keys: list[Longs]) -> Groups:
    """Rows of the same ``keys`` beside each other, groups in the order of their keys."""
    order = np.lexsort(keys[::-1])
    changed = np.zeros(len(order), bool)
    for key in keys:
        ordered = key[order]
        changed[1:] |= ordered[1:] != ordered[:-1]
    changed[:1] = True
    return Groups(order, np.flatnonzero(changed))


def nearest_first(groups: Groups, events: Longs, days: Longs) -> Groups:
    """The same groups with the event that counts for the row's day at the head of each: the first on or after that day,
    else the last before; NOTHING is no event or no day."""
    is_known = (events != NOTHING) & (days != NOTHING)
    distance = np.where(is_known, events - days, 0)
    rank = 2 * np.abs(distance) + (distance < 0) * 1_000_000
    number = np.zeros(len(groups.order), np.int64)
    number[groups.starts] = 1
    number = np.cumsum(number)
    within = np.lexsort((rank[groups.order], number))
    return Groups(groups.order[within], groups.starts)


def older(groups: Groups, since: Longs) -> Bools:
    """The rows whose state began before another of their group."""
    if not len(since):
        return np.zeros(0, bool)
    counts = np.diff(np.append(groups.starts, len(since)))
    found = np.zeros(len(since), bool)
    found[groups.order] = since[groups.order] < np.repeat(groups.highest(since), counts)
    return found


def only_first(groups: Groups, values: Longs) -> Longs:
    """``values`` with everything but the first of each group taken away."""
    kept = np.full(len(values), NOTHING, np.int64)
    first = groups.order[groups.starts]
    kept[first] = values[first]
    return kept
