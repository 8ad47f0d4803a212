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
CULPRITS = ("missed", "ineligible_paid", "amounts_differ", "not_paid", "verdicts_differ", "defects_unnamed")
VERDICTS = {"no": 0, "not_known": 1, "yes": 2}
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
    verdicts_differ: list[str] = field(default_factory=list)  # the sweep says otherwise, or for other reasons
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
        for name in CULPRITS:
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
    paid, judged = _paid(), _judged()
    named = {key for key, (verdict, _) in judged.items() if verdict} | _granted()
    known: set[Key] = set()
    for line in rights:
        person = people.get(line["subject"], 0)
        key = (line["program"], person, line["record"])
        known.add(key)
        _compare_right(line, paid.get(key, 0), key in named, result)
        if key in judged and not line.get("held_by"):
            _compare_verdict(line, judged[key], result)
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


def _compare_verdict(line: dict[str, Any], judged: tuple[int, list[str]], result: Comparison) -> None:
    """What was granted is a no by its own limit from then on; an amount that fails follows from another need."""
    verdict, failing = judged
    own_limit = f"limit.{line['program']}"
    if line["verdict"] == "yes" and failing == [own_limit]:
        return
    causes = set(line["causes"]) if line["verdict"] == "no" else set()
    if verdict != VERDICTS[line["verdict"]] or set(failing) - {"amount"} != causes:
        result.verdicts_differ.append(
            f"{_label(line)} {line['verdict']} {line['causes']} != {verdict} {failing}"
        )


def _label(line: dict[str, Any]) -> str:
    """A subject by program, record and town; never by her number."""
    return (
        f"{line['program']} {line['record']} {line['township']} {line.get('story', '')} [{line['outcome']}]"
    )


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


SUBJECT = ("program", "person", "household__head", "record__valid_from", "record__kind")


def _judged() -> dict[Key, tuple[int, list[str]]]:
    """The sweep's newest verdict of everybody, with the needs that fail."""
    rows = Assessment.objects.values_list(*SUBJECT, "verdict", "failing")
    return {
        _key(program, person or head, day, kind): (verdict, failing)
        for program, person, head, day, kind, verdict, failing in rows
    }


def _granted() -> set[Key]:
    """Whose right is granted, paid or not: what an instalment lacks stands on the batch."""
    rows = Application.objects.filter(state=State.APPROVED).values_list(*SUBJECT)
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
