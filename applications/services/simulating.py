"""A draft policy on the real register, beside the version in force: who would gain, who would lose, what it costs.

Reads, judges and writes nothing. Both sides see today's register with what was promised already: the figures are
what is still to be promised.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from applications.gathering import Gathered, gather
from facts.catalogue import load_catalogue
from ledger.queries import available
from programs import language
from programs.language.columns import Verdicts
from programs.queries import active, figures

YES = 2
KEY = [("record", np.int64), ("person", np.int64), ("household", np.int64)]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """One policy on the register: rights met, families who have one, and their fen."""

    rights: int
    families: int
    fen: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a draft would mean. ``before`` is the version in force (nothing where there is none).

    ``by_township`` goes by the 12-digit code; ``lost_by`` counts, by condition, the rights that it would take away.
    """

    program: str
    before: Side
    after: Side
    gained: int
    lost: int
    amounts_changed: int
    by_township: dict[str, tuple[Side, Side]]
    lost_by: dict[str, int]
    available_fen: int


@dataclass(frozen=True, slots=True)
class _Judged:
    """Columns of equal length over every subject."""

    keys: npt.NDArray[np.void]
    is_yes: npt.NDArray[np.bool_]
    fen: Ints
    families: Ints
    townships: Ints
    verdicts: Verdicts


def simulate(source: bytes, *, on: date) -> Simulated:
    """Judge everybody by ``source`` as of ``on``; its examples may still be missing. Raises PolicyErrors."""
    policy = language.read(source, load_catalogue(), figures())
    program = language.compile(policy)
    after = _judge(program, gather(program, on=on))
    in_force = active(policy.code, on)
    before = _judge(in_force.program, gather(in_force.program, on=on)) if in_force else _nobody(after)
    _, old, new = np.intersect1d(before.keys, after.keys, assume_unique=True, return_indices=True)
    both = before.is_yes[old] & after.is_yes[new]
    townships = np.union1d(before.townships[before.is_yes], after.townships[after.is_yes])
    return Simulated(
        program=policy.code,
        before=_side(before, before.is_yes),
        after=_side(after, after.is_yes),
        gained=int(after.is_yes.sum() - both.sum()),
        lost=int(before.is_yes.sum() - both.sum()),
        amounts_changed=int((both & (before.fen[old] != after.fen[new])).sum()),
        by_township={
            f"{int(one):09d}000": (
                _side(before, before.is_yes & (before.townships == one)),
                _side(after, after.is_yes & (after.townships == one)),
            )
            for one in townships
        },
        lost_by=_lost_by(after, new[before.is_yes[old] & ~after.is_yes[new]]),
        available_fen=sum(available(policy.code, on.year).values()),
    )


def _judge(program: language.Program, gathered: Gathered) -> _Judged:
    verdicts = program.judge(gathered.table)
    keys = np.zeros(gathered.records.size, dtype=KEY)
    keys["record"], keys["person"] = gathered.records, gathered.people
    keys["household"] = np.where(gathered.people > 0, 0, gathered.households)
    return _Judged(
        keys=keys,
        is_yes=verdicts.verdict == YES,
        fen=verdicts.amount_fen,
        families=gathered.households,
        townships=gathered.divisions // 1000,
        verdicts=verdicts,
    )


def _nobody(like: _Judged) -> _Judged:
    none = np.zeros(0, dtype=np.int64)
    return _Judged(like.keys[:0], np.zeros(0, dtype=bool), none, none, none, like.verdicts)


def _side(judged: _Judged, rows: npt.NDArray[np.bool_]) -> Side:
    return Side(int(rows.sum()), int(np.unique(judged.families[rows]).size), int(judged.fen[rows].sum()))


def _lost_by(after: _Judged, rows: Ints) -> dict[str, int]:
    """Which conditions a right would fail on; one right may fail on several. Not known counts as "not known"."""
    counted: Counter[str] = Counter()
    for name, values in after.verdicts.needs.items():
        if failing := int((values[rows] == 0).sum()):
            counted[name] = failing
    if unknown := int((after.verdicts.verdict[rows] == 1).sum()):
        counted["not_known"] = unknown
    return dict(counted.most_common())
