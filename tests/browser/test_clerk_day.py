"""A clerk's whole day without a mouse: a family and its paper, the receipt, the worklist, a step taken back, the lock."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from applications.models import Application, Paper
from beneficiaries.models import Fact
from tests import factories as make
from tests.browser.conftest import PASSWORD
from tests.portal.conftest import desk, today  # noqa: F401 - the county at work

GIRL = "林晓梅"
SCAN = {"name": "certificate.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(64)}
TABS_MAX = 40  # more would be no way to work


@pytest.fixture
def family(desk):  # noqa: F811
    """A girl with a place at a university, whose parents' certificate stands on no list."""
    father = make.person("林国栋", date(1979, 3, 2), female=False, division=make.JIAOLOU, phone="13800007777")
    mother = make.person("周秀英", date(1981, 5, 6), division=make.JIAOLOU)
    girl = make.person(GIRL, date(2008, 2, 3), division=make.JIAOLOU)
    household = make.household("103777", (father, "02"), (mother, "10"), (girl, "20"), division=make.JIAOLOU)
    since = date(2010, 1, 1)
    make.facts(
        [
            *(
                make.unsaved_fact(one, "register", since, rural=True, residence=make.JIAOLOU)
                for one in (father, mother, girl)
            ),
            make.unsaved_fact(
                household, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["dibao"]
            ),
            make.unsaved_fact(
                girl, "admission", date(2026, 7, 20), year=2026, batch="本科批", level="本科", province="陕西",
                school="陕西学前师范学院", source=make.evidence_list("admission", title="省招办名册 2026-09"),
            ),
        ]
    )  # fmt: skip
    return household


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page, words: str) -> None:
    """Tab until what has the focus says so."""
    for _ in range(TABS_MAX):
        press(page, "Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(words):
            return
    raise AssertionError(f"{words} is not reached by Tab")


def sign_in(page) -> None:
    page.open("/sign-in/")
    expect(page.locator("input[name=number]")).to_be_focused()
    page.keyboard.type("chen")
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.locator("input[type=search]")).to_be_focused()


def open_draft(page) -> None:
    page.keyboard.type("lxm")
    press(page, "Enter")
    expect(page.locator("tr.here")).to_contain_text(GIRL)
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("林国栋家")
    press(page, "1")
    expect(page.locator("article.chosen")).to_be_visible()
    press(page, "a")
    expect(page.locator("#papers h2").first).to_be_focused()


def attach_paper(page) -> None:
    """F4 picks the scan, and the button that keeps it has the focus."""
    page.page.on(
        "filechooser", lambda chooser: None
    )  # from here on Chromium asks the test instead of opening its own window
    expect(page.locator("[data-key=F4]")).to_be_attached()
    with page.page.expect_file_chooser() as chooser:
        press(page, "F4")
    chooser.value.set_files(SCAN)
    expect(page.locator("button[name=how][value=scanned]").first).to_be_focused()
    with page.page.expect_navigation():
        press(page, "Enter")
    expect(page.locator("#papers h2").first).to_be_focused()
    assert Paper.objects.get().kind == "certificate"


def enter_what_it_says(page) -> None:
    """E opens the form of that paper; every field is reached by Tab, the choice by its first letters, the days by digits."""
    press(page, "e")
    expect(page.locator("h1")).to_contain_text("女儿户证")
    for name, keys in (
        ("paper", []),
        ("kind", ["ArrowDown", "ArrowDown"]),
        ("number", []),
        ("issued_on", []),
    ):
        field = page.locator(f"[name={name}]")
        for _ in range(TABS_MAX):
            if field.evaluate("field => field === document.activeElement"):
                break
            press(page, "Tab")
        expect(field).to_be_focused()
        press(page, *keys)
        if name == "number":
            page.keyboard.type("ZZ-2012-00777")
        if name == "issued_on":
            page.keyboard.type("05162012")
    press(page, "Control+Enter")
    expect(page.locator("#papers h2").first).to_be_focused()
    kept = Fact.objects.get(kind="certificate", household__number="103777")
    assert (kept.values["kind"], kept.values["issued_on"]) == ("two_daughter", "2012-05-16")


def submit_and_print(page) -> None:
    press(page, "Control+Enter")
    expect(page.locator(".toast")).to_contain_text("已受理")
    expect(page.get_by_role("link", name="打印受理单")).to_be_focused()
    with page.context.expect_page() as printed:
        press(page, "Enter")
    assert re.search(r"/letters/", printed.value.url)
    printed.value.close()


def take_back(page) -> None:
    """The worklist from the top bar, her application, and its one step back."""
    tab_to(page, "待办")
    press(page, "Enter")
    expect(page.locator("[data-rows]")).to_be_visible()
    press(page, "j", "Enter")
    expect(page.locator("h1")).to_contain_text(GIRL)
    press(page, "4")
    expect(page.locator("button.main.large")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".toast")).to_be_visible()
    assert Application.objects.get(person__name=GIRL).state == "draft"


def see_progress(page) -> None:
    """A family that rings with its receipt number."""
    tab_to(page, "柜台")
    press(page, "Enter")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type(Application.objects.get(person__name=GIRL).receipt_number)
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text(GIRL)
    expect(page.locator(".timeline")).to_be_visible()


def test_a_clerks_whole_day_by_keyboard(family, page):
    sign_in(page)
    open_draft(page)
    attach_paper(page)
    enter_what_it_says(page)
    submit_and_print(page)
    take_back(page)
    see_progress(page)
    press(page, "F9")
    expect(page.page).to_have_url(re.compile("/sign-in/"))
