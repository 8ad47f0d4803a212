"""Two rows that may be one person: found with reasons, kept apart with a reason, seen only in scope."""

from datetime import date
from itertools import count

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from beneficiaries.models import Account, Double, Fact, Household, Membership, Person
from beneficiaries.queries import family, household_of, search
from beneficiaries.queries.doubles import suspected
from beneficiaries.services import ask_to_merge, ask_to_part, because, look_again, merge, part, say_apart
from standards import citizen_id
from standards.words import Refusal
from tests import factories as make

_elevens = count(11, 11)
DAY, BORN = date(2026, 8, 18), date(1980, 3, 15)
FOUND = [
    ("birth", {}, {}, ["birth"]),
    ("phone", {"phone": "13800138000"}, {"phone": "13800138000", "born_on": date(1986, 1, 2)}, ["phone"]),
    ("dots", {"name": "阿卜杜拉·买买提"}, {"name": "阿卜杜拉买买提"}, ["birth"]),
    ("sound", {"name": "王艳"}, {"name": "王燕"}, ["sound"]),
    ("another village", {"name": "王艳"}, {"name": "王燕", "division": make.HUAIHUA}, []),
    ("twins", {"name": "王艳"}, {"name": "王芳"}, []),
    ("another name", {"phone": "13800138000"}, {"name": "李强", "phone": "13800138000", "born_on": date(1986, 1, 2)}, []),
    ("digit of the region", {"id": "610124"}, {"id": "610125"}, ["id_digit", "birth"]),
    ("digit of the day", {"id": "610124"}, {"id": "610124", "born_on": date(1980, 3, 16)}, ["id_digit"]),
    ("digit of the month", {"id": "610124"}, {"id": "610124", "born_on": date(1980, 4, 15)}, ["id_digit"]),
    ("digit of the year", {"id": "610124"}, {"id": "610124", "born_on": date(1970, 3, 15)}, ["id_digit"]),
    ("two digits", {"id": "610124"}, {"id": "610126", "born_on": date(1970, 3, 15)}, []),
    ("day alone", {"id": "610124"}, {"id": "610129", "born_on": date(1980, 3, 16)}, []),
    ("lost digits", {"id": "610124", "rest": "126"}, {"id": "610124", "rest": "000"}, ["id_lost", "birth"]),
]  # fmt: skip


def put(name="赵雨桐", born_on=BORN, division=make.JIAOLOU, phone="", id="", rest="022"):
    """A person; ID numbers that nobody names differ in two digits from the last one."""
    first = f"{id}{born_on:%Y%m%d}{rest}" if id else f"610124{born_on:%Y%m%d}{next(_elevens) % 1000:03d}"
    number = first + citizen_id.check_digit(first)
    return make.person(name, born_on, division=division, phone=phone, number=number)


@pytest.fixture
def officials(db, settings):
    settings.BUSINESS_DAY = DAY
    return make.officials()


@pytest.mark.parametrize(
    ("one", "other", "reasons"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND]
)
def test_a_pair_is_found_with_its_reasons(officials, one, other, reasons):
    put(**one)
    put(**other)
    put("周明", date(1975, 5, 5))
    found = suspected(officials["county_checker"])
    assert [list(pair.reasons) for pair in found] == ([reasons] if reasons else [])


def test_the_same_account_of_two_rows_is_a_reason(officials):
    for one in (put(), put(born_on=date(1986, 1, 2))):
        make.account(one)
    (pair,) = suspected(officials["county_checker"])
    assert pair.reasons == ("account",)


def test_only_who_sees_both_sees_the_pair(officials):
    here, there = put(), put(division=make.HUAIHUA)
    assert len(suspected(officials["county_checker"])) == 1
    assert suspected(officials["township_reviewer"]) == suspected(officials["next_township_reviewer"]) == []
    say_apart(here, there, by=make.actor("county_checker"), on=DAY, reason="两张身份证都看了")
    assert suspected(officials["county_checker"]) == []


