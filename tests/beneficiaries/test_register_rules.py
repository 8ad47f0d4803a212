"""What a register list makes of families: one line of the table for each kind of family and of doubt."""

from datetime import date

import pytest

from beneficiaries import services
from beneficiaries.models import AwaitedParent, Doubt, Fact, Household, ListRow, Membership, Parentage, Person
from beneficiaries.queries import edited_facts, edited_lists, household_of
from standards.words import Refusal
from tests import factories as make
from tests.beneficiaries.workbooks import number_of, xlsx
from tests.otherwise import otherwise

DAY = date(2026, 7, 15)
HEADER = ["户编号", "与户主关系", "姓名", "性别", "身份证号", "村代码", "户口性质", "联系电话"]
PARENTS = ["父亲身份证号", "母亲身份证号"]
FATHER, MOTHER = number_of("19790302", 11), number_of("19810506", 22)
GIRL, SISTER = number_of("20080203", 24), number_of("20130405", 26)
GRANDFATHER = number_of("19520101", 31)


@pytest.fixture(autouse=True)
def _county(db):
    make.divisions()


def row(relation, name, number, household="H1", village=make.JIAOLOU, **more):
    sex = "男" if number[16] in "13579" else "女"
    return [
        household,
        relation,
        name,
        more.get("sex", sex),
        number,
        village,
        more.get("rural", "农业"),
        more.get("phone", ""),
    ]


def take(rows, *, parents=None, on=DAY, kind="register", header=None, **letter):
    table = [header or HEADER + (PARENTS if parents else [])]
    table += [[*one, *parents.get(one[4], ["", ""])] if parents else one for one in rows]
    covering = services.CoveringLetter(kind, f"{kind}.xlsx", letter.pop("division", make.COUNTY), **letter)
    evidence = services.upload_list(xlsx(table), covering, by=make.actor("county_checker", "one"), on=on)
    return services.import_list(evidence, by=make.actor("county_checker", "two"), on=on, take_good=True)


def parents_of(number):
    child = Person.objects.get(name=number)
    return sorted(Parentage.objects.filter(child=child).values_list("parent__name", flat=True))


COUPLE = [row("户主", "赵文斌", FATHER), row("妻", "李秀梅", MOTHER)]
FAMILIES = {
    "children of the head and his wife": ([*COUPLE, row("长女", "赵雨桐", GIRL)], {}, ["李秀梅", "赵文斌"]),
    "a father alone": ([row("户主", "赵文斌", FATHER), row("女", "赵雨桐", GIRL)], {}, ["赵文斌"]),
    "an adopted or a step-child": ([*COUPLE, row("养女或继女", "赵雨桐", GIRL)], {}, []),
    "a grandchild": ([row("户主", "赵老", GRANDFATHER), row("子", "赵文斌", FATHER), row("孙女", "赵雨桐", GIRL)], {}, []),
    "columns for the parents": (
        [row("户主", "赵老", GRANDFATHER), row("子", "赵文斌", FATHER), row("儿媳", "李秀梅", MOTHER),
         row("孙女", "赵雨桐", GIRL)], {GIRL: [FATHER, MOTHER]}, ["李秀梅", "赵文斌"],
    ),
    "a column names the father alone": ([*COUPLE, row("长女", "赵雨桐", GIRL)], {GIRL: [FATHER, ""]}, ["赵文斌"]),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "parents", "expected"), FAMILIES.values(), ids=FAMILIES.keys())
def test_whose_child(rows, parents, expected):
    assert take(rows, parents=parents).state == "taken"
    assert parents_of("赵雨桐") == expected


def test_a_mother_of_another_township_becomes_a_parent_when_her_list_comes():
    take([row("户主", "赵文斌", FATHER), row("女", "赵雨桐", GIRL)], parents={GIRL: [FATHER, MOTHER]})
    assert (parents_of("赵雨桐"), AwaitedParent.objects.count()) == (["赵文斌"], 1)
    take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)])
    assert (parents_of("赵雨桐"), AwaitedParent.objects.count()) == (["李秀梅", "赵文斌"], 0)


