"""A parent of another county is on record beside the family, nobody's resident here, and becomes one by moving here."""

import re
from datetime import date

import pytest
from django.urls import reverse

from beneficiaries import services
from beneficiaries.models import Doubt, Fact, Household, Parentage, Person
from beneficiaries.queries.doubts import NO_ENTRY
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


HUSBAND = number_of("19780706", 35, region="610122")


def marriage(**told):
    """The widowed grandmother marries a man of Lantian; both sides wait for a second person."""
    values = {"registered": True, "spouse": HUSBAND, "married_on": "2019-05-01"}
    entry = services.enter_fact(
        grandmother(), kind="marriage", values=values, paper="marriage_certificate", by=CLERK, on=DAY,
        elsewhere={"spouse": Elsewhere("周明", LANTIAN)}, **told,
    )  # fmt: skip
    doubts = list(Doubt.objects.filter(kind="entered_alone", settled_on=None))
    for doubt in doubts:
        assert doubt.division == make.JIAOLOU, "the office of her whom he married settles both"
    services.settle_doubt(doubts[-1], by=REVIEWER, on=DAY, outcome="材料已看", keep=doubts[-1].fact_id)
    return entry


def grandmother():
    return Person.objects.get(name="孙桂兰")


def husband():
    return Person.objects.get(name="周明")


def married():
    facts = Fact.objects.filter(kind="marriage", superseded_by=None, is_disputed=False)
    return {(fact.person_id, fact.values["spouse"], fact.valid_until) for fact in facts}


def test_a_husband_of_another_county_is_hers_and_she_is_his():
    marriage()
    he, she = husband().pk, grandmother().pk
    assert married() == {(she, he, None), (he, she, None)}
    assert husband().is_elsewhere
    assert not search("周明", official=official("county_checker")).hits
    assert find_people([HUSBAND]) == {}
    found = family_of(Household.objects.get().pk, official=official("clerk"), on=DAY)
    assert [(one.person.name, one.tie) for one in found.away] == [("周明", "marriage")]


def test_a_marriage_that_was_entered_wrongly_is_taken_back_for_both_and_leaves_the_register_as_before():
    before = as_seen()
    entry = marriage()
    doubt = services.ask_to_withdraw(entry, by=CLERK, on=DAY, reason="登记错了人")
    assert married() == set(), "it counts for neither while it waits"
    services.settle_doubt(doubt, by=REVIEWER, on=DAY, outcome="确实登记错了", keep=NO_ENTRY)
    assert (married(), as_seen()) == (set(), before)
    assert not Fact.objects.filter(superseded_by=None, kind="marriage").exists()
    marriage()  # the right county is written over the row that nothing names
    assert len(married()) == 2


def as_seen():
    """What the family's page and the search box show, and which doubts wait."""
    found = family_of(Household.objects.get().pk, official=official("clerk"), on=DAY)
    hits = [hit.person.pk for hit in search("周明", official=official("county_checker")).hits]
    waits = list(Doubt.objects.filter(settled_on=None).values_list("kind", flat=True))
    return [(one.person.name, len(one.facts)) for one in (*found.members, *found.away)], hits, waits


def test_the_divorce_from_him_and_a_new_marriage_in_this_county():
    entry = marriage()
    ended = {**entry.values, "spouse": HUSBAND, "ended_on": "2022-03-01", "ended_because": "divorced"}
    paper = {"paper": "divorce_paper", "by": CLERK, "on": DAY}
    for values in (ended, {"registered": True, "spouse": FATHER, "married_on": "2023-01-01"}):
        services.enter_fact(grandmother(), kind="marriage", values=values, **paper)
        for doubt in Doubt.objects.filter(settled_on=None):
            doubt.refresh_from_db()  # seen with the other's, it may be settled by now
            is_open = doubt.settled_on is None and doubt.fact_id is not None
            if is_open and Fact.objects.get(pk=doubt.fact_id).superseded_by_id is None:
                checker = make.actor("county_checker", "another")
                services.settle_doubt(doubt, by=checker, on=DAY, outcome="离婚证已看", keep=doubt.fact_id)
    he, she, new = husband().pk, grandmother().pk, Person.objects.get(name="赵文斌").pk
    ended_on = date(2022, 3, 1)
    assert married() == {(she, he, ended_on), (he, she, ended_on), (she, new, None), (new, she, None)}
    found = family_of(Household.objects.get().pk, official=official("clerk"), on=DAY)
    assert found.away == (), "who is divorced stands beside the family no more"


