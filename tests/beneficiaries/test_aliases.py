"""One ID number, a name that a machine could not write: a person confirms it once, and no list is asked about it again."""

import pytest

from audit.models import TrailRow
from beneficiaries.models import Alias, Doubt, EvidenceList, ListRow, Person, SearchTerm
from beneficiaries.queries import search
from beneficiaries.queries.doubts import ALIAS, OTHER_PERSON, choices_of
from beneficiaries.services import correct_name, settle_doubt, take_back_alias, withdraw_list
from beneficiaries.services.because import because
from standards.names import is_variant
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.test_register_rules import COUPLE, DAY, GIRL, row, take

pytestmark = pytest.mark.django_db
WRITTEN = [
    ("赵㐱", "赵？", True),  # the sign of a printer that has no such character
    ("赵㐱", "赵??", True),  # each of its two bytes became a sign
    ("赵龑桐", "赵□桐", True),
    ("赵龑桐", "赵yan桐", True),  # its reading in its place
    ("赵㐱", "赵珍", True),  # a common one in its place
    ("赵镕", "赵熔", True),
    ("赵\U00020c37", "赵\ue000", True),  # a private sign of some office
    ("赵雨桐", "赵雨彤", False),  # both can be written: another name
    ("赵雨桐", "钱？桐", False),
    ("赵雨桐", "赵？", False),
]
SAME = [("赵龴", "赵\ue81e"), ("张美娜", "张美娜　"), ("ＡＮＮＡ", "Anna")]


@pytest.fixture(autouse=True)
def county():
    make.divisions()


@pytest.mark.parametrize(("own", "listed", "is_alike"), WRITTEN)
def test_a_name_that_could_not_be_written_is_told_from_another_name(own, listed, is_alike):
    assert (is_variant(own, listed), is_variant(listed, own)) == (is_alike, is_alike)


@pytest.mark.parametrize(("own", "listed"), SAME)
def test_one_name_in_two_codings_is_no_doubt(own, listed):
    take([*COUPLE, row("长女", own, GIRL)])
    take([row("长女", listed, GIRL)])
    assert not Doubt.objects.exists()


def doubt_of(listed: str) -> Doubt:
    take([*COUPLE, row("长女", "赵㐱", GIRL)])
    take([row("长女", listed, GIRL)])
    return Doubt.objects.get(settled_on=None)


def settle(doubt: Doubt, keep: int) -> None:
    settle_doubt(doubt, by=make.actor("county_checker"), on=DAY, outcome="身份证已看", keep=keep)


def test_an_alias_is_confirmed_once_and_not_asked_again():
    doubt = doubt_of("赵？")
    assert ("生僻字" in doubt.words["zh"], doubt.words["name"]) == (True, "赵?")
    settle(doubt, ALIAS)
    assert list(Alias.objects.values_list("person__name", "name", "confirmed_by")) == [
        ("赵㐱", "赵?", "zhou")
    ]
    take([row("长女", "赵？", GIRL, phone="13800138000")])
    assert not Doubt.objects.filter(settled_on=None).exists()
    assert Person.objects.get(name="赵㐱").aliases.count() == 1


def test_another_name_is_asked_again():
    settle(doubt_of("赵文武"), OTHER_PERSON)
    assert not Alias.objects.exists()
    take([row("长女", "赵文武", GIRL, phone="13800138000")])
    assert [choice.key for choice in choices_of(Doubt.objects.get(settled_on=None))] == [ALIAS, OTHER_PERSON]


def test_nobody_comes_to_the_register_under_a_sign():
    take([*COUPLE, row("长女", "赵？桐", GIRL)])
    assert not Person.objects.filter(name__contains="?").exists()
    (refused,) = ListRow.objects.filter(outcome="refused")
    assert "请写全" in refused.problems[0]["zh"]


def found(text: str, official) -> list[tuple[str, str]]:
    """Whom the box finds, and why."""
    return [(hit.person.name, hit.why.zh) for hit in search(text, official=official).hits]


def test_another_writing_is_found_and_says_so():
    """By the character that lists write, by its pinyin and initials; by the name itself as ever, once."""
    take([*COUPLE, row("长女", "赵镕桐", GIRL)])
    take([row("长女", "赵熔桐", GIRL)])
    clerk = make.officials()["clerk"]
    assert found("赵熔桐", clerk) == []
    settle(Doubt.objects.get(settled_on=None), ALIAS)
    assert found("赵熔桐", clerk) == [("赵镕桐", "姓名相同（另一种写法“赵熔桐”）")]
    assert found("熔桐", clerk) == [("赵镕桐", "姓名中有（另一种写法“赵熔桐”）")]
    assert found("赵镕桐", clerk) == [("赵镕桐", "姓名相同")]
    assert [name for name, _ in found("zrt", clerk)] == ["赵镕桐"]


