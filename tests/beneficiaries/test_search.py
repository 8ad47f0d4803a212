"""One box: whatever is typed finds the family, within the scope, and says why."""

from datetime import date

import pytest

from beneficiaries.models import Membership, Person
from beneficiaries.queries import search
from beneficiaries.queries.family import family
from beneficiaries.services.because import because
from beneficiaries.terms import terms_of
from tests import factories as make
from tests.beneficiaries.workbooks import number_of
from tests.otherwise import otherwise

YUTONG, YUXIN = number_of("20080203", 24), number_of("20130405", 26)
YUTONG_AGAIN = number_of("20080203", 88)

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.fixture
def clerk(db):
    officials = make.officials()
    father = make.person("赵文斌", date(1979, 3, 2), female=False, phone="13800000926")
    girl = make.person("赵雨桐", date(2008, 2, 3), number=YUTONG)
    sister = make.person("单雨欣", date(2013, 4, 5), number=YUXIN)
    for person in (father, girl, sister):
        person.terms = terms_of(person.name)
        with otherwise():
            person.save(update_fields=["terms"])
    household = make.household("103209-0147", (father, "02"), (girl, "20"), (sister, "20"))
    make.fact(household, "certificate", date(2012, 5, 16), kind="two_daughter", number="ZZ-2012-00017")
    make.fact(girl, "admission", date(2026, 7, 20), year=2026, batch="本科批", level="本科")
    make.person("赵雨桐", date(2009, 1, 1), division=make.HUAIHUA)
    return officials["clerk"]


QUERIES = {
    "whole name": ("赵雨桐", "name", [("赵雨桐", "The whole name")]),
    "two characters inside": ("雨桐", "name", [("赵雨桐", "Part of the name")]),
    "the beginning": ("赵雨", "name", [("赵雨桐", "The name begins so")]),
    "spaces in a name": ("赵 雨 桐", "name", [("赵雨桐", "The whole name")]),
    "initials": ("zyt", "pinyin", [("赵雨桐", "Pinyin initials")]),
    "initials in capitals": ("ZWB", "pinyin", [("赵文斌", "Pinyin initials")]),
    "the beginning of initials": ("zy", "pinyin", [("赵雨桐", "Initials begin so")]),
    "full pinyin": ("zhaoyutong", "pinyin", [("赵雨桐", "Full pinyin")]),
    "pinyin begun": ("zhaowe", "pinyin", [("赵文斌", "Pinyin begins so")]),
    "the surname's own reading": ("shanyuxin", "pinyin", [("单雨欣", "Full pinyin")]),
    "whole ID": (YUTONG, "citizen_id", [("赵雨桐", "The whole ID number")]),
    "ID with spaces": (f" {YUTONG[:6]} {YUTONG[6:]}\n", "citizen_id", [("赵雨桐", "The whole ID number")]),
    "last four of the ID": (YUTONG[-4:], "last4", [("赵雨桐", f"ID number ends in {YUTONG[-4:]}")]),
    "last four of the phone": ("0926", "last4", [("赵文斌", "Phone ends in 0926")]),
    "phone": ("138 0000 0926", "phone", [("赵文斌", "The whole phone number")]),
    "the card reader's burst": (f"{YUTONG.translate(WIDE)}\r\n", "citizen_id", [("赵雨桐", "The whole ID number")]),
    "a burst of the whole card": (f"赵雨桐,女,汉,20080203,{YUTONG}", "citizen_id", [("赵雨桐", "The whole ID number")]),
    "village and name": ("焦楼村 赵雨", "village", [("赵雨桐", "The name begins so, in this village")]),
    "name and the beginning of a village": ("赵文斌 焦楼", "village", [("赵文斌", "The name begins so, in this village")]),
    "nobody of that name in the village": ("焦楼村 钱", "name", []),
    "household": ("103209-0147", "household", [(name, "The household's number") for name in ("赵文斌", "赵雨桐", "单雨欣")]),
    "15 digits of nobody": ("610124001000148", "citizen_id", []),
    "certificate": ("zz-2012-00017", "certificate", [("赵文斌", "The number of the family's certificate")]),
    "a certificate's digits": ("201200017", "certificate", [("赵文斌", "The number of the family's certificate")]),
    "its digits as printed": ("2012-00017", "certificate", [("赵文斌", "The number of the family's certificate")]),
    "no certificate's digits": ("201200018", "household", []),
    "no certificate": ("ZZ-2012-00018", "household", []),
    "letters of nobody": ("qqxx", "pinyin", []),
    "village": ("焦楼", "village", [("赵文斌", "Head of a household in this village")]),
    "nobody": ("欧阳娜娜", "name", []),
    "one character": ("赵", "none", []),
    "nothing": ("", "none", []),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "kind", "hits"), QUERIES.values(), ids=QUERIES.keys())
