"""Whom a draft policy would touch, one by one, and why: read from a kept simulation and judged once more for the page."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from applications.gathering import Among
from applications.judging import Judged, judge
from applications.services.as_if import as_if_today
from beneficiaries.models import Household, Person
from officials.models import Official
from programs.language import Condition, Explanation
from programs.models import PolicyVersion, SimulatedChange, Simulation
from programs.queries import Loaded, loaded
from standards.words import Words

CHANGES = {
    SimulatedChange.Change.LOST: Words("不再符合", "loses the right"),
    SimulatedChange.Change.GAINED: Words("新符合", "newly has a right"),
    SimulatedChange.Change.MORE: Words("金额增加", "gets more"),
    SimulatedChange.Change.LESS: Words("金额减少", "gets less"),
}
KINDS = {"lost": "not_met", "gained": "met", "more": "met", "less": "look"}
NUMBERS = ("citizen_id", "phone", "terms")  # what a list of names never reads


@dataclass(frozen=True, slots=True)
class Line:
    """One change with the names it is about; ``causes`` are the conditions in words."""

    change: SimulatedChange
    name: str
    head: str
    causes: list[Words]

    @property
    def words(self) -> Words:
        return CHANGES[SimulatedChange.Change(self.change.change)]

    @property
    def kind(self) -> str:
        return KINDS[self.change.change]


@dataclass(frozen=True, slots=True)
class Side:
    """What one version says of the subject now; nothing where it does not judge it."""

    version: PolicyVersion
    judged: Judged | None
    explanation: Explanation | None

    @property
    def conditions(self) -> list[Condition]:
        """Failing first, then not known, then met."""
        return sorted(self.explanation.conditions, key=lambda one: one.verdict) if self.explanation else []

    @property
    def amount_fen(self) -> int | None:
        return self.judged.amount_fen if self.judged and self.judged.verdict == 2 else None


def changes(simulation: Simulation, official: Official) -> "QuerySet[SimulatedChange]":
    """Those in the official's scope, in the order they were found."""
    found: QuerySet[SimulatedChange] = SimulatedChange.objects.visible_to(official)
    return found.filter(simulation=simulation).order_by("division", "id")


def lines(rows: Iterable[SimulatedChange], causes: dict[str, Words]) -> list[Line]:
    """The rows of a page with their names. Two queries."""
    shown = list(rows)
    people = Person.objects.defer(*NUMBERS).in_bulk({row.person for row in shown} - {0})
    heads = Household.objects.select_related("head").defer(*(f"head__{one}" for one in NUMBERS))
    households = heads.in_bulk({row.household for row in shown} - {0})
    found = []
    for row in shown:
        person, household = people.get(row.person), households.get(row.household)
        head = household.head.name if household and household.head else ""
        found.append(
            Line(
                row,
                person.name if person else head,
                head,
                [causes.get(name, Words(name, name)) for name in row.failing],
            )
        )
    return found


def sides(change: SimulatedChange) -> list[Side]:
    """The version in force and the draft, each judged now for this one subject with its reasons."""
    simulation = change.simulation
    versions = [one for one in (simulation.beside, simulation.version) if one is not None]
    return [_side(version, change, simulation) for version in versions]


def _side(version: PolicyVersion, change: SimulatedChange, simulation: Simulation) -> Side:
    one = loaded(version)
    if version == simulation.version:
        beside = loaded(simulation.beside) if simulation.beside else None
        one = Loaded(version, as_if_today(one.program, beside, simulation.day))
    among = Among(
        people=[change.person] if change.person else None,
        households=[change.household] if not change.person else None,
        records=[change.record] if change.record else None,
    )
    key = (change.record or None, change.person or None, None if change.person else change.household)
    judged = next((each for each in judge(one, on=simulation.day, among=among) if each.key == key), None)
    return Side(version, judged, judged.explain() if judged else None)
