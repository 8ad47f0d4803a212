"""The county at a glance: from those who have a right to those who were paid, by program and township.

Every number is counted in the database in the official's scope; one page costs about ten queries whatever the size.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from applications.lifecycle import UNDECIDED, State
from applications.models import Application, Assessment, Entitlement
from ledger.models import LedgerAccount
from officials.models import Official
from payments.models import Attempt
from payments.queries.failed import to_rebuild
from programs.queries.said import fact_in_words
from standards.words import Words

YES, UNKNOWN = 2, 1
NOT_YET = (State.DRAFT, State.WITHDRAWN)  # nobody has asked for it yet, or not any more
Key = tuple[str, str]  # program code, 9 digits of the township


@dataclass(slots=True)
class Tally:
    """Rights and fen at each stage; the stages nest: right ≥ claimed ≥ approved ≥ paid.

    One unit throughout: a right of one person or household under one program (人次). An application stands for one.
    The sweep alone cannot say who has a right: a right that was granted is used up and no longer found by it.
    """

    missed: int = 0  # has a right, nobody has applied
    missed_fen: int = 0
    unknown: int = 0  # a fact is not known, nobody has applied
    underway: int = 0
    clear: int = 0  # of those under way: has a right
    late: int = 0  # of those with a right: overdue
    clear_fen: int = 0
    overdue: int = 0
    objected: int = 0
    refused: int = 0
    approved: int = 0
    approved_fen: int = 0
    paid: int = 0
    paid_fen: int = 0
    failed: int = 0
    failed_fen: int = 0
    asked: int = 0  # the bank's answer is not known

    @property
    def claimed(self) -> int:
        """Who has a right and has applied; an application without a right is refused and counted apart."""
        return self.approved + self.clear

    @property
    def claimed_fen(self) -> int:
        """Their money."""
        return self.approved_fen + self.clear_fen

    @property
    def unclear(self) -> int:
        """Under way without a clear right: a fact is not known, or refusal is proposed."""
        return self.underway - self.clear

    @property
    def right(self) -> int:
        """All who have a right as far as is known."""
        return self.claimed + self.missed

    @property
    def right_fen(self) -> int:
        """Their money."""
        return self.claimed_fen + self.missed_fen

    @property
    def share(self) -> float | None:
        """Paid over right, 0 to 1; None where nobody has a right."""
        return min(1.0, self.paid / self.right) if self.right else None

    def add(self, other: "Tally") -> None:
        """Sum up."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Overview:
    """Tallies by program and township."""

    cells: dict[Key, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def of_program(self, program: str) -> Tally:
        return self._sum(lambda key: key[0] == program)

    def of_township(self, code9: str) -> Tally:
        return self._sum(lambda key: key[1] == code9)

    @property
    def total(self) -> Tally:
        return self._sum(lambda key: True)

    def _sum(self, keep: Any) -> Tally:
        total = Tally()
        for key, tally in self.cells.items():
            if keep(key):
                total.add(tally)
        return total


def overview(official: Official, *, today: date, program: str = "") -> Overview:
    """All tallies of the official's scope, of one program or of all. Five queries."""
    found = Overview()
    only = Q(program=program) if program else Q()
    _assessments(found, Assessment.objects.visible_to(official).filter(only))
    _applications(found, Application.objects.visible_to(official).filter(only), today)
    granted = Entitlement.objects.visible_to(official).filter(only)
    _entitlements(found, granted)
    _attempts(found, granted)
    return found


def _by_township(rows: "QuerySet[Any]", place: str, program: str) -> "QuerySet[Any]":
    grouped = rows.annotate(township9=Substr(place, 1, 9), program_code=F(program)).order_by()
    counted: QuerySet[Any] = grouped.values("program_code", "township9")
    return counted


def _fill(found: Overview, rows: "QuerySet[Any]") -> None:
    for row in rows:
        tally = found.cells[row.pop("program_code"), row.pop("township9")]
        for name, value in row.items():
            setattr(tally, name, value or 0)


def without_asking(rows: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    """Those of the last assessment for which nobody has applied, or whose family has taken the application back."""
    live = Application.objects.filter(
        program=OuterRef("program"), person=OuterRef("person"), record=OuterRef("record")
    ).exclude(state__in=NOT_YET)
    same_household = Application.objects.filter(
        program=OuterRef("program"), person=None, household=OuterRef("household"), record=OuterRef("record")
    ).exclude(state__in=NOT_YET)
    known = rows.annotate(has_applied=Exists(live), has_applied_together=Exists(same_household))
    free: QuerySet[Assessment] = known.filter(has_applied=False, has_applied_together=False)
    return free


def missed(official: Official, *, verdict: int = YES) -> "QuerySet[Assessment]":
    """Who has a right by the last assessment and has not applied, in scope: exactly those the overview counts."""
    return without_asking(Assessment.objects.visible_to(official).filter(verdict=verdict))


# What the list of them never shows: numbers cost a decryption each.
NUMBERS = tuple(
    f"{person}__{column}"
    for person in ("person", "household__head")
    for column in ("citizen_id", "phone", "terms")
)


def listed(rows: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    """With the names a list shows, by township and program."""
    named = rows.select_related("person", "household__head").defer(*NUMBERS)
    return named.order_by("division", "program", "id")


def lacking(row: Assessment) -> list[Words]:
    """The facts that are not known, in the words of the catalogue."""
    return [words for name in row.unsettled if (words := fact_in_words(name))]


def _assessments(found: Overview, rows: "QuerySet[Any]") -> None:
    yes = Q(verdict=YES)
    _fill(
        found,
        _by_township(without_asking(rows), "division", "program").annotate(
            missed=Count("id", filter=yes),
            missed_fen=Sum("amount_fen", filter=yes & Q(amount_fen__gt=0)),
            unknown=Count("id", filter=Q(verdict=UNKNOWN)),
        ),
    )


def _applications(found: Overview, rows: "QuerySet[Any]", today: date) -> None:
    undecided = Q(state__in=[state for state in UNDECIDED if state != State.DRAFT])
    clear = undecided & Q(verdict=YES, proposes_refusal=False)
    _fill(
        found,
        _by_township(rows, "division", "program").annotate(
            refused=Count("id", filter=Q(state=State.REFUSED)),
            underway=Count("id", filter=undecided),
            clear=Count("id", filter=clear),
            clear_fen=Sum("amount_fen", filter=clear & Q(amount_fen__gt=0)),
            late=Count("id", filter=clear & Q(decide_by__lt=today)),
            overdue=Count("id", filter=undecided & Q(decide_by__lt=today)),
            objected=Count("id", filter=Q(state=State.OBJECTED)),
        ),
    )


def _entitlements(found: Overview, rows: "QuerySet[Any]") -> None:
    counted = {"approved": Count("id"), "approved_fen": Sum("amount_fen")}
    _fill(found, _by_township(rows, "division", "program").annotate(**counted))


def _attempts(found: Overview, granted: "QuerySet[Any]") -> None:
    rows = Attempt.objects.filter(instalment__entitlement__in=granted)
    open_failure = to_rebuild() & Q(state="failed")
    grouped = _by_township(rows, "instalment__entitlement__division", "instalment__entitlement__program")
    _fill(
        found,
        grouped.annotate(
            paid=Count("instalment__entitlement", filter=Q(state="paid"), distinct=True),
            paid_fen=Sum("amount_fen", filter=Q(state="paid")),
            failed=Count("id", filter=open_failure),
            failed_fen=Sum("amount_fen", filter=open_failure),
            asked=Count("id", filter=Q(state="unknown")),
        ),
    )


@dataclass(slots=True)
class Budget:
    """One program's money in one fiscal year, in fen. ``wanted`` is what else is owed as far as is known."""

    program: str
    available: int = 0
    committed: int = 0
    in_transit: int = 0
    paid: int = 0
    owed: int = 0
    returned: int = 0
    written_off: int = 0
    wanted: int = 0

    @property
    def allotted(self) -> int:
        return self.available + self.committed + self.in_transit + self.spent

    @property
    def spent(self) -> int:
        """Paid, with what families owe of it, brought back or never will: none of it is there to be promised again."""
        return self.paid + self.owed + self.returned + self.written_off

    @property
    def left(self) -> int:
        return self.available

    @property
    def promised(self) -> int:
        return self.committed + self.in_transit

    @property
    def short(self) -> int:
        return max(0, self.wanted - self.available)


def budgets(found: Overview, *, fiscal_year: int, programs: Mapping[str, object]) -> list[Budget]:
    """The budget of each program: balances of the ledger beside what is still wanted. One query."""
    rows = {code: Budget(code) for code in programs}
    sums = (
        LedgerAccount.objects.filter(fiscal_year=fiscal_year).exclude(kind="treasury").order_by()
        .values("program", "kind").annotate(fen=Sum("balance_fen"))
    )  # fmt: skip
    for row in sums:
        budget = rows.setdefault(row["program"], Budget(row["program"]))
        setattr(budget, row["kind"], row["fen"])
    for code, budget in rows.items():
        tally = found.of_program(code)
        budget.wanted = tally.missed_fen + tally.clear_fen
    return [budget for budget in rows.values() if budget.allotted or budget.wanted]
