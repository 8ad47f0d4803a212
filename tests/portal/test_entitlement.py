"""A family that died out, a grant that is looked into: its money stops by the county's hand, on record."""

from datetime import date

from django.urls import reverse

from applications.models import Entitlement
from audit.models import TrailRow
from payments.services import planning
from portal.queries.timeline import timeline
from tests import factories as make
from tests.payments import granting


def step(granted: Entitlement, move: str) -> str:
    return reverse("portal:entitlement_step", args=[granted.pk, move])


def test_checker_suspends_and_approver_ends_with_a_reason(season):
    granted = Entitlement.objects.first()
    checker, approver = season.client("county_checker"), season.client("county_approver")
    assert checker.post(step(granted, "suspend"), {"note": ""}).status_code == 422
    assert checker.post(step(granted, "suspend"), {"note": "有人举报"}).status_code == 302
    assert checker.get(step(granted, "end")).status_code == 404
    page = approver.get(reverse("portal:application", args=[granted.application_id])).content.decode()
    assert ("恢复发放" in page, "终止发放" in page) == (True, True)
    assert approver.post(step(granted, "end"), {"note": "查实冒领"}).status_code == 302
    assert Entitlement.objects.get(pk=granted.pk).state == "ended"
    row = TrailRow.objects.get(table="applications_entitlement", verb="end")
    assert row.detail["reason"] == "查实冒领"


def test_township_has_no_such_step(season):
    granted = Entitlement.objects.first()
    assert season.client("township_reviewer").get(step(granted, "suspend")).status_code == 403


def test_the_parts_of_a_grant_are_called_what_the_policy_calls_them(db):
    make.divisions()
    (girl,) = granting.girls(1)
    training = make.fact(
        girl, "training", date(2026, 7, 10), trade="cook", hours=240, certified_on="2026-07-10", certificate_number="A1"
    )  # fmt: skip
    granting.allot("training-subsidy", 1_000_000)
    (granted,) = granting.entitlements(
        [girl], make.active_policy("training-subsidy"), fen=100_000, record=training
    )
    planning.plan_instalments(on=date(2026, 8, 12))
    granted.application.state = "approved"
    titles = [step.title for step in timeline(granted.application)]
    assert titles[-2:] == ["取得证书", "半年内就业"]
