"""The real townships and villages of the sample county, read from the division files."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DIVISIONS = Path(__file__).resolve().parent.parent / "officials" / "data"
COUNTY = "610124000000"
COUNTY_NAME = "周至县"


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community: ``code`` has 12 digits."""

    code: str
    name: str
    township: str  # 9 digits

    @property
    def short_name(self) -> str:
        """As people say it and remarks print it: 镇东村, not 镇东村委会."""
        return self.name.removesuffix("委会").removesuffix("居")


@dataclass(frozen=True, slots=True)
class Township:
    """A township with its villages in the order of their codes: ``code`` has 9 digits."""

    code: str
    name: str
    villages: tuple[Village, ...]

    @property
    def code12(self) -> str:
        return f"{self.code}000"


def _rows(name: str) -> list[dict[str, str]]:
    with (DIVISIONS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_townships() -> Sequence[Township]:
    """All 20 townships with their 283 villages, by code."""
    villages: dict[str, list[Village]] = {}
    for row in _rows("villages.csv"):
        code = row["township_code9"]
        villages.setdefault(code, []).append(Village(row["code12"], row["name"], code))
    return [
        Township(row["code9"], row["name"], tuple(sorted(villages[row["code9"]], key=lambda v: v.code)))
        for row in sorted(_rows("townships.csv"), key=lambda row: row["code9"])
    ]


def has_parent_columns(township: str) -> bool:
    """Whether this township's register has columns for the parents' ID numbers (every second one has).

    >>> has_parent_columns("610124102"), has_parent_columns("610124103")
    (True, False)
    """
    return int(township) % 2 == 0
