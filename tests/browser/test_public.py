"""A family at home: its progress by the receipt number, on a phone and in a browser that forgives nothing."""

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.portal.conftest import desk, season, today  # noqa: F401 - the county at work

SHOTS = os.environ.get("GUANAI_SHOTS", "")  # a folder: keep pictures of what the test saw


def test_a_family_checks_itself_on_a_phone_and_nothing_stands_in_the_address(season, open_page):  # noqa: F811
    phone = open_page(PHONE)
    phone.open("/guide/")
    phone.locator("a[href='/guide/college-award/check/']").click()
    phone.locator("input[type=date]").fill("2026-07-20")
    phone.keyboard.press("Enter")
    phone.locator("button[value=female]").click()
    expect(phone.locator("form [role=group]")).to_be_visible()
    assert phone.overflow() <= 0
    shoot(phone, "check-question")
    phone.locator("button[value='-']").click()
    expect(phone.locator("main")).to_contain_text("不符合")
    assert phone.url.endswith("/guide/college-award/check/")
    shoot(phone, "check-result")


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_progress_is_found_by_number_name_and_last_four(season, open_page):  # noqa: F811
    application = season.applications["submitted"]
    phone = open_page(PHONE)
    phone.open("/progress/")
    phone.locator("[name=number]").fill(application.receipt_number)
    phone.locator("[name=name]").fill(application.person.name)
    phone.locator("[name=last4]").fill("0000")
    with phone.expecting(status=422):
        phone.locator("main button").click()
        expect(phone.locator("main")).to_contain_text("没有查到")
    phone.locator("[name=last4]").fill(application.person.citizen_id[-4:])
    phone.locator("main button").click()
    expect(phone.locator("h1")).not_to_contain_text("查")
    assert application.token not in phone.url
