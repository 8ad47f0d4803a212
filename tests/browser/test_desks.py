"""The clerk by keyboard alone, and the desks that follow her, in a browser that forgives nothing."""

import re

import pytest
from playwright.sync_api import expect

from applications.models import Application
from tests.portal.conftest import desk, season, today  # noqa: F401 - the county at work

GIRL = "赵雨桐"


@pytest.fixture
def clerk(desk, page):  # noqa: F811
    page.sign_in("chen")
    return page


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def decide(page) -> None:
    """The first key opens the confirm page; its verb has the focus."""
    press(page, "1")
    expect(page.locator("button.main.large")).to_be_focused()
    press(page, "Enter")


def test_clerk_takes_an_application_without_touching_the_mouse(clerk):
    expect(clerk.locator("input[type=search]")).to_be_focused()
    clerk.keyboard.type("zyt")
    press(clerk, "Enter")
    expect(clerk.locator("tr[data-row]")).to_have_count(2)
    press(clerk, "ArrowDown", "Enter")
    expect(clerk.locator("h1")).to_have_text("赵文斌家")
    press(clerk, "1")
    expect(clerk.locator("article.chosen")).to_contain_text("符合")
    press(clerk, "a")
    expect(clerk.locator("#application-form")).to_be_visible()
    expect(clerk.locator("#papers h2").first).to_be_focused()
    press(clerk, "Tab")
    expect(clerk.locator("#papers :focus")).to_have_count(1)
    clerk.locator("#id_note").focus()
    clerk.keyboard.type("电话联系母亲")
    expect(clerk.locator("#saved")).to_contain_text("已自动保存")
    press(clerk, "Control+Enter")
    expect(clerk.locator(".toast")).to_contain_text("已受理")
    expect(clerk.get_by_role("link", name="打印受理单")).to_be_focused()
    kept = Application.objects.get(person__name=GIRL)
    assert (kept.state, kept.note, kept.submitted_by) == ("submitted", "电话联系母亲", "chen")


def test_the_next_name_takes_the_place_of_the_one_looked_for(clerk):
    clerk.keyboard.type("zyt")
    press(clerk, "Enter")
    expect(clerk.locator("tr.why")).to_have_text("拼音首字母")
    clerk.keyboard.type("0926")
    press(clerk, "Enter")
    expect(clerk.locator("tr.why")).to_have_text("电话末四位 0926")
    clerk.set_viewport_size({"width": 375, "height": 740})
    for cell in clerk.locator("tr[data-row]").first.locator("td").all():
        box = cell.bounding_box()
        assert box is None or box["x"] + box["width"] <= 375  # nothing is moved out of sight


def test_keys_are_listed_and_can_be_switched_off(clerk):
    clerk.locator("body").click()
    press(clerk, "Escape")
    clerk.evaluate("document.activeElement.blur()")
    press(clerk, "?")
    expect(clerk.locator("dialog#keys")).to_contain_text("回到这里")
    with clerk.page.expect_navigation():  # what is blurred next must be of the page that comes
        clerk.locator("dialog#keys a").click()
    clerk.evaluate("document.activeElement.blur()")
    press(clerk, "?")
    expect(clerk.locator("dialog#keys")).not_to_be_visible()


def test_f2_empties_the_box_for_the_next_card(clerk):
    clerk.keyboard.type("zyt")
    press(clerk, "Enter")
    expect(clerk.locator("tr[data-row]")).to_have_count(2)
    clerk.locator("h2").first.click()
    press(clerk, "F2")
    box = clerk.locator("input[type=search]")
    expect(box).to_be_focused()
    expect(box).to_have_value("")


def test_f9_locks_a_shared_computer(clerk):
    press(clerk, "F9")
    expect(clerk.page).to_have_url(re.compile("/sign-in/"))
    clerk.open("/counter/")
    expect(clerk.page).to_have_url(re.compile("/sign-in/"))


def test_number_is_shown_where_it_stood_and_covered_again(season, page):  # noqa: F811
    page.sign_in("chen")
    draft = season.applications["draft"]
    page.open(f"/families/{draft.household_id}/")
    eye = page.locator("table .eye").first
    eye.click()
    page.locator(".masked select").select_option("compare")
    page.locator(".masked button").click()
    expect(page.locator("[data-number]")).to_have_text(draft.household.head.citizen_id)


def test_worklist_by_keyboard_ends_on_a_confirm_page_with_the_sum(season, page):  # noqa: F811
    page.sign_in("guo")
    page.open("/worklist/?queue=approve")
    press(page, "j", "x")
    expect(page.locator("[data-chosen]")).to_contain_text("已选 1 件")
    expect(page.locator("[data-sum]")).to_have_text("2,000.00")
    press(page, "1")
    expect(page.locator("h1")).to_contain_text("批准")
    expect(page.locator("main")).to_contain_text("人民币贰仟元整")
    press(page, "Enter")
    expect(page.locator(".toast")).to_contain_text("批准")
    assert Application.objects.get(pk=season.applications["rechecked"].pk).state == "approved"


def test_escape_leads_back_from_a_confirm_page_and_nothing_is_done(season, page):  # noqa: F811
    page.sign_in("guo")
    application = season.applications["rechecked"]
    page.open(f"/applications/{application.pk}/?queue=approve")
    press(page, "1")
    expect(page.locator("h1")).to_contain_text("就这件")
    press(page, "Escape")
    expect(page.page).to_have_url(re.compile(f"/applications/{application.pk}/$"))
    assert Application.objects.get(pk=application.pk).state == "rechecked"


def test_families_pages_hold_at_phone_width_and_at_twice_the_print(season, open_page):  # noqa: F811
    token = season.applications["on_notice"].token
    page = open_page({"width": 375, "height": 700})
    for path in ("/guide/", "/progress/", f"/progress/{token}/"):
        for size in ("normal", "large"):
            page.open(f"{path}?print={size}")
            for width in (320, 375):
                page.set_viewport_size({"width": width, "height": 700})
                assert page.overflow() <= 0, (path, size, width)


def test_officials_pages_never_scroll_sideways(season, page):  # noqa: F811
    application = season.applications["on_notice"]
    pages = {
        "chen": ["/counter/?q=zyt", f"/families/{application.household_id}/?program=college-award"],
        "zhou": ["/worklist/", "/county/", "/notices/", f"/applications/{application.pk}/"],
    }
    for number, paths in pages.items():
        page.sign_in(number)
        for path in paths:
            page.open(path)
            for width in (375, 1263, 1280, 1366):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.overflow() <= 0, (path, width)
