"""A girl moves to her grandmother: the reviewer by the keyboard; then what was known before, at the desk and on a phone."""

from datetime import date

from playwright.sync_api import expect

from beneficiaries.models import Alias, Fact, Person
from beneficiaries.queries import household_of
from beneficiaries.services import correct_head, correct_name, enter_fact
from tests import factories as make
from tests.applications.walks import submitted
from tests.browser.test_desks import press
from tests.browser.test_lists import fits
from tests.portal.conftest import DAY, desk, today  # noqa: F401 - the county at work
from tests.portal.test_register_pages import yesterday


def test_a_move_by_the_keyboard_and_what_was_known_before(page, desk):  # noqa: F811
    home, other = desk.households[0], desk.households[1]
    girl, mother = (home.memberships.get(relation=code).person for code in ("20", "10"))
    rows = [home, *home.memberships.all(), *Fact.objects.filter(household=home)]
    for one in Person.objects.filter(memberships__household=home):
        rows += [one, *one.parentage.all(), *one.facts.all()]
    yesterday(*rows)
    told = {"on": DAY, "reason": "户口簿上是“彤”，2026-08-18 窗口看过原件"}
    correct_name(girl, "赵雨彤", by=make.actor("county_checker"), **told)
    correct_head(home, mother, by=make.actor("township_reviewer"), on=DAY, reason="户口簿已换户主")
    enter_fact(home, kind="housing", values={"grade": "D", "surveyed_on": "2026-07-01"}, paper="housing_survey",
               by=make.actor("clerk"), on=DAY)  # fmt: skip
    page.sign_in("gao")
    page.open(f"/families/{home.pk}/")
    page.open(f"/families/{home.pk}/register/")
    expect(page.locator("h1")).to_have_text("更正或登记迁移")
    fits(page, "register")
    page.open(f"/families/{other.pk}/register/")
    page.locator(".actions .main").focus()
    press(page, "Enter")
    expect(page.locator("[name=number]")).to_be_focused()
    page.keyboard.type(girl.citizen_id)
    page.locator("[name=relation]").select_option("97")
    page.locator("[name=first_day]").fill("2026-08-10")
    page.locator("[name=reason]").fill("户口簿：2026-08-10 迁入")
    fits(page, "register-moved-in")
    page.locator("footer .main").focus()
    press(page, "Enter")
    expect(page.locator(".note")).to_contain_text("赵雨彤")
    fits(page, "register-is-it-she")
    assert household_of(girl, on=DAY) == home
    expect(page.locator("footer .main")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".toast")).to_contain_text("已登记")
    assert (household_of(girl, on=date(2026, 8, 9)), household_of(girl, on=DAY)) == (home, other)
    page.open(f"/families/{other.pk}/")
    page.open(f"/families/{home.pk}/")
    expect(page.locator("main")).to_contain_text("改动：迁出，最后一天 2026-08-09")
    fits(page, "family-changed")
    page.open(f"/families/{home.pk}/then/?valid_on=2026-08-18&known_on=2026-08-10")
    expect(page.locator("main")).to_contain_text("户口簿已换户主")
    expect(page.locator("main")).to_contain_text("赵雨桐")
    fits(page, "believed")
    page.open(f"/families/{home.pk}/")
    page.locator("a[href$='/then/']").focus()
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("某一天所知的情况")


def test_another_writing_is_taken_back_and_who_corrected_does_not_review(page, desk):  # noqa: F811
    home = desk.households[0]
    girl, mother = (home.memberships.get(relation=code).person for code in ("20", "10"))
    alias = Alias.objects.create(
        person=girl, name="赵雨彤", terms=["赵雨彤"], confirmed_by="wen", confirmed_on=DAY
    )
    application = submitted(home)
    correct_head(home, mother, by=make.actor("township_reviewer"), on=DAY, reason="户口簿已换户主")
    page.sign_in("zhou")
    page.open(f"/families/{home.pk}/register/")
    expect(page.locator("table")).to_contain_text("也写作 赵雨彤")
    fits(page, "register-other-writing")
    page.locator(f"a[href$='/writing/{alias.pk}/']").focus()
    press(page, "Enter")
    page.locator("[name=reason]").fill("身份证上是“桐”，2026-08-18 窗口看过原件")
    fits(page, "register-writing-taken-back")
    page.locator("footer .main").focus()
    press(page, "Enter")
    expect(page.locator(".toast")).to_contain_text("已撤回")
    expect(page.locator("table")).not_to_contain_text("也写作")
    page.sign_in("gao")
    page.open(f"/families/{home.pk}/register/head/{home.pk}/")
    expect(page.locator(".consequences")).to_contain_text("一年之内，这一家的申请你不能初审、复核、审批")
    fits(page, "register-head")
    page.open(f"/applications/{application.pk}/")
    expect(page.locator("main")).to_contain_text("你登记、核实或更正过这一家的户籍情况")
    fits(page, "application-corrected-by-me")
