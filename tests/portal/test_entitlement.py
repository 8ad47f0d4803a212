"""A family that died out, a grant that is looked into: its money stops by the county's hand, on record."""

from django.urls import reverse

from applications.models import Entitlement
from audit.models import TrailRow


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
