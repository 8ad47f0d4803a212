"""At the counter: the box, the family, a draft that is never lost, papers, the receipt."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.urls import reverse

from applications import judging
from applications.models import Application, Paper
from applications.services import counter as services
from applications.services import county, township
from audit.door import perform
from audit.models import TrailRow
from beneficiaries.models import Doubt, Fact
from tests import factories as make
from tests.portal.conftest import DAY, opened

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@pytest.fixture
def counter(desk):
    return desk.client("clerk")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("赵雨桐", ["赵雨桐"]),
        ("zyt", ["周雨桐", "赵雨桐"]),
        ("焦楼", ["吴文斌", "周文斌", "孙文斌", "李文斌", "赵文斌", "钱文斌"]),
    ],
)
def test_box_finds_by_name_initials_and_village_in_this_township_only(counter, typed, found):
    answer = counter.get(reverse("portal:counter"), {"q": typed}).context["answer"]
    assert sorted(row.person.name for row in answer.rows) == sorted(found)


def test_card_number_and_receipt_number_open_their_page_at_once(season):
    counter = season.client("clerk")
    draft = season.applications["draft"]
    by_card = counter.get(reverse("portal:counter"), {"q": draft.person.citizen_id})
    by_receipt = counter.get(reverse("portal:counter"), {"q": draft.receipt_number})
    assert by_card.url == reverse("portal:family", args=[draft.household_id])
    assert by_receipt.url == reverse("portal:application", args=[draft.pk])


def test_nobody_found_says_so_and_names_who_sounds_the_same(counter):
    page = counter.get(reverse("portal:counter"), {"q": "赵雨彤"}).content.decode()
    assert "没有找到“赵雨彤”" in page
    assert "同音的有：赵雨桐" in page


def test_next_townships_girl_is_not_found(counter):
    assert counter.get(reverse("portal:counter"), {"q": "王雨桐"}).context["answer"].rows == []


def test_search_costs_the_same_for_one_and_for_many(counter, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        counter.get(reverse("portal:counter"), {"q": "赵雨桐"})
    with django_assert_max_num_queries(22):
        counter.get(reverse("portal:counter"), {"q": "焦楼"})


def apply(counter, household) -> Application:
    page = counter.get(reverse("portal:family", args=[household.pk]))
    (card,) = page.context["cards"]
    counter.post(
        reverse("portal:apply", args=[household.pk]), {"program": "college-award", "subject": card.first.key}
    )
    return Application.objects.get(household=household)


def test_girl_with_a_right_is_applied_for_and_accepted_in_two_presses(counter, desk):
    application = apply(counter, desk.households[0])
    url = reverse("portal:submit", args=[application.household_id, application.pk])
    response = counter.post(url, {"note": "电话联系母亲", "deed": "submit"}, follow=True)
    kept = Application.objects.get(pk=application.pk)
    assert (kept.state, kept.note, kept.accepted_on) == ("submitted", "电话联系母亲", date(2026, 8, 18))
    assert "已受理" in response.content.decode()
    assert reverse("letters:of_application", args=[application.pk, "receipt"]) in response.content.decode()


def test_pressing_apply_twice_opens_the_same_draft(counter, desk):
    first = apply(counter, desk.households[0])
    again = apply(counter, desk.households[0])
    assert first.pk == again.pk


def test_note_is_kept_while_it_is_written(counter, desk):
    application = apply(counter, desk.households[0])
    url = reverse("portal:keep_note", args=[application.household_id, application.pk])
    answer = counter.post(url, {"note": "一半"}, headers={"HX-Request": "true"}).content.decode()
    assert "已自动保存" in answer
    assert "<html" not in answer
    assert Application.objects.get(pk=application.pk).note == "一半"


def without_certificate(household) -> None:
    taken_back(Fact.objects.filter(household=household, kind="certificate"))


def taken_back(facts) -> None:
    """As if these had been withdrawn: a fact stays on record and names itself."""
    facts.update(superseded_by=F("pk"))


def test_missing_paper_is_asked_for_once_then_brought_then_accepted(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    draft = reverse("portal:draft", args=[household.pk, application.pk])
    assert counter.get(draft).context["checklist"].missing == 1
    submit = reverse("portal:submit", args=[household.pk, application.pk])
    refused = counter.post(submit, {"deed": "submit"})
    assert (refused.status_code, "还缺" in refused.content.decode()) == (422, True)
    counter.post(submit, {"deed": "notice"})
    assert Application.objects.get(pk=application.pk).state == "waiting_for_papers"
    paper = counter.post(
        reverse("portal:add_paper", args=[household.pk, application.pk]),
        {"kind": "certificate", "how": "scanned", "file": SimpleUploadedFile("双女证.jpg", JPEG)},
    )
    assert paper.status_code == 302
    unread = counter.post(submit, {"deed": "submit"})
    assert (unread.status_code, "内容还没登记" in unread.content.decode()) == (422, True)
    entry = reverse("portal:fact", args=[household.pk, "certificate"])
    values = {"paper": "certificate", "kind": "two_daughter", "issued_on": "2012-05-16"}
    assert counter.post(f"{entry}?draft={application.pk}", values).status_code == 302
    counter.post(submit, {"deed": "submit"})
    assert Application.objects.get(pk=application.pk).state == "submitted"


def test_paper_that_is_no_picture_is_refused_in_words(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    answer = counter.post(
        reverse("portal:add_paper", args=[household.pk, application.pk]),
        {"kind": "certificate", "how": "scanned", "file": SimpleUploadedFile("x.exe", b"MZ....")},
    )
    assert (answer.status_code, "只收照片" in answer.content.decode()) == (422, True)
    assert not Paper.objects.exists()


def test_scanned_paper_is_shown_to_this_township_alone(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    add = reverse("portal:add_paper", args=[household.pk, application.pk])
    counter.post(add, {"kind": "certificate", "how": "scanned", "file": SimpleUploadedFile("a.jpg", JPEG)})
    url = reverse("portal:paper", args=[Paper.objects.get().pk])
    shown = counter.get(url)
    assert (shown.status_code, shown.headers["Content-Type"], shown.content) == (200, "image/jpeg", JPEG)
    assert desk.client("next_clerk").get(url).status_code == 404


def test_number_is_shown_for_a_reason_that_stays_on_record(counter, desk):
    person = desk.households[0].head
    url = reverse("portal:reveal", args=["citizen-id", person.pk])
    assert person.citizen_id not in counter.get(url).content.decode()
    assert person.citizen_id not in counter.post(url, {"reason": "curiosity"}).content.decode()
    shown = counter.post(url, {"reason": "compare"}, headers={"HX-Request": "true"}).content.decode()
    assert f"<b data-number>{person.citizen_id}</b>" in shown
    assert 'data-shown-seconds="30"' in shown
    row = TrailRow.objects.get(verb="reveal")
    assert (row.object_id, row.actor_number, row.detail) == (
        person.pk,
        "chen",
        {"what": "citizen-id", "reason": "compare"},
    )


def test_family_page_costs_the_same_whatever_was_judged(counter, desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        counter.get(reverse("portal:family", args=[desk.households[0].pk]))


def test_nothing_of_a_number_stands_in_the_page(counter, desk):
    page = counter.get(reverse("portal:family", args=[desk.households[0].pk])).content.decode()
    assert desk.households[0].head.citizen_id[:14] not in page
    assert make.JIAOLOU not in page


def test_what_a_paper_says_becomes_a_fact_and_settles_the_right(counter, desk):
    household = desk.households[1]
    without_certificate(household)
    application = apply(counter, household)
    draft = reverse("portal:draft", args=[household.pk, application.pk])
    url = (
        reverse("portal:fact", args=[household.pk, "certificate"])
        + f"?draft={application.pk}&paper=certificate"
    )
    assert url.replace("&", "&amp;") in counter.get(draft).content.decode()
    given = {"paper": "certificate", "kind": "two_daughter", "number": "ZZ-1", "issued_on": "2012-05-16"}
    assert counter.post(url, given).url == draft
    fact = Fact.objects.get(household=household, kind="certificate", superseded_by=None)
    assert (fact.entered_by, fact.paper, fact.valid_from) == ("chen", "certificate", date(2012, 5, 16))
    checklist = counter.get(draft).context["checklist"]
    assert (checklist.missing, checklist.verdict, checklist.amount_fen) == (0, 2, 200_000)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"issued_on": "2026-12-01"}, "还没到"),
        ({"kind": "three_daughter"}, "three_daughter"),
        ({"issued_on": ""}, "errors"),
    ],
)
def test_fact_that_cannot_be_is_refused_and_nothing_is_written(counter, desk, wrong, words):
    household = desk.households[1]
    without_certificate(household)
    given = {"paper": "certificate", "kind": "two_daughter", "issued_on": "2012-05-16", **wrong}
    answer = counter.post(reverse("portal:fact", args=[household.pk, "certificate"]), given)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Fact.objects.filter(household=household, kind="certificate", superseded_by=None).exists()


def test_every_kind_that_a_paper_proves_has_its_form(counter, desk):
    page = counter.get(reverse("portal:family", args=[desk.households[0].pk]))
    for name, _ in page.context["kinds"]:
        form = counter.get(reverse("portal:fact", args=[desk.households[0].pk, name]))
        assert (name, form.status_code) == (name, 200)
    assert "register" in dict(page.context["kinds"])
    assert counter.get(reverse("portal:fact", args=[desk.households[0].pk, "account"])).status_code == 404


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
    assert "与名单不一致" in page.content.decode()
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
        counter, household, "death", person=girl.pk, paper="death_certificate", died_on="2026-07-01"
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
