"""The table of rules: what is deleted after how many years, and on what ground."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from standards.words import Words

FILE = Path(__file__).parent / "rules.toml"
YEARS_MAX = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table."""

    name: str
    years: int
    what: Words
    basis: Words

    def before(self, on: date) -> date:
        """What is dated before this day goes.

        >>> Rule("x", 1, Words("", ""), Words("", "")).before(date(2028, 2, 29))
        datetime.date(2027, 3, 1)
        """
        if (on.month, on.day) == (2, 29):
            return date(on.year - self.years, 3, 1)
        return on.replace(year=on.year - self.years)


@cache
def rules() -> dict[str, Rule]:
    """Every rule by its name, in the order of the file. ValueError where a line of the file cannot be."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> dict[str, Rule]:
    """The rules a file states."""
    found = {}
    for name, line in tomllib.loads(text).items():
        years = line["years"]
        if not isinstance(years, int) or not 1 <= years <= YEARS_MAX:
            raise ValueError(f"{name}: years must be a whole number from 1 to {YEARS_MAX}, not {years!r}")
        found[name] = Rule(name, years, Words(**line["what"]), Words(**line["basis"]))
    return found