def test_two_people_are_not_shown_again_until_another_person_doubts_it(officials, client):
    one, other = put(), put()
    client.force_login(officials["township_reviewer"])
    page = client.get(reverse("portal:doubles")).content.decode()
    assert ("同名，出生日期相同" in page, page.count("赵雨桐") > 1) == (True, True)
    assert not {part for part in (one.citizen_id, other.citizen_id) if part in page}
    url = reverse("portal:double_apart", args=[one.pk, other.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "两个人，都到窗口来过"}).status_code == 302
    assert client.post(url, {"reason": "再来一次"}).status_code == 422  # settled already
    assert suspected(officials["township_reviewer"]) == []
    assert "都到窗口来过" in client.get(reverse("portal:doubles") + "?state=apart").content.decode()
    double = Double.objects.get()
    assert double.found == [{"zh": "同名，出生日期相同", "en": "The same name and birth date"}]
    with pytest.raises(Refusal, match="另一位"):
        look_again(double, by=make.actor("township_reviewer"), on=DAY, reason="想起来不对")
    client.force_login(officials["county_checker"])
    again = reverse("portal:double_step", args=[double.pk, "look_again"])
    assert client.get(again).status_code == 200
    assert client.post(again, {"reason": "照片像同一个人"}).status_code == 302
    assert len(suspected(officials["county_checker"])) == 1


def test_the_page_is_paged_and_costs_the_same_however_many(officials, client, django_assert_max_num_queries):
    for n in range(25):
        put(f"李{chr(0x4E00 + n)}"), put(f"李{chr(0x4E00 + n)}")
    client.force_login(officials["county_checker"])
    with django_assert_max_num_queries(17):
        page = client.get(reverse("portal:doubles") + "?page=2")
    assert page.content.decode().count("data-pair") == 10


def test_neither_the_next_township_nor_a_clerk_opens_a_pair(officials, client):
    one, other = put(), put()
    url = reverse("portal:double_apart", args=[one.pk, other.pk])
    for who, status in (("next_township_reviewer", 404), ("clerk", 403), ("auditor", 403)):
        client.force_login(officials[who])
        assert client.get(url).status_code == status


def step(client, double, move, **data):
    return client.post(reverse("portal:double_step", args=[double.pk, move]), data)


def test_a_merge_takes_two_people_and_says_first_what_speaks_against_it(officials, client):
    one, other = put(), put(born_on=date(1980, 3, 17), phone="13800138000")
    for n, person in enumerate((one, other)):
        make.household(f"H-{n}", (person, "02"))
        make.account(person, f"621700001234567{n}")
    client.force_login(officials["township_reviewer"])
    url = reverse("portal:double_merge", args=[one.pk, other.pk])
    page = client.get(url).content.decode()
    assert all(words in page for words in ("出生日期不同", "现在各在一户：H-0 / H-1", "账户不同"))
    assert client.post(url, {"reason": "同一张证"}).status_code == 422
    assert client.post(url, {"reason": "同一张证", "stays": one.pk}).status_code == 302
    double = Double.objects.get()
    assert (
        client.get(reverse("portal:double_step", args=[double.pk, "merge"])).status_code == 404
    )  # county alone
    assert suspected(officials["county_checker"]) == []
    client.force_login(officials["county_checker"])
    confirm = client.get(reverse("portal:double_step", args=[double.pk, "merge"]))
    seen = confirm.context["form"].initial["seen"]
    make.fact(one, "payroll", date(2025, 1, 1), listed=True)
    make.fact(other, "payroll", date(2025, 1, 1), listed=False)
    late = step(client, double, "merge", seen=seen)
    assert (late.status_code, "说法不同" in late.content.decode()) == (422, True)
    seen = late.context["form"].data["seen"]
    assert step(client, double, "merge", seen=seen).status_code == 302
    double = Double.objects.get()
    assert (double.state, Person.objects.get(pk=other.pk).merged_into_id, len(double.against)) == (
        "merged",
        one.pk,
        4,
    )


