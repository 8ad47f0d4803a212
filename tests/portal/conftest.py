"""A county at work: families at every stage, as the screens meet them."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from django.test import Client

from applications import judging
from applications.models import Application, Notice
from applications.services import counter, county, sweep, township
from audit.door import create, perform
from beneficiaries.models import Account, Household
from ledger import services as ledger
from officials.models import Official
from tests import factories as make
from vault import blind

DAY = date(2026, 8, 18)
SURNAMES = "赵钱孙李周吴郑王"


@dataclass
class Desk:
    """The tests' county on a working day, and whoever works there."""

    officials: dict[str, Official]
    households: list[Household] = field(default_factory=list)
    applications: dict[str, Application] = field(default_factory=dict)
    notice: Notice | None = None

    def client(self, role: str, language: str = "zh-hans") -> Client:
        """A signed-in browser."""
        client = Client()
        client.force_login(self.officials[role])
        client.cookies["django_language"] = language
        return client


@pytest.fixture
def today(settings) -> date:
    settings.BUSINESS_DAY = DAY
    return DAY


@pytest.fixture
def desk(db, today) -> Desk:
    """Eight families of two townships with a right to the college award; nobody has applied."""
    made = Desk(make.officials())
    for kind in ("death", "payroll", "earlier_payment", "unadmitted", "medical"):
        make.evidence_list(kind)
    for code in ("dibao", "extreme_poverty", "monitored", "dibao_margin", "expenditure", "poor_disabled"):
        make.evidence_list("hardship", code=code)
    admissions = make.evidence_list("admission", title="省招办名册 2026-08")
    for at, surname in enumerate(SURNAMES):
        made.households.append(_family(surname, at, admissions))
    make.active_policy("college-award")
    entered = ledger.enter_allotment(
        program="college-award", source="county", fiscal_year=2026, document_number="示例〔2026〕9号", amount_fen=1_000_000,
        by=make.actor("batch_checker"), on=date(2026, 7, 1),
    )  # fmt: skip
    ledger.confirm_allotment(entered, by=make.actor("batch_approver"), on=date(2026, 7, 2))
    sweep.assess(sweep.ask(on=DAY, by=make.actor("county_checker")))
    return made


def _family(surname: str, at: int, admissions) -> Household:
    division = make.JIAOLOU if at < 6 else make.HUAIHUA
    father = make.person(
        f"{surname}文斌", date(1979, 3, 2), female=False, division=division, phone=f"1380000{at:04d}"
    )
    mother = make.person(f"李秀{surname}", date(1981, 5, 6), division=division)
    girl = make.person(f"{surname}雨桐", date(2008, 2, 3), phone="13800000926", division=division)
    household = make.household(f"10320{at}", (father, "02"), (mother, "10"), (girl, "20"), division=division)
    for one in (father, mother, girl):
        make.fact(one, "register", date(2010, 1, 1), rural=True, residence=division)
    make.fact(household, "certificate", date(2012, 5, 16), kind="two_daughter", number=f"ZZ-2012-{at:05d}")
    make.fact(household, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["dibao"])
    make.fact(
        girl, "admission", date(2026, 7, 20), source=admissions,
        year=2026, batch="本科批", level="本科", province="陕西", school="陕西学前师范学院",
    )  # fmt: skip
    if at != 2:
        _account(girl)
    return household


def _account(owner) -> None:
    """A verified account of long standing."""
    number = f"6217{owner.pk:012d}"
    entered = create(
        Account(owner=owner, number=number, number_index=blind.index(number, purpose="account"), account_name=owner.name,
                bank="陕西信合", entered_by="chen", entered_on=date(2025, 3, 1), state="entered"),
        by=make.actor("clerk"), on=date(2025, 3, 1),
    )  # fmt: skip
    perform(entered, "verify", by=make.actor("township_reviewer"), on=date(2025, 3, 2))


def opened(household: Household) -> Application:
    """A draft for the family's admission."""
    (judged,) = judging.judge_household(household, on=DAY)
    return counter.open_application(judged, by=make.actor("clerk"), on=DAY)


@pytest.fixture
def season(desk) -> Desk:
    """The same families, each at another stage."""
    clerk, reviewer = make.actor("clerk"), make.actor("township_reviewer")
    checker, approver = make.actor("county_checker"), make.actor("county_approver")
    names = ("approved", "rechecked", "notice_over", "on_notice", "submitted", "draft")
    rows = {name: opened(household) for name, household in zip(names, desk.households, strict=False)}
    for name in names[:5]:
        rows[name] = counter.submit(rows[name], by=clerk, on=DAY)
    for name in names[:4]:
        rows[name] = township.review(rows[name], by=reviewer, on=DAY)
    early = [rows[name].pk for name in names[:3]]
    later = rows["on_notice"]
    Application.objects.filter(pk=later.pk)
    first = township.post_notice(later.version, make.MAZHAO, by=reviewer, on=DAY)
    desk.notice = first
    desk.applications = {name: Application.objects.get(pk=row.pk) for name, row in rows.items()}
    _close_some(early, reviewer)
    for name in names[:2]:
        row = Application.objects.get(pk=rows[name].pk)
        desk.applications[name] = county.recheck(row, by=checker, on=DAY)
    county.approve(desk.applications["approved"], by=approver, on=DAY)
    desk.applications = {name: Application.objects.get(pk=row.pk) for name, row in rows.items()}
    return desk


def _close_some(ids, reviewer) -> None:
    """As if their notice were over: closed by the door, line by line."""
    for pk in ids:
        perform(Application.objects.get(pk=pk), "close_notice", by=reviewer, on=DAY)
