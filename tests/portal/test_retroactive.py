"""The page of a version that reaches back: whom it touches, what people propose, and who decides."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Comparison
from applications.services import comparing
from jobs.leases import claim
from payments.models import Recovery
from tests import factories as make
from tests.applications.conftest import allot, poor_family, whole_lists
from tests.payments.test_recovering import LATER, POOR, WHY, later, paid, refused
from tests.portal.conftest import Desk


@pytest.fixture
def office(db, settings) -> Desk:
    settings.BUSINESS_DAY = LATER
    whole_lists()
    return Desk(make.officials())


def worked_out(version) -> None:
    """The list is asked for and the worker does it."""
    comparing.ask_comparison(version, by=make.actor("policy_officer"), on=LATER)
    lease = claim(comparing.to_do(), worker="worker", now=timezone.now())
    assert lease is not None
    comparing.do(lease)


def page(client, name: str, *args: object, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_money_is_asked_back_by_two_people_and_from_no_account(office: Desk) -> None:
    make.active_policy("college-award")
    allot("college-award", 1_000_000)
    decision = paid(poor_family("赵"))
    version = later(("tier2 = 2000", "tier2 = 1500"))
    worked_out(version)
    of_version = (version.code, version.number)
    officer, approver = office.client("policy_officer"), office.client("county_approver")
    deed = reverse("portal:against_deed", args=[*of_version, decision.pk, "recover"])
    listed = page(officer, "portal:decided", *of_version)
    assert 'href="decided/"' in page(officer, "programs:policy", *of_version)
    for words in ("赵雨桐", "金额减少", "提议追回 500.00 元", deed):
        assert words in listed
    assert deed not in page(approver, "portal:decided", *of_version)
    assert "不会从谁的账户扣钱" in officer.get(deed).content.decode()
    assert officer.post(deed, {"reason": ""}).status_code == 422
    assert approver.post(deed, {"reason": WHY}).status_code == 403
    assert officer.post(deed, {"reason": WHY}).status_code == 302
    recovery = Recovery.objects.get()
    waive = reverse("portal:recovery_step", args=[recovery.pk, "waive"])
    assert waive in page(approver, "portal:decided", *of_version)
    assert waive not in page(officer, "portal:decided", *of_version)
    assert officer.post(waive, {"reason": WHY}).status_code == 403
    assert approver.post(waive, {"reason": ""}).status_code == 422
    assert approver.post(waive, {"reason": "家里没有别的收入"}).status_code == 302
    assert Recovery.objects.get().state == "waived"
    assert "决定不追" in page(officer, "portal:decided", *of_version)
    assert approver.post(waive, {"reason": WHY}).status_code == 404


def test_who_was_refused_gets_an_application_and_its_origin_is_shown(office: Desk) -> None:
    strict = make.policy_bytes("college-award").replace(POOR.encode(), b'has_any   = ["extreme_poverty"]')
    make.active_policy("college-award", strict)
    decision = refused(poor_family("赵"))
    version = later(("2100799", "2100798"))
    worked_out(version)
    checker = office.client("county_checker")
    deed = reverse("portal:against_deed", args=[version.code, version.number, decision.pk, "supplement"])
    assert deed in page(checker, "portal:decided", version.code, version.number)
    assert checker.post(deed).status_code == 302
    opened = Application.objects.get(state="draft")
    assert "政策补办" in page(checker, "portal:application", opened.pk)
    assert "已经开了申请" in page(checker, "portal:decided", version.code, version.number)
    again = checker.post(deed)
    assert (again.status_code, "已经有一件在办" in again.content.decode()) == (422, True)


def test_the_list_filters_and_other_townships_and_roles_see_nothing(office: Desk) -> None:
    make.active_policy("college-award")
    allot("college-award", 1_000_000)
    decision = paid(poor_family("赵"))
    version = later(("tier2 = 2000", "tier2 = 2500"))
    worked_out(version)
    of_version = (version.code, version.number)
    officer, auditor = office.client("policy_officer"), office.client("auditor")
    deed = reverse("portal:against_deed", args=[*of_version, decision.pk, "supplement"])
    assert deed in page(officer, "portal:decided", *of_version)
    opening = officer.get(deed).content.decode()
    assert ("还可以批" in opening, "None" in opening) == (True, False)
    assert "由政策岗或县级复核开申请" in page(auditor, "portal:decided", *of_version, change="more")
    assert "没有符合筛选的决定" in page(auditor, "portal:decided", *of_version, change="lost")
    assert "没有符合筛选的决定" in page(auditor, "portal:decided", *of_version, township=make.YABAI)
    for role in ("clerk", "township_reviewer", "batch_preparer"):
        assert office.client(role).get(reverse("portal:decided", args=of_version)).status_code == 403
    assert officer.post(deed).status_code == 302
    assert "补差的申请正在办" in page(officer, "portal:decided", *of_version)
    assert "补这件决定的差额" in page(
        auditor, "portal:application", Application.objects.get(state="draft").pk
    )
    first = reverse("portal:decided", args=[version.code, 1])
    assert auditor.get(first).status_code == 404, "only the version in force"


def test_the_list_is_asked_for_on_the_page_and_shown_with_its_progress(office: Desk) -> None:
    make.active_policy("college-award")
    allot("college-award", 1_000_000)
    paid(poor_family("赵"))
    version = later(("tier2 = 2000", "tier2 = 2500"))
    of_version = (version.code, version.number)
    officer, auditor = office.client("policy_officer"), office.client("auditor")
    url, bar = (reverse(name, args=of_version) for name in ("portal:decided", "portal:decided_progress"))
    assert "还没有和已作的决定比过" in page(auditor, "portal:decided", *of_version)
    assert "算出名单" not in page(auditor, "portal:decided", *of_version)
    assert auditor.post(url).status_code == 403
    assert "算出名单" in page(officer, "portal:decided", *of_version)
    assert officer.post(url).status_code == 302
    waiting = page(officer, "portal:decided", *of_version)
    assert "正在按这一版重新判断" in waiting
    assert bar in waiting
    assert officer.get(bar).status_code == 200
    worked_out(version)
    done = officer.get(bar)
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    assert Comparison.objects.count() == 1, "the one that waited was done"
    assert "重新判断了 1 件决定" in page(auditor, "portal:decided", *of_version)
