"""A state machine as one table."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Move:
    """One arrow of a machine: a row of the table in ``lifecycle.py``.

    ``roles`` may take it. ``by_field`` and ``on_field`` name the columns of the row that keep who took it
    and on which business day. ``own`` names a ``by_field``: only the person who stands there may take this
    move, and the columns of ``clears`` are emptied (taking back one's own last step).
    """

    name: str
    source: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    label: str | Promise
    by_field: str = ""
    on_field: str = ""
    own: str = ""
    clears: tuple[str, ...] = ()


def pairs(moves: Iterable[Move]) -> list[tuple[str, str]]:
    """Every (from, to) that the table allows, sorted: what the database guard is made of."""
    return sorted({(str(source), str(move.target)) for move in moves for source in move.source})
