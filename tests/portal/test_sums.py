"""The page on which who decides sets a sum within its band, and where the band and the sum stand."""

import pytest
from django.urls import reverse

from applications.models import Application, SetSum
from applications.services import county, township
from letters.queries import families, sheets
from letters.queries.bureau import Bureau
from tests import factories as make
from tests.applications import walks
from tests.applications.conftest import allot, whole_lists
from tests.applications.test_sums import RELIEF, WHY, struck
from tests.portal.conftest import Desk


@pytest.fixture
def office(db, settings) -> Desk:
    settings.BUSINESS_DAY = walks.DECIDED
    whole_lists()
    make.active_policy("hardship-relief", RELIEF)
    allot("hardship-relief", 1_000_000)
    return Desk(make.officials())


def html(client, name: str, *args: object, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_the_notice_says_the_band_and_the_approver_sets_the_sum(office: Desk) -> None:
    posted = walks.on_notice(struck().household)
    notice = posted.notice_lines.get().notice
    assert "500.00–3,600.00" in html(office.client("township_reviewer"), "portal:notice", notice.pk)
    sheet = sheets.public_notice(notice, Bureau.on(walks.POSTED))
    assert (sheet["sums_open"], sheet["lines"][0]["amount"].zh) == (True, "500.00 至 3,600.00")
    township.close_due_notices(on=walks.OVER, by=make.actor("township_reviewer"))
    checked = county.recheck(walks.again(posted), by=make.actor("county_checker", "zhu"), on=walks.OVER)
    approver = office.client("county_approver")
    listed = html(approver, "portal:worklist", queue="approve")
    assert "待定金额" in listed
    assert "500.00–3,600.00" in listed
    page = html(approver, "portal:application", checked.pk)
    step = reverse("portal:step", args=[checked.pk, "set_sum"])
    assert "由审批人在 500.00 至 3,600.00 元之间定" in page
    assert step in page
    assert reverse("portal:step", args=[checked.pk, "approve"]) not in page
    assert "500.00–3,600.00 元，待定" in html(approver, "portal:step", checked.pk, "set_sum")
    refused = approver.post(step, {"fen": "499", "note": WHY})
    assert (refused.status_code, "在 500.00 至 3,600.00 元之间" in refused.content.decode()) == (422, True)
    assert approver.post(step, {"fen": "800", "note": ""}).status_code == 422
    assert approver.post(step, {"fen": "800", "note": WHY}).status_code == 302
    page = html(approver, "portal:application", checked.pk)
    assert f"定这个数的理由：{WHY}" in page
    approver.post(reverse("portal:step", args=[checked.pk, "approve"]), {})
    decided = Application.objects.get(pk=checked.pk)
    assert (decided.state, decided.amount_fen) == ("approved", 80_000)
    letter = families.approval(decided.decision, Bureau.on(walks.DECIDED))
    assert WHY in " ".join(line["line"].zh for line in letter["working"])


@pytest.mark.parametrize(
    "role", ["clerk", "township_reviewer", "county_checker", "auditor", "batch_approver"]
)
def test_nobody_else_sets_a_sum(office: Desk, role: str) -> None:
    checked = walks.rechecked(struck().household)
    step = reverse("portal:step", args=[checked.pk, "set_sum"])
    assert office.client(role).post(step, {"fen": "800", "note": WHY}).status_code in (302, 403)
    assert not SetSum.objects.exists()


def test_a_list_with_many_sums_open_asks_one_query_more(office: Desk, django_assert_max_num_queries) -> None:
    """Twice the rows cost no more queries."""
    client = office.client("county_approver")
    walks.rechecked(struck().household)

    def queries() -> int:
        with django_assert_max_num_queries(60) as asked:
            html(client, "portal:worklist", queue="approve")
        return len(asked)

    one = queries()
    walks.rechecked(struck("钱", "103209-0148").household)
    walks.rechecked(struck("孙", "103209-0149").household)
    assert queries() == one
