"""Missed families as a work list: one paper short with that paper named, per township, counting down."""

from datetime import date

from django.urls import reverse

from applications import judging
from applications.models import Assessment
from applications.services import counter, sweep
from beneficiaries.models import Household, Membership, Parentage
from portal.queries import missed
from tests import factories as make
from tests.portal.conftest import Desk

DAY = date(2026, 8, 18)


def judged_again() -> None:
    sweep.assess(sweep.ask(on=DAY, by=make.actor("county_checker")))


def a_girl_without_a_batch(household: Household) -> None:
    """A second daughter, admitted, and the list says neither batch nor level: her letter says both."""
    girl = make.person("赵雨荷", date(2008, 5, 5), division=household.division)
    parents = Membership.objects.filter(household=household, relation__in=["02", "10", "12"])
    for parent in parents.select_related("person"):
        Parentage.objects.create(child=girl, parent=parent.person)
    Membership.objects.create(household=household, person=girl, relation="20", valid_from=date(2010, 1, 1))
    make.fact(girl, "register", date(2010, 1, 1), rural=True, residence=household.division)
    make.fact(girl, "admission", date(2026, 7, 20), year=2026, province="陕西", school="西安某大学")


def test_several_open_facts_that_one_letter_settles_are_one_paper() -> None:
    assert missed.paper_of(("admission.batch",)) == "admission_letter"
    assert missed.paper_of(("admission.batch", "admission.level")) == "admission_letter"
    assert missed.paper_of(("admission.batch", "certificate.kind")) == ""
    assert missed.paper_of(("parents.rural",)) == missed.paper_of(("rural",)) != ""
    assert missed.paper_of(("parents.death.died_on",)) == "other_county_register"
    assert missed.paper_of(("death.died_on",)) not in ("", "other_county_register")
    assert missed.paper_of(()) == ""
    assert missed.paper_of(("limit.college-award",)) == ""


def test_the_list_names_the_paper_and_counts_down(desk: Desk) -> None:
    household = desk.households[0]
    a_girl_without_a_batch(household)
    judged_again()
    checker, url = desk.client("county_checker"), reverse("portal:missed")
    short = Assessment.objects.get(verdict=1, household=household)
    assert missed.paper_of(tuple(short.unsettled)) == "admission_letter", short.unsettled
    page = checker.get(url, {"show": "paper"})
    assert [row["household"] for row in page.context["rows"]] == [household.pk]
    assert "录取通知书" in page.content.decode()
    before = {town.code: town for town, *_ in page.context["towns"]}
    mine = before[household.division[:9]]
    assert (mine.short, mine.applied) == (1, 0)
    assert sum(town.missed for town in before.values()) == 8
    right = next(one for one in judging.judge_household(household, on=DAY) if one.verdict == 2)
    application = counter.open_application(right, by=make.actor("clerk"), on=DAY)
    counter.submit(application, by=make.actor("clerk"), on=DAY)
    after = {town.code: town for town, *_ in checker.get(url).context["towns"]}[household.division[:9]]
    assert (after.missed, after.applied) == (mine.missed - 1, 1)


def test_a_township_sees_its_own_and_no_table_of_others(desk: Desk) -> None:
    a_girl_without_a_batch(desk.households[0])
    judged_again()
    url = reverse("portal:missed")
    own = "clerk" if desk.households[0].division.startswith(make.MAZHAO[:9]) else "next_clerk"
    other = "next_clerk" if own == "clerk" else "clerk"
    for who, count in ((own, 1), (other, 0)):
        page = desk.client(who).get(url, {"show": "paper"})
        assert (len(page.context["rows"]), page.context["towns"]) == (count, [])
