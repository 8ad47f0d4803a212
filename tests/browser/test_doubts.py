"""What lists and papers say otherwise, both sides beside each other, at the desk and on the phone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from beneficiaries.models import Doubt, Fact
from beneficiaries.services import enter_fact
from tests import factories as make
from tests.beneficiaries.test_register_rules import FATHER, MOTHER, certificate, row, take
from tests.browser.test_lists import DAY, fits


@pytest.fixture
def doubts(transactional_db, settings):
    """Two certificates that differ, a mother in two households, a paper that a complete list denies."""
    settings.BUSINESS_DAY = DAY
    make.officials()
    take([row("户主", "赵文斌", FATHER), row("妻", "李秀梅", MOTHER)])
    certificate(FATHER, "双女户", "ZZ-2012-00417", "2012-05-16", "")
    certificate(FATHER, "独女户", "ZZ-2012-00417", "2012-05-16", "2020-01-31")
    make.evidence_list("hardship", code="dibao", title="周至县2026年7月农村低保名单", first=date(2026, 7, 1),
                       last=date(2026, 7, 31))  # fmt: skip
    home = Fact.objects.filter(kind="certificate").first().household
    enter_fact(home, kind="hardship", values={"kinds": ["dibao"]}, paper="hardship_certificate",
               by=make.actor("clerk"), on=DAY, valid_from=date(2026, 7, 15))  # fmt: skip
    take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)])
    return {doubt.kind: doubt for doubt in Doubt.objects.all()}


def test_both_sides_stand_beside_each_other_on_desk_and_phone(page, doubts):
    page.sign_in("zhou")
    assert set(doubts) >= {"lists_differ", "paper_differs", "two_households"}
    for kind, doubt in doubts.items():
        page.open(f"/lists/doubts/{doubt.pk}/")
        expect(page.page.locator("table.compared")).not_to_have_count(0)
        fits(page, f"doubt-{kind}")