def test_another_writing_moves_with_the_person_and_goes_with_the_register_or_the_name():
    """Somebody who stands nowhere is not found by any writing; a writing that becomes the name is found as the name."""
    wrong = take([*COUPLE, row("长女", "赵镕桐", GIRL)])
    settle_after(take([row("长女", "赵熔桐", GIRL, phone="13800138000")]))
    checker = make.officials()["county_checker"]
    girl = Person.objects.get(name="赵镕桐")
    with because(make.actor("county_checker"), "搬家"):
        Person.objects.filter(pk=girl.pk).update(division=make.HUAIHUA)
    assert found("赵熔桐", checker) == [("赵镕桐", "姓名相同（另一种写法“赵熔桐”）")]
    assert set(SearchTerm.objects.filter(person=girl).values_list("township", flat=True)) == {
        make.HUAIHUA[:9]
    }
    correct_name(girl, "赵熔桐", by=make.actor("county_checker"), on=DAY, reason="户口本")
    assert found("赵熔桐", checker) == [("赵熔桐", "姓名相同")]
    for evidence in EvidenceList.objects.order_by("-pk"):
        withdraw_list(evidence, by=make.actor("county_checker", "two"), on=DAY)
    assert (wrong.state, SearchTerm.objects.filter(person=girl).exists()) == ("taken", False)


def settle_after(_taken) -> None:
    settle(Doubt.objects.get(settled_on=None), ALIAS)


def taken_back(number: str = "two", role: str = "county_checker") -> Alias:
    return take_back_alias(
        Alias.objects.get(), by=make.actor(role, number), on=DAY, reason="身份证上不是这个字"
    )


def test_a_writing_taken_back_finds_nobody_and_is_asked_about_as_before():
    take([*COUPLE, row("长女", "赵镕桐", GIRL)])
    settle_after(take([row("长女", "赵熔桐", GIRL)]))
    clerk = make.officials()["clerk"]
    assert found("赵熔桐", clerk) == [("赵镕桐", "姓名相同（另一种写法“赵熔桐”）")]
    taken_back()
    assert (found("赵熔桐", clerk), found("熔桐", clerk)) == ([], [])
    assert found("赵镕桐", clerk) == [("赵镕桐", "姓名相同")]
    assert not SearchTerm.objects.filter(name="赵熔桐").exists()
    girl, kept = Person.objects.get(name="赵镕桐"), Alias.objects.get()
    assert (kept.confirmed_by, kept.taken_back_by, kept.taken_back_on, kept.taken_back_why) == (
        "zhou", "two", DAY, "身份证上不是这个字",
    )  # fmt: skip
    told = TrailRow.objects.get(verb="take_back_alias")
    assert (told.object_id, told.actor_number, told.detail["reason"]) == (
        girl.pk,
        "two",
        "身份证上不是这个字",
    )
    asked = Doubt.objects.get(settled_on=None)
    assert (asked.kind, asked.words["name"], [one.key for one in choices_of(asked)]) == (
        "other_name", "赵熔桐", [ALIAS, OTHER_PERSON],
    )  # fmt: skip
    with pytest.raises(Refusal, match="另一位"):
        settle_doubt(asked, by=make.actor("county_checker", "two"), on=DAY, outcome="看过", keep=OTHER_PERSON)
    settle(asked, OTHER_PERSON)
    take([row("长女", "赵熔桐", GIRL, phone="13800138000")])
    assert Doubt.objects.get(settled_on=None).words["name"] == "赵熔桐"


def test_a_writing_taken_back_is_confirmed_anew_and_moves_with_the_person():
    take([*COUPLE, row("长女", "赵镕桐", GIRL)])
    settle_after(take([row("长女", "赵熔桐", GIRL)]))
    taken_back()
    settle(Doubt.objects.get(settled_on=None), ALIAS)
    checker = make.officials()["county_checker"]
    girl = Person.objects.get(name="赵镕桐")
    with because(make.actor("county_checker"), "搬家"):
        Person.objects.filter(pk=girl.pk).update(division=make.HUAIHUA)
    assert found("赵熔桐", checker) == [("赵镕桐", "姓名相同（另一种写法“赵熔桐”）")]
    take([row("长女", "赵熔桐", GIRL, phone="13800138000", village=make.HUAIHUA)])
    assert not Doubt.objects.filter(kind="other_name", settled_on=None).exists()
    assert list(Alias.objects.order_by("pk").values_list("taken_back_by", flat=True)) == ["two", ""]


def test_a_writing_is_taken_back_once_by_the_county_and_nothing_is_asked_of_a_withdrawn_list():
    take([*COUPLE, row("长女", "赵镕桐", GIRL)])
    again = take([row("长女", "赵熔桐", GIRL, phone="13800138000")])
    settle(Doubt.objects.get(settled_on=None), ALIAS)
    withdraw_list(again, by=make.actor("county_checker", "two"), on=DAY)
    with pytest.raises(Refusal) as told:
        taken_back(role="township_reviewer")
    assert told.value.code == "not_your_role"
    taken_back()
    assert not Doubt.objects.filter(settled_on=None).exists()
    with pytest.raises(Refusal, match="two"):
        taken_back("zhou")
