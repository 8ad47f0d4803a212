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


def shoot_both(page, name):
    """At the desk and on a phone; nothing is wider than the screen."""
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.overflow() <= 0, name
        shoot(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1366, "height": 768})


def confirm(page, number=1):
    """The confirm page has opened with the verb in focus: Enter takes it."""
    expect(page.locator("main form button.main")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.page).to_have_url(re.compile(rf"/policies/college-award/{number}/$"))


def simulate(page):
    """It is asked for before the worker looks for what is asked."""
    expect(page.page).to_have_url(re.compile(r"/simulation/$"))
    page.locator("main .actions form button").click()
    expect(page.locator(".panel.progress")).to_be_visible()
    do_simulations()


@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.long)])
def test_a_policy_is_loaded_proposed_and_put_in_force_by_two_people(page, officials, language):
    page.sign_in("pang")
    page.open(f"/policies/?language={language}")
    shoot(page, f"empty-{language}")
    page.locator("a[href='/policies/load/']").first.click()
    page.locator("input[type=file]").set_input_files(str(POLICY))
    page.locator("main form button.main").click()
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/1/$"))
    # A page that has not come yet has no bad rows either.
    expect(page.locator("a[href$='/propose/']")).to_be_visible()
    expect(page.locator("tr.bad")).to_have_count(0)
    shoot(page, f"draft-{language}")
    page.locator("a[href$='/propose/']").click()
    expect(page.page).to_have_url(re.compile(r"/propose/$"))
    shoot(page, f"propose-{language}")
    confirm(page)
    page.sign_in("guo")
    page.open(f"/policies/college-award/1/?language={language}")
    page.locator("main a[href$='/simulation/']").click()
    simulate(page)
    expect(page.locator("main .figures.key")).to_be_visible()
    page.locator("textarea[name=answer]").fill("The register of this test is empty; its examples come out")
    shoot(page, f"simulation-{language}")
    page.locator("form[action$='/look/'] button.main").click()
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/1/$"))
    page.locator("a[href$='/activate/']").click()
    confirm(page)
    expect(page.locator(".badge.met").first).to_be_visible()
    shoot(page, f"active-{language}")
    assert page.overflow() <= 0
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


def test_a_policy_is_written_from_a_blank_page_and_put_in_force_by_a_second_person(page, officials):
    """Blank page, a slip on a line, mended, one more example, simulated, looked through and activated."""
    text = POLICY.read_text()
    slip = text.replace('"female"', '"femal"', 1)
    line = slip[: slip.index('"femal"')].count("\n") + 1
    page.sign_in("pang")
    page.open("/policies/")
    page.keyboard.press("w")
    expect(page.page).to_have_url(re.compile(r"/policies/write/$"))
    write_with_a_slip(page, text, slip, line)
    add_an_example(page)
    simulate_and_activate(page)


def write_with_a_slip(page, text, slip, line):
    source = page.locator("textarea[name=source]")
    expect(source).to_be_focused()
    source.fill(slip)
    page.keyboard.press("Tab")
    expect(page.locator("button[name=check]")).to_be_focused()
    with page.expecting(status=422):
        page.keyboard.press("Enter")
        expect(page.locator("#wrong")).to_contain_text("need.girl.is")
    page.locator("#wrong a", has_text=str(line)).first.click()
    expect(page.locator(f"#line-{line}.bad")).to_be_in_viewport()
    shoot_both(page, "write-wrong")
    page.locator("textarea[name=source]").fill(text)
    with page.page.expect_navigation():
        page.locator("button[name=keep]").click()
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/1/$"))


def add_an_example(page):
    page.locator("main a[href$='/examples/']").click()
    page.locator("input[name=name]").fill("by_hand")
    page.locator("input[name=zh]").fill("男孩")
    page.locator("select[name=like]").select_option("dibao")
    page.locator("[name='self.sex']").select_option("male")
    page.locator("input[name=gives]").fill("不符合：girl")
    shoot_both(page, "examples")
    page.locator("main form:has(input[name=gives]) button.main").click()
    expect(page.locator("textarea[name=source]")).to_have_value(re.compile(r"\[example\.by_hand\]"))
    expect(page.locator(".badge.met").first).to_be_visible()
    page.locator("button[name=keep]").click()
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/2/$"))
    page.keyboard.press("d")
    expect(page.page).to_have_url(re.compile(r"/changes/$"))
    expect(page.locator("main")).to_contain_text("example.by_hand")
    shoot_both(page, "changes")


def simulate_and_activate(page):
    page.open("/policies/college-award/2/propose/")
    confirm(page, 2)
    page.keyboard.press("t")
    simulate(page)
    expect(page.locator("main .figures.key")).to_be_visible()
    page.sign_in("guo")
    page.open("/policies/college-award/2/simulation/")
    page.locator("textarea[name=answer]").fill("名册还没有导入，例题都对得上，先启用")
    shoot_both(page, "simulation")
    page.locator("form[action$='/look/'] button.main").click()
    expect(page.page).to_have_url(re.compile(r"/policies/college-award/2/$"))
    page.locator("a[href$='/activate/']").click()
    confirm(page, 2)
    expect(page.locator(".badge.met").first).to_be_visible()
