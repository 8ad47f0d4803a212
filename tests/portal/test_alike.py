"""Two people of one name in one village are told apart wherever both stand."""

from datetime import date

from django.urls import reverse

from tests import factories as make

BORN = (date(1980, 3, 2), date(1991, 6, 7))


def two(division=make.JIAOLOU):
    people = [make.person("王美娜", born_on, division=division) for born_on in BORN]
    for n, person in enumerate(people):
        make.household(f"W-{division}-{n}", (person, "02"), division=division)
    return people


def page(desk, typed):
    return desk.client("clerk").post(reverse("portal:counter"), {"q": typed}, follow=True).content.decode()


def test_two_of_one_name_in_one_village_are_told_apart_by_year_and_last_four(desk):
    one, other = two()
    shown = page(desk, "王美娜")
    for person in (one, other):
        assert f"{person.born_on.year} 年生，尾号 {person.citizen_id[-4:]}" in shown


def test_who_is_alone_with_a_name_is_shown_without(desk):
    make.person("王美娜", BORN[0])
    make.person("王美芳", BORN[1])
    assert "年生" not in page(desk, "王美")


def test_in_a_family_the_choice_of_the_person_tells_them_apart(desk):
    one, other = (make.person("王美娜", born_on) for born_on in BORN)
    home = make.household("W-9", (one, "02"), (other, "20"))
    form = desk.client("clerk").get(reverse("portal:fact", args=[home.pk, "payroll"])).content.decode()
    assert f"王美娜 1991 年生，尾号 {other.citizen_id[-4:]}" in form
