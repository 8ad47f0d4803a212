"""Addresses that nobody typed by hand are answered in words, never by a traceback."""

import pytest

from tests.portal.conftest import desk, season, today  # noqa: F401 - the county at work

HUGE = "9" * 30


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("clerk", "/counter/?q=%00"),
        ("clerk", "/progress/%00abc/"),
        ("township_reviewer", "/worklist/confirm/?queue=review&id=²"),
        ("township_reviewer", f"/worklist/confirm/?queue=review&id={HUGE}"),
        ("township_reviewer", f"/worklist/?queue=review&page={HUGE}"),
        ("auditor", "/trail/?before=²"),
        ("auditor", f"/trail/?before={HUGE}"),
        ("clerk", "/letters/piles/receipt/%00.pdf"),
        ("batch_preparer", "/payments/batches/build/?program=%00"),
        ("batch_preparer", "/payments/batches/build/?township=%00"),
        ("batch_preparer", f"/payments/batches/{HUGE}/"),
        ("clerk", f"/families/{HUGE}/"),
        ("clerk", f"/applications/{HUGE}/"),
        ("county_checker", f"/lists/{HUGE}/"),
    ],
)
def test_nonsense_is_no_error(season, role, address):  # noqa: F811
    assert season.client(role).get(address).status_code in (200, 302, 400, 403, 404)


def test_a_fact_of_a_nonsense_draft_is_asked_without_one(season):  # noqa: F811
    household = season.households[0].pk
    for draft in ("²", HUGE, "-1"):
        page = season.client("clerk").get(f"/families/{household}/facts/certificate/?draft={draft}")
        assert page.status_code == 200
