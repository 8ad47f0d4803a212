"""The base of every model that has a state."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db import models
from django_fsm import FSMField, transition

from audit.moves import Move
from standards.words import Words


class StateField(FSMField):
    """The word of a state, known to the machine of its model; to a migration it is a word like any other.

    Django makes a model of the past again for every step of a migration, and a field of the machine would look for its
    transitions among all of them: that took a third of the time of ``migrate``.
    """

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def _transition_of(move: Move) -> Callable[..., None]:
    def body(self: models.Model, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)

    body.__name__ = move.name
    body.__qualname__ = move.name
    body.__doc__ = f"{' | '.join(move.source)} → {move.target}"
    marked: Callable[..., None] = transition(
        field="state", source=list(move.source), target=move.target, custom={"move": move}
    )(body)
    return marked


class Stateful(models.Model):
    """A row that moves through one machine, by :mod:`audit.door` only.

    The transitions are django-fsm-2's, one for each row of the table; the guard is the database's
    (:class:`audit.constraints.GuardedMoves`). Never call ``refresh_from_db`` on such a row and save it only
    with ``update_fields``: a stale state would be refused by the guard.
    """

    MOVES: ClassVar[Sequence[Move]] = ()
    # What a broken constraint of this table means to the person who ran into it.
    REFUSALS: ClassVar[dict[str, Words]] = {}

    state = StateField(max_length=24, editable=False)

    class Meta:
        abstract = True

    def __init_subclass__(cls, moves: Sequence[Move] = (), **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if moves:
            cls.MOVES = tuple(moves)
            for move in moves:
                setattr(cls, move.name, _transition_of(move))

    @classmethod
    def move_named(cls, name: str) -> Move:
        """The row of the table called ``name``; KeyError where there is none."""
        for move in cls.MOVES:
            if move.name == name:
                return move
        raise KeyError(f"{cls.__name__} has no move called {name}")

    def moves_for(self, roles: Sequence[str], number: str = "") -> list[Move]:
        """What a person with ``roles`` and staff ``number`` could do with this row now: the buttons."""
        return [
            move
            for move in self.MOVES
            if self.state in move.source
            and set(roles) & set(move.roles)
            and (not move.own or getattr(self, move.own) == number)
        ]
