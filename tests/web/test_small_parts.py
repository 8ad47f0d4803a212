"""Deadlines in working days, days in sentences, money, the browser's choices, limits on wrong tries, forms."""

from datetime import date, datetime, timedelta

import pytest
from django import forms
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from standards.words import Refusal, Words
from web import limits
from web.clock import SHANGHAI
from web.deadlines import deadline_words
from web.forms import HouseForm
from web.language import ChoicesMiddleware
from web.models import WrongTry
from web.templatetags import guanai

FRIDAY = date(2026, 8, 21)


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("due", "level", "words"),
    [
        (FRIDAY - timedelta(days=1), "over", "超期 1 天"),
        (FRIDAY, "near", "今天到期"),
        (FRIDAY + timedelta(days=3), "near", "剩 1 天"),
        (FRIDAY + timedelta(days=6), "far", "剩 4 天"),
    ],
)
def test_deadline_counts_working_days(due, level, words):
    found = deadline_words(due, FRIDAY)
    assert (found.level, found.words) == (level, words)


def test_names_are_parted_as_their_language_parts_them():
    assert guanai.listed(["王敏", Words("李强", "Li Qiang")]) == "王敏、李强"
    with translation.override("en"):
        assert guanai.listed(["王敏", Words("李强", "Li Qiang")]) == "王敏, Li Qiang"


def test_days_read_as_people_say_them():
    assert guanai.prose_day(FRIDAY) == "8 月 21 日（周五）"
    with translation.override("en"):
        assert guanai.prose_day(FRIDAY) == "21 August (Friday)"
    assert (guanai.prose_day(None), guanai.iso(None), guanai.iso(FRIDAY)) == ("—", "—", "2026-08-21")
    assert guanai.iso(datetime(2026, 8, 21, 23, 59, tzinfo=SHANGHAI)) == "2026-08-21"


def test_money_says_short_below_zero_and_capitals_where_asked():
    assert guanai.money(-6_600_000)["figure"] == "66,000.00"
    assert guanai.money(-6_600_000)["short"] is True
    assert guanai.money(3_470_000, capitals=True)["capitals"] == "叁万肆仟柒佰元整"
    assert (guanai.yuan(None), guanai.yuan(0)) == ("—", "0.00")


def answer(path, cookies=()):
    request = RequestFactory().get("/", QUERY_STRING=path.partition("?")[2])
    request.path = path.partition("?")[0]  # as it came, two slashes in front included
    request.COOKIES.update(dict(cookies))
    seen = {}

    def respond(request):
        seen["language"] = request.LANGUAGE_CODE
        return HttpResponse()

    return ChoicesMiddleware(respond)(request), seen


def test_chinese_is_the_language_until_a_person_chooses(settings):
    settings.LANGUAGE_CODE = "zh-hans"
    plain, seen = answer("/guide/")
    assert (seen["language"], plain.headers["Content-Language"]) == ("zh-hans", "zh-hans")
    _, seen = answer("/guide/", {"django_language": "en"})
    assert seen["language"] == "en"
    _, seen = answer("/guide/", {"django_language": "../../etc"})
    assert seen["language"] == "zh-hans"


@pytest.mark.parametrize("path", ["/x/?language=xx", "/x/?print=huge", "/x/?keys="])
def test_other_values_are_no_choice(path):
    plain, seen = answer(path)
    assert (plain.status_code, seen) == (200, {"language": "zh-hans"})


def test_choice_is_kept_for_a_year_out_of_reach_of_scripts_and_leads_to_our_own_page():
    kept, _ = answer("//evil.example/?language=en&page=2")
    assert (kept.status_code, kept.url) == (302, "/evil.example/?page=2")
    cookie = kept.cookies["django_language"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 365 * 24 * 3600)


def test_five_wrong_tries_rest_and_ten_minutes_later_do_not(db):
    for _ in range(limits.WRONG_MAX):
        assert not limits.must_rest("door", "k")
        limits.count_wrong("door", "k")
    assert limits.must_rest("door", "k")
    assert not limits.must_rest("door", "other")
    assert not limits.must_rest("other", "k")
    WrongTry.objects.update(at=timezone.now() - limits.REST - timedelta(seconds=1))
    assert not limits.must_rest("door", "k")
    limits.count_wrong("door", "x")
    assert WrongTry.objects.count() == 1


def test_right_one_forgets_the_wrong_ones_and_nothing_tried_is_stored(db):
    limits.count_wrong("door", "610124")
    assert "610124" not in WrongTry.objects.get().key
    limits.forget("door", "610124")
    assert not WrongTry.objects.exists()


class Form(HouseForm):
    name = forms.CharField(max_length=3)


def test_refusal_stands_at_its_field_and_doubt_does_not_block():
    form = Form({"name": "abc"})
    form.is_valid()
    form.warn("name", Words("看一下", "look"))
    assert form.is_valid()
    form.refuse("name", Refusal("不行", "no", code="x"))
    assert form.errors.as_data()["name"][0].code == "x"
    assert 'class="field bad"' in str(form)


def test_input_is_kept_and_escaped():
    form = Form({"name": '"><b>x'})
    assert not form.is_valid()
    assert "&quot;&gt;&lt;b&gt;x" in str(form)
