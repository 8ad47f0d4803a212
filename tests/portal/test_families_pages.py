"""What a family sees on a phone, and what a guesser does not."""

import pytest
from django.urls import reverse

from applications.models import Application
from portal.queries.progress import masked_name


@pytest.fixture
def given(season):
    application = season.applications["on_notice"]
    person = application.person
    return {"number": application.receipt_number, "name": person.name, "last4": person.citizen_id[-4:]}


def test_number_name_and_last_four_open_the_state(client, given):
    page = client.post(reverse("portal:progress"), given).content.decode()
    assert "镇上已经审过，正在村里公示。" in page
    assert "您现在不用做什么" in page
    assert "李＊桐" in page
    assert "李雨桐" not in page


@pytest.mark.parametrize(
    ("field", "value"), [("name", "李雨彤"), ("last4", "0000"), ("number", "103260000097")]
)
def test_one_wrong_of_three_says_only_that_they_do_not_fit(client, given, field, value):
    answer = client.post(reverse("portal:progress"), {**given, field: value})
    assert answer.status_code == 422
    assert "正在村里公示" not in answer.content.decode()


def test_five_wrong_tries_make_the_right_one_wait(client, given):
    for _ in range(5):
        client.post(reverse("portal:progress"), {**given, "last4": "0000"})
    answer = client.post(reverse("portal:progress"), given)
    assert (answer.status_code, "10 分钟" in answer.content.decode()) == (422, True)


def test_pages_are_small_private_and_never_stored(client, given):
    answer = client.post(reverse("portal:progress"), given)
    assert len(answer.content) < 30_000
    assert "no-store" in answer.headers["Cache-Control"]
    assert "script" not in answer.content.decode()


def test_unknown_slip_is_not_found(client, season):
    assert client.get(reverse("portal:progress_by_slip", args=["nothing"])).status_code == 404


def test_guide_speaks_in_the_policys_words(client, season):
    page = client.get(reverse("portal:guide")).content.decode()
    assert "计划生育家庭女孩升学奖励" in page
    assert "3,000.00" in page
    assert page.count("到乡镇窗口申请") == 1, "how to get it is said once"


def test_large_print_and_language_are_kept_and_lead_nowhere_else(client, db):
    answer = client.get("//evil.example/guide/?print=large&language=en&x=1")
    assert answer.status_code in (301, 302, 404)
    answer = client.get("/guide/?print=large&language=en&x=1")
    assert (answer.status_code, answer.url) == (302, "/guide/?x=1")
    page = client.get("/guide/").content.decode()
    assert '<html lang="en" class="large">' in page


def test_masked_names_keep_first_and_last():
    assert [masked_name(name) for name in ("李", "李明", "赵雨桐")] == ["李＊", "李＊", "赵＊桐"]


def refusal_proposed(season):
    """The county has checked a proposed refusal; the approver decides next."""
    reviewer, checker = season.client("township_reviewer"), season.client("county_checker")
    application = season.applications["submitted"]
    reviewer.post(reverse("portal:step", args=[application.pk, "propose_refusal"]), {"note": "户口在外省"})
    checker.post(reverse("portal:step", args=[application.pk, "recheck_refusal"]), {"note": "户口在外省"})
    return Application.objects.get(pk=application.pk)


def test_proposed_refusal_promises_no_money(client, season):
    application = refusal_proposed(season)
    assert application.proposes_refusal
    slip = client.get(reverse("portal:progress_by_slip", args=[application.token])).content.decode()
    assert "打到卡上" not in slip
    assert "2,000.00" not in slip
    staff = season.client("county_approver").get(reverse("portal:application", args=[application.pk]))
    assert [step.title for step in staff.context["timeline"]][-1] == "审批：提议不予批准"


def test_county_check_stands_with_its_day_once_it_is_done(client, season):
    slip = client.get(reverse("portal:progress_by_slip", args=[season.applications["rechecked"].token]))
    steps = {step.title: step for step in slip.context["progress"].steps}
    assert (steps["县里核过"].state, steps["县里核过"].detail) == ("past", "8 月 18 日（周二）")
    assert steps["县里决定"].state == "now"
