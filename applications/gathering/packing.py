"""What a record says in few bits, as one column: whether it is there, since when, and answers from short lists.

A column costs the database more to put together and send than the joins that bring it: a kind's record is one column, and
beside it only numbers, texts and days of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from applications.gathering.copying import NOTHING
from facts.catalogue import Field

Longs = npt.NDArray[np.int64]
EPOCH = "DATE '2000-01-01'"
ENDED = -1  # the state of a row whose only records ended before its day, or that is known to have none
DISPUTED = 2
_STATE_BITS, _DAY_BITS, _BITS = 2, 22, 62
_YEAR_1 = 730_119  # days from 0001-01-01 to 2000-01-01: what is added to a day is not negative
_PACKED_ENDED = 3


@dataclass(frozen=True, slots=True)
class Few:
    """A field whose answers are few: SQL that numbers them from 0 (NULL: none), and the bits that hold that and none."""

    name: str
    sql: str
    bits: int


def bits_of(field: Field) -> int:
    """The bits that an answer of this field takes with none beside; 0 for numbers, texts and days.

    >>> from facts.catalogue import load_catalogue
    >>> [bits_of(load_catalogue().facts[name]) for name in ("register.rural", "certificate.kind", "admission.year")]
    [2, 2, 0]
    """
    if field.type == "bool":
        return 2
    if field.type == "code":
        return len(field.codes).bit_length()
    return len(field.codes) + 1 if field.type == "codes" else 0


def fitting(fields: Sequence[Field], *, is_dated: bool) -> list[Field]:
    """Those of ``fields`` that find room in one column, in their order."""
    left, found = _BITS - _STATE_BITS - _DAY_BITS * is_dated, []
    for field in fields:
        if 0 < (bits := bits_of(field)) <= left:
            found.append(field)
            left -= bits
    return found


def packed(alias: str, ended: str, few: Sequence[Few], *, is_dated: bool, ruled_out: str = "") -> str:
    """SQL for the column of the record ``alias``, 0 where there is none; once ``ended`` (a condition) it answers nothing.

    Where there is none and the condition ``ruled_out`` holds, it is as where one has ended: known not to be.
    """
    answers, shift = ["0"], _STATE_BITS + _DAY_BITS * is_dated
    for each in few:
        answers.append(f"(coalesce({each.sql} + 1, 0)::bigint << {shift})")
        shift += each.bits
    since = f" + (({alias}.valid_from - {EPOCH} + {_YEAR_1})::bigint << {_STATE_BITS})" if is_dated else ""
    state, said = f"CASE WHEN {alias}.is_disputed THEN {DISPUTED} ELSE 1 END", " + ".join(answers)
    if ended:
        state = f"CASE WHEN {alias}.is_disputed THEN {DISPUTED} WHEN {ended} THEN {_PACKED_ENDED} ELSE 1 END"
        said = f"CASE WHEN {ended} THEN 0 ELSE {said} END"
    none = f"CASE WHEN {ruled_out} THEN {_PACKED_ENDED} ELSE 0 END" if ruled_out else "0"
    return f"CASE WHEN {alias}.id IS NULL THEN {none} ELSE {state}{since} + {said} END::bigint"


def unpacked(column: Longs, few: Sequence[Field], *, is_dated: bool) -> tuple[Longs, Longs, dict[str, Longs]]:
    """State (0 none, 1 stated, DISPUTED, ENDED), day since when (or of the event; 0 where not asked), and answers.

    What is not there is NOTHING.
    """
    state = column & (1 << _STATE_BITS) - 1
    there, since, shift = state > 0, np.zeros(len(column), np.int64), _STATE_BITS
    if is_dated:
        since = np.where(there, (column >> shift & (1 << _DAY_BITS) - 1) - _YEAR_1, NOTHING)
        shift += _DAY_BITS
    state[state == _PACKED_ENDED] = ENDED
    answers = {}
    for field in few:
        said = column >> shift & (1 << bits_of(field)) - 1
        answers[field.name] = np.where(said > 0, said - 1, NOTHING)
        shift += bits_of(field)
    return state, since, answers
