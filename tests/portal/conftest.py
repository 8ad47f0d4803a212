"""A county at work: families at every stage, as the screens meet them."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from django.test import Client, override_settings

from applications import judging
from applications.models import Application, Notice
from applications.services import counter, county, sweep, township
from audit.door import perform, perform_all, record_all
from beneficiaries.models import Account, Fact, Household
from ledger import services as ledger
from officials.models import Official
from tests import factories as make
from tests.stages import begins_with
from vault import blind

DAY = date(2026, 8, 18)
SURNAMES = "赵钱孙李周吴郑王"
WITHOUT_ACCOUNT = 2


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


@override_settings(BUSINESS_DAY=DAY)
def build_desk(_: None) -> Desk:
    made = Desk(make.officials())
    hardships = ("dibao", "extreme_poverty", "monitored", "dibao_margin", "expenditure", "poor_disabled")
    absences = ("death", "payroll", "earlier_payment", "unadmitted", "medical")
    make.taken_lists([*((kind, "") for kind in absences), *(("hardship", code) for code in hardships)])
    admissions = make.evidence_list("admission", title="省招办名册 2026-08")
    told: list[Fact] = []
    for at, surname in enumerate(SURNAMES):
        household, facts = _family(surname, at, admissions)
        made.households.append(household)
        told += facts
    make.facts(told)
    girls = [fact.person for fact in told if fact.kind == "admission"]
    _accounts([girl for at, girl in enumerate(girls) if at != WITHOUT_ACCOUNT])
    make.active_policy("college-award")
    entered = ledger.enter_allotment(
        program="college-award", source="county", fiscal_year=2026, document_number="示例〔2026〕9号", amount_fen=1_000_000,
        by=make.actor("batch_checker"), on=date(2026, 7, 1),
    )  # fmt: skip
    ledger.confirm_allotment(entered, by=make.actor("batch_approver"), on=date(2026, 7, 2))
    sweep.assess(sweep.ask(on=DAY, by=make.actor("county_checker")))
    return made


def _family(surname: str, at: int, admissions) -> tuple[Household, list[Fact]]:
    division = make.JIAOLOU if at < 6 else make.HUAIHUA
    father = make.person(
        f"{surname}文斌", date(1979, 3, 2), female=False, division=division, phone=f"1380000{at:04d}"
    )
    mother = make.person(f"李秀{surname}", date(1981, 5, 6), division=division)
    girl = make.person(f"{surname}雨桐", date(2008, 2, 3), phone="13800000926", division=division)
    household = make.household(f"10320{at}", (father, "02"), (mother, "10"), (girl, "20"), division=division)
    told = [
        make.unsaved_fact(one, "register", date(2010, 1, 1), rural=True, residence=division)
        for one in (father, mother, girl)
    ]
    told += [
        make.unsaved_fact(household, "certificate", date(2012, 5, 16), kind="two_daughter", number=f"ZZ-2012-{at:05d}"),
        make.unsaved_fact(household, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["dibao"]),
        make.unsaved_fact(
            girl, "admission", date(2026, 7, 20), source=admissions,
            year=2026, batch="本科批", level="本科", province="陕西", school="陕西学前师范学院",
        ),
    ]  # fmt: skip
    return household, told


def _accounts(owners) -> None:
    """A verified account of long standing for each."""
    entered_on = date(2025, 3, 1)
    made = Account.objects.bulk_create(
        Account(owner=owner, number=number, number_index=blind.index(number, purpose="account"), account_name=owner.name,
                bank="陕西信合", entered_by="chen", entered_on=entered_on, state="entered")
        for owner in owners for number in (f"6217{owner.pk:012d}",)
    )  # fmt: skip
    rows = Account.objects.filter(pk__in=[one.pk for one in made])
    record_all("create", rows, by=make.actor("clerk"), on=entered_on, target="entered")
    perform_all(rows, "verify", by=make.actor("township_reviewer"), on=date(2025, 3, 2), expected=len(made))


def opened(household: Household) -> Application:
    """A draft for the family's admission."""
    (judged,) = judging.judge_household(household, on=DAY)
    return counter.open_application(judged, by=make.actor("clerk"), on=DAY)


@override_settings(BUSINESS_DAY=DAY)
def build_season(desk: Desk) -> Desk:
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


@pytest.fixture
@begins_with(build_desk)
def desk(db, today, told) -> Desk:
    """Eight families of two townships with a right to the college award; nobody has applied."""
    return told(build_desk)


@pytest.fixture
@begins_with(build_desk, build_season)
def season(desk, told) -> Desk:
    """The same families, each at another stage."""
    return told(build_season, desk)
