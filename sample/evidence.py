"""Records made from plans: what is true of each family and stands with some department."""

import random
from collections.abc import Iterable
from datetime import date, timedelta

from sample.accounts import open_accounts
from sample.identity import Numbers
from sample.people import Household, Person
from sample.plans import TRADES, Plan
from sample.records import (
    Admission,
    Certificate,
    Death,
    EarlierPayment,
    Employment,
    Enrolment,
    Hardship,
    House,
    PublicPost,
    Records,
    Training,
    Unadmitted,
)
from sample.season import months_later

UNIVERSITIES = (
    "西北农林科技大学",
    "西安理工大学",
    "陕西师范大学",
    "西安石油大学",
    "宝鸡文理学院",
    "咸阳师范学院",
)
COLLEGES = ("陕西工业职业技术学院", "杨凌职业技术学院", "西安航空职业技术学院", "咸阳职业技术学院")
SECONDARY = ("周至县职业教育中心", "西安市卫生学校")
TRAINING_SCHOOLS = ("周至县金周职业培训学校", "西安惠民职业培训学校", "周至县妇女职业技能培训中心")
EMPLOYERS = ("西安比亚迪汽车有限公司", "周至猕猴桃集团有限公司", "西安家和家政服务有限公司", "终南山居民宿")
UNITS = ("周至县第二中学", "马召镇中心卫生院", "周至县水务局", "楼观镇人民政府")
BATCHES = {
    "undergraduate": ("本科批", "本科"),
    "junior": ("高职（专科）批", "专科"),
    "secondary": ("中专批", "中专"),
}
ENROLLED_SHARE = 0.88
SCHEME_YEAR = 2026


