"""The departments' lists before they are typed into workbooks: columns, rows, and what the covering letter says."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sample.headers import (
    ACCOUNT_KINDS,
    CERTIFICATE_KINDS,
    DAY_STYLES,
    HARDSHIP_TITLES,
    HARDSHIP_WORDS,
    HEADERS,
    PROGRAM_NAMES,
    WORKS,
)
from sample.people import Household, Person
from sample.places import COUNTY_NAME, Township, has_parent_columns
from sample.records import Records
from sample.season import months_later


@dataclass(slots=True)
class Row:
    """One line: texts by column key. ``person`` is who it speaks about, ``defects`` what was planted in it."""

    cells: dict[str, str]
    person: Person | None
    defects: list[str] = field(default_factory=list)
    numeric: str = ""  # the column typed as a number
    number: int = 0  # of the row in the sheet, from 1; set by the writer


@dataclass(slots=True)
class SampleList:
    """One list as one department sends it: one workbook with one sheet."""

    kind: str
    file: str
    title: str
    columns: list[tuple[str, str]]  # key, header as printed
    rows: list[Row]
    on: date  # the day it arrives
    division: str  # scope prefix it speaks about
    complete: bool
    period: str = ""  # "2026-07" or "2026", where the list speaks about one month or year
    code: str = ""  # the category, for a list of one category
    first_day: date | None = None  # what a complete list without a period covers
    last_day: date | None = None
    sheet: str = "Sheet1"

    def as_json(self) -> dict[str, Any]:
        """The entry of the manifest; rows are counted as they should come back from a check."""
        return {
            "kind": self.kind,
            "file": self.file,
            "on": self.on.isoformat(),
            "role": "county_checker",
            "division": self.division,
            "complete": self.complete,
            "period": self.period,
            "code": self.code,
            "first_day": self.first_day.isoformat() if self.first_day else "",
            "last_day": self.last_day.isoformat() if self.last_day else "",
            "rows": len(self.rows),
        }


class Clerks:
    """The people in the departments who type lists, each in her own way."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def _list(
        self, kind: str, file: str, title: str, *, without: Sequence[str] = (), **about: Any
    ) -> SampleList:
        """An empty list with its own choice of headers; ``about`` are further fields of SampleList."""
        columns = [
            (key, self.dice.choice(headers)) for key, headers in HEADERS[kind].items() if key not in without
        ]
        about.setdefault("division", "610124")
        about.setdefault("complete", False)
        return SampleList(kind=kind, file=file, title=COUNTY_NAME + title, columns=columns, rows=[], **about)

    def _fill(
        self, made: SampleList, records: Iterable[Any], cells: Callable[[Any, str], dict[str, str]]
    ) -> SampleList:
        """Rows from records that have a ``person``; one way of writing days per list."""
        style = self.dice.choice(DAY_STYLES)
        for record in records:
            person: Person = record.person
            row = {"name": person.name, "id": person.number, **cells(record, style)}
            made.rows.append(Row(row, person))
        return made

    def registers(self, townships: Sequence[Township], households: Sequence[Household]) -> list[SampleList]:
        by_township: dict[str, list[Household]] = {}
        for household in households:
            by_township.setdefault(household.village.township, []).append(household)
        made = []
        for township in townships:
            if township.code in by_township:
                made.append(self._register(township, by_township[township.code]))
        return made

    def _register(self, township: Township, households: list[Household]) -> SampleList:
        without = () if has_parent_columns(township.code) else ("father_citizen_id", "mother_citizen_id")
        name = f"register/{township.code}_{township.name}_户籍人口.xlsx"
        made = self._list("register", name, f"{township.name}户籍人口信息表", without=without,
                          on=date(2026, 7, 15), division=township.code, complete=True,
                          first_day=date(2024, 1, 1), last_day=date(2026, 12, 31))  # fmt: skip
        style = self.dice.choice(DAY_STYLES)
        words = self.dice.choice((("农业", "非农业"), ("农村", "城镇"), ("农业户口", "非农业户口")))
        for household in sorted(households, key=lambda h: (h.village.code, h.number)):
            made.rows += [Row(_register_cells(person, style, words), person) for person in household.members]
        return made

    def certificates(self, records: Records) -> SampleList:
        made = self._list(
            "certificate", "certificates.xlsx", "计划生育女儿户证件登记表", on=date(2026, 7, 16)
        )
        style = self.dice.choice(DAY_STYLES)
        for certificate in records.certificates:
            if certificate.listed:
                holder, cancelled = certificate.holder, certificate.cancelled_on
                made.rows.append(Row({
                    "name": holder.name, "id": holder.number,
                    "kind": self.dice.choice(CERTIFICATE_KINDS[certificate.kind]),
                    "number": certificate.number, "issued_on": certificate.issued_on.strftime(style),
                    "cancelled_on": cancelled.strftime(style) if cancelled else "",
                }, holder))  # fmt: skip
        return made

    def hardships(self, records: Records) -> list[SampleList]:
        """The hardship lists of every month in which a record is judged, each complete for the county.

        One list per category, as the offices send them; where a category has nobody, the month's categories come
        on one list, because a list without a row says nothing.
        """
        judged = [a.admitted_on for a in records.admissions] + [h.surveyed_on for h in records.houses]
        made = []
        for month in sorted({day.replace(day=1) for day in judged}):
            listed = [r for r in records.hardships if r.until is None or r.until >= months_later(month, 1)]
            if {r.code for r in listed} == set(HARDSHIP_TITLES):
                made += [
                    self._hardship([r for r in listed if r.code == code], month, code)
                    for code in HARDSHIP_TITLES
                ]
            else:
                made.append(self._hardship(listed, month, ""))
        return made

    def _hardship(self, listed: list[Any], month: date, code: str) -> SampleList:
        title = HARDSHIP_TITLES[code] if code else "困难群众花名册"
        on = max(date(2026, 7, 16), month.replace(day=10))
        made = self._list("hardship", f"hardship/{code or 'all'}_{month:%Y-%m}.xlsx", f"{title}({month:%Y年%m月})",
                          on=on, complete=True, period=f"{month:%Y-%m}", code=code)  # fmt: skip
        return self._fill(
            made, listed, lambda record, _: {"kinds": self.dice.choice(HARDSHIP_WORDS[record.code])}
        )

    def youth(self, records: Records) -> list[SampleList]:
        """Admissions, leavers, training and employment, each when its department has it."""
        made = []
        for year, level, on in (
            (2024, "", (7, 17)),
            (2025, "", (7, 17)),
            (2026, "本科", (8, 7)),
            (2026, "其他", (8, 25)),
        ):
            chosen = [
                a
                for a in records.admissions
                if a.year == year and (not level or (a.level == "本科") == (level == "本科"))
            ]
            made.append(self._admissions(chosen, year, level, date(2026, *on)))
        for year, on in ((2025, (7, 17)), (2026, (8, 26))):
            listed = self._list("unadmitted", f"unadmitted_{year}.xlsx", f"{year}年未升学毕业生花名册",
                                on=date(2026, *on), complete=True, period=str(year))  # fmt: skip
            leavers = [leaver for leaver in records.unadmitted if leaver.year == year]
            made.append(self._fill(listed, leavers, lambda record, _: {"year": str(record.year)}))
        return made + self._trainings(records) + self._employments(records)

    def _admissions(self, chosen: list[Any], year: int, level: str, on: date) -> SampleList:
        name = f"admissions_{year}{'_' + level if level else ''}.xlsx"
        made = self._list("admission", name, f"{year}年普通高校录取花名册{level}", on=on)
        return self._fill(made, chosen, lambda a, style: {
            "year": str(a.year), "batch": a.batch, "level": a.level, "school": a.school, "province": a.province,
            "admitted_on": a.admitted_on.strftime(style),
        })  # fmt: skip

    def _trainings(self, records: Records) -> list[SampleList]:
        made = []
        for year, on in ((2025, date(2026, 7, 17)), (2026, date(2026, 9, 8))):
            listed = self._list(
                "training", f"trainings_{year}.xlsx", f"{year}年职业技能培训合格人员名册", on=on
            )
            chosen = [t for t in records.trainings if t.certified_on.year == year]
            made.append(self._fill(listed, chosen, lambda t, style: {
                "trade": t.trade, "hours": str(t.hours), "certificate_number": t.number, "school": t.school,
                "certified_on": t.certified_on.strftime(style),
            }))  # fmt: skip
        return made

    def _employments(self, records: Records) -> list[SampleList]:
        made = []
        for part, first, last, on in (
            ("一", date(2025, 1, 1), date(2026, 9, 27), date(2026, 9, 28)),
            ("二", date(2026, 9, 28), date(2026, 10, 20), date(2026, 10, 21)),
        ):
            listed = self._list("employment", f"employment_{on:%m}.xlsx", f"就业登记人员名册({part})", on=on)
            chosen = [e for e in records.employments if first <= e.started_on <= last]
            made.append(self._fill(listed, chosen, lambda e, style: {
                "started_on": e.started_on.strftime(style), "employer": e.employer}))  # fmt: skip
        return made

    def others(self, records: Records) -> list[SampleList]:
        """Enrolment, houses, public posts, deaths, earlier payments and accounts."""
        early = date(2026, 7, 17)
        span: dict[str, Any] = {
            "complete": True,
            "first_day": date(2024, 1, 1),
            "last_day": date(2026, 12, 31),
        }
        since: dict[str, Any] = {
            "complete": True,
            "first_day": date(2010, 1, 1),
            "last_day": date(2026, 12, 31),
        }
        year: dict[str, Any] = {"complete": True, "period": "2026"}
        medical = self._list("medical", "medical_2026.xlsx", "2026年城乡居民医保参保名册", on=early, **year)
        housing = self._list("housing", "housing_2026.xlsx", "农村危房排查鉴定表", on=early)
        payroll = self._list("payroll", "payroll.xlsx", "财政供养人员名册", on=early, **span)
        death = self._list("death", "deaths.xlsx", "死亡登记名册", on=early, **span)
        earlier = self._list(
            "earlier_payment", "earlier_payments.xlsx", "历年惠女政策发放台账", on=early, **since
        )
        account = self._list("account", "accounts.xlsx", "惠民资金一卡通账户表", on=date(2026, 7, 20))
        return [
            self._fill(medical, records.enrolments, lambda e, _: {"year": str(e.year)}),
            self._fill(housing, [_Headed(h) for h in records.houses], self._house_cells),
            self._fill(payroll, records.posts, lambda p, _: {"unit": p.unit}),
            self._fill(death, records.deaths, lambda d, style: {"died_on": d.died_on.strftime(style)}),
            self._fill(earlier, records.earlier, lambda p, style: {
                "program": PROGRAM_NAMES[p.program], "paid_on": p.paid_on.strftime(style),
                "amount": f"{p.amount_fen / 100:.2f}"}),
            self._fill(account, [a for a in records.accounts if not a.brought_on], self._account_cells),
        ]  # fmt: skip

    def _house_cells(self, headed: "_Headed", style: str) -> dict[str, str]:
        house = headed.house
        return {
            "grade": house.grade + self.dice.choice(("", "级")),
            "work": self.dice.choice(WORKS[house.work]),
            "surveyed_on": house.surveyed_on.strftime(style),
            "address": f"{house.household.village.short_name}{self.dice.randint(1, 12)}组",
        }

    def _account_cells(self, account: Any, _: str) -> dict[str, str]:
        return {
            "account_name": account.name,
            "number": account.number,
            "bank": account.bank,
            "cnaps": account.cnaps,
            "kind": self.dice.choice(ACCOUNT_KINDS[account.kind]),
        }


class _Headed:
    """A house seen through its head, whom the survey names."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.person: Person = house.household.head


def _register_cells(person: Person, style: str, words: tuple[str, str]) -> dict[str, str]:
    household = person.household
    return {
        "household_number": household.number,
        "head_citizen_id": household.head.number,
        "relation": person.relation,
        "name": person.name,
        "sex": "女" if person.female else "男",
        "id": person.number,
        "born_on": person.born.strftime(style),
        "residence": household.village.code,
        "village_name": household.village.short_name,
        "rural": words[not person.rural],
        "phone": person.phone,
        "father_citizen_id": person.father.number if person.father else "",
        "mother_citizen_id": person.mother.number if person.mother else "",
    }
