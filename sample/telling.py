"""How far a season is, told while it plays."""

from collections.abc import Callable
from datetime import date
from time import monotonic


class Weeks:
    """Writes each Monday that is reached, and after how many minutes and seconds."""

    def __init__(self, write: Callable[[str], object], clock: Callable[[], float] = monotonic) -> None:
        self._write, self._clock, self._began = write, clock, clock()

    def __call__(self, on: date) -> None:
        minutes, seconds = divmod(round(self._clock() - self._began), 60)
        self._write(f"  {on} … {minutes}:{seconds:02}")
