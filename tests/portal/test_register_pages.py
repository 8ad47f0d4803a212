"""Corrections and moves through the pages, each with a reason; and what was known of a family on a day."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import make_aware

from audit.models import TrailRow
from beneficiaries.models import Alias, Change, Doubt, Fact, Membership, Person
from beneficiaries.queries import household_of
from beneficiaries.services import enter_fact
from tests import factories as make
from tests.otherwise import otherwise
from tests.portal.conftest import DAY

WHY = "户口簿上是这样，窗口看过"


def at(household, what, about):
    return reverse("portal:register_change", args=[household.pk, what, about.pk])


def asked(client, url, **given):
    """What a person gets who opens the step, fills it in and confirms."""
    seen = client.get(url).context["form"]["seen"].value()
    return client.post(url, {"seen": seen, "reason": WHY, **given})


@pytest.fixture
def home(desk):
    return desk.households[0]


@pytest.fixture
def girl(home):
    return home.memberships.get(relation="20").person


@pytest.fixture
def mother(home):
    return home.memberships.get(relation="10").person


def test_the_county_checker_corrects_a_name_and_the_family_page_says_so(desk, home, girl):
    checker = desk.client("county_checker")
    page = checker.get(reverse("portal:family", args=[home.pk])).content.decode()
    register = reverse("portal:register", args=[home.pk])
    assert register in page
    url = at(home, "name", girl)
    assert url in checker.get(register).content.decode()
    assert asked(checker, url, name="赵雨彤", reason="").status_code == 422
    assert asked(checker, url, name="赵雨桐").status_code == 422  # as it stands already
    assert asked(checker, url, name="赵雨彤").url == register
    assert (Person.objects.get(pk=girl.pk).name, Change.objects.get().reason) == ("赵雨彤", WHY)
    assert "赵雨彤" in checker.get(reverse("portal:family", args=[home.pk])).content.decode()


def test_another_writing_of_a_name_is_taken_back_from_the_page(desk, home, girl):
    told = {"terms": ["赵雨彤"], "confirmed_by": "wen", "confirmed_on": DAY}
    alias = Alias.objects.create(person=girl, name="赵雨彤", **told)
    checker, url = desk.client("county_checker"), at(home, "writing", alias)
    register = reverse("portal:register", args=[home.pk])
    for role, may in (("clerk", False), ("township_reviewer", False), ("county_checker", True)):
        page = desk.client(role).get(register).content.decode()
        assert ("也写作 赵雨彤" in page, url in page) == (True, may), role
        assert (desk.client(role).get(url).status_code == 200) == may, role
    assert asked(checker, url, reason="").status_code == 422
    assert asked(checker, url).url == register
    assert (Alias.objects.get().taken_back_why, url in checker.get(register).content.decode()) == (WHY, False)
    late = checker.post(url, {"seen": "0", "reason": WHY})
    assert (late.status_code, late.url) == (302, register)


def test_each_role_is_offered_its_own_and_gets_no_further(desk, home, girl, mother):
    stands = girl.memberships.get()
    parent = girl.parentage.first()
    steps = {
        "name": girl, "phone": girl, "relation": stands, "moved-out": stands, "parent": parent, "head": home,
        "moved-in": home,
    }  # fmt: skip
    may = {
        "clerk": {"phone"},
        "township_reviewer": set(steps) - {"name"},
        "county_checker": set(steps),
    }
    for role, own in may.items():
        client = desk.client(role)
        offered = client.get(reverse("portal:register", args=[home.pk])).content.decode()
        for what, about in steps.items():
            url = at(home, what, about)
            assert (client.get(url).status_code == 200) == (what in own), (role, what)
            assert (url in offered) == (what in own), (role, what)
            if what not in own:
                assert client.post(url, {"reason": WHY}).status_code == 404
    strangers = [role for role in desk.officials if role.startswith("next_")]
    assert "next_clerk" in strangers
    for client in map(desk.client, strangers):
        assert client.get(reverse("portal:register", args=[home.pk])).status_code == 404
        assert client.get(at(home, "phone", girl)).status_code == 404
        assert client.get(reverse("portal:believed", args=[home.pk])).status_code == 404
    assert desk.client("auditor").get(reverse("portal:register", args=[home.pk])).status_code in (403, 404)
    assert not Change.objects.exists()


def test_a_step_about_another_family_is_not_there(desk, home):
    reviewer, stranger = desk.client("township_reviewer"), desk.households[1]
    for what, about in (
        ("phone", stranger.head), ("relation", stranger.memberships.first()), ("head", stranger),
        ("parent", stranger.memberships.get(relation="20").person.parentage.first()),
    ):  # fmt: skip
        assert reviewer.get(at(home, what, about)).status_code == 404, what
    assert reviewer.get(reverse("portal:register_change", args=[home.pk, "nonsense", 1])).status_code == 404


def test_the_clerk_corrects_a_phone_and_a_page_left_open_is_told(desk, home):
    clerk, url = desk.client("clerk"), at(home, "phone", home.head)
    assert "13800000000" not in clerk.get(url).content.decode()
    old = clerk.get(url).context["form"]["seen"].value()
    assert asked(clerk, url, phone="139 0013 9000").status_code == 302
    late = desk.client("township_reviewer").post(url, {"seen": old, "reason": WHY, "phone": "13700137000"})
    assert (late.status_code, "有人改过" in late.content.decode()) == (422, True)
    assert Person.objects.get(pk=home.head_id).phone == "13900139000"


def test_a_girl_moves_to_her_grandmother_and_back(desk, home, girl):
    reviewer = desk.client("township_reviewer")
    grandmother = make.person("钱奶奶", date(1950, 1, 1), division=make.JIAOLOU)
    other = make.household("H-G", (grandmother, "02"), division=make.JIAOLOU)
    url = at(other, "moved-in", other)
    told = {"number": girl.citizen_id, "relation": "51", "first_day": "2026-08-10"}
    shown = asked(reviewer, url, **told)
    page = shown.content.decode()
    assert (shown.status_code, "是这个人吗" in page, girl.name in page) == (200, True, True)
    assert household_of(girl, on=DAY) == home  # nothing yet
    found = shown.context["form"]["found"].value()
    assert asked(reviewer, url, **told, found=found).status_code == 302
    assert (household_of(girl, on=date(2026, 8, 9)), household_of(girl, on=DAY)) == (home, other)
    assert TrailRow.objects.filter(verb="search", actor_number="gao").count() == 2
    moved = girl.memberships.get(household=other)
    mistake = at(other, "not-moved", moved)
    assert mistake in reviewer.get(reverse("portal:register", args=[other.pk])).content.decode()
    assert asked(reviewer, mistake).status_code == 302
    stands = girl.memberships.get()
    assert (stands.household, stands.valid_until, stands.valid_from) == (home, None, date(2010, 1, 1))
    assert Person.objects.get(pk=girl.pk).division == home.division
    assert desk.client("county_checker").get(at(home, "not-moved", stands)).status_code == 404  # of a list
    asked(reviewer, url, **told, found=found)
    moved = girl.memberships.get(household=other)
    assert asked(reviewer, at(other, "moved-out", moved), last_day="2026-08-01").status_code == 422
    assert asked(reviewer, at(other, "moved-out", moved), last_day="2026-08-17").status_code == 302
    assert household_of(girl, on=DAY) is None


def test_the_day_of_a_move_is_corrected_on_both_sides_and_the_move_is_still_taken_back(desk, home, girl):
    reviewer = desk.client("township_reviewer")
    grandmother = make.person("钱奶奶", date(1950, 1, 1), division=make.JIAOLOU)
    other = make.household("H-G", (grandmother, "02"), division=make.JIAOLOU)
    told = {"number": girl.citizen_id, "relation": "51", "first_day": "2026-08-10", "found": str(girl.pk)}
    assert asked(reviewer, at(other, "moved-in", other), **told).status_code == 302
    for right in ("2026-08-14", "2026-08-03"):
        url = at(other, "relation", girl.memberships.get(household=other))
        assert asked(reviewer, url, relation="51", valid_from=right).status_code == 302
        day = date.fromisoformat(right)
        assert household_of(girl, on=day - timedelta(days=1)) == home  # no day in between without a household
        assert household_of(girl, on=day) == other
    url = at(other, "relation", girl.memberships.get(household=other))
    early = asked(reviewer, url, relation="51", valid_from="2001-01-01")
    assert (early.status_code, "早于本人出生" in early.content.decode()) == (422, True)
    mistake = at(other, "not-moved", girl.memberships.get(household=other))
    assert mistake in reviewer.get(reverse("portal:register", args=[other.pk])).content.decode()
    assert asked(reviewer, mistake).status_code == 302
    assert girl.memberships.get().household == home


def test_what_a_list_says_is_no_move_after_its_relation_was_corrected(desk, home, girl):
    reviewer = desk.client("township_reviewer")
    url = at(home, "relation", girl.memberships.get())
    assert asked(reviewer, url, relation="21", valid_from="2012-01-01").status_code == 302
    mistake = at(home, "not-moved", girl.memberships.get())
    assert mistake not in reviewer.get(reverse("portal:register", args=[home.pk])).content.decode()
    assert reviewer.get(mistake).status_code == 404
    reviewer.post(mistake, {"seen": "0", "reason": WHY})
    assert household_of(girl, on=DAY) == home


def test_a_number_of_another_township_names_nobody_to_the_reviewer(desk, home):
    away = desk.households[7].memberships.get(relation="20").person
    url = at(home, "moved-in", home)
    told = {"number": away.citizen_id, "relation": "97", "first_day": "2026-08-10"}
    refused = asked(desk.client("township_reviewer"), url, **told)
    assert (refused.status_code, away.name in refused.content.decode()) == (422, False)
    assert asked(desk.client("county_checker"), url, **told).context["found"].person == away


def test_relation_parent_and_head_are_corrected_by_the_reviewer(desk, home, girl, mother):
    reviewer, stands = desk.client("township_reviewer"), girl.memberships.get()
    assert (
        asked(reviewer, at(home, "relation", stands), relation="21", valid_from="2012-01-01").status_code
        == 302
    )
    right = girl.memberships.get()
    assert (right.corrects, right.relation, right.entered_by) == (stands, "21", "gao")
    parent = girl.parentage.get(parent=mother)
    assert asked(reviewer, at(home, "parent", parent), kind="adopted", number="").status_code == 302
    assert girl.parentage.get(parent=mother).kind == "adopted"
    child = asked(reviewer, at(home, "parent", girl.parentage.get(parent=mother)), kind="birth", number=girl.citizen_id,
                  found=str(girl.pk))  # fmt: skip
    assert (child.status_code, "年长" in child.content.decode()) == (422, True)
    assert asked(reviewer, at(home, "head", home), head=mother.pk).status_code == 302
    home.refresh_from_db()
    assert home.head == mother


def test_a_head_who_left_is_said_until_another_is_entered(desk, home, mother):
    reviewer, register = desk.client("township_reviewer"), reverse("portal:register", args=[home.pk])
    assert "已迁出或去世" not in reviewer.get(register).content.decode()
    stands = home.memberships.get(person=home.head_id)
    assert asked(reviewer, at(home, "moved-out", stands), last_day="2026-08-10").status_code == 302
    assert "已迁出或去世" in reviewer.get(register).content.decode()
    assert asked(reviewer, at(home, "head", home), head=mother.pk).status_code == 302
    assert "已迁出或去世" not in reviewer.get(register).content.decode()


def test_a_first_day_on_which_she_stood_elsewhere_is_refused(desk, home, girl):
    other = make.household("H-O", (make.person("钱一", date(1950, 1, 1)), "02"), division=make.JIAOLOU)
    with otherwise():
        girl.memberships.update(valid_from=date(2020, 1, 1))
    Membership.objects.create(
        household=other,
        person=girl,
        relation="97",
        valid_from=date(2010, 1, 1),
        valid_until=date(2019, 12, 31),
    )
    url = at(home, "relation", girl.memberships.get(household=home))
    refused = asked(desk.client("township_reviewer"), url, relation="20", valid_from="2015-01-01")
    assert (refused.status_code, "还在另一户" in refused.content.decode()) == (422, True)
    later = asked(desk.client("township_reviewer"), url, relation="20", valid_from="2026-09-01")
    assert later.status_code == 422


def test_an_entry_is_corrected_by_another_person_with_the_paper(desk, home):
    wrong = enter_fact(home, kind="housing", values={"grade": "D", "surveyed_on": "2026-07-01"}, paper="housing_survey",
                       by=make.actor("clerk"), on=DAY)  # fmt: skip
    assert desk.client("clerk").get(at(home, "entry", wrong)).status_code == 404
    reviewer, url = desk.client("township_reviewer"), at(home, "entry", wrong)
    assert url in reviewer.get(reverse("portal:register", args=[home.pk])).content.decode()
    form = reviewer.get(url).context["form"]
    assert (form["grade"].value(), form["surveyed_on"].value()) == ("D", "2026-07-01")
    given = {"paper": "housing_survey", "surveyed_on": "2026-07-01"}
    assert asked(reviewer, url, **given, grade="D").status_code == 422
    assert asked(reviewer, url, **given, grade="C").status_code == 302
    right = Fact.objects.get(kind="housing", superseded_by=None)
    wrong.refresh_from_db()
    assert (right.values["grade"], right.entered_by, wrong.superseded_by) == ("C", "gao", right)
    own = reviewer.get(reverse("portal:register", args=[home.pk])).content.decode()
    assert at(home, "entry", right) not in own
    assert asked(reviewer, at(home, "entry", right), **given, grade="B").status_code == 422


def test_custody_that_was_entered_wrongly_names_the_right_parent_and_no_number(desk, home, girl, mother):
    told = {"since_on": "2020-01-01", "basis": "judgement"}
    wrong = enter_fact(girl, kind="custody", values={**told, "guardian": home.head.citizen_id}, paper="custody_paper",
                       by=make.actor("clerk"), on=DAY)  # fmt: skip
    assert Doubt.objects.get(settled_on=None).fact == wrong
    reviewer, url = desk.client("township_reviewer"), at(home, "entry", wrong)
    assert home.head.citizen_id not in reviewer.get(url).content.decode()
    given = {**told, "paper": "custody_paper", "guardian": mother.citizen_id}
    assert asked(reviewer, url, **given).status_code == 302
    right = Fact.objects.get(kind="custody", superseded_by=None)
    assert (right.values["guardian"], right.is_disputed) == (mother.pk, True)
    assert list(Doubt.objects.filter(settled_on=None).values_list("fact", flat=True)) == [right.pk]


def test_a_death_is_entered_from_the_page_by_the_clerk_and_confirmed_by_another(desk, home, mother):
    clerk = desk.client("clerk")
    link = f"{reverse('portal:fact', args=[home.pk, 'death'])}?person={mother.pk}"
    assert link in clerk.get(reverse("portal:register", args=[home.pk])).content.decode()
    assert clerk.get(link).context["form"]["person"].value() == str(mother.pk)


def believed(client, home, **asked):
    page = client.get(reverse("portal:believed", args=[home.pk]), asked)
    known = page.context["found"].known if page.context["found"] else []
    return page, {(one.name, line.label): line for one in known for line in one.lines}


def yesterday(*rows):
    """As if these rows had been on record since the day before the working day."""
    with otherwise(), connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                f'UPDATE "{row._meta.db_table}" SET recorded_at = %s WHERE id = %s',
                [make_aware(datetime(2026, 8, 1)), row.pk],
            )


@pytest.fixture
def known_before(home):
    rows = [home, *home.memberships.all(), *Fact.objects.filter(household=home)]
    for one in home.memberships.all():
        rows += [one.person, *one.person.parentage.all(), *one.person.facts.all()]
    yesterday(*rows)
    return home


def test_what_was_believed_before_a_correction_stands_beside_today(desk, known_before, girl, mother):
    home, reviewer = known_before, desk.client("township_reviewer")
    asked(desk.client("county_checker"), at(home, "name", girl), name="赵雨彤")
    asked(reviewer, at(home, "head", home), head=mother.pk)
    asked(reviewer, at(home, "moved-out", mother.memberships.get()), last_day="2026-08-15")
    wrong = Fact.objects.get(household=home, kind="certificate")
    with otherwise():
        Fact.objects.filter(pk=wrong.pk).update(superseded_by=wrong)
    page, lines = believed(reviewer, home, valid_on="2026-08-18", known_on="2026-08-10")
    name = lines["赵雨彤", "姓名"]
    assert (name.then, name.now, [(why.by, why.reason) for why in name.why]) == (
        "赵雨桐", "赵雨彤", [(desk.officials["county_checker"].name, WHY)],
    )  # fmt: skip
    head = lines["", "户主"]
    assert (head.then, head.now) == ("赵文斌", mother.name)
    stood = lines[mother.name, "在本户"]
    assert stood.then.startswith("配偶")
    assert (stood.now, stood.why[0].reason) == ("不在本户", WHY)
    assert not lines["赵雨彤", "在本户"].differs
    gone = next(line for (name, _), line in lines.items() if "ZZ-2012-00000" in line.then)
    assert (gone.now, gone.why != []) == ("", True)
    text = page.content.decode()
    assert ("不一样" in text, WHY in text, girl.citizen_id in text) == (True, True, False)
    assert TrailRow.objects.filter(verb="look", detail__known_on="2026-08-10").count() == 1


def test_of_the_day_before_the_move_both_say_the_same(desk, known_before, mother):
    reviewer = desk.client("township_reviewer")
    asked(reviewer, at(known_before, "moved-out", mother.memberships.get()), last_day="2026-08-15")
    _, lines = believed(reviewer, known_before, valid_on="2026-08-15", known_on="2026-08-10")
    assert not lines[mother.name, "在本户"].differs


def test_before_anybody_knew_the_family_and_days_that_cannot_be(desk, known_before):
    clerk = desk.client("clerk")
    page, _ = believed(clerk, known_before, valid_on="2026-07-01", known_on="2026-07-01")
    assert "还没有这一家" in page.content.decode()
    page, _ = believed(clerk, known_before, valid_on="2026-08-19", known_on="2026-08-18")
    assert page.status_code == 422
    first = clerk.get(reverse("portal:believed", args=[known_before.pk]))
    assert not any(one.differs for one in first.context["found"].known)


def test_who_is_in_another_township_now_is_named_and_no_more(desk, known_before, girl):
    away = desk.households[7]
    told = {"number": girl.citizen_id, "relation": "97", "first_day": "2026-08-10", "found": str(girl.pk)}
    assert asked(desk.client("county_checker"), at(away, "moved-in", away), **told).status_code == 302
    page, lines = believed(desk.client("clerk"), known_before, valid_on="2026-08-01", known_on="2026-08-05")
    assert (page.context["found"].elsewhere, [key for key in lines if key[0] == girl.name]) == (
        [girl.name],
        [],
    )
    _, lines = believed(
        desk.client("county_checker"), known_before, valid_on="2026-08-18", known_on="2026-08-05"
    )
    assert lines[girl.name, "在本户"].differs


def test_the_page_costs_the_same_for_a_larger_family(desk):
    small, large = desk.households[0], desk.households[1]
    for n in range(6):
        child = make.person(f"孩子{n}", date(2009, 1, 1 + n), division=make.JIAOLOU)
        Membership.objects.create(household=large, person=child, relation="20", valid_from=date(2010, 1, 1))
        make.fact(child, "medical", date(2026, 1, 1), year=2026, enrolled=True)
    client, counts = desk.client("clerk"), []
    for home in (small, large):
        url = reverse("portal:believed", args=[home.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