def test_facts_and_memberships_begin_with_the_period_of_the_list_or_the_birth():
    baby = number_of("20260301", 44)
    take([*COUPLE, row("女", "赵小满", baby)])
    found = dict(Membership.objects.values_list("person__name", "valid_from"))
    assert found == {"赵文斌": date(2026, 1, 1), "李秀梅": date(2026, 1, 1), "赵小满": date(2026, 3, 1)}
    fact = Fact.objects.get(person__name="赵小满", kind="register")
    assert (fact.valid_from, fact.values) == (date(2026, 3, 1), {"rural": True, "residence": make.JIAOLOU})


def test_numbers_are_found_by_index_and_never_stand_in_the_clear():
    take([row("户主", "赵文斌", FATHER, phone="13800138000")])
    person = Person.objects.get()
    assert (person.citizen_id, person.phone, Household.objects.get().head) == (FATHER, "13800138000", person)
    raw = ListRow.objects.get().raw
    assert FATHER in raw  # clear to the program, encrypted in the table: see test_numbers_stay_inside


def kinds_of_doubt():
    return sorted(Doubt.objects.values_list("kind", flat=True))


def test_one_person_in_two_households_counts_in_neither():
    take(COUPLE)
    again = take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)])
    assert (kinds_of_doubt(), again.counts["doubtful"]) == (["two_households"], 1)
    mother = Person.objects.get(name="李秀梅")
    assert household_of(mother, on=DAY) is None
    assert set(Membership.objects.filter(person=mother).values_list("is_disputed", flat=True)) == {True}
    assert household_of(Person.objects.get(name="赵文斌"), on=DAY).number == "H1"


def test_the_same_number_with_another_name_is_for_a_person():
    take(COUPLE)
    again = take([row("户主", "赵文武", FATHER)])
    assert (kinds_of_doubt(), again.state) == (["other_name"], "taken")
    assert Person.objects.filter(name="赵文武").count() == 0


def test_a_sex_against_the_number_is_for_a_person_and_the_number_counts():
    take([row("户主", "赵文斌", FATHER, sex="女")])
    assert (kinds_of_doubt(), Person.objects.get().sex) == (["sex_differs"], "male")


def test_the_same_name_birthday_and_village_under_another_number_is_for_a_person():
    take([*COUPLE, row("长女", "赵雨桐", GIRL), row("次女", "赵雨桐", number_of("20080203", 68))])
    assert kinds_of_doubt() == ["same_person"]


def test_whoever_was_found_to_be_another_is_not_asked_about_again():
    girl, other = row("长女", "赵雨桐", GIRL), row("次女", "赵雨桐", number_of("20080203", 68))
    take([*COUPLE, girl, other])
    services.say_apart(
        *Person.objects.filter(name="赵雨桐"), by=make.actor("county_checker"), on=DAY, reason="双胞胎"
    )
    assert Doubt.objects.get().outcome == "双胞胎"
    take(
        [
            row("长女", "赵雨桐", GIRL, phone="13800138000"),
            row("次女", "赵雨桐", other[4], phone="13800138001"),
        ]
    )
    assert not Doubt.objects.filter(settled_on=None).exists()


def test_a_booklet_of_another_township_is_refused_whole():
    take(COUPLE)
    again = take([row("户主", "钱一", GRANDFATHER, "H1", make.HUAIHUA)])
    assert (again.counts["refused"], Person.objects.filter(name="钱一").count()) == (1, 0)


def test_a_newer_phone_replaces_the_older():
    take([row("户主", "赵文斌", FATHER, phone="13800138000")])
    again = take([row("户主", "赵文斌", FATHER, phone="13900139000")])
    assert (again.counts["changed"], Person.objects.get().phone) == (1, "13900139000")


