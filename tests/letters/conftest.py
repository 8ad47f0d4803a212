"""One family of the tests' county on its road, and the finance of its township."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from applications import judging
from applications.models import Application
from applications.services import counter, county, township
from audit.door import perform
from officials.models import Official
from payments import services as payments
from payments.models import Attempt, Batch
from tests import factories as make
from tests.applications.conftest import Family, allot, poor_family
from tests.otherwise import otherwise

DAY = date(2026, 8, 18)
PREPARER = make.actor("batch_preparer")


@dataclass
class Office:
    """Everybody at work, and a browser for each."""

    officials: dict[str, Official]

    def client(self, role: str, language: str = "zh-hans") -> Client:
        client = Client()
        client.force_login(self.officials[role])
        client.cookies["django_language"] = language
        return client


@pytest.fixture
def office(db, settings) -> Office:
    settings.BUSINESS_DAY = DAY
    made = Office(make.officials())
    for kind in ("register", "death", "payroll", "earlier_payment", "unadmitted", "medical"):
        make.evidence_list(kind)
    for code in ("dibao", "extreme_poverty", "monitored", "dibao_margin", "expenditure", "poor_disabled"):
        make.evidence_list("hardship", code=code, title=f"{code} 2026-07")
    make.active_policy("college-award")
    allot("college-award", 1_000_000)
    return made


@pytest.fixture
def family(office: Office) -> Family:
    return poor_family("赵")


def opened(family: Family) -> Application:
    judged = judging.judge_household(family.household, on=DAY)
    (hers,) = [one for one in judged if one.record == family.admission.pk]
    return counter.open_application(hers, by=make.actor("clerk"), on=DAY)


def submitted(family: Family) -> Application:
    return counter.submit(opened(family), by=make.actor("clerk"), on=DAY)


def rechecked(family: Family) -> Application:
    reviewer = make.actor("township_reviewer")
    application = township.review(submitted(family), by=reviewer, on=date(2026, 8, 19))
    township.post_notice(application.version, make.MAZHAO, by=reviewer, on=date(2026, 8, 20))
    township.close_due_notices(on=date(2026, 8, 28), by=reviewer)
    fresh = Application.objects.get(pk=application.pk)
    return county.recheck(fresh, by=make.actor("county_checker"), on=date(2026, 8, 28))


def approved(family: Family) -> Application:
    application = rechecked(family)
    county.approve(application, by=make.actor("county_approver"), on=date(2026, 8, 31))
    return application


def refused(family: Family) -> Application:
    """The family is on no hardship list, and the lists are complete."""
    with otherwise():
        family.household.facts.get(kind="hardship").delete()
    return county_refuses(submitted(family))


def county_refuses(application: Application) -> Application:
    """Proposed by the township, seen by the checker, refused by the approver."""
    township.propose_refusal(application, by=make.actor("township_reviewer"), on=DAY)
    fresh = Application.objects.get(pk=application.pk)
    fresh = county.recheck(fresh, by=make.actor("county_checker"), on=DAY)
    county.decline(fresh, by=make.actor("county_approver"), on=DAY)
    return fresh


def sent_batch(family: Family) -> Batch:
    make.account(family.girl, bank="中国农业银行周至县支行")
    approved(family)
    day = date(2026, 9, 1)
    payments.plan_instalments(on=day)
    (batch,) = payments.build_batches(on=day, by=PREPARER)
    batch = payments.prepare(batch, by=PREPARER, on=day)
    typed = {"count": batch.count, "total_fen": batch.total_fen}
    batch = payments.confirm(batch, **typed, by=make.actor("batch_checker"), on=day)
    batch = payments.approve(batch, **typed, by=make.actor("batch_approver"), on=day)
    return payments.send(batch, by=PREPARER, on=day)


def paid(batch: Batch) -> Attempt:
    attempt = batch.attempts.get()
    return perform(attempt, "pay", by=PREPARER, on=date(2026, 9, 3))
