"""A policy from a file on the officer's disk to being in force by a second person, in the browser."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from applications.tasks import do_simulations
from tests import factories as make

POLICY = make.POLICIES / "college-award.toml"
SHOTS = os.environ.get("GUANAI_SHOTS", "")  # a folder: keep pictures of what the test saw


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def confirm(page):
    """The confirm page has opened with the verb in focus: Enter takes it."""
    expect(page.locator("main form button.main")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/1/$"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_policy_is_loaded_proposed_and_put_in_force_by_two_people(page, officials, language):
    page.sign_in("pang")
    page.open(f"/policies/?language={language}")
    shoot(page, f"empty-{language}")
    page.locator("a[href='/policies/load/']").first.click()
    page.locator("input[type=file]").set_input_files(str(POLICY))
    page.locator("main form button.main").click()
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/1/$"))
    expect(page.locator("tr.bad")).to_have_count(0)
    shoot(page, f"draft-{language}")
    page.locator("a[href$='/propose/']").click()
    expect(page.page).to_have_url(re.compile(r"/propose/$"))
    shoot(page, f"propose-{language}")
    confirm(page)
    page.sign_in("guo")
    page.open(f"/policies/college-award/1/?language={language}")
    page.locator("main a[href$='/simulation/']").click()
    page.locator("main .actions form button").click()
    expect(page.locator(".panel.progress")).to_be_visible()
    do_simulations()
    expect(page.locator("main .figures.key")).to_be_visible(timeout=10_000)
    page.locator("textarea[name=answer]").fill("The register of this test is empty; its examples come out")
    shoot(page, f"simulation-{language}")
    page.locator("form[action$='/look/'] button.main").click()
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/1/$"))
    page.locator("a[href$='/activate/']").click()
    confirm(page)
    expect(page.locator(".badge.met").first).to_be_visible()
    shoot(page, f"active-{language}")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 1366
    page.open("/policies/")
    shoot(page, f"list-{language}")


def test_a_wrong_file_shows_its_lines(page, officials, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(POLICY.read_text().replace('"female"', '"femal"', 1))
    page.sign_in("pang")
    page.open("/policies/load/")
    page.locator("input[type=file]").set_input_files(str(wrong))
    with page.expecting(status=422):
        page.locator("main form button.main").click()
        expect(page.locator("main table")).to_contain_text("need.girl.is")
    shoot(page, "wrong")
