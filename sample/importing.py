"""The departments' lists on their days, by the same road as a person's upload: one uploads, another takes."""

import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from django.db import transaction

from beneficiaries import services
from beneficiaries.lists.periods import Period, month, year
from beneficiaries.models import EvidenceList
from sample.staff import Staff


class PostRoom:
    """Takes the lists of a sample folder, the good rows of each; a list taken before is not taken again."""

    def __init__(self, staff: Staff, folder: Path) -> None:
        self.uploader = staff.county("county_checker", 0)
        self.taker = staff.county("county_checker", 1)
        self.folder = folder
        self.lists: list[dict[str, Any]] = json.loads((folder / "lists.json").read_text(encoding="utf-8"))[
            "lists"
        ]
        self.done: Counter[str] = Counter()

    def open(self, on: date) -> int:
        """Take what arrives on that day; returns how many lists were new."""
        new = 0
        for entry in self.lists:
            if entry["on"] == on.isoformat():
                new += self._take(entry, on)
        return new

    def _take(self, entry: dict[str, Any], on: date) -> int:
        source = (self.folder / entry["file"]).read_bytes()
        digest = hashlib.sha256(source).hexdigest()
        if EvidenceList.objects.filter(sha256=digest, state="taken").exists():
            return 0
        with transaction.atomic():  # the worker never sees it half way
            evidence = services.upload_list(source, _letter(entry), by=self.uploader, on=on)
            taken = services.import_list(evidence, by=self.taker, on=on, take_good=True)
            if entry["kind"] == "account":
                self.done["accounts_verified"] += services.verify_listed_accounts(taken, by=self.taker, on=on)
        self.done["lists"] += 1
        self.done["rows"] += taken.counts.get("rows", 0)
        for name in ("new", "same", "changed", "refused", "doubtful"):
            self.done[f"rows_{name}"] += taken.counts.get(name, 0)
        return 1


def _letter(entry: dict[str, Any]) -> services.CoveringLetter:
    return services.CoveringLetter(
        kind=entry["kind"],
        file_name=PurePath(entry["file"]).name,
        division=entry["division"].ljust(12, "0"),
        period=_period(entry),
        code=entry["code"],
        is_complete=entry["complete"],
    )


def _period(entry: dict[str, Any]) -> Period | None:
    stated = entry["period"]
    if len(stated) == 7:
        return month(int(stated[:4]), int(stated[5:]))
    if stated:
        return year(int(stated))
    if entry["first_day"]:
        return Period(date.fromisoformat(entry["first_day"]), date.fromisoformat(entry["last_day"]))
    return None
