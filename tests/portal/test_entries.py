"""Papers read off at the counter: what counts at once, what waits for a second person, what is taken back."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from applications import judging
from applications.models import Application
from applications.services import counter as services
from applications.services import county, township
from audit.door import perform
from beneficiaries.models import Doubt, Fact
from beneficiaries.queries.doubts import FOLLOWS
from beneficiaries.services import move_in
from tests import factories as make
from tests.beneficiaries.test_register_rules import take
from tests.portal.conftest import DAY, opened
from tests.portal.test_counter import apply, taken_back, without_certificate


@pytest.fixture
def counter(desk):
    return desk.client("clerk")


def entered(counter, household, of, /, **given):
    """The family's page after the entry, and the newest fact of that kind."""
    url = reverse("portal:fact", args=[household.pk, of])
    page = counter.post(url, given, follow=True)
    return page, Fact.objects.filter(kind=of).order_by("pk").last()


def test_the_statement_of_no_public_pay_takes_no_right_away(counter, desk):
    household = desk.households[1]
    make.active_policy("housing-subsidy")
    make.evidence_list("register")
    make.fact(household, "housing", date(2026, 7, 10), grade="D", work="rebuild")
    before = verdicts(household)
    form = counter.get(reverse("portal:fact", args=[household.pk, "payroll"])).content.decode()
    assert ("证明：财政供养人员——否" in form, "工作单位" in form) == (True, False)
    for member in household.memberships.all():
        _, fact = entered(counter, household, "payroll", person=member.person_id, paper="payroll_statement",
                          valid_from="2026-07-01")  # fmt: skip
        assert (fact.values, fact.is_disputed) == ({"listed": False}, False)
    assert (before["housing-subsidy"], verdicts(household)) == (2, before)


def verdicts(household) -> dict[str, int]:
    return {one.loaded.version.code: one.verdict for one in judging.judge_household(household, on=DAY)}