class Departments:
    """Writes what a plan says of a family into the departments' records."""

    def __init__(self, dice: random.Random, numbers: Numbers) -> None:
        self.dice = dice
        self.numbers = numbers
        self.records = Records()
        self.serial = 0

    def register_all(self, families: Iterable[tuple[Household, Plan]]) -> Records:
        for household, plan in families:
            self._certificate(household, plan)
            self._hardship(household, plan)
            self._youth(household, plan)
            self._house(household, plan)
            self._people(household, plan)
            self._earlier(household, plan)
            if plan.certificate or plan.house or plan.admission or plan.trade:
                accounts = open_accounts(self.dice, self.numbers, household, plan)
                self.records.accounts.extend(accounts)
        return self.records

    def _between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.dice.randrange((last - first).days + 1))

    def _number(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.serial:06d}"

    def _certificate(self, household: Household, plan: Plan) -> None:
        if not plan.certificate:
            return
        youngest = max(child.born for child in household.daughters)
        issued = min(youngest + timedelta(days=self.dice.randint(90, 700)), date(2015, 12, 31))
        cancelled = None
        if plan.certificate == "cancelled":
            cancelled = self._between(date(2024, 1, 5), date(2024, 6, 20))
        holder = next((p for p in household.parents if p.female), household.head)
        kind = "two_daughter" if len(plan.births) == 2 else "only_daughter"
        number = self._number(f"陕计{issued:%Y}")
        listed = plan.certificate != "on_paper"
        self.records.certificates.append(
            Certificate(household, holder, kind, number, issued, cancelled, listed)
        )

    def _hardship(self, household: Household, plan: Plan) -> None:
        until = date(2026, 6, 30) if plan.hardship_ended else None
        if plan.births or not plan.story:
            self.records.hardships += [
                Hardship(household, household.head, code, until) for code in plan.hardship
            ]

    def _youth(self, household: Household, plan: Plan) -> None:
        """Admissions (twins both), leavers, training and work of the eldest."""
        if plan.admission:
            eldest = min(child.born for child in self._births(household, plan))
            own = [child for child in self._births(household, plan) if child.born == eldest]
            admitted_on = self._admitted_on(plan)
            self.records.admissions += [self._admission(child, plan, admitted_on) for child in own]
        if plan.left_unadmitted:
            self.records.unadmitted.append(Unadmitted(self._eldest(household, plan), plan.births[0][1] + 18))
        if plan.trade:
            self._training(self._eldest(household, plan), plan)

    @staticmethod
    def _births(household: Household, plan: Plan) -> list[Person]:
        return household.members[-len(plan.births) :] if plan.births else []

    def _eldest(self, household: Household, plan: Plan) -> Person:
        return self._births(household, plan)[0]

    def _admitted_on(self, plan: Plan) -> date:
        year = plan.admission_year
        if plan.admission == "undergraduate":
            return self._between(date(year, 7, 12), date(year, 8, 5))
        return self._between(date(year, 8, 6), date(year, 8, 22))

    def _admission(self, person: Person, plan: Plan, admitted_on: date) -> Admission:
        batch, level = BATCHES[plan.admission]
        if plan.admission == "undergraduate" and plan.admission_year < 2025:
            batch = self.dice.choice(("本科一批", "本科二批"))  # one batch from 2025 on
        schools = {"undergraduate": UNIVERSITIES, "junior": COLLEGES, "secondary": SECONDARY}[plan.admission]
        school = self.dice.choice(schools)
        return Admission(person, plan.admission_year, batch, level, school, "陕西", admitted_on)

    def _training(self, person: Person, plan: Plan) -> None:
        hours = plan.hours if plan.hours is not None else TRADES[plan.trade]
        if plan.employed == "too_late" or person.born.year < 2008:
            certified = self._between(date(2025, 11, 5), date(2025, 12, 20))
        else:
            certified = self._between(date(2026, 8, 10), date(2026, 9, 5))
        number = self._number(f"培{certified:%Y}")
        school = self.dice.choice(TRAINING_SCHOOLS)
        self.records.trainings.append(Training(person, plan.trade, hours, number, certified, school))
        started = self._started_on(plan, certified)
        if started:
            self.records.employments.append(Employment(person, started, self.dice.choice(EMPLOYERS)))

    def _started_on(self, plan: Plan, certified: date) -> date | None:
        if plan.employed == "in_time":
            return certified + timedelta(days=self.dice.randint(5, 20))
        if plan.employed == "too_late":
            return months_later(certified, 6) + timedelta(days=self.dice.randint(1, 40))
        if plan.employed == "later" and certified.year == 2026:
            return self._between(date(2026, 10, 8), date(2026, 10, 15))
        return None

    def _house(self, household: Household, plan: Plan) -> None:
        if plan.house:
            surveyed = self._between(date(2026, 3, 10), date(2026, 5, 20))
            self.records.houses.append(House(household, plan.house, plan.work, surveyed))

    def _people(self, household: Household, plan: Plan) -> None:
        """Enrolment, public posts and deaths."""
        births = self._births(household, plan)
        for person in household.members:
            enrolled = plan.enrolled if person in births else self.dice.random() < ENROLLED_SHARE
            if enrolled:
                self.records.enrolments.append(Enrolment(person, SCHEME_YEAR))
        if plan.on_payroll:
            father = births[0].father if births else None
            self.records.posts.append(PublicPost(father or household.head, self.dice.choice(UNITS)))
        if plan.died == "girl":
            self.records.deaths.append(Death(births[0], date(2026, 7, 2)))
        if plan.died == "head":
            self.records.deaths.append(
                Death(household.head, self._between(date(2026, 4, 1), date(2026, 6, 30)))
            )

    def _earlier(self, household: Household, plan: Plan) -> None:
        for program in plan.paid_before:
            if program == "college-award":
                person, amount = self._eldest(household, plan), 200_000
                paid_on = date(plan.admission_year, 10, 20)
            else:
                person, amount, paid_on = (
                    household.head,
                    600_000,
                    self._between(date(2019, 3, 1), date(2023, 11, 1)),
                )
            self.records.earlier.append(EarlierPayment(person, program, paid_on, amount))
