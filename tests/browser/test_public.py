"""A family at home: its progress by the receipt number, on a phone and in a browser that forgives nothing."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.portal.conftest import desk, season, today  # noqa: F401 - the county at work


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
