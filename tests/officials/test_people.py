"""Signing in is limited; officials and roles change on record, and never by themselves."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from audit.models import TrailRow
from officials.models import Official, PowerChange
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


def test_a_stranger_elsewhere_shuts_nobody_out_but_fifty_tries_do(people, client):
    for n in range(49):
        client.post(SIGN_IN, {"number": "chen", "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{n}")
    assert client.post(SIGN_IN, {"number": "chen", "password": PASSWORD}).status_code == 302
    Client().post(SIGN_IN, {"number": "chen", "password": "wrong"}, REMOTE_ADDR="10.0.1.1")
    assert Client().post(SIGN_IN, {"number": "chen", "password": PASSWORD}).status_code == 422


def test_unknown_number_and_wrong_password_say_the_same(people, client):
    unknown = client.post(SIGN_IN, {"number": "nobody", "password": "x"}).content.decode()
    wrong = client.post(SIGN_IN, {"number": "chen", "password": "x"}).content.decode()
    assert "工号或密码不对" in unknown
    assert "工号或密码不对" in wrong


NEW = {
    "number": "610124-103-09", "name": "陈小宁", "office": "马召镇", "division": make.MAZHAO, "roles": ["clerk"],
    "password": "ten-characters-more",
}  # fmt: skip


def signed_in(official) -> Client:
    client = Client()
    client.force_login(official)
    return client


def test_a_new_official_signs_in_when_a_second_person_has_confirmed(administrator, people, client):
    administrator.post(reverse("officials:add"), NEW)
    made, change = Official.objects.get(number="610124-103-09"), PowerChange.objects.get()
    given = {"number": made.number, "password": NEW["password"]}
    assert client.post(SIGN_IN, given).status_code == 422
    settle = reverse("officials:settle", args=[change.pk])
    alone = administrator.post(settle)
    assert (alone.status_code, "另一个人确认" in alone.content.decode()) == (422, True)

    assert signed_in(people["county_approver"]).post(settle).status_code == 302

    made.refresh_from_db()
    assert (made.roles, made.is_active) == (["clerk"], True)
    verbs = TrailRow.objects.filter(table="officials_official", object_id=made.pk).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["add_official", "set_password", "change_official"]
    client = Client()
    assert client.post(SIGN_IN, given).status_code == 302
    assert client.get(reverse("portal:counter")).url == reverse("officials:own_password")
    own = {"present": NEW["password"], "new": "mine-and-only-mine", "again": "mine-and-only-mine"}
    assert client.post(reverse("officials:own_password"), own).status_code == 302
    assert client.get(reverse("portal:counter")).status_code == 200


def test_what_is_refused_leaves_everything_as_it_was(administrator, people):
    given = {"office": "", "division": make.COUNTY, "roles": ["county_approver"], "is_active": "on"}
    administrator.post(reverse("officials:change", args=[people["clerk"].pk]), given)
    settle = reverse("officials:settle", args=[PowerChange.objects.get().pk])
    assert signed_in(people["county_approver"]).post(settle, {"deed": "refuse"}).status_code == 302
    assert Official.objects.get(pk=people["clerk"].pk).roles == ["clerk"]


def test_a_reset_password_opens_nothing_before_a_second_person_confirms(administrator, people, client):
    approver = people["county_approver"]
    given = {"office": "", "division": make.COUNTY, "roles": ["county_approver"], "is_active": "on",
             "password": "the-administrator-knows"}  # fmt: skip
    administrator.post(reverse("officials:change", args=[approver.pk]), given)
    assert client.post(SIGN_IN, {"number": "guo", "password": "the-administrator-knows"}).status_code == 422
    assert client.post(SIGN_IN, {"number": "guo", "password": PASSWORD}).status_code == 302
    # Nor may the approver confirm what concerns her own number.
    settle = reverse("officials:settle", args=[PowerChange.objects.get().pk])
    assert signed_in(approver).post(settle).status_code == 422


def test_one_change_at_a_time(administrator, people):
    given = {
        "office": "",
        "division": make.MAZHAO,
        "roles": ["clerk", "township_reviewer"],
        "is_active": "on",
    }
    url = reverse("officials:change", args=[people["clerk"].pk])
    assert administrator.post(url, given).status_code == 302
    again = administrator.post(url, given)
    assert (again.status_code, "等着确认" in again.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"present": "wrong"}, "现在的密码不对"),
        ({"again": "another-one-here"}, "两遍不一样"),
        ({"new": PASSWORD, "again": PASSWORD}, "不能和现在的一样"),
        ({"new": "short", "again": "short"}, "10"),
    ],
)
def test_ones_own_password_is_changed_with_care(people, change, words):
    own = {"present": PASSWORD, "new": "mine-and-only-mine", "again": "mine-and-only-mine"} | change
    page = signed_in(people["clerk"]).post(reverse("officials:own_password"), own)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert Official.objects.get(number="chen").check_password(PASSWORD)


def test_the_first_two_are_appointed_on_the_server_and_no_third(db, capsys):
    make.divisions()
    for number in ("a-1", "a-2"):
        call_command("appoint", number, "某人", division=make.COUNTY)
    assert Official.objects.get(number="a-1").password_is_temporary
    with pytest.raises(CommandError, match="互相确认"):
        call_command("appoint", "a-3", "某人", division=make.COUNTY)


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


def test_only_who_gives_or_confirms_powers_sees_the_page(people):
    for role in ("clerk", "batch_approver", "auditor"):
        client = Client()
        client.force_login(people[role])
        assert client.get(reverse("officials:people")).status_code == 403


def test_page_lists_everybody_in_few_queries_whatever_their_number(
    administrator, people, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        page = administrator.get(reverse("officials:people")).content.decode()
    assert all(official.number in page for official in people.values())


def test_who_cannot_settle_a_change_reads_why_and_finds_no_verb(administrator, people):
    given = {
        "office": "",
        "division": make.MAZHAO,
        "roles": ["clerk", "township_reviewer"],
        "is_active": "on",
    }
    administrator.post(reverse("officials:change", args=[people["clerk"].pk]), given)
    settle, second = (
        reverse("officials:settle", args=[PowerChange.objects.get().pk]),
        signed_in(people["county_approver"]),
    )
    own = administrator.get(settle).content.decode()
    assert ("由另一个人确认" in own, 'value="refuse"' in own) == (True, False)
    assert 'value="refuse"' in second.get(settle).content.decode()
    assert second.post(settle).status_code == 302
    late = second.get(settle).content.decode()
    assert ("已生效" in late, 'value="refuse"' in late) == (True, False)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"who": "宝华"}, ["bai-1"]),
        ({"who": "CHE"}, ["chen"]),
        ({"who": "卫健"}, ["bai-1"]),
        ({"role": "county_checker"}, ["bai-1", "zhou"]),
        ({"who": "宝华", "role": "clerk"}, []),
        ({"who": "没有这个人"}, []),
    ],
)
def test_an_official_is_found_by_name_number_office_or_role(administrator, people, query, numbers):
    Official.objects.create_official(
        number="bai-1", name="高宝华", office="县卫健局", division=people["county_checker"].division,
        roles=["county_checker"], password=PASSWORD,
    )  # fmt: skip
    page = administrator.get(reverse("officials:people"), query)
    assert [one.number for one, _ in page.context["rows"]] == numbers
    assert ("没有符合这些筛选" in page.content.decode()) == (not numbers)


def test_the_list_of_officials_shows_all_to_who_asks_for_nobody(administrator, people):
    for query in ({}, {"who": "  "}, {"role": "nonsense"}):
        rows = administrator.get(reverse("officials:people"), query).context["rows"]
        assert len(rows) == len(people)
