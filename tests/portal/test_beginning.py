"""A fresh installation: every page that would be empty says what comes first, and who does it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories as make

PAGES = [
    ("clerk", "portal:counter"),
    ("county_checker", "portal:county"),
    ("county_checker", "portal:quality"),
    ("county_checker", "portal:missed"),
]


@pytest.fixture
def enter(db):
    people = make.officials()

    def entered(role: str) -> Client:
        client = Client()
        client.force_login(people[role])
        return client

    return entered


@pytest.mark.parametrize(("role", "name"), PAGES)
def test_an_empty_register_shows_the_first_steps(enter, role, name):
    page = enter(role).get(reverse(name))
    assert page.status_code == 200
    assert [str(way.text) for way in page.context["first_steps"]] == [
        "导入户籍名册，再导入各部门名单", "启用政策", "录入预算指标",
    ]  # fmt: skip
    assert "登记簿还是空的" in page.content.decode()
    may_upload = role == "county_checker"
    assert (f'href="{reverse("beneficiaries:upload")}"' in page.content.decode()) == may_upload


@pytest.mark.parametrize(("role", "name"), PAGES)
def test_they_are_gone_once_somebody_is_on_the_register(enter, role, name):
    make.person("赵雨桐", date(2008, 2, 3))
    client = enter(role)
    assert client.get(reverse(name)).context["first_steps"] == []
