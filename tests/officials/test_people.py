"""Signing in is limited; officials and roles change on record, and never by themselves."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import TrailRow
from officials.models import Official
from tests import factories as make

PASSWORD = "a-long-password"
SIGN_IN = "/sign-in/"


@pytest.fixture
def people(db):
    return make.officials()


@pytest.fixture
def administrator(people) -> Client:
    client = Client()
    client.force_login(people["administrator"])
    return client


def test_right_password_signs_in_and_leads_only_to_our_own_pages(people, client):
    response = client.post(
        SIGN_IN, {"number": "chen", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert (response.status_code, response.url) == (302, "/")


def test_five_wrong_passwords_make_even_the_right_one_wait(people, client):
    for _ in range(5):
        wrong = client.post(SIGN_IN, {"number": "chen", "password": "wrong"})
        assert (wrong.status_code, "工号或密码不对" in wrong.content.decode()) == (422, True)
    rest = client.post(SIGN_IN, {"number": "chen", "password": PASSWORD})
    assert (rest.status_code, "10 分钟" in rest.content.decode()) == (422, True)
    assert client.post(SIGN_IN, {"number": "gao", "password": PASSWORD}).status_code == 302


def test_unknown_number_and_wrong_password_say_the_same(people, client):
    unknown = client.post(SIGN_IN, {"number": "nobody", "password": "x"}).content.decode()
    wrong = client.post(SIGN_IN, {"number": "chen", "password": "x"}).content.decode()
    assert "工号或密码不对" in unknown
    assert "工号或密码不对" in wrong


def test_administrator_adds_an_official_on_record(administrator):
    given = {
        "number": "610124-103-09", "name": "陈小宁", "office": "马召镇", "division": make.MAZHAO, "roles": ["clerk"],
        "password": "ten-characters-more",
    }  # fmt: skip
    response = administrator.post(reverse("officials:add"), given)
    made = Official.objects.get(number="610124-103-09")
    row = TrailRow.objects.get(verb="add_official")
    assert response.status_code == 302
    assert (row.object_id, row.detail) == (made.pk, {"roles": ["clerk"], "division": make.MAZHAO})


def test_taken_number_is_refused_in_words_and_keeps_the_input(administrator):
    given = {
        "number": "chen",
        "name": "陈晓燕",
        "division": make.MAZHAO,
        "roles": ["clerk"],
        "password": "ten-characters-more",
    }
    response = administrator.post(reverse("officials:add"), given)
    page = response.content.decode()
    assert (response.status_code, "已经有人用" in page, "陈晓燕" in page) == (422, True, True)


def test_administrator_cannot_change_oneself_nor_hold_another_role(administrator, people):
    own = people["administrator"]
    given = {"office": "", "division": make.COUNTY, "roles": ["administrator"], "is_active": "on"}
    assert administrator.post(reverse("officials:change", args=[own.pk]), given).status_code == 422
    both = {**given, "roles": ["administrator", "clerk"]}
    assert administrator.post(reverse("officials:change", args=[people["clerk"].pk]), both).status_code == 422
    assert Official.objects.get(pk=people["clerk"].pk).roles == ["clerk"]


def test_who_leaves_cannot_sign_in_any_more(administrator, people, client):
    clerk = people["clerk"]
    given = {"office": "", "division": make.MAZHAO, "roles": ["clerk"]}
    assert administrator.post(reverse("officials:change", args=[clerk.pk]), given).status_code == 302
    assert client.post(SIGN_IN, {"number": "chen", "password": PASSWORD}).status_code == 422
    detail = TrailRow.objects.get(verb="change_official").detail
    assert (detail["before"]["is_active"], detail["after"]["is_active"]) == (True, False)


def test_only_the_administrator_sees_the_page(people):
    for role in ("clerk", "county_approver", "auditor"):
        client = Client()
        client.force_login(people[role])
        assert client.get(reverse("officials:people")).status_code == 403


def test_page_lists_everybody_in_few_queries_whatever_their_number(
    administrator, people, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        page = administrator.get(reverse("officials:people")).content.decode()
    assert all(official.number in page for official in people.values())
