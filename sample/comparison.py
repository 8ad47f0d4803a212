"""What the program did beside what is true: the only place that reads the truth."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from django.db.models import Sum

from applications.lifecycle import State
from applications.models import Application, Assessment
from beneficiaries.models import Doubt, ListRow, Person
from payments.models import Attempt
from vault import blind

Key = tuple[str, int, str]  # program, person (the head for a household), day or year of the record
NAMES_MAX = 20  # culprits printed; the counts are always whole


@dataclass(slots=True)
class Comparison:
    """Empty lists mean that program and truth agree."""

    eligible: int = 0
    paid_lines: int = 0
    missed: list[str] = field(
        default_factory=list
    )  # has a right, neither paid nor named, and no defect holds her
    ineligible_paid: list[str] = field(default_factory=list)
    amounts_differ: list[str] = field(default_factory=list)
    not_paid: list[str] = field(default_factory=list)  # did everything right, is named, and has no money yet
    defects: int = 0
    defects_unnamed: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not (
            self.missed
            or self.ineligible_paid
            or self.amounts_differ
            or self.not_paid
            or self.defects_unnamed
        )

    def as_json(self) -> dict[str, Any]:
        """Counts, and the first culprits of each kind."""
        told: dict[str, Any] = {"agrees": self.agrees, "eligible": self.eligible, "defects": self.defects}
        for name in ("missed", "ineligible_paid", "amounts_differ", "not_paid", "defects_unnamed"):
            culprits = getattr(self, name)
            told[name] = len(culprits)
            if culprits:
                told[f"{name}_first"] = culprits[:NAMES_MAX]
        return told


def compare(folder: Path) -> Comparison:
    """Compare the database with ``truth.jsonl`` of a sample folder."""
    rights: list[dict[str, Any]] = []
    defects: list[dict[str, Any]] = []
    with (folder / "truth.jsonl").open(encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            (defects if "defect" in line else rights).append(line)
    result = Comparison()
    _compare_rights(rights, result)
    _compare_defects(defects, result)
    return result


def _compare_rights(rights: list[dict[str, Any]], result: Comparison) -> None:
    people = _people(line["subject"] for line in rights)
    paid, named = _paid(), _named()
    known: set[Key] = set()
    for line in rights:
        person = people.get(line["subject"], 0)
        key = (line["program"], person, line["record"])
        known.add(key)
        _compare_right(line, paid.get(key, 0), key in named, result)
    result.paid_lines = len(paid)
    result.ineligible_paid += [
        f"{program} {day}: no such right" for program, person, day in paid.keys() - known
    ]


def _compare_right(line: dict[str, Any], paid_fen: int, is_named: bool, result: Comparison) -> None:
    """Subjects are named by program, record and town; never by their numbers."""
    label = (
        f"{line['program']} {line['record']} {line['township']} {line.get('story', '')} [{line['outcome']}]"
    )
    if line["verdict"] != "yes":
        if paid_fen:
            result.ineligible_paid.append(f"{label} {line['causes']} {paid_fen}")
        return
    result.eligible += 1
    expected = sum(line["parts"].values()) if "parts" in line else line["fen"]
    if paid_fen:
        if paid_fen != expected:
            result.amounts_differ.append(f"{label} {paid_fen} != {expected}")
        return
    if not is_named and not line.get("held_by"):
        result.missed.append(label)
    elif line["outcome"] == "paid":
        result.not_paid.append(label)


def _people(numbers: Iterable[str]) -> dict[str, int]:
    """Primary key of each citizen ID that is on the register."""
    wanted = list(dict.fromkeys(numbers))
    by_index = dict(zip(blind.index_many(wanted, purpose="citizen_id"), wanted, strict=True))
    rows = Person.objects.values_list("citizen_id_index", "pk")
    return {by_index[bytes(index)]: pk for index, pk in rows if bytes(index) in by_index}


def _paid() -> dict[Key, int]:
    entitlement = "instalment__entitlement"
    rows = (
        Attempt.objects.filter(state="paid")
        .values_list(
            f"{entitlement}__program",
            f"{entitlement}__person",
            f"{entitlement}__household__head",
            f"{entitlement}__application__record__valid_from",
            f"{entitlement}__application__record__kind",
        )
        .annotate(fen=Sum("amount_fen"))
    )
    found: dict[Key, int] = defaultdict(int)
    for program, person, head, day, kind, fen in rows:
        found[_key(program, person or head, day, kind)] += fen
    return found


def _named() -> set[Key]:
    """Everybody whom the sweep names as having a right or lacking something for it, or whose right is granted."""
    columns = ("program", "person", "household__head", "record__valid_from", "record__kind")
    rows = [
        *Assessment.objects.filter(verdict__gte=1).values_list(*columns),
        *Application.objects.filter(state=State.APPROVED).values_list(*columns),
    ]
    return {_key(program, person or head, day, kind) for program, person, head, day, kind in rows}


def _key(program: str, person: int, day: Any, kind: str) -> Key:
    return program, person, str(day.year) if kind == "medical" else day.isoformat()


def _compare_defects(defects: list[dict[str, Any]], result: Comparison) -> None:
    rows = {
        (name, row): (outcome, bool(problems))
        for name, row, outcome, problems in ListRow.objects.exclude(
            outcome=ListRow.Outcome.NEW, problems=None
        ).values_list("list__file_name", "row", "outcome", "problems")
    }
    doubted = set(Doubt.objects.exclude(list=None).values_list("list__file_name", "row"))
    for defect in defects:
        place = (PurePath(defect["file"]).name, defect["row"])
        result.defects += 1
        outcome, has_problems = rows.get(place, ("", False))
        found = {
            "refused": outcome == ListRow.Outcome.REFUSED,
            "warned": outcome == ListRow.Outcome.SAME or has_problems or place in doubted,
            "person": outcome == ListRow.Outcome.TO_A_PERSON or place in doubted,
        }
        if not found[defect["expected"]]:
            result.defects_unnamed.append(f"{defect['defect']} {defect['file']}:{defect['row']} [{outcome}]")