def test_a_register_of_a_later_year_closes_the_state_before():
    take(COUPLE)
    again = take([row("户主", "赵文斌", FATHER, rural="非农业")], on=date(2027, 3, 1))
    assert again.counts["changed"] == 1
    facts = Fact.objects.filter(person__name="赵文斌", superseded_by=None).order_by("valid_from")
    states = [(fact.valid_from, fact.valid_until, fact.values["rural"]) for fact in facts]
    assert states == [
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (date(2027, 1, 1), None, False),
    ]
    assert (edited_facts(), edited_lists()) == ([], [])


CERTIFICATE = ["持证人身份证号", "证件类型", "证件编号", "发证日期", "注销日期"]


def certificate(*cells):
    return take([list(cells)], kind="certificate", header=CERTIFICATE)


def live(kind):
    facts = Fact.objects.filter(kind=kind, superseded_by=None).order_by("pk")
    return [(fact.values, fact.is_disputed, fact.valid_until) for fact in facts]


def test_more_about_one_record_replaces_it_and_the_same_again_changes_nothing():
    take(COUPLE)
    certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    assert certificate(FATHER, "双女户", "ZZ-1", "2012-05-16", "").counts["same"] == 1  # by the other parent
    assert certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "2025-01-31").counts["changed"] == 1
    assert (
        certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "").counts["same"] == 1
    )  # the older list once more
    (fact,) = live("certificate")
    assert (fact[0]["cancelled_on"], fact[1], fact[2]) == ("2025-01-31", False, date(2025, 1, 31))


def test_two_lists_that_differ_are_disputed_until_a_person_settles_it():
    take(COUPLE)
    certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    certificate(MOTHER, "独女户", "ZZ-1", "2012-05-16", "")
    assert [disputed for _, disputed, _ in live("certificate")] == [True, True]
    assert kinds_of_doubt() == ["lists_differ"]


def test_a_withdrawn_list_counts_no_more_and_what_it_disputed_counts_again():
    take(COUPLE)
    certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    wrong = certificate(MOTHER, "独女户", "ZZ-1", "2012-05-16", "")
    services.withdraw_list(wrong, by=make.actor("county_checker", "two"), on=DAY)
    assert [(values["kind"], disputed) for values, disputed, _ in live("certificate")] == [
        ("two_daughter", False)
    ]


def test_a_month_list_covers_its_month_and_its_category():
    take(COUPLE)
    evidence = services.upload_list(
        xlsx([["周至县2026年8月农村低保名单"], ["姓名", "身份证号"], ["赵文斌", FATHER], ["李秀梅", MOTHER]]),
        services.CoveringLetter("hardship", "低保.xlsx", make.COUNTY, is_complete=True),
        by=make.actor("county_checker", "one"),
        on=DAY,
    )
    taken = services.import_list(evidence, by=make.actor("county_checker", "two"), on=DAY)
    assert (taken.counts["new"], taken.counts["same"]) == (1, 1)  # one household
    (coverage,) = taken.coverage.all()
    stated = (coverage.code, coverage.scope, coverage.valid_from, coverage.valid_until, coverage.is_complete)
    assert stated == ("dibao", "610124", date(2026, 8, 1), date(2026, 8, 31), True)
    assert live("hardship") == [({"kinds": ["dibao"]}, False, date(2026, 8, 31))]


def test_who_uploads_cannot_take():
    evidence = services.upload_list(
        xlsx([HEADER, *COUPLE]),
        services.CoveringLetter("register", "r.xlsx", make.COUNTY),
        by=make.actor("county_checker", "one"),
        on=DAY,
    )
    with pytest.raises(Refusal) as caught:
        services.import_list(evidence, by=make.actor("county_checker", "one"), on=DAY)
    assert caught.value.code == "list_different_people"


def test_a_taken_fact_that_was_edited_is_named():
    take(COUPLE)
    certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    fact = Fact.objects.get(kind="certificate")
    with otherwise():
        Fact.objects.filter(pk=fact.pk).update(values=fact.values | {"kind": "only_daughter"})
    assert edited_facts() == [fact.pk]
