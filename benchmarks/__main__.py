"""``python -m benchmarks``: every measured path at two sizes, each beside its floor in one process run.

Prints a table, and with ``--json FILE`` writes the same as JSON. Uses an embedded database of its own in a temporary
folder and removes it. Nothing is asserted on seconds: read the ratio (ours ÷ floor) and the growth (exponent between
the two sizes; 1 is linear).
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from config.launch.children import GIVES_BACK

ROWS = (
    "sweep",
    "openfisca",
    "policies",
    "counter",
    "batch",
    "reconcile",
    "bank_file",
    "importing",
    "letters",
    "search",
    "doubles",
)
APART = ("policies", "search", "doubles")  # rows with people of their own
SIZES = (10_000, 100_000)
OWN_SIZES = {"search": (100_000, 500_000)}  # where the row has a target at a size
PROJECT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the rows asked for; exit 1 when one of them failed."""
    asked = _arguments()
    results: list[dict[str, Any]] = []
    folder = Path(tempfile.mkdtemp(prefix="guanai-bench-"))
    try:
        for size in asked.sizes or _all_sizes(asked.rows):
            place = folder / str(size)
            for row in [row for row in asked.rows if asked.sizes or size in OWN_SIZES.get(row, SIZES)]:
                results.append(_one(row, size, place / (row if row in APART else "county")))
                print(_line(results[-1]), flush=True)
            shutil.rmtree(place, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n" + table(results))
    for one in results:
        if one.get("parts"):
            print(f"\n{one['row']} at {one['size']:,}\n\n" + parts_table(one["parts"]))
    if asked.json:
        Path(asked.json).write_text(json.dumps(results, indent=1))
    return 1 if any("failed" in one for one in results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed beside its floor.")
    parser.add_argument("--sizes", type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--rows", type=lambda text: text.split(","), default=list(ROWS), help=", ".join(ROWS))
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args()


def _all_sizes(rows: list[str]) -> list[int]:
    return sorted({size for row in rows for size in OWN_SIZES.get(row, SIZES)})


def _one(row: str, size: int, place: Path) -> dict[str, Any]:
    """One row at one size in a process of its own, so that its memory is its own; it gives back what it freed, as the
    worker does."""
    place.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        **GIVES_BACK,
        "GUANAI_VAR": str(place),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-m", "benchmarks.one", row, str(size)]
    run = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        return {"row": row, "size": size, "failed": run.stderr.strip().splitlines()[-1:] or ["no output"]}
    measured: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return {"row": row, "size": size, **measured}


def _line(one: dict[str, Any]) -> str:
    if "failed" in one:
        return f"{one['row']:10} {one['size']:>9,}  failed: {one['failed']}"
    return (
        f"{one['row']:10} {one['size']:>9,}  ours {one['ours']:8.3f} s  floor {one['floor']:8.3f} s  "
        f"ratio {one['ours'] / one['floor']:5.2f}  +{one['peak_mb']:.0f} MB  {one['note']}"
    )


def table(results: list[dict[str, Any]]) -> str:
    """The results as a Markdown table with the growth between the smallest and the largest size."""
    lines = [
        "| path | size | rows | ours (s) | floor (s) | ours ÷ floor | growth | memory (MB) | note |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in results:
        if "failed" in one:
            lines.append(f"| {one['row']} | {one['size']:,} | failed | | | | | | |")
            continue
        lines.append(
            f"| {one['row']} | {one['size']:,} | {one['rows']:,} | {one['ours']:.3f} | {one['floor']:.3f} "
            f"| {one['ours'] / one['floor']:.2f} | {_growth(one, results)} | {one['peak_mb']:.0f} | {one['note']} |"
        )
    return "\n".join(lines)


def parts_table(parts: list[dict[str, Any]]) -> str:
    """The lines of a row's own table in Markdown; the columns are the keys of the first."""
    columns = list(parts[0])
    lines = ["| " + " | ".join(columns) + " |", "|---|" + "---:|" * (len(columns) - 1)]
    lines += ["| " + " | ".join(str(part[column]) for column in columns) + " |" for part in parts]
    return "\n".join(lines)


def _growth(one: dict[str, Any], results: list[dict[str, Any]]) -> str:
    smaller = [
        other
        for other in results
        if other["row"] == one["row"] and other["size"] < one["size"] and "ours" in other
    ]
    if not smaller:
        return ""
    base = smaller[0]
    if one["rows"] == base["rows"]:  # the same work in a larger county: growth in its size
        base = {**base, "rows": base["size"]}
        one = {**one, "rows": one["size"]}
    return f"{math.log(one['ours'] / base['ours']) / math.log(one['rows'] / base['rows']):.2f}"


if __name__ == "__main__":
    sys.exit(main())
