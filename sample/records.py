"""What departments know about the people: one class per kind of evidence, one object per true record."""

from dataclasses import dataclass, field
from datetime import date

from sample.people import Household, Person


@dataclass(slots=True, eq=False)
class Certificate:
    household: Household
    holder: Person
    kind: str  # only_daughter | two_daughter
    number: str
    issued_on: date
    cancelled_on: date | None
    listed: bool  # False: the family holds the paper, no list has it


@dataclass(slots=True, eq=False)
class Hardship:
    household: Household
    person: Person
    code: str
    until: date | None  # the last day on the lists; None: still there


@dataclass(slots=True, eq=False)
class Admission:
    person: Person
    year: int
    batch: str
    level: str  # 本科 | 专科 | 中专
    school: str
    province: str
    admitted_on: date


@dataclass(slots=True, eq=False)
class Unadmitted:
    person: Person
    year: int


@dataclass(slots=True, eq=False)
class Training:
    person: Person
    trade: str
    hours: int
    number: str
    certified_on: date
    school: str


@dataclass(slots=True, eq=False)
class Employment:
    person: Person
    started_on: date
    employer: str


@dataclass(slots=True, eq=False)
class Enrolment:
    person: Person
    year: int


@dataclass(slots=True, eq=False)
class House:
    household: Household
    grade: str
    work: str
    surveyed_on: date


@dataclass(slots=True, eq=False)
class PublicPost:
    person: Person
    unit: str


@dataclass(slots=True, eq=False)
class Death:
    person: Person
    died_on: date


@dataclass(slots=True, eq=False)
class EarlierPayment:
    person: Person
    program: str
    paid_on: date
    amount_fen: int


@dataclass(slots=True, eq=False)
class Account:
    person: Person
    number: str
    name: str  # as the list prints it
    bank_name_of_holder: str  # as the bank has it
    bank: str
    cnaps: str
    kind: str  # card | passbook | social_security
    closed: bool = False
    silent: bool = False  # left out of the bank's first answer
    brought_on: date | None = None  # at the counter, after a failure; None: in the department's list


@dataclass(slots=True)
class Records:
    """Everything the departments of the county know, by kind."""

    certificates: list[Certificate] = field(default_factory=list)
    hardships: list[Hardship] = field(default_factory=list)
    admissions: list[Admission] = field(default_factory=list)
    unadmitted: list[Unadmitted] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    employments: list[Employment] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    posts: list[PublicPost] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    earlier: list[EarlierPayment] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
