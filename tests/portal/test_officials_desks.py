"""Worklist, steps, bulk, notices, county: what each desk does on the screen."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from applications.models import Application, Decision, Objection
from applications.services import counter as services
from applications.services import county
from beneficiaries.services import correct_head
from tests import factories as make
from tests.otherwise import otherwise
from tests.portal.conftest import DAY, opened


def state(application) -> str:
    return Application.objects.get(pk=application.pk).state


def test_reviewer_passes_a_clean_application_and_can_take_it_back(season):
    reviewer, application = season.client("township_reviewer"), season.applications["submitted"]
    page = reviewer.post(
        reverse("portal:step", args=[application.pk, "review"]), {"note": "材料齐全"}, follow=True
    )
    assert state(application) == "reviewed"
    back = reverse("portal:step", args=[application.pk, "take_back_review"])
    assert f'action="{back}"' in page.content.decode()
    reviewer.post(back)
    assert state(application) == "submitted"


def test_step_of_another_role_is_no_button_and_no_deed(season):
    clerk, application = season.client("clerk"), season.applications["submitted"]
    page = clerk.get(reverse("portal:application", args=[application.pk])).content.decode()
    assert reverse("portal:step", args=[application.pk, "review"]) not in page
    clerk.post(reverse("portal:step", args=[application.pk, "review"]), {"note": ""})
    assert state(application) == "submitted"


def test_second_of_two_reviewers_is_told_who_was_faster(season):
    application, url = season.applications["submitted"], "review"
    first, second = season.client("township_reviewer"), season.client("township_reviewer")
    first.post(reverse("portal:step", args=[application.pk, url]), {"note": ""})
    page = second.post(reverse("portal:step", args=[application.pk, url]), {"note": ""}, follow=True)
    assert "有人先办了一步" in page.content.decode()


def test_returning_needs_its_reason(season):
    checker, application = season.client("county_checker"), season.applications["notice_over"]
    url = reverse("portal:step", args=[application.pk, "send_back"])
    assert checker.post(url, {"note": " "}).status_code == 422
    assert state(application) == "notice_over"
    checker.post(url, {"note": "户口簿看不清"})
    assert state(application) == "returned"


def test_who_took_one_step_sees_why_the_next_is_not_theirs(season):
    application = season.applications["rechecked"]
    zhou = season.officials["county_checker"]
    zhou.roles = ["county_checker", "county_approver"]
    with otherwise():
        zhou.save()
    page = (
        season.client("county_checker")
        .get(reverse("portal:application", args=[application.pk]))
        .content.decode()
    )
    assert "你复核过这件：要由另一个人办" in page
    assert reverse("portal:step", args=[application.pk, "approve"]) not in page


def test_who_corrected_the_family_sees_why_another_reviews_it(season):
    application, reviewer = season.applications["submitted"], season.client("township_reviewer")
    home = application.household
    wife = home.memberships.get(relation="10").person
    correct_head(home, wife, by=make.actor("township_reviewer"), on=DAY, reason="户口簿已换户主")
    page = reviewer.get(reverse("portal:application", args=[application.pk])).content.decode()
    assert "你登记、核实或更正过这一家的户籍情况：要由另一个人办" in page
    assert reverse("portal:step", args=[application.pk, "review"]) not in page
    given = {"queue": "review", "id": [application.pk]}
    page = reviewer.get(reverse("portal:bulk"), given, follow=True).content.decode()
    assert "一件也没有选" in page
    reviewer.post(reverse("portal:step", args=[application.pk, "review"]), {"note": ""})
    assert state(application) == "submitted"


def test_approver_approves_and_the_family_is_told_on_the_phone(season, client):
    application = season.applications["rechecked"]
    approver = season.client("county_approver")
    approver.post(reverse("portal:step", args=[application.pk, "approve"]))
    assert Decision.objects.get(application=application).outcome == "approved"
    page = client.get(reverse("portal:progress_by_slip", args=[application.token])).content.decode()
    assert "批准了，等下一批一起发。" in page


def test_bulk_shows_sum_and_capitals_and_leaves_out_what_is_not_clean(season):
    checker = season.client("county_checker")
    clean, flagged = season.applications["rechecked"], season.applications["notice_over"]
    del clean
    page = checker.get(
        reverse("portal:bulk"), {"queue": "recheck", "id": [flagged.pk]}, follow=True
    ).content.decode()
    assert "一件也没有选" in page
    assert state(flagged) == "notice_over"


def test_bulk_review_passes_all_that_are_clean(desk):
    rows = [services.submit(opened(desk.households[n]), by=make.actor("clerk"), on=DAY) for n in (0, 1)]
    reviewer = desk.client("township_reviewer")
    given = {"queue": "review", "id": [row.pk for row in rows]}
    page = reviewer.get(reverse("portal:bulk"), given).content.decode()
    assert "4,000.00" in page
    assert "人民币肆仟元整" in page
    reviewer.post(reverse("portal:bulk"), given)
    assert [state(row) for row in rows] == ["reviewed", "reviewed"]


def test_rows_out_of_scope_cannot_be_smuggled_into_a_bulk(season):
    nextdoor = season.client("next_township_reviewer")
    given = {"queue": "review", "id": [season.applications["submitted"].pk]}
    nextdoor.post(reverse("portal:bulk"), given)
    assert state(season.applications["submitted"]) == "submitted"


def test_reviewed_ones_are_posted_and_an_objection_stops_one_line(season):
    reviewer, application = season.client("township_reviewer"), season.applications["on_notice"]
    url = reverse("portal:step", args=[application.pk, "object"])
    assert reviewer.post(url, {"note": ""}).status_code == 422
    reviewer.post(url, {"note": "她不住这个村"})
    assert (state(application), Objection.objects.get().words) == ("objected", "她不住这个村")
    checker = season.client("county_checker")
    checker.post(reverse("portal:step", args=[application.pk, "dismiss"]), {"note": "入户核实，住在本村"})
    assert state(application) == "on_notice"


def test_notice_is_posted_from_its_confirm_page(season):
    reviewer, application = season.client("township_reviewer"), season.applications["submitted"]
    reviewer.post(reverse("portal:step", args=[application.pk, "review"]), {"note": ""})
    url = reverse("portal:post_notice", args=[application.version_id, "610124103000"])
    page = reviewer.get(url).content.decode()
    assert "8 月 25 日（周二）" in page
    posted = reviewer.post(url, follow=True).content.decode()
    assert "周雨桐" in posted
    assert application.person.citizen_id[-4:] not in posted
    assert reviewer.get(url).status_code == 404


def test_worklist_costs_the_same_for_twice_the_rows(season, django_assert_max_num_queries):
    reviewer = season.client("township_reviewer")
    for query in ("?queue=underway", "?queue=decided", "?queue=review"):
        with django_assert_max_num_queries(20):
            reviewer.get(reverse("portal:worklist") + query)


def test_filters_stand_in_the_address_and_nonsense_is_no_error(season):
    checker = season.client("county_checker")
    url = reverse("portal:worklist")
    kept = checker.get(url, {"queue": "underway", "text": "李雨桐"}).context["rows"]
    assert [row.name for row in kept] == ["李雨桐"]
    for odd in (
        {"queue": "none"},
        {"page": "x"},
        {"program": "nothing"},
        {"township": "1"},
    ):
        assert checker.get(url, odd).status_code == 200
    assert checker.get(url, {"text": "\x00"}).status_code == 400


def test_county_counts_what_the_database_holds(season):
    total = season.client("county_checker").get(reverse("portal:county")).context["total"]
    assert (total.right, total.claimed, total.approved, total.missed, total.paid) == (8, 5, 1, 3, 0)
    assert total.right_fen == 1_600_000


@pytest.mark.parametrize("role", ["clerk", "township_reviewer", "administrator"])
def test_county_page_is_for_county_and_finance(season, role):
    assert season.client(role).get(reverse("portal:county")).status_code == 403


def test_what_was_decided_in_time_is_never_overdue_later(season, settings):
    settings.BUSINESS_DAY = date(2026, 12, 1)
    checker, decided = season.client("county_checker"), season.applications["approved"]
    pages = [
        checker.get(reverse("portal:worklist"), {"queue": "decided"}).content.decode(),
        checker.get(reverse("portal:application", args=[decided.pk])).content.decode(),
    ]
    late = re.compile(r"超期 \d+ 天")
    assert [bool(late.search(page)) for page in pages] == [False, False]
    assert "办结日期" in pages[0]
    assert late.search(checker.get(reverse("portal:worklist"), {"queue": "underway"}).content.decode())


def test_the_last_decided_stand_first_in_the_list_and_on_the_way_through_it(season):
    first, last = season.applications["approved"], season.applications["rechecked"]
    county.approve(last, by=make.actor("county_approver"), on=DAY + timedelta(days=1))
    checker = season.client("county_checker")
    rows = checker.get(reverse("portal:worklist"), {"queue": "decided"}).context["rows"]
    assert [row.application.pk for row in rows] == [last.pk, first.pk]
    page = checker.get(reverse("portal:application", args=[last.pk]), {"queue": "decided"})
    assert page.context["neighbours"].after == first.pk


def test_only_the_counter_is_sent_to_a_draft(season):
    draft = season.applications["draft"]
    address = reverse("portal:family", args=[draft.household_id])
    way = f'href="{reverse("portal:draft", args=[draft.household_id, draft.pk])}"'
    seen = [way in season.client(role).get(address).content.decode() for role in ("clerk", "county_approver")]
    assert seen == [True, False]


def test_a_proposed_refusal_goes_to_the_county_and_is_never_said_to_be_posted(season):
    reviewer, application = season.client("township_reviewer"), season.applications["submitted"]
    pages = {
        move: reviewer.get(reverse("portal:step", args=[application.pk, move])).context["next_step"].title
        for move in ("review", "propose_refusal")
    }
    assert pages == {"review": "公示", "propose_refusal": "县级复核"}


def test_where_no_condition_fails_the_reason_is_asked_for_from_the_beginning(season):
    reviewer, application = season.client("township_reviewer"), season.applications["submitted"]
    address = reverse("portal:step", args=[application.pk, "propose_refusal"])
    assert reviewer.get(address).context["form"].fields["note"].required
    assert reviewer.post(address, {"note": " "}).status_code == 422
    application.refresh_from_db()
    assert application.state == "submitted"
    assert (
        not reviewer.get(address.replace("propose_refusal", "review")).context["form"].fields["note"].required
    )


def test_an_empty_queue_blames_no_filter(season):
    reviewer, address = season.client("township_reviewer"), reverse("portal:worklist")
    empty = reviewer.get(address, {"queue": "to_post"}).content.decode()
    narrowed = reviewer.get(address, {"queue": "to_post", "text": "赵"}).content.decode()
    assert [("符合这些筛选" in page, "清除筛选" in page) for page in (empty, narrowed)] == [
        (False, False),
        (True, True),
    ]
    assert f'href="{address}?queue=to_post">清除筛选' in narrowed
