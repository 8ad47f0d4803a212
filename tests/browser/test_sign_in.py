"""Signing in, and what the browser would tell if a page broke the rules."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE


def test_an_official_signs_in_by_keyboard(page, officials):
    page.sign_in("chen")
    expect(page.page).to_have_url(re.compile(r"/$"))
    expect(page.locator(".who .person")).to_contain_text("chen")


def test_a_wrong_password_is_one_sentence(page, officials):
    page.open("/sign-in/")
    page.locator("input[name=number]").fill("chen")
    page.locator("input[name=password]").fill("wrong")
    with page.expecting(status=422):
        page.locator("input[name=password]").press("Enter")
        expect(page.locator("main")).to_contain_text("密码")


def test_the_sign_in_page_is_whole_on_a_phone_and_in_english(open_page, officials):
    page = open_page(PHONE, "en-GB")
    page.open("/sign-in/?language=en")
    expect(page.locator("h1")).to_have_text("Staff sign-in")
    assert page.overflow() <= 0


def test_the_watch_sees_a_violation_of_the_policy(page, officials):
    page.open("/sign-in/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.wait_for_timeout(200)
    assert any("style-src" in problem for problem in page.problems)
    page.problems.clear()
