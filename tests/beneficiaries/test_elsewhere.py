"""A parent of another county is on record beside the family, nobody's resident here, and becomes one by moving here."""

import re
from datetime import date

import pytest
from django.urls import reverse

from beneficiaries import services
from beneficiaries.models import Doubt, Fact, Household, Parentage, Person
from beneficiaries.queries.family import family as family_of
from beneficiaries.queries.kin import parents_on
from beneficiaries.queries.search import search
from beneficiaries.services.elsewhere import Elsewhere
from beneficiaries.services.subjects import find_people
from officials.models import Official
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.test_register_rules import DAY, FATHER, GIRL, row, take
from tests.beneficiaries.workbooks import number_of

MOTHER, GRANDMOTHER = number_of("19810506", 22, region="610122"), number_of("19550101", 32)
LANTIAN = "陕西省西安市蓝田县"
CLERK = make.actor("clerk", "clerk")
REVIEWER = make.actor("township_reviewer", "reviewer")


@pytest.fixture(autouse=True)
def family(db):
    """A father and his daughter on one booklet; her mother is registered in Lantian."""
    make.divisions()
    take([row("户主", "赵文斌", FATHER), row("女", "赵雨桐", GIRL), row("母亲", "孙桂兰", GRANDMOTHER)])


def official(role):
    made = Official.objects.filter(roles__contains=[role]).first()
    return made or make.officials()[role]


def girl():
    return Person.objects.get(name="赵雨桐")


def named(name="周彩霞", county=LANTIAN, *, number=MOTHER, told=True):
    """The record of birth names the mother; another person has seen it."""
    entry = services.enter_fact(
        girl(), kind="parentage", values={"kind": "birth", "mother": number, "since_on": "2008-02-03"},
        paper="birth_record", by=CLERK, on=DAY, elsewhere={"mother": Elsewhere(name, county)} if told else None,
    )  # fmt: skip
    for doubt in Doubt.objects.filter(fact=entry, kind="entered_alone"):
        services.settle_doubt(doubt, by=REVIEWER, on=DAY, outcome="材料已看", keep=entry.pk)
    return entry


def mother():
    return Person.objects.get(name="周彩霞")


def test_she_is_her_daughters_mother_and_nobodys_resident():
    named()
    assert {one.name for one in parents_on([girl().pk], DAY)[girl().pk]} == {"赵文斌", "周彩霞"}
    assert (mother().is_elsewhere, mother().sex, mother().born_on) == (True, "female", date(1981, 5, 6))
    county = official("county_checker")
    for typed in ("周彩霞", "zhoucaixia", MOTHER, MOTHER[-4:]):
        assert not search(typed, official=county).hits
    assert find_people([MOTHER]) == {}, "no list names her as its own person"


def test_the_register_that_brings_her_later_finds_the_same_woman():
    named()
    before = mother().pk
    assert take([row("户主", "周彩霞", MOTHER, "H2")]).counts["refused"] == 0
    assert (mother().pk, mother().is_elsewhere, mother().division) == (before, False, make.JIAOLOU)
    assert [hit.person.pk for hit in search("周彩霞", official=official("county_checker")).hits] == [before]
    assert Person.objects.count() == 4


def test_she_moves_into_the_household_and_the_move_is_taken_back():
    named()
    home, her = Household.objects.get(), mother()
    told = {"by": make.actor("township_reviewer", "mover"), "on": DAY, "reason": "迁入，见准迁证"}
    moved = services.move_in(her, home, relation="10", first_day=date(2026, 7, 10), **told)
    assert (mother().is_elsewhere, mother().division) == (False, home.division)
    assert search("周彩霞", official=official("county_checker")).hits
    services.take_back_move(moved, **{**told, "by": make.actor("township_reviewer", "another")})
    assert (mother().is_elsewhere, mother().elsewhere) == (True, LANTIAN)
    assert not search("周彩霞", official=official("county_checker")).hits


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"county": "西安市周至县"}, "county_of_ours"),
        ({"number": GRANDMOTHER}, "registered_here"),
        ({"told": False}, "person_unknown"),
    ],
    ids=["of our own county", "on our register", "no county said"],
)
def test_who_cannot_be_of_another_county_is_refused(told, code):
    with pytest.raises(Refusal) as refused:
        named(**told)
    assert refused.value.code == code
    assert (Person.objects.count(), Fact.objects.filter(kind="parentage").count()) == (3, 0)


def test_another_name_for_the_same_number_is_compared_first():
    named()
    with pytest.raises(Refusal) as refused:
        named(name="周采霞")
    assert (refused.value.code, mother().name) == ("named_otherwise", "周彩霞")
    assert not Parentage.objects.filter(parent=mother()).exists()


def test_the_family_shows_her_with_her_county():
    named()
    found = family_of(Household.objects.get().pk, official=official("clerk"), on=DAY)
    assert found is not None
    assert [(one.person.name, one.person.elsewhere) for one in found.away] == [("周彩霞", LANTIAN)]
    assert found.away[0].masked_id.endswith(MOTHER[-4:])
    assert MOTHER not in found.away[0].masked_id


def test_a_clerk_enters_her_at_the_counter(client, settings):
    settings.BUSINESS_DAY = DAY
    client.force_login(official("clerk"))
    home = Household.objects.get().pk
    address = reverse("portal:fact", args=[home, "parentage"])
    given = {
        "person": girl().pk, "paper": "birth_record", "kind": "birth", "mother": MOTHER, "since_on": "2008-02-03",
        "single": "no",
    }  # fmt: skip
    assert client.post(address, given).status_code == 422
    assert client.post(address, given | {"mother_name": "周彩霞"}).status_code == 422, "the county is missing"
    done = client.post(address, given | {"mother_name": "周彩霞", "mother_county": LANTIAN})
    assert done.status_code == 302, re.findall(r"没有.{0,200}|class=.error.{0,300}", done.content.decode())
    page = client.get(reverse("portal:family", args=[home])).content.decode()
    assert MOTHER not in page
    doubt = Doubt.objects.get(kind="entered_alone")
    services.settle_doubt(doubt, by=REVIEWER, on=DAY, outcome="材料已看", keep=doubt.fact_id)
    page = client.get(reverse("portal:family", args=[home])).content.decode()
    assert ("周彩霞" in page, LANTIAN in page, MOTHER in page) == (True, True, False)
