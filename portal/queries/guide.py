"""The programs in force in the words of their own policies: what the public guide prints."""

from dataclasses import dataclass
from datetime import date

from programs.language import InWords
from programs.queries import active_on


@dataclass(frozen=True, slots=True)
class Offer:
    """One program: its code as the anchor, its words, and whether families apply for it."""

    code: str
    words: InWords
    is_from_lists: bool


def programs_in_force(on: date) -> list[Offer]:
    """Every program in force on that day."""
    return [
        Offer(one.version.code, one.program.sentences(), one.program.policy.apply.route == "lists")
        for one in active_on(on)
    ]
