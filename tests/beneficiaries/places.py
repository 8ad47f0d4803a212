"""The divisions of the real county, as rows."""

import csv
from pathlib import Path

import officials
from officials.models import Division

DATA = Path(officials.__file__).parent / "data"


def load_divisions() -> None:
    """County, townships and villages."""
    rows = [Division(code="610124000000", name="周至县", kind="county")]
    with (DATA / "townships.csv").open(encoding="utf-8") as file:
        rows += [
            Division(code=row["code12"], name=row["name"], kind=row["kind"], parent_id="610124000000")
            for row in csv.DictReader(file)
        ]
    with (DATA / "villages.csv").open(encoding="utf-8") as file:
        rows += [
            Division(
                code=row["code12"],
                name=row["name"],
                kind=row["kind"],
                parent_id=f"{row['township_code9']}000",
            )
            for row in csv.DictReader(file)
        ]
    Division.objects.bulk_create(rows, ignore_conflicts=True)
