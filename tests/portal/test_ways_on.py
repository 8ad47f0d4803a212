"""From every page that knows a person there is a way on to the family, and no page says what is not so."""

from datetime import date

import pytest
from django.urls import reverse

from audit.models import TrailRow
from beneficiaries.models import Doubt, Fact
from beneficiaries.services import ask_to_merge, ask_to_part, merge, part
from tests import factories as make
from tests.portal.conftest import DAY


@pytest.fixture
def home(desk):
    return desk.households[0]


def page(desk, role, name, *args, **query):
    return desk.client(role).get(reverse(name, args=args), query).content.decode()


def test_a_number_an_account_and_a_doubt_lead_back_to_the_family(desk, home):
    owner = home.head
    account, way = make.account(owner, "6217000012345678"), reverse("portal:of_person", args=[owner.pk])
    assert f'href="{way}"' in page(desk, "clerk", "portal:reveal", "citizen-id", owner.pk)
    assert f'href="{way}"' in page(desk, "clerk", "beneficiaries:account_enter", owner.pk)
    assert f'href="{way}"' in page(desk, "clerk", "beneficiaries:account", account.pk)
    doubt = Doubt.objects.create(
        kind="sex_differs", person=owner, division=owner.division, words={"zh": "性别不符", "en": "Sex"},
        raised_by="10101",
    )  # fmt: skip
    assert f'href="{way}"' in page(desk, "county_checker", "beneficiaries:doubt", doubt.pk)
    assert desk.client("clerk").get(way).url == reverse("portal:family", args=[home.pk])
    stranger = desk.households[7].head_id  # of the next township
    assert desk.client("clerk").get(reverse("portal:of_person", args=[stranger])).status_code == 404


def test_two_rows_in_doubt_are_compared_where_they_can_be_merged(desk, home):
    doubt = Doubt.objects.create(
        kind="same_person", person=home.head, division=home.head.division, words={"zh": "同名", "en": "Same"},
        raised_by="10101",
    )  # fmt: skip
    shown = page(desk, "county_checker", "beneficiaries:doubt", doubt.pk)
    assert (reverse("portal:doubles") in shown.split("<main")[1], "不再算数" in shown) == (True, False)


def test_a_paper_of_an_end_needs_its_day_and_nothing_is_chosen_for_the_clerk(desk, home):
    clerk, url = desk.client("clerk"), reverse("portal:fact", args=[home.pk, "marriage"])
    form = clerk.get(url).context["form"]
    assert [next(iter(form.fields[name].choices))[0] for name in ("person", "paper")] == ["", ""]
    man, woman = [row.person for row in home.memberships.order_by("pk")][:2]
    given = {
        "person": man.pk,
        "paper": "divorce_paper",
        "spouse": woman.citizen_id,
        "married_on": "2009-05-01",
    }
    refused = clerk.post(url, given)
    assert (refused.status_code, "已经终止了" in refused.content.decode()) == (422, True)
    assert Fact.objects.filter(kind="marriage").count() == 0
    assert clerk.post(url, given | {"ended_on": "2020-03-02", "ended_because": "divorced"}).status_code == 302


def test_the_first_screen_of_many_does_not_say_how_many_there_are(desk):
    for at in range(25):
        head = make.person(f"卫建{'国军民生华'[at % 5]}{at}", date(1980, 1, 1), female=False)
        make.household(f"10399{at}", (head, "02"))
    first = page(desk, "clerk", "portal:counter", q="焦楼")
    assert ("第 1–20 位，按" in first, "20 位，按村" in first.replace("1–20 位", "")) == (True, False)


def test_a_name_found_by_another_reading_shows_that_reading(desk, home):
    make.household("103998", (make.person("方晨诗", date(1990, 1, 1)), "02"))
    rows = desk.client("clerk").get(reverse("portal:counter"), {"q": "wangch"}).context["answer"].rows
    assert [(row.person.name, "".join(map("".join, row.reading))) for row in rows] == [
        ("方晨诗", "wangchenshi")
    ]


