"""Two rows that may be one person: found with reasons, kept apart with a reason, seen only in scope."""

from datetime import date
from itertools import count

import pytest
from django.urls import reverse

from beneficiaries.models import Double
from beneficiaries.queries.doubles import suspected
from beneficiaries.services import look_again, say_apart
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
    again = reverse("portal:double_again", args=[double.pk])
    assert client.get(again).status_code == 200
    assert client.post(again, {"reason": "照片像同一个人"}).status_code == 302
    assert len(suspected(officials["county_checker"])) == 1


def test_the_page_is_paged_and_costs_the_same_however_many(officials, client, django_assert_max_num_queries):
    for n in range(25):
        put(f"李{chr(0x4E00 + n)}"), put(f"李{chr(0x4E00 + n)}")
    client.force_login(officials["county_checker"])
    with django_assert_max_num_queries(12):
        page = client.get(reverse("portal:doubles") + "?page=2")
    assert page.content.decode().count("data-pair") == 10


def test_neither_the_next_township_nor_a_clerk_opens_a_pair(officials, client):
    one, other = put(), put()
    url = reverse("portal:double_apart", args=[one.pk, other.pk])
    for who, status in (("next_township_reviewer", 404), ("clerk", 403), ("auditor", 403)):
        client.force_login(officials[who])
        assert client.get(url).status_code == status