def test_who_asked_does_not_confirm_and_a_parting_takes_two_again(officials, client):
    one, other = put(), put()
    double = ask_to_merge(one, other, by=make.actor("county_checker"), on=DAY, reason="同一张证")
    with pytest.raises(Refusal, match="另一位"):
        merge(double, by=make.actor("county_checker"), on=DAY)
    assert Person.objects.get(pk=other.pk).merged_into_id is None
    merge(double, by=make.actor("county_checker", "second"), on=DAY)
    client.force_login(officials["township_reviewer"])
    assert step(client, double, "ask_to_part", reason="两个人都来了").status_code == 302
    assert Person.objects.get(pk=other.pk).merged_into_id == one.pk
    client.force_login(officials["county_checker"])
    assert "两个人都来了" in client.get(reverse("portal:doubles") + "?state=asked").content.decode()
    seen = client.get(reverse("portal:double_step", args=[double.pk, "part"])).context["form"].initial["seen"]
    assert step(client, double, "part", seen=seen).status_code == 302
    assert Person.objects.get(pk=other.pk).merged_into_id is None
    assert len(suspected(officials["county_checker"])) == 1


def test_everything_is_as_before_after_a_parting_with_what_came_meanwhile(officials):
    one, other = put(phone="13800138000"), put()
    make.household("H-0", (one, "02"))
    make.account(other)
    before = told()
    double = ask_to_merge(one, other, by=make.actor("township_reviewer"), on=DAY, reason="同一张证")
    merge(double, by=make.actor("county_checker"), on=DAY)
    came = make.fact(other, "payroll", date(2026, 8, 1), listed=True)
    ask_to_part(double, by=make.actor("township_reviewer"), on=DAY, reason="两个人")
    part(double, by=make.actor("county_checker"), on=DAY)
    after = told()
    assert after.pop("facts") == [*before.pop("facts"), (came.pk, other.pk)]
    assert after == before


def told() -> dict[str, list]:
    """Every row that hangs on a person."""
    return {
        "people": list(Person.objects.order_by("pk").values_list()),
        "memberships": list(Membership.objects.order_by("pk").values_list()),
        "accounts": [row[:2] for row in Account.objects.order_by("pk").values_list("pk", "owner")],
        "facts": list(Fact.objects.order_by("pk").values_list("pk", "person")),
    }


def test_the_database_lets_nobody_stand_under_who_stands_under_another(officials):
    people = [put() for _ in range(3)]
    told = because(make.actor("county_checker"), "同一个人")
    with told:
        Person.objects.filter(pk=people[1].pk).update(merged_into=people[0])
    for row, into in ((2, 1), (0, 2), (0, 0)):
        told = because(make.actor("county_checker"), "同一个人")
        with pytest.raises(IntegrityError, match="merged"), transaction.atomic(), told:
            Person.objects.filter(pk=people[row].pk).update(merged_into=people[into])


def test_the_familys_page_and_the_search_show_one_person(officials, client):
    one, other = put(), put()
    home = make.household("H-0", (one, "02"))
    make.household("H-1", (other, "02"))
    make.account(other, "6217000012345670")
    make.fact(other, "payroll", date(2025, 1, 1), listed=True)
    merge(
        ask_to_merge(one, other, by=make.actor("township_reviewer"), on=DAY, reason="同一张证"),
        by=make.actor("county_checker"), on=DAY,
    )  # fmt: skip
    found = family(home.pk, official=officials["clerk"], on=DAY)
    (member,) = found.members
    assert (member.person, member.rows, len(member.facts), len(found.accounts)) == (
        one,
        (one.pk, other.pk),
        1,
        1,
    )
    assert household_of(other, on=DAY) == home
    assert family(Household.objects.get(number="H-1").pk, official=officials["clerk"], on=DAY).members == ()
    for text in (other.citizen_id, other.citizen_id[-4:], "赵雨桐"):
        assert [hit.person for hit in search(text, official=officials["clerk"]).hits] == [one], text
    client.force_login(officials["clerk"])
    assert "名册上 2 条，已合并" in client.get(reverse("portal:family", args=[home.pk])).content.decode()
