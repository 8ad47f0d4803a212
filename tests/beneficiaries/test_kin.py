"""Lists and papers that name a second person: a father, a mother, a spouse, a guardian."""

from datetime import date

import pytest
from django.db import connection

from beneficiaries import services
from beneficiaries.models import Doubt, Fact
from beneficiaries.queries.compared import comparisons_of
from beneficiaries.queries.doubts import NO_ENTRY, choices_of
from beneficiaries.queries.family import shown_values
from beneficiaries.queries.kin import TIES, parents_on, tie_holds
from facts.catalogue import load_catalogue
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.families import HEADERS, NUMBER, PEOPLE
from tests.beneficiaries.test_families import TODAY
from tests.beneficiaries.workbooks import csv_bytes, number_of


@pytest.fixture
def people(db):
    make.divisions()
    made = {}
    for who in ("girl", "father", "mother", "stepfather"):
        name, born, _, _ = PEOPLE[who]
        female = int(NUMBER[who][16]) % 2 == 0
        made[who] = make.person(name, date.fromisoformat(born), female=female, number=NUMBER[who])
    make.household("H1", (made["father"], "02"), (made["mother"], "10"))
    return made


def take(kind, *rows):
    return take_rows(kind, [HEADERS[kind], *[[NUMBER.get(cell, cell) for cell in row] for row in rows]])


def take_rows(kind, table):
    letter = services.CoveringLetter(kind, f"{kind}.csv", make.COUNTY)
    evidence = services.upload_list(
        csv_bytes(table, "utf-8-sig"), letter, by=make.actor("county_checker", "one"), on=TODAY
    )
    by = make.actor("county_checker", "two")
    return services.import_list(evidence, by=by, on=TODAY, take_good=True)


BIRTH = ("girl", "亲生", "father", "mother", "2008-02-03", "", "")
MISCOPIED = NUMBER["father"][:16] + "3" + NUMBER["father"][17]
WRONG = {
    "nobody here has the number": ((*BIRTH[:2], number_of("19800101", 51), *BIRTH[3:]), "父亲不在本县户籍人口里"),
    "the two columns were exchanged": ((*BIRTH[:2], "mother", "father", *BIRTH[4:]), "父亲一格的身份证号性别不对"),
    "her own mother": (("mother", "亲生", "", "mother", "1981-05-06", "", ""), "母亲和这一行的人是同一个人"),
    "a number that cannot be": ((*BIRTH[:2], MISCOPIED, *BIRTH[3:]), "校验位不符"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "why"), WRONG.values(), ids=WRONG.keys())
def test_a_row_that_names_who_cannot_be_is_refused_with_the_reason(people, row, why):
    taken = take("parentage", row)
    assert (taken.counts["refused"], Fact.objects.count()) == (1, 0)
    assert why in taken.counts["reasons"][0]["zh"]


def test_numbers_of_people_stand_in_no_fact_and_their_names_are_shown(people):
    take("parentage", BIRTH)
    fact = Fact.objects.get(kind="parentage")
    assert fact.values == {
        "kind": "birth", "father": people["father"].pk, "mother": people["mother"].pk, "since_on": "2008-02-03",
    }  # fmt: skip
    shown = {one.label.zh: one.value.zh for one in shown_values(fact, load_catalogue().kinds["parentage"])}
    assert (shown["父亲"], shown["母亲"]) == ("赵文斌", "李秀梅")


def spouses(kind="marriage"):
    facts = Fact.objects.filter(kind=kind, superseded_by=None, is_disputed=False).order_by("pk")
    return [(fact.person_id, fact.values["spouse"], fact.valid_until) for fact in facts]


MARRIED = ("father", "mother", "2005-05-01", "", "")
DIVORCED = ("father", "mother", "2005-05-01", "2018-03-01", "离婚")


def test_one_row_of_a_marriage_is_about_both_and_a_later_list_with_the_divorce_ends_it_for_both(people):
    he, she = people["father"].pk, people["mother"].pk
    assert take("marriage", MARRIED).counts["new"] == 1
    assert spouses() == [(he, she, None), (she, he, None)]
    assert take("marriage", MARRIED).counts["same"] == 1
    assert take("marriage", DIVORCED).counts["changed"] == 1
    assert spouses() == [(he, she, date(2018, 3, 1)), (she, he, date(2018, 3, 1))]


def test_a_withdrawn_list_of_divorces_leaves_both_married(people):
    he, she = people["father"].pk, people["mother"].pk
    take("marriage", MARRIED)
    wrong = take("marriage", DIVORCED)
    services.withdraw_list(wrong, by=make.actor("county_checker", "two"), on=TODAY)
    assert spouses() == [(he, she, None), (she, he, None)]


