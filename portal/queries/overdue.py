"""Lists that should have come: by month, by year, or ever, of what the policies in force ask for."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from beneficiaries.models import Coverage
from facts.catalogue import Kind, load_catalogue
from officials.models import Official
from portal.queries.places import TOWNSHIP_DIGITS, townships
from programs.queries import active_on
from standards.words import Words

DAY = timedelta(days=1)
MONTH_GRACE = timedelta(days=10)  # civil affairs closes a month within its first week
YEAR_GRACE = timedelta(days=60)  # the insured of a year are enrolled until the end of February


@dataclass(frozen=True, slots=True)
class Overdue:
    """One list that has not come; ``until`` the last day that is covered, None where it never came."""

    kind: Kind
    code: str
    until: date | None

    @property
    def words(self) -> Words:
        """The kind with its category."""
        if not self.code:
            return self.kind.words
        value = self.kind.fields[self.kind.list_of].value(self.code).words
        return Words(f"{self.kind.words.zh}（{value.zh}）", f"{self.kind.words.en} ({value.en})")


def due_until(kind: Kind, on: date) -> date | None:
    """Until which day a kind's lists should reach on ``on``; None where no day says so.

    >>> kinds = load_catalogue().kinds
    >>> due_until(kinds["hardship"], date(2026, 8, 9)), due_until(kinds["hardship"], date(2026, 8, 10))
    (datetime.date(2026, 6, 30), datetime.date(2026, 7, 31))
    >>> due_until(kinds["medical"], date(2026, 2, 28)), due_until(kinds["medical"], date(2026, 3, 1))
    (datetime.date(2024, 12, 31), datetime.date(2025, 12, 31))
    """
    if kind.coverage == "month":
        return (on - MONTH_GRACE + DAY).replace(day=1) - DAY
    if kind.coverage == "year":
        return date((on - YEAR_GRACE + DAY).year - 1, 12, 31)
    return None


def asked_kinds(on: date) -> list[Kind]:
    """The kinds whose lists the policies in force cannot do without, in the order of the catalogue."""
    catalogue = load_catalogue()
    names = {
        name
        for loaded in active_on(on)
        for facts in (
            loaded.program.needed.subject,
            loaded.program.needed.household,
            *loaded.program.needed.sets.values(),
        )
        for name in facts
    }
    kinds = {catalogue.facts[name].kind for name in names if name in catalogue.facts}
    return [
        kind
        for kind in catalogue.kinds.values()
        if kind.name in kinds and (kind.coverage != "none" or kind.is_absence_no) and kind.stores == "facts"
    ]


def overdue(official: Official, *, on: date, township: str = "") -> dict[str, list[Overdue]]:
    """What is overdue for each township in scope (12 digits). Three queries, whatever the number of lists."""
    kinds = asked_kinds(on)
    latest: dict[tuple[str, str], list[tuple[str, date]]] = defaultdict(list)
    rows = (
        Coverage.objects.filter(kind__in=[kind.name for kind in kinds], list__state="taken").order_by()
        .values_list("kind", "code", "scope").annotate(until=Max("valid_until"))
    )  # fmt: skip
    for kind, code, scope, until in rows:
        latest[kind, code].append((scope, until))
    towns = [one.code for one in townships(official) if township in ("", one.code)]
    return {town: _of_town(town, kinds, latest, on) for town in towns}


def _of_town(
    town: str, kinds: list[Kind], latest: dict[tuple[str, str], list[tuple[str, date]]], on: date
) -> list[Overdue]:
    late = []
    for kind in kinds:
        due = due_until(kind, on)
        codes = sorted({code for name, code in latest if name == kind.name}) or [""]
        for code in codes:
            reached = [
                until
                for scope, until in latest.get((kind.name, code), ())
                if town[:TOWNSHIP_DIGITS].startswith(scope[:TOWNSHIP_DIGITS])
            ]
            if not reached or (due is not None and max(reached) < due):
                late.append(Overdue(kind, code, max(reached, default=None)))
    return late
