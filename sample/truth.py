"""Who has a right to what, and how much: the rules once more, by hand, for one person at a time.

Written from the notices and not from the policy files; it never touches the policy language, so that a fault in
either shows when the two are compared. Money is fen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sample.people import Household, Person
from sample.places import has_parent_columns
from sample.records import Admission, House, Records, Training
from sample.season import months_later

PRICES_COLLEGE = {"本科一批": 300_000, "本科二批": 200_000, "本科批": 200_000, "专科": 100_000}
PRICES_HOUSE = {("A", "rebuild"): 2_000_000, ("A", "repair"): 600_000, ("B", "rebuild"): 1_000_000,
                ("B", "repair"): 400_000}  # fmt: skip
PRICES_TRADE = {  # hours at least, fen
    "烹饪": (200, 120_000), "家政服务": (200, 100_000), "农家乐": (240, 150_000), "缝纫": (300, 120_000),
    "电焊": (360, 100_000), "B照驾驶": (480, 250_000), "挖掘机": (200, 200_000), "餐厅服务": (100, 50_000),
    "美容美甲": (180, 80_000), "面点": (100, 60_000), "保健按摩": (240, 96_000), "汽车钣金": (480, 150_000),
}  # fmt: skip
PRICE_ENROLLED = 3_000
POOR = frozenset({"dibao", "extreme_poverty", "monitored"})
FIRST_ROW = frozenset({"dibao", "extreme_poverty", "poor_disabled"})
SECOND_ROW = frozenset({"monitored", "dibao_margin", "expenditure"})
YES, NO, NOT_KNOWN = "yes", "no", "not_known"


@dataclass(slots=True)
class Judgement:
    """What is true for one program and one record; ``fen`` is the whole amount.

    ``causes`` say why it is not yes, in the policies' own words: the needs that fail, else those not known.
    """

    program: str
    subject: Person
    record: str  # the day of the record, or the year
    verdict: str
    fen: int = 0
    causes: list[str] = field(default_factory=list)
    parts: dict[str, int] = field(default_factory=dict)  # instalments due within the season


class Truth:
    """Judges every record of the county."""

    def __init__(self, records: Records, brought: set[Household]) -> None:
        """``brought`` are the households whose certificate is in no list but was shown at the counter."""
        self.records = records
        self.brought = brought
        self.certificates = {c.household: c for c in records.certificates}
        self.hardships: dict[Household, list[tuple[str, date | None]]] = {}
        for hardship in records.hardships:
            self.hardships.setdefault(hardship.household, []).append((hardship.code, hardship.until))
        self.posts = {post.person for post in records.posts}
        self.died = {death.person: death.died_on for death in records.deaths}
        self.paid_people = {(p.person, p.program) for p in records.earlier}
        self.paid_households = {(p.person.household, p.program) for p in records.earlier}
        self.leavers = {(leaver.person, leaver.year) for leaver in records.unadmitted}
        self.work = {e.person: e.started_on for e in records.employments}

    def judge_all(self) -> Iterator[Judgement]:
        for admission in self.records.admissions:
            yield self.college(admission)
        for house in self.records.houses:
            yield self.house(house)
        for training in self.records.trainings:
            yield self.training(training)
        for enrolment in self.records.enrolments:
            yield self.medical(enrolment.person, enrolment.year)

    def college(self, admission: Admission) -> Judgement:
        person, day = admission.person, admission.admitted_on
        fen = PRICES_COLLEGE.get(admission.level, PRICES_COLLEGE.get(admission.batch, 0))
        no = [
            ("girl", not person.female),
            ("alive", self._is_dead(person, day)),
            ("girl_family", self._certificate(person.household, day) == NO),
            ("poor", not self._codes(person.household, day) & POOR),
            ("parents_rural", self._parents_rural(person) == NO),
            ("admitted", not fen),
            ("limit.college-award", (person, "college-award") in self.paid_people),
        ]
        unknown = [
            ("girl_family", self._certificate(person.household, day) == NOT_KNOWN),
            ("parents_rural", self._parents_rural(person) == NOT_KNOWN),
        ]
        return _judgement("college-award", person, day.isoformat(), fen, no, unknown)

    def house(self, house: House) -> Judgement:
        household, day = house.household, house.surveyed_on
        codes = self._codes(household, day)
        row = "A" if codes & FIRST_ROW else "B" if codes & SECOND_ROW else ""
        no = [
            ("girl_family", self._certificate(household, day) == NO),
            ("dangerous", house.grade not in ("C", "D")),
            ("hardship", not row),
            ("nobody_on_the_payroll", any(member in self.posts for member in household.members)),
            ("limit.housing-subsidy", (household, "housing-subsidy") in self.paid_households),
        ]
        unknown = [("girl_family", self._certificate(household, day) == NOT_KNOWN)]
        fen = PRICES_HOUSE.get((row, house.work), 0)
        return _judgement("housing-subsidy", household.head, day.isoformat(), fen, no, unknown)

    def training(self, training: Training) -> Judgement:
        person, day = training.person, training.certified_on
        hours, fen = PRICES_TRADE[training.trade]
        no = [
            ("girl", not person.female),
            ("girl_family", self._certificate(person.household, day) == NO),
            ("unadmitted", (person, day.year) not in self.leavers),
            ("hours", training.hours < hours),
        ]
        unknown = [("girl_family", self._certificate(person.household, day) == NOT_KNOWN)]
        judged = _judgement("training-subsidy", person, day.isoformat(), fen, no, unknown)
        if judged.verdict == YES:
            started = self.work.get(person)
            in_time = started is not None and day <= started <= months_later(day, 6)
            judged.parts = {"certificate": fen // 2, "employment": fen - fen // 2 if in_time else 0}
        return judged

    def medical(self, person: Person, year: int) -> Judgement:
        day = date(year, 1, 1)
        no = [
            ("girl", not person.female),
            ("child", person.age_on(day) >= 18),
            ("alive", self._is_dead(person, day)),
            ("rural", not person.rural),
            ("girl_family", self._certificate(person.household, day) == NO),
        ]
        unknown = [("girl_family", self._certificate(person.household, day) == NOT_KNOWN)]
        return _judgement("medical-supplement", person, str(year), PRICE_ENROLLED, no, unknown)

    def _certificate(self, household: Household, day: date) -> str:
        """Whether a valid certificate is known for that day; in no list and never shown is not known."""
        certificate = self.certificates.get(household)
        if certificate is None or not (certificate.listed or household in self.brought):
            return NOT_KNOWN
        cancelled = certificate.cancelled_on is not None and certificate.cancelled_on < day
        return NO if cancelled or day < certificate.issued_on else YES

    def _codes(self, household: Household, day: date) -> set[str]:
        """The hardship lists of that month: a family that left in June is on no list of July."""
        month_ends = months_later(day.replace(day=1), 1) - timedelta(days=1)
        return {
            code for code, until in self.hardships.get(household, ()) if until is None or until >= month_ends
        }

    def _parents_rural(self, person: Person) -> str:
        father, mother = recorded_parents(person)
        if any(parent is not None and not parent.rural for parent in (father, mother)):
            return NO
        return YES if father and mother else NOT_KNOWN

    def _is_dead(self, person: Person, day: date) -> bool:
        died = self.died.get(person)
        return died is not None and died <= day


def recorded_parents(person: Person) -> tuple[Person | None, Person | None]:
    """Father and mother as the register tells them: by its columns, else for children of the head or the wife."""
    if has_parent_columns(person.household.village.township):
        return person.father, person.mother
    if not person.is_child_of_head:
        return None, None
    wife = next((member for member in person.household.members if member.relation == "妻"), None)
    return person.household.head, wife


def payees_of(judged: Judgement) -> list[Person]:
    """Who may be paid: as the four programs say, and as far as the register tells who the parents are."""
    person = judged.subject
    parents = [parent for parent in recorded_parents(person) if parent is not None]
    if judged.program == "housing-subsidy":
        return [person]
    if judged.program == "medical-supplement":
        return [*parents, person.household.head]
    return [person, *parents]


def _judgement(
    program: str,
    subject: Person,
    record: str,
    fen: int,
    no: list[tuple[str, bool]],
    unknown: list[tuple[str, bool]],
) -> Judgement:
    """No names every failing cause; else not known names every unknown one; else yes."""
    failing = [cause for cause, fails in no if fails]
    if failing:
        return Judgement(program, subject, record, NO, 0, failing)
    open_ends = [cause for cause, is_open in unknown if is_open]
    if open_ends:
        return Judgement(program, subject, record, NOT_KNOWN, 0, open_ends)
    return Judgement(program, subject, record, YES, fen)