def test_the_register_that_brings_the_husband_later_joins_him():
    marriage()
    before = husband().pk
    assert take([row("户主", "周明", HUSBAND, "H2")]).counts["refused"] == 0
    assert (husband().pk, husband().is_elsewhere, len(married())) == (before, False, 2)
    assert [hit.person.pk for hit in search("周明", official=official("county_checker")).hits] == [before]


SEEN = {"seen_on": "2026-07-01", "issuer": "蓝田县公安局前卫派出所", "number": "蓝前第12号"}


def seen_alive(about, **values):
    return services.enter_fact(
        about, kind="seen_alive", values=SEEN | values, paper="other_county_register", by=CLERK, on=DAY
    )


def test_that_she_lives_is_entered_with_number_and_issuer_and_seen_by_a_second_person():
    named()
    entry = seen_alive(mother())
    assert (entry.is_disputed, entry.valid_from, entry.values) == (True, date(2026, 7, 1), SEEN)
    doubt = Doubt.objects.get(fact=entry)
    assert (doubt.kind, doubt.division) == ("entered_alone", make.JIAOLOU)
    with pytest.raises(Refusal) as refused:
        services.settle_doubt(
            doubt, by=make.actor("township_reviewer", CLERK.number), on=DAY, outcome="已看", keep=entry.pk
        )
    assert refused.value.code == "doubt_different_people"
    services.settle_doubt(doubt, by=REVIEWER, on=DAY, outcome="户口簿已看", keep=entry.pk)
    assert not Fact.objects.get(pk=entry.pk).is_disputed


def test_of_a_resident_it_is_never_entered():
    with pytest.raises(Refusal) as refused:
        seen_alive(grandmother())
    assert (refused.value.code, Fact.objects.filter(kind="seen_alive").count()) == ("registered_here", 0)


def test_no_list_says_it():
    letter = services.CoveringLetter("seen_alive", "健在.csv", make.COUNTY)
    with pytest.raises(Refusal) as refused:
        services.upload_list(b"x", letter, by=make.actor("county_checker"), on=DAY)
    assert refused.value.code == "in_no_list"


@pytest.mark.parametrize("death_first", [True, False])
def test_a_death_before_the_day_she_was_seen_alive_cannot_stand_beside_it(death_first):
    named()

    def died():
        values = {"died_on": "2026-06-30"}
        services.enter_fact(
            mother(), kind="death", values=values, paper="death_certificate", by=CLERK, on=DAY
        )

    first, second = (
        (died, lambda: seen_alive(mother())) if death_first else (lambda: seen_alive(mother()), died)
    )
    first()
    with pytest.raises(Refusal) as refused:
        second()
    assert (refused.value.code, Fact.objects.filter(kind__in=["death", "seen_alive"]).count()) == (
        "ruled_out",
        1,
    )


def test_a_death_that_is_corrected_to_before_that_day_is_refused_too():
    named()
    seen_alive(mother())
    paper = {"paper": "death_certificate", "on": DAY}
    entry = services.enter_fact(mother(), kind="death", values={"died_on": "2026-07-10"}, by=CLERK, **paper)
    with pytest.raises(Refusal) as refused:
        services.correct_fact(entry, {"died_on": "2026-06-10"}, by=REVIEWER, reason="证上是六月", **paper)
    assert refused.value.code == "ruled_out"
    services.correct_fact(entry, {"died_on": "2026-07-11"}, by=REVIEWER, reason="证上是十一日", **paper)
    live = Fact.objects.get(kind="death", superseded_by=None)
    assert live.valid_from == date(2026, 7, 11)