def test_nobody_is_married_to_two_at_once_and_settling_it_settles_it_for_all(people):
    take("marriage", MARRIED)
    take("marriage", ("stepfather", "mother", "2019-05-01", "", ""))
    (doubt,) = Doubt.objects.filter(kind="lists_differ")
    assert (spouses(), doubt.person) == ([], people["mother"])
    right = Fact.objects.get(person=people["mother"], values__spouse=people["father"].pk)
    services.settle_doubt(
        doubt, by=make.actor("county_checker"), on=TODAY, outcome="结婚证已核对", keep=right.pk
    )
    he, she = people["father"].pk, people["mother"].pk
    assert spouses() == [(he, she, None), (she, he, None)]


def enter(about, of, /, **values):
    return services.enter_fact(
        about, kind=of, values=values, paper=next(iter(load_catalogue().kinds[of].papers)),
        by=make.actor("clerk"), on=TODAY,
    )  # fmt: skip


def test_a_marriage_off_a_paper_waits_for_a_second_person_about_both(people):
    enter(people["father"], "marriage", registered=True, spouse=NUMBER["mother"], married_on="2005-05-01")
    doubts = Doubt.objects.filter(kind="entered_alone")
    assert {doubt.person for doubt in doubts} == {people["father"], people["mother"]}
    assert spouses() == []
    seen = doubts[0]
    services.settle_doubt(
        seen, by=make.actor("township_reviewer"), on=TODAY, outcome="已看", keep=seen.fact_id
    )
    assert len(spouses()) == 2


def test_a_paper_that_names_nobody_known_is_not_entered(people):
    with pytest.raises(Refusal) as refused:
        enter(people["girl"], "custody", guardian=number_of("19800101", 51), since_on="2018-03-01")
    assert (refused.value.code, Fact.objects.count()) == ("person_unknown", 0)


def register_of(father):
    """A register list that names the girl's father by number."""
    header = ["户编号", "与户主关系", "姓名", "性别", "身份证号", "村代码", "户口性质", "父亲身份证号"]
    cells = ["H9", "户主", "赵雨桐", "女", NUMBER["girl"], make.JIAOLOU, "农业", NUMBER[father]]
    return take_rows("register", [header, cells])


def believed_parents(people):
    """By name; whether one child or a whole county is asked for makes no difference."""
    girl = people["girl"].pk
    believed = {one.name for one in parents_on([girl], TODAY)[girl]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT p.name FROM {TIES} x JOIN beneficiaries_person p ON p.id = x.parent_id
                WHERE x.child_id = %(girl)s AND {tie_holds("x", "%(day)s::date", of_everybody=True)}""",
            {"girl": girl, "day": TODAY},
        )
        assert {name for (name,) in cursor.fetchall()} == believed
    return believed


BY_STEPFATHER = ("girl", "亲生", "stepfather", "", "2008-02-03", "", "")
ORDERS = {
    "the register first": (lambda: register_of("father"), lambda: take("parentage", BY_STEPFATHER)),
    "the list of births first": (lambda: take("parentage", BY_STEPFATHER), lambda: register_of("father")),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("right", ["the list", "the register"])
def test_a_father_whom_list_and_register_name_differently_is_not_known_until_it_is_settled(
    people, order, right
):
    for arrives in order:
        arrives()
    (doubt,) = Doubt.objects.filter(kind="lists_differ")
    assert (doubt.person, believed_parents(people)) == (people["girl"], set())
    (fact,) = Fact.objects.filter(kind="parentage")
    assert {choice.key for choice in choices_of(doubt)} == {fact.pk, NO_ENTRY}
    (beside,) = comparisons_of(doubt)
    (fathers,) = [line for line in beside.lines if line.label.zh == "父亲"]
    assert [cell.zh for cell in fathers.cells] == ["王强", "赵文斌"]
    keep, name = (fact.pk, "王强") if right == "the list" else (NO_ENTRY, "赵文斌")
    services.settle_doubt(
        doubt, by=make.actor("county_checker"), on=TODAY, outcome="出生登记已核对", keep=keep
    )
    assert (believed_parents(people), Doubt.objects.filter(settled_on=None).count()) == ({name}, 0)


@pytest.mark.parametrize("gone", [0, 1], ids=["the first goes", "the second goes"])
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_the_other_is_believed_when_list_or_register_is_withdrawn(people, order, gone):
    lists = [arrives() for arrives in order]
    services.withdraw_list(lists[gone], by=make.actor("county_checker", "two"), on=TODAY)
    left = "赵文斌" if lists[1 - gone].kind == "register" else "王强"
    assert (believed_parents(people), Doubt.objects.filter(settled_on=None).count()) == ({left}, 0)


def test_two_registers_that_name_two_fathers_leave_him_not_known_until_a_record_of_birth_says(people):
    register_of("father")
    register_of("stepfather")
    assert Doubt.objects.filter(kind="lists_differ", person=people["girl"]).count() == 1
    assert believed_parents(people) == set()
    enter(people["girl"], "parentage", kind="birth", father=NUMBER["father"], since_on="2008-02-03")
    doubt = Doubt.objects.get(kind="entered_alone")
    services.settle_doubt(
        doubt, by=make.actor("township_reviewer"), on=TODAY, outcome="已看", keep=doubt.fact_id
    )
    assert believed_parents(people) == {"赵文斌"}