def test_an_entry_against_a_list_counts_for_nobody_and_is_said(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    make.fact(household, "certificate", date(2012, 5, 16), date(2026, 1, 1), source=make.evidence_list("certificate"),
              kind="two_daughter", issued_on="2012-05-16", cancelled_on="2026-01-01")  # fmt: skip
    assert verdicts(household) == {"college-award": 0}
    page, fact = entered(counter, household, "certificate", paper="certificate", kind="two_daughter",
                         issued_on="2012-05-16")  # fmt: skip
    assert fact.is_disputed
    assert verdicts(household) == {"college-award": 1}
    assert "说法不同。核实以前都不算" in page.content.decode()
    assert "与别的说法不一致" in page.content.decode()
    desk.client("county_checker").post(
        reverse("beneficiaries:doubt", args=[Doubt.objects.get().pk]),
        {"keep": fact.pk, "outcome": "原件已看"},
    )
    assert verdicts(household) == {"college-award": 2}


def test_hardship_that_the_complete_list_denies_is_not_known_only_for_that_category(counter, desk):
    household = desk.households[1]
    entered(
        counter,
        household,
        "hardship",
        paper="hardship_certificate",
        kinds=["monitored"],
        valid_from="2026-07-09",
    )
    assert verdicts(household) == {"college-award": 2}  # dibao stands on its list
    taken_back(Fact.objects.filter(household=household, kind="hardship", entered_by=""))
    assert verdicts(household) == {"college-award": 1}


def test_a_wrong_entry_is_withdrawn_on_the_family_page_by_two(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    _, fact = entered(counter, household, "certificate", paper="certificate", kind="two_daughter",
                      issued_on="2012-05-16")  # fmt: skip
    assert verdicts(household) == {"college-award": 2}
    url = reverse("portal:withdraw_fact", args=[household.pk, fact.pk])
    assert url in counter.get(reverse("portal:family", args=[household.pk])).content.decode()
    assert (counter.get(url).status_code, counter.post(url, {"reason": ""}).status_code) == (200, 422)
    page = counter.post(url, {"reason": "看错了证"}, follow=True).content.decode()
    assert ("已申请撤回" in page, verdicts(household)) == (True, {"college-award": 1})
    reviewer = desk.client("township_reviewer")
    assert "看错了证" in reviewer.get(reverse("beneficiaries:doubts")).content.decode()
    settle = reverse("beneficiaries:doubt", args=[Doubt.objects.get().pk])
    assert reviewer.get(settle).status_code == 200
    assert reviewer.post(settle, {"keep": 0, "outcome": "确属误登"}).status_code == 302
    page = reviewer.get(reverse("portal:family", args=[household.pk])).content.decode()
    assert ("已撤回" in page, Fact.objects.get(pk=fact.pk).superseded_by_id) == (True, fact.pk)
    assert counter.post(url, {"reason": "再来"}).status_code == 422


def test_who_confirms_a_withdrawal_reads_what_was_approved_on_it(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    _, fact = entered(counter, household, "certificate", paper="certificate", kind="two_daughter",
                      issued_on="2012-05-16")  # fmt: skip
    application = approved(household)
    url = reverse("portal:withdraw_fact", args=[household.pk, fact.pk])
    assert application.receipt_number in counter.get(url).content.decode()
    counter.post(url, {"reason": "看错了证"})
    assert application.receipt_number in Doubt.objects.get().words["zh"]


def test_an_entry_that_a_list_says_too_is_taken_back_on_the_page_and_the_list_counts_on(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    given = {"kind": "two_daughter", "issued_on": "2012-05-16"}
    _, fact = entered(counter, household, "certificate", paper="certificate", **given)
    take([[household.head.citizen_id, "双女户", "2012-05-16"]], header=["持证人身份证号", "证件类型", "发证日期"],
         kind="certificate", on=DAY)  # fmt: skip
    url = reverse("portal:withdraw_fact", args=[household.pk, fact.pk])
    page = counter.get(reverse("portal:family", args=[household.pk])).content.decode()
    assert (url in page, "以名单为准" in page) == (True, True)
    assert "名单上说的不动" in counter.get(url).content.decode()
    counter.post(url, {"reason": "看错了证"})
    assert verdicts(household) == {"college-award": 2}
    settle = reverse("beneficiaries:doubt", args=[Doubt.objects.get().pk])
    reviewer = desk.client("township_reviewer")
    assert "certificate.xlsx" in reviewer.get(settle).content.decode()
    reviewer.post(settle, {"keep": 0, "outcome": "确属误登"})
    page = reviewer.get(reverse("portal:family", args=[household.pk])).content.decode()
    assert ("已撤回" in page, url in page, verdicts(household)) == (True, False, {"college-award": 2})


def test_who_takes_back_what_is_said_of_a_parent_on_another_booklet_reads_the_childs_approvals(counter, desk):
    household = desk.households[1]
    mother = household.memberships.get(relation="10").person
    other = make.household("20001", (make.person("李奶奶", date(1955, 1, 1)), "02"))
    move_in(mother, other, relation="20", first_day=date(2026, 8, 1), by=make.actor("township_reviewer", "other"),
            on=DAY, reason="户口簿")  # fmt: skip
    taken_back(Fact.objects.filter(kind="register", person=mother))
    assert verdicts(household) == {"college-award": 1}
    _, fact = entered(counter, other, "register", paper="household_register", person=mother.pk, rural="yes",
                      valid_from="2019-03-01")  # fmt: skip
    application = approved(household)
    page = counter.get(reverse("portal:withdraw_fact", args=[other.pk, fact.pk]))
    assert application.receipt_number in page.content.decode()


def approved(household) -> Application:
    """The family's right, granted."""
    reviewer = make.actor("township_reviewer")
    application = services.submit(opened(household), by=make.actor("clerk"), on=DAY)
    application = township.review(application, by=reviewer, on=DAY)
    township.post_notice(application.version, make.MAZHAO, by=reviewer, on=DAY)
    perform(Application.objects.get(pk=application.pk), "close_notice", by=reviewer, on=DAY)
    application = county.recheck(
        Application.objects.get(pk=application.pk), by=make.actor("county_checker"), on=DAY
    )
    county.approve(application, by=make.actor("county_approver"), on=DAY)
    return application


def test_a_death_entered_at_the_counter_waits_for_a_second_person(counter, desk):
    household = desk.households[1]
    girl = household.memberships.get(relation="20").person
    form = counter.get(reverse("portal:fact", args=[household.pk, "death"])).content.decode()
    assert "也看过材料才算数" in form
    page, fact = entered(
        counter, household, "death", person=girl.pk, paper="death_certificate", died_on="2024-01-01"
    )
    # A complete list of deaths does not hold her: the county checker settles it.
    assert (fact.is_disputed, Doubt.objects.get().kind) == (True, "paper_differs")
    assert verdicts(household)["college-award"] != 0
    assert "完整名单" in page.content.decode()


def test_a_parent_whom_no_list_calls_rural_is_settled_by_the_booklet(counter, desk):
    household = desk.households[1]
    taken_back(Fact.objects.filter(kind="register", person=household.head))
    assert verdicts(household) == {"college-award": 1}
    application = apply(counter, household)
    draft = reverse("portal:draft", args=[household.pk, application.pk])
    url = (
        reverse("portal:fact", args=[household.pk, "register"])
        + f"?draft={application.pk}&paper=household_register"
    )
    assert url.replace("&", "&amp;") in counter.get(draft).content.decode()
    given = {
        "person": household.head_id,
        "paper": "household_register",
        "rural": "yes",
        "valid_from": "2019-03-01",
    }
    assert counter.post(url, given).url == draft
    assert verdicts(household) == {"college-award": 2}


def test_a_register_entry_that_says_nothing_is_refused(counter, desk):
    household = desk.households[1]
    url = reverse("portal:fact", args=[household.pk, "register"])
    given = {
        "person": household.head_id,
        "paper": "household_register",
        "rural": "",
        "valid_from": "2019-03-01",
    }
    assert counter.post(url, given).status_code == 422


def test_fact_about_a_person_names_a_member_of_this_family_only(counter, desk):
    stranger = desk.households[0].head
    url = reverse("portal:fact", args=[desk.households[1].pk, "employment"])
    given = {
        "person": stranger.pk,
        "paper": "employment_contract",
        "started_on": "2026-08-01",
        "employer": "某公司",
    }
    assert counter.post(url, given).status_code == 422
    own = {**given, "person": desk.households[1].head.pk}
    assert counter.post(url, own).status_code == 302


def test_a_village_of_many_families_is_leafed_through(desk):
    for at in range(25):
        head = make.person(f"卫建{'国军民生华'[at % 5]}{at}", date(1980, 1, 1), female=False)
        make.household(f"10399{at}", (head, "02"))
    clerk, url = desk.client("clerk"), reverse("portal:counter")
    first = clerk.get(url, {"q": "焦楼"})
    second = clerk.get(url, {"q": "焦楼", "page": "2"})
    assert (len(first.context["answer"].rows), len(second.context["answer"].rows)) == (20, 11)
    assert 'rel="next"' in first.content.decode()
    assert 'rel="prev"' in second.content.decode()
    assert clerk.get(url, {"q": "焦楼", "page": "nonsense"}).status_code == 200


def test_a_paper_on_custody_names_the_mother_by_her_number(counter, desk):
    household = desk.households[0]
    girl = household.memberships.get(relation="20").person
    mother = household.memberships.get(relation="10").person
    given = {"person": girl.pk, "paper": "custody_paper", "since_on": "2020-01-01", "basis": "judgement"}
    wrong, _ = entered(counter, household, "custody", guardian="610124197903020000", **given)
    assert (wrong.status_code, Fact.objects.filter(kind="custody").exists()) == (422, False)
    page, fact = entered(counter, household, "custody", guardian=mother.citizen_id, **given)
    assert (fact.values["guardian"], fact.is_disputed) == (mother.pk, True)
    assert (mother.name in page.content.decode(), mother.citizen_id in page.content.decode()) == (True, False)


def test_custody_that_went_to_the_other_parent_keeps_who_had_it_before(counter, desk):
    home = desk.households[0]
    girl, mother = (home.memberships.get(relation=code).person for code in ("20", "10"))
    given = {"person": girl.pk, "paper": "custody_paper", "basis": "judgement"}
    for guardian, since in ((mother, "2020-01-01"), (home.head, "2024-06-01")):
        _, fact = entered(counter, home, "custody", guardian=guardian.citizen_id, since_on=since, **given)
        doubt = Doubt.objects.get(fact=fact, settled_on=None)
        checker, url = desk.client("county_checker"), reverse("beneficiaries:doubt", args=[doubt.pk])
        sides = [key for key, _ in checker.get(url).context["form"].fields["keep"].choices]
        keep = FOLLOWS if FOLLOWS in sides else fact.pk
        assert checker.post(url, {"keep": keep, "outcome": "判决书两份都看过"}).status_code == 302
    assert keep == FOLLOWS
    standing = Fact.objects.filter(kind="custody", superseded_by=None).order_by("valid_from")
    told = [(one.values["guardian"], one.valid_until, one.is_disputed) for one in standing]
    assert told == [(mother.pk, date(2024, 5, 31), False), (home.head_id, None, False)]
    page = counter.get(reverse("portal:family", args=[home.pk])).content.decode()
    assert ("待核实" in page, "已被更正" in page) == (False, True)
    assert not Doubt.objects.filter(settled_on=None).exists()


def test_a_certificate_before_anybody_was_born_is_refused_and_anothers_number_waits(counter, desk):
    one, other = desk.households[1], desk.households[2]
    for home in (one, other):
        without_certificate(home)
    eldest = min(member.person.born_on for member in one.memberships.all())
    given = {"paper": "certificate", "kind": "two_daughter", "number": "陕计2012000777"}
    early = (eldest - timedelta(days=1)).isoformat()
    page, _ = entered(counter, one, "certificate", issued_on=early, **given)
    assert (page.status_code, "最年长的人出生" in page.content.decode()) == (422, True)
    _, first = entered(counter, other, "certificate", issued_on="2012-05-16", **given)
    assert not first.is_disputed
    page, second = entered(counter, one, "certificate", issued_on="2012-05-16", **given)
    doubt = Doubt.objects.get(fact=second, settled_on=None)
    assert (second.is_disputed, doubt.kind) == (True, Doubt.Kind.ENTERED_ALONE)
    assert "同样的证件编号也登记在别处" in page.content.decode()
    reviewer = desk.client("township_reviewer")
    wrong = reverse("portal:register_change", args=[other.pk, "entry", first.pk])
    given = {**given, "seen": reviewer.get(wrong).context["form"]["seen"].value(), "reason": "证上另有日期"}
    assert reviewer.post(wrong, {**given, "issued_on": "1900-01-01"}).status_code == 422


def test_of_a_birth_nobody_is_asked_whether_one_adopted_alone(counter, desk):
    home = desk.households[0]
    girl = home.memberships.get(relation="20").person
    given = {"person": girl.pk, "father": home.head.citizen_id, "since_on": girl.born_on.isoformat()}
    _, fact = entered(counter, home, "parentage", paper="birth_record", kind="birth", **given)
    assert "single" not in fact.values
    given |= {"paper": "adoption_certificate", "kind": "adopted"}
    page, _ = entered(counter, home, "parentage", **given)
    assert (page.status_code, "选“是”或“否”" in page.content.decode()) == (422, True)
    _, fact = entered(counter, home, "parentage", **given, single="yes")
    assert fact.values["single"] is True


@pytest.mark.parametrize(("paper", "kind"), [("birth_record", "birth"), ("adoption_certificate", "adopted")])
def test_a_paper_that_names_parents_is_not_entered_without_one(counter, desk, paper, kind):
    """An adoption by nobody would end the births, and leave the girl without a parent."""
    home = desk.households[0]
    girl = home.memberships.get(relation="20").person
    given = {"person": girl.pk, "paper": paper, "kind": kind, "since_on": girl.born_on.isoformat()}
    page, fact = entered(counter, home, "parentage", **given, single="no")
    assert (page.status_code, fact) == (422, None)
    assert "材料上写的父亲或母亲，至少填一位" in page.content.decode()