def test_what_is_typed_finds_and_says_why(clerk, typed, kind, hits, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        found = search(typed, official=clerk)
    assert (found.kind, [(hit.person.name, hit.why.en) for hit in found.hits]) == (kind, hits)


@pytest.mark.parametrize("number", ["610124001000147", "610124101012311", "610124101000000147"])
def test_the_number_printed_on_the_familys_page_finds_it_though_it_looks_like_an_identity_number(
    clerk, number
):
    make.household(number, (make.person("张芳芳", date(1981, 1, 1)), "02"))
    found = search(number, official=clerk)
    assert (found.kind, [hit.person.name for hit in found.hits]) == ("household", ["张芳芳"])


def test_a_certificate_is_found_after_the_head_of_the_household_is_gone(clerk):
    with because(make.actor("county_checker"), "迁出"):
        Membership.objects.filter(relation="02").update(valid_until=date(2020, 1, 1))
    found = search("ZZ-2012-00017", official=clerk)
    assert (found.kind, [hit.person.name for hit in found.hits]) == ("certificate", ["赵雨桐", "单雨欣"])


@pytest.mark.parametrize("digits", ["610124201200017", "610124201200000179"])
def test_a_certificate_whose_digits_look_like_an_identity_number_is_found_by_them(clerk, digits):
    household = make.household("103209-0148", (make.person("张芳芳", date(1981, 1, 1)), "02"))
    make.fact(household, "certificate", date(2012, 5, 16), kind="two_daughter", number=f"陕计{digits}号")
    found = search(digits, official=clerk)
    assert (found.kind, [hit.person.name for hit in found.hits]) == ("certificate", ["张芳芳"])


def test_the_next_township_finds_only_its_own(clerk):
    next_clerk = make.Official.objects.get(number="next-clerk")
    assert [hit.person.division for hit in search("赵雨桐", official=next_clerk).hits] == [make.HUAIHUA]
    assert search(YUTONG, official=next_clerk).hits == ()


def test_who_is_called_just_so_comes_before_many_whose_names_begin_so(clerk):
    for at in range(60):
        make.person(f"曾敏{chr(0x4E00 + at)}", date(2001, 1, 1 + at % 28))
    make.person("曾敏", date(2001, 1, 1))
    assert search("曾敏", official=clerk).hits[0].why.en == "The whole name"
    assert search("zm", official=clerk).hits[0].person.name == "曾敏"


@pytest.mark.parametrize(
    "typed", ["赵雨童", "zhaoyutong", "zyt", YUTONG_AGAIN, YUTONG_AGAIN[-4:], "13800000927"]
)
def test_two_rows_that_are_one_person_are_found_once_by_the_row_that_stays(clerk, typed):
    stays = search(YUTONG, official=clerk).hits[0].person
    other = make.person("赵雨童", date(2008, 2, 3), number=YUTONG_AGAIN, phone="13800000927")
    with otherwise():
        Person.objects.filter(pk=other.pk).update(merged_into=stays)
    assert [hit.person for hit in search(typed, official=clerk, most=1).hits] == [stays]
    assert search(typed, official=clerk, most=1, page=2).hits == ()
    stays_elsewhere = make.person("赵雨童", date(2008, 2, 3), division=make.HUAIHUA)
    with otherwise():
        Person.objects.filter(pk=other.pk).update(merged_into=stays_elsewhere)
    assert stays_elsewhere not in [hit.person for hit in search(typed, official=clerk).hits]


def test_more_hits_than_a_screen_are_told(clerk):
    for _ in range(4):
        make.person("赵雨桐", date(2008, 2, 3))
    found = search("赵雨桐", official=clerk, most=3)
    assert (len(found.hits), found.has_more) == (3, True)


def test_every_page_follows_the_one_before_until_there_is_no_more(clerk):
    for at in range(7):
        make.person("赵雨桐", date(2008, 2, 3 + at))
    pages = [search("赵雨桐", official=clerk, most=3, page=n) for n in (1, 2, 3)]
    seen = [hit.person.pk for page in pages for hit in page.hits]
    assert (len(seen), len(set(seen))) == (8, 8)
    assert [page.has_more for page in pages] == [True, True, False]


@pytest.mark.parametrize(
    ("typed", "kind", "says"),
    [
        ("13800009999", "phone", "电话"),
        ("10326", "none", "号码不全"),
        (f"{YUTONG[:17]}{(int(YUTONG[17]) + 1) % 10 if YUTONG[17] != 'X' else 1}", "none", "有一位打错了"),
    ],
)
def test_a_number_is_called_what_it_is(clerk, typed, kind, says):
    found = search(typed, official=clerk)
    assert (found.kind, found.hits) == (kind, ())
    assert says in found.understood.zh


def test_a_family_is_shown_masked_with_sources_in_few_queries(clerk, django_assert_max_num_queries):
    person = search("赵雨桐", official=clerk).hits[0].person
    household = person.memberships.get().household_id
    with django_assert_max_num_queries(12):
        shown = family(household, official=clerk, on=date(2026, 8, 18))
    assert [(m.person.name, m.relation, m.masked_id[-4:], m.age) for m in shown.members] == [
        ("赵文斌", "户主", shown.members[0].person.citizen_id[-4:], 47),
        ("赵雨桐", "子", YUTONG[-4:], 18),
        ("单雨欣", "子", YUXIN[-4:], 13),
    ]
    girl = shown.members[1]
    assert [(parent.name) for parent in girl.parents] == ["赵文斌"]
    assert [(v.label.zh, v.value.zh) for line in girl.facts for v in line.shown][:2] == [
        ("录取年份", "2026"),
        ("录取批次", "本科批"),
    ]
    assert (shown.village, shown.township) == ("焦楼村", "马召镇")


def test_a_family_outside_the_scope_is_not_there(clerk):
    household = search("赵雨桐", official=clerk).hits[0].person.memberships.get().household_id
    next_clerk = make.Official.objects.get(number="next-clerk")
    assert family(household, official=next_clerk, on=date(2026, 8, 18)) is None
