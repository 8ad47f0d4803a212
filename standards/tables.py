"""Reads the small tables that stand beside the code in ``standards/data/``."""

import csv
from pathlib import Path

FOLDER = Path(__file__).with_name("data")


def rows(name: str) -> list[dict[str, str]]:
    """The rows of ``standards/data/<name>.csv`` as dictionaries by column name."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
