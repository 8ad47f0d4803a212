"""Who acts, kept as text in the trail so that it stays readable when an official leaves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """One official in one role. ``number`` is the staff number, ``division`` a 12-digit code."""

    number: str
    name: str
    role: str
    division: str


# What the program does by itself: closing a notice on its last day, planning instalments, applications
# from matched lists. It holds no role of a person and can take no step that a person must take.
SYSTEM = Actor(number="system", name="系统", role="system", division="")
