"""What a list brings, row by row: filled by the writers, read by the check, the take and the screens."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from beneficiaries.lists.check import CheckedList
from beneficiaries.lists.sheets import SHEET_STEP
from beneficiaries.models import Alias, Doubt, EvidenceList, ListRow
from standards.words import Words

Progress = Callable[[int, int], None]

DOUBTS = {
    "sex_differs": Doubt.Kind.SEX_DIFFERS,
    "two_households": Doubt.Kind.TWO_HOUSEHOLDS,
    "account_name": Doubt.Kind.ACCOUNT_NAME,
    "other_name": Doubt.Kind.OTHER_NAME,
    "same_person": Doubt.Kind.SAME_PERSON,
    "lists_differ": Doubt.Kind.LISTS_DIFFER,
}


@dataclass
class Taking:
    """One list while it is written: its rows, what became of each, and on which days it counts."""

    evidence: EvidenceList
    whole: CheckedList
    on: date
    same: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    people: dict[int, int] = field(default_factory=dict)  # row → person
    in_doubt: dict[int, int] = field(
        default_factory=dict
    )  # row → of whom or of which household it is disputed
    accounts: dict[int, tuple[int, bytes]] = field(
        default_factory=dict
    )  # row → owner and blind index of its account

    aliases: dict[int, set[str]] | None = None  # confirmed other names by person, read where one is asked for

    def aliases_of(self, person: int) -> set[str]:
        """The other names that somebody confirmed. One query for the whole list."""
        if self.aliases is None:
            self.aliases = defaultdict(set)
            for key, name in Alias.objects.filter(taken_back_on=None).values_list("person", "name"):
                self.aliases[key].add(name)
        return self.aliases.get(person, set())

    @property
    def values(self) -> dict[str, list[Any]]:
        return self.whole.checked.values

    def good_rows(self) -> list[int]:
        """The rows that can be taken, repeated ones left out."""
        checked = self.whole.checked
        out = checked.refused | checked.left_out
        return [row for row in range(len(checked.table)) if row not in out]

    def refuse(self, row: int, key: str, words: Words, code: str) -> None:
        self.whole.checked.refuse(row, key, words, code)

    def doubt(self, row: int, key: str, words: Words, code: str) -> None:
        self.whole.checked.doubt(row, key, words, code)

    def number(self, row: int) -> int:
        """The row as the file counts it (from 1), later sheets in steps of a million."""
        table = self.whole.checked.table
        return table.row_of[row] + 1 + table.sheet_of[row] * SHEET_STEP

    def outcomes(self) -> list[str]:
        """One of ListRow.Outcome for every row."""
        checked = self.whole.checked
        refused = checked.refused
        doubted = {problem.row for problem in checked.problems if problem.is_doubt}
        same = self.same | checked.left_out
        outcome = ListRow.Outcome
        return [
            outcome.REFUSED
            if row in refused
            else outcome.TO_A_PERSON
            if row in doubted
            else outcome.SAME
            if row in same
            else outcome.NEW
            for row in range(len(checked.table))
        ]

    def counts(self) -> dict[str, Any]:
        """What the preview shows: numbers a sender can compare with his own, and all that was made plain."""
        checked = self.whole.checked
        refused = checked.refused
        doubted = {problem.row for problem in checked.problems if problem.is_doubt} - refused
        same = (self.same | checked.left_out) - refused
        changed = self.changed - refused
        rows = len(checked.table)
        told = [
            {"zh": change.words.zh, "en": change.words.en, "column": change.key, "rows": len(change.rows)}
            | {"first": [checked.table.cell(row, change.key) for row in change.rows[:3]]}
            for change in checked.changes
        ]
        reasons = Counter(
            (problem.words.zh, problem.words.en) for problem in checked.problems if not problem.is_doubt
        )
        return {
            "rows": rows,
            "new": rows - len(refused) - len(same) - len(changed),
            "same": len(same),
            "changed": len(changed),
            "refused": len(refused),
            "doubtful": len(doubted),
            "left_out": len(checked.left_out),
            "normalised": told,
            "notes": [{"zh": note.zh, "en": note.en} for note in checked.table.notes],
            "reasons": [{"zh": zh, "en": en, "rows": times} for (zh, en), times in reasons.most_common(10)],
        }