def test_who_asked_is_not_offered_the_second_word_and_a_parted_pair_says_what_was_said(desk, home):
    one, other = (make.person("卫小兰", date(1990, 1, 1)) for _ in range(2))
    mine = make.actor("county_checker")
    double = ask_to_merge(one, other, by=mine, on=DAY, reason="同一张证")
    asked = page(desk, "county_checker", "portal:doubles", state="asked")
    step = reverse("portal:double_step", args=[double.pk, "merge"])
    assert (f'href="{step}"' in asked, "另一位确认" in asked) == (False, True)
    merge(double, by=make.actor("county_checker", "second"), on=DAY)
    double = ask_to_part(double, by=mine, on=DAY, reason="姐妹两人")
    part(double, by=make.actor("county_checker", "second"), on=DAY)
    again = page(desk, "county_checker", "portal:doubles")
    assert ("同一张证" in again, "姐妹两人" in again) == (True, True)


def test_the_way_to_what_the_county_settles_is_shown_to_the_county_alone(desk, home):
    make.evidence_list("death", first=date(2026, 8, 10))
    given = {"person": home.head_id, "paper": "death_certificate", "died_on": "2026-08-10"}
    desk.client("clerk").post(reverse("portal:fact", args=[home.pk, "death"]), given)
    doubt = Doubt.objects.get(kind="paper_differs")
    way = reverse("beneficiaries:doubt", args=[doubt.pk])
    shown = {
        role: way in page(desk, role, "portal:family", home.pk)
        for role in ("township_reviewer", "county_checker")
    }
    assert shown == {"township_reviewer": False, "county_checker": True}


def test_an_auditor_reads_both_sides_of_a_doubt_and_settles_nothing(desk, home):
    doubt = Doubt.objects.create(
        kind="sex_differs", person=home.head, division=home.head.division, words={"zh": "性别不符", "en": "Sex"},
        raised_by="10101",
    )  # fmt: skip
    way, auditor = reverse("beneficiaries:doubt", args=[doubt.pk]), desk.client("auditor")
    assert f'href="{way}"' in auditor.get(reverse("beneficiaries:doubts")).content.decode()
    read = auditor.get(way)
    assert (read.status_code, "核实完毕" in read.content.decode()) == (200, False)
    assert auditor.post(way, {"outcome": "看过"}).status_code == 403
    doubt.refresh_from_db()
    assert doubt.settled_on is None


def test_the_worklist_says_what_of_the_register_waits_for_this_persons_word(desk, home):
    assert "要人核实 2" not in page(desk, "township_reviewer", "portal:worklist")
    man, woman = [row.person for row in home.memberships.order_by("pk")][:2]
    given = {
        "person": man.pk,
        "paper": "marriage_certificate",
        "spouse": woman.citizen_id,
        "married_on": "2009-05-01",
    }
    desk.client("clerk").post(reverse("portal:fact", args=[home.pk, "marriage"]), given)
    assert "要人核实 2" in page(desk, "township_reviewer", "portal:worklist")
    assert "要人核实 2" not in page(desk, "next_township_reviewer", "portal:worklist")
    assert "要人核实" not in page(desk, "county_approver", "portal:worklist")


def test_nobodys_sheet_is_printed_before_somebody_is_chosen(desk, home):
    form = desk.client("clerk").get(reverse("portal:held", args=[home.pk])).context["form"]
    assert next(iter(form.fields["person"].choices))[0] == ""
    answer = desk.client("clerk").post(reverse("portal:held", args=[home.pk]), {"reason": "本人来"})
    assert (answer.status_code, answer["Content-Type"].startswith("text/html")) == (422, True)


@pytest.mark.parametrize("role", ["township_reviewer", "county_checker"])
def test_who_records_a_move_finds_the_family_by_the_same_box(desk, home, role):
    official = desk.client(role)
    assert f'href="{reverse("portal:counter")}"' in page(desk, role, "portal:worklist")
    found = official.get(reverse("portal:counter"), {"q": "赵文斌"})
    shown = found.content.decode()
    assert f'href="{reverse("portal:family", args=[home.pk])}"' in shown
    assert (reverse("portal:new_family") in shown, "没办完的草稿" in shown) == (False, False)
    assert [row.place for row in found.context["answer"].rows] == [
        {"township_reviewer": "焦楼村", "county_checker": "马召镇 焦楼村"}[role]
    ]
    assert TrailRow.objects.get(verb="search").role == role
