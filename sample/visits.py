"""The counter log: who came to which township counter on which working day, with which papers, and what then."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sample.people import Household, Person
from sample.plans import Plan
from sample.records import Account, Certificate, Records
from sample.season import working_days

PAPERS = {
    "college-award": ("certificate", "admission_letter"),
    "housing-subsidy": ("certificate", "housing_survey"),
    "training-subsidy": ("certificate", "training_certificate"),
}
RIGHT_OBJECTION = "群众反映：这家去年已在县城买了商品房"
WRONG_OBJECTION = "群众反映：这家的情况与公示不符"
LATER_BY = 4  # working days until a family brings what was missing, or withdraws


@dataclass(slots=True)
class Visit:
    """One entry of the log; ``subject`` is the person whose right it is (the head for a house)."""

    action: str  # apply | bring_papers | withdraw | object | account
    on: date
    subject: Person
    program: str = ""
    record: str = ""  # day of the record applied for
    papers: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "action": self.action,
            "on": self.on.isoformat(),
            "township": self.subject.household.village.township,
            "subject": self.subject.number,
            "name": self.subject.name,
            "program": self.program,
            "record": self.record,
            "papers": self.papers,
            **self.more,
        }


class CounterLog:
    """Makes the visits that the plans announce."""

    def __init__(self, dice: random.Random, records: Records, plans: dict[Household, Plan]) -> None:
        self.dice = dice
        self.records = records
        self.plans = plans
        self.certificates = {c.household: c for c in records.certificates}

    def visits(self) -> list[Visit]:
        made = [visit for right in self._rights() for visit in self._visit(*right)]
        made += [self._account(account) for account in self.records.accounts if account.brought_on]
        return sorted(
            made, key=lambda v: (v.on, v.subject.household.number, v.subject.number, v.program, v.action)
        )

    def _rights(self) -> Iterator[tuple[str, Person, date, list[date]]]:
        """Each record a family may come for, with the days on which it may come."""
        for admission in self.records.admissions:
            first, last = (date(2026, 8, 10), date(2026, 8, 28))
            if admission.year == 2026 and admission.level != "本科":
                first, last = date(2026, 8, 26), date(2026, 9, 11)
            yield "college-award", admission.person, admission.admitted_on, working_days(first, last)
        for house in self.records.houses:
            days = working_days(date(2026, 7, 22), date(2026, 8, 28))
            yield "housing-subsidy", house.household.head, house.surveyed_on, days
        for training in self.records.trainings:
            days = working_days(date(2026, 9, 9), date(2026, 9, 24))
            yield "training-subsidy", training.person, training.certified_on, days

    def _visit(self, program: str, subject: Person, record: date, days: list[date]) -> Iterator[Visit]:
        plan = self.plans[subject.household]
        if not plan.comes or subject.held_by:
            return
        on = self.dice.choice(days)
        later = working_days(on, date(2026, 10, 31))[LATER_BY]
        certificate = self.certificates.get(subject.household)
        papers = list(PAPERS[program])
        lacks = plan.comes in ("lacks_paper", "brings_paper")
        if certificate is None or lacks:
            papers.remove("certificate")
        village = {"assisted_by": "village"} if plan.comes == "village" else {}
        shown = self._shown(certificate) if "certificate" in papers else {}
        yield Visit("apply", on, subject, program, record.isoformat(), papers, {**shown, **village})
        if plan.comes == "brings_paper" and certificate is not None:
            shown = self._shown(certificate)
            yield Visit("bring_papers", later, subject, program, record.isoformat(), ["certificate"], shown)
        if plan.comes == "withdraws":
            yield Visit("withdraw", later, subject, program, record.isoformat())
        if plan.objection:
            words = RIGHT_OBJECTION if plan.objection == "upheld" else WRONG_OBJECTION
            upheld = {"upheld": plan.objection == "upheld", "words": words}
            yield Visit("object", later, subject, program, record.isoformat(), [], upheld)

    @staticmethod
    def _shown(certificate: Certificate | None) -> dict[str, Any]:
        """What is printed on a certificate that no list has, for the clerk to enter."""
        if certificate is None or certificate.listed:
            return {}
        facts = {
            "certificate.kind": certificate.kind,
            "certificate.number": certificate.number,
            "certificate.issued_on": certificate.issued_on.isoformat(),
        }
        return {"facts": facts}

    @staticmethod
    def _account(account: Account) -> Visit:
        assert account.brought_on is not None
        told = {
            "number": account.number,
            "account_name": account.name,
            "bank": account.bank,
            "cnaps": account.cnaps,
            "kind": account.kind,
        }
        return Visit("account", account.brought_on, account.person, more={"account": told})
