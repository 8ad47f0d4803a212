"""The sample county at the height of its season, page by page, at the desk and on the phone.

No page is wider than its window, and the browser finds nothing to complain about. The same test takes the README's
pictures: ``GUANAI_TOUR=docs/tour ./test tests/browser/test_tour.py``.
"""

import os
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from PIL import Image
from playwright.sync_api import expect

from sample.management.commands.load_sample import BUSINESS_DAY
from sample.staff import PASSWORD

PEOPLE_FOR_PICTURES, PEOPLE = 6_000, 300
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 720}
FAMILY = "main a[href^='/families/']"
CLERK, REVIEWER, CHECKER, APPROVER, POLICY, PREPARER, AUDITOR, ADMINISTRATOR = (
    "10101", "10102", "00011", "00021", "00031", "00041", "00071", "00081",
)  # fmt: skip
COLOURS = 96  # enough for calm paper and one ink; a picture of a page is then some 60 KB
LONG = ("policy", "trail")  # shown as far as one screen

# Name, who, address, links to follow from there. The named ones are pictures of the README.
STOPS = [
    ("counter", CLERK, "/counter/?q=zy", []),
    ("family", CHECKER, "/worklist/", ["tr[data-row] a", FAMILY]),
    ("worklist", CHECKER, "/worklist/", []),
    ("application", CHECKER, "/worklist/", ["tr[data-row] a"]),
    ("county", CHECKER, "/county/", []),
    ("policy", CHECKER, "/policies/college-award/1/", []),
    ("", PREPARER, "/payments/batches/", ["td a[href^='/payments/batches/']:not([href*=build])"]),
    ("trail", AUDITOR, "/trail/", []),
    ("", CLERK, "/", []),
    ("", CLERK, "/counter/new-family/", []),
    ("", CLERK, "/counter/?q=" + "没有这个人", []),
    ("", REVIEWER, "/notices/", []),
    ("", REVIEWER, "/notices/", ["main a[href^='/notices/']"]),
    ("", REVIEWER, "/worklist/", []),
    ("", CHECKER, "/lists/", []),
    ("", CHECKER, "/lists/", ["main a[href^='/lists/']:not([href*=upload]):not([href*=doubts])"]),
    ("", CHECKER, "/lists/upload/", []),
    ("", CHECKER, "/lists/doubts/", []),
    ("", CHECKER, "/lists/accounts/", []),
    ("", CHECKER, "/letters/", []),
    ("", APPROVER, "/worklist/", []),
    ("", POLICY, "/policies/", []),
    ("", POLICY, "/policies/load/", []),
    ("", PREPARER, "/payments/batches/build/", []),
    ("", PREPARER, "/payments/results/", []),
    ("", PREPARER, "/payments/results/", ["main a[href^='/payments/results/']:not([href*=upload])"]),
    ("batch", PREPARER, "/payments/results/", ["main td a[href^='/payments/batches/']"]),
    ("", PREPARER, "/payments/results/upload/", []),
    ("", PREPARER, "/payments/blocked/", []),
    ("", PREPARER, "/county/", []),
    ("", CHECKER, "/county/not-applied/", []),
    ("", PREPARER, "/payments/budget/", []),
    ("", AUDITOR, "/trail/", ["tr[data-row] a"]),
    ("", AUDITOR, "/trail/looks/", []),
    ("", ADMINISTRATOR, "/officials/", []),
    ("", ADMINISTRATOR, "/officials/add/", []),
]  # fmt: skip
PUBLIC = [("guide", "/guide/"), ("progress", "/progress/"), ("", "/sign-in/")]


@pytest.fixture
def county_at_work(transactional_db, settings, tmp_path):
    """The sample county on its day, loaded by the road a person takes."""
    settings.VAR = tmp_path
    settings.BUSINESS_DAY, settings.IS_DEMO = BUSINESS_DAY, True
    people = PEOPLE_FOR_PICTURES if "GUANAI_TOUR" in os.environ else PEOPLE
    call_command("load_sample", people=people, stdout=StringIO(), stderr=StringIO())
    with closing(connection.cursor()) as cursor:
        cursor.execute("ANALYZE")


@pytest.fixture
def keep():
    """Keeps a page as a picture of the README, when asked to."""
    folder = os.environ.get("GUANAI_TOUR")

    def kept(page, name):
        if not folder or not name:
            return
        file = Path(folder) / f"{name}.png"
        page.screenshot(path=str(file), full_page=name not in LONG)
        with Image.open(file) as picture:
            picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)

    return kept


def test_every_page_fits_desk_and_phone(county_at_work, open_page, keep):
    """Each page is loaded once and then shown at both widths: which width it has is the style sheet's matter alone."""
    desk, signed_in, wide = open_page(DESK), None, []
    for name, who, path, links in sorted(STOPS, key=lambda stop: stop[1]):
        if signed_in != who:
            desk.sign_in(who, PASSWORD)
            signed_in = who
        desk.open(path)
        follow(desk, links)
        keep(desk, name)
        for size in (PHONE, DESK):
            desk.set_viewport_size(size)
            wide += too_wide(desk)
    for name, path in PUBLIC:
        visitor = open_page(PHONE)
        visitor.open(path)
        wide += too_wide(visitor)
        keep(visitor, name)
    assert wide == []


def too_wide(page):
    """The page by name, where it is wider than its window."""
    overflow = page.overflow()
    return [f"{page.url}: {overflow} px too wide"] if overflow > 0 else []


def follow(page, links):
    """Open the first link that each selector finds, one page after the other: seen at the desk, pressed on the phone."""
    for selector in links:
        link = page.locator(selector).first
        expect(link).to_be_visible()
        page.set_viewport_size(PHONE)
        with page.page.expect_navigation():
            link.click()
        page.set_viewport_size(DESK)
