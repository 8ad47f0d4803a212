"""Real families, one line each: what comes in, whose child she is on the day, and what the real policies say.

Read a line as: where people are registered, what departments' lists and papers at the counter say beside that, and then
what is believed on the day of her admission. ``?`` is somebody or something that is not known.
"""

from calendar import monthrange
from datetime import date

import pytest
from django.db import transaction

from applications.freezing import frozen_row, replay
from applications.gathering import EVERYBODY, Among, complete_lists, may_stand_apart
from applications.gathering.base import subjects_of
from applications.gathering.columns import ask
from applications.gathering.copying import copy_all
from applications.gathering.relatives import Whose, ask_members, members_of
from applications.judging import frozen_fields, judge
from applications.services import sweep
from beneficiaries import services
from beneficiaries.models import Doubt, Fact, Household, Parentage, Person
from beneficiaries.queries import household_of
from beneficiaries.queries.kin import parents_on
from beneficiaries.services.elsewhere import Elsewhere
from facts.catalogue import load_catalogue
from programs.queries import active
from tests import factories as make
from tests.beneficiaries.families import FAMILIES, HEADERS, NUMBER, PEOPLE
from tests.beneficiaries.workbooks import csv_bytes
from tests.otherwise import otherwise
from vault import blind

TODAY = date(2026, 8, 18)
DAY = date(2026, 7, 20)  # of her admission; the enrolment is judged on the first of January, the house on DAY


@pytest.fixture(scope="module")
def county(nothing_stands, django_db_blocker):
    """The county's lists and policies, made once for the whole table and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        make.divisions()
        make.complete_lists("medical")
        for code in ("college-award", "medical-supplement", "housing-subsidy"):
            make.active_policy(code)
        yield
        transaction.set_rollback(True)


def people_of(line):
    """The people of the line's homes, each registered there."""
    people, homes = {}, {}
    for name, members in line.homes.items():
        number, _, next_township = name.partition(" ")
        division = make.HUAIHUA if next_township else make.JIAOLOU
        standing = []
        for member in members.split(", "):
            who, relation = member.split()
            called, born, _, rural = PEOPLE[who]
            people[who] = make.person(called, date.fromisoformat(born), female=int(NUMBER[who][16]) % 2 == 0,
                                      division=division, number=NUMBER[who])  # fmt: skip
            make.fact(people[who], "register", date(2010, 1, 1), rural=rural, residence=division)
            standing.append((people[who], relation))
        homes[number] = make.household(number, *standing, division=division)
    if line.born_to or "37" in str(
        line.homes
    ):  # a booklet's "adopted or step-daughter" says nothing of her parents
        with otherwise():
            Parentage.objects.all().delete()
    for parent in line.born_to.split():
        Parentage.objects.create(child=people[line.of], parent=people[parent])
    return people, homes


def register(line):
    """The family with everything the three policies ask for; what the line says comes on top."""
    people, homes = people_of(line)
    she, home = people[line.of], homes[line.home]
    admitted = make.fact(
        she, "admission", DAY, year=2026, batch="本科批", level="本科", admitted_on=DAY.isoformat()
    )
    year, month = line.enrolled_year, line.hardship_month
    make.fact(she, "medical", date(year, 1, 1), date(year, 12, 31), year=year, enrolled=True)
    make.fact(
        home, "hardship", date(2026, month, 1), date(2026, month, monthrange(2026, month)[1]), kinds=["dibao"]
    )
    make.fact(home, "housing", DAY, grade="D", work="rebuild", surveyed_on=DAY.isoformat())
    for number in line.certified.split():
        certificate = make.evidence_list("certificate", complete=False)
        make.fact(homes[number], "certificate", date(2012, 5, 16), source=certificate, kind="two_daughter",
                  issued_on="2012-05-16")  # fmt: skip
    for who, into, relation, day in line.moves:
        told = {"by": make.actor("county_checker"), "on": TODAY, "reason": "户口簿上是这样"}
        if into:
            services.move_in(
                people[who], homes[into], relation=relation, first_day=date.fromisoformat(day), **told
            )
        else:
            services.move_out(people[who], last_day=date.fromisoformat(day), **told)
    return she, admitted


def take(kind, *cells):
    """A list of one row, uploaded by one and taken by another."""
    named = [NUMBER.get(cell, cell) for cell in cells]
    letter = services.CoveringLetter(kind, f"{kind}.csv", make.COUNTY)
    source = csv_bytes([HEADERS[kind], named], "utf-8-sig")
    evidence = services.upload_list(source, letter, by=make.actor("county_checker", "one"), on=TODAY)
    taken = services.import_list(evidence, by=make.actor("county_checker", "two"), on=TODAY)
    assert (taken.state, taken.counts["refused"]) == ("taken", 0), taken.counts["reasons"]


def show_paper(about, kind, values, elsewhere):
    """A paper read off by a clerk; where its kind asks for it, another person has seen it too."""
    known = load_catalogue().kinds[kind]
    away = {
        key: Elsewhere(PEOPLE[who][0], "陕西省西安市蓝田县")
        for key, who in values.items()
        if who in elsewhere
    }
    services.enter_fact(
        about, kind=kind, values={key: NUMBER.get(value, value) for key, value in values.items()},
        paper=next(iter(known.papers)), by=make.actor("clerk"), on=TODAY, valid_from=date(2010, 1, 1), elsewhere=away,
    )  # fmt: skip
    waiting = Doubt.objects.filter(kind="entered_alone", settled_on=None)
    while doubt := waiting.first():  # of a marriage one for each of the two, seen together
        services.settle_doubt(
            doubt, by=make.actor("township_reviewer"), on=TODAY, outcome="材料已看", keep=doubt.fact_id
        )


def relatives(admitted, which):
    """The members of a set on the day of admission, by who they are; ``?`` for one that is not known. A family that is
    asked for and a whole county give the same."""
    said = {relatives_among(among, admitted, which) for among in (Among(records=[admitted.pk]), EVERYBODY)}
    assert len(said) == 1, said
    return said.pop()


def relatives_among(among, admitted, which):
    lists = complete_lists()
    base = subjects_of(active("college-award", DAY).program.policy, on=DAY, among=among)
    reading, own = ask_members(base, which, ["sex"]), ask(base, [], extra=("coalesce(b.household, 0)",))
    copied, about = copy_all([reading.query, own.query], among.parameters)
    read, found = reading.made(copied, lists), own.made(about, lists)
    hers = found.keys[0] == admitted.pk
    home = found.extra[0][hers]
    whose = Whose(found.keys[0][hers], *(home * 0 + one for one in (610124103201, 9697)), home)
    members = members_of(which, whose, read, lists)
    dead = set(
        Person.objects.filter(
            facts__kind="death", facts__is_disputed=False, facts__valid_from__lte=DAY
        ).values_list("pk", flat=True)
    )
    of_hers = zip(read.keys[0].tolist(), read.keys[1].tolist(), strict=True)
    known = [pk for key, pk in of_hers if key == admitted.pk and pk not in dead]
    unknown = len(members.facts["sex"].known) - len(known)
    return " ".join(sorted(who_is(pk) for pk in known) + ["?"] * unknown)


def person_called(who):
    return Person.objects.get(citizen_id_index=blind.index(NUMBER[who], purpose="citizen_id"))


def who_is(pk):
    number = Person.objects.get(pk=pk).citizen_id
    return next(who for who, its in NUMBER.items() if its == number)


def believed(admitted, name):
    """One fact of the girl as a policy is given it; None: not known."""
    among = Among(records=[admitted.pk])
    base = subjects_of(active("college-award", DAY).program.policy, on=DAY, among=among)
    reading = ask(base, [name], record_kind="admission")
    (copied,) = copy_all([reading.query], among.parameters)
    column = reading.made(copied, complete_lists()).facts[name]
    if not column.known[0]:
        return None
    value = int(column.values[0])
    if load_catalogue().facts[name].type == "bool":
        return bool(value)
    return (column.words[value] if value >= 0 else "none") if column.words else value


def verdict_of_a_sweep(code, judged):
    """What a sweep says of the same subject."""
    found = sweep.judge_in_portions(
        active(code, DAY).program, on=TODAY, covered=complete_lists(), apart=may_stand_apart(), size=2
    )
    rows = zip(found.records, found.people, found.households, found.verdict, strict=True)
    hers = (judged.record or 0, judged.person or 0, judged.household or 0)
    return [int(verdict) for *subject, verdict in rows if tuple(map(int, subject)) == hers]


def verdicts(she, home):
    among = Among(people=[she.pk], households=[home.pk])
    found = {}
    for name, code in (
        ("award", "college-award"),
        ("medical", "medical-supplement"),
        ("housing", "housing-subsidy"),
    ):
        (one,) = judge(active(code, DAY), on=TODAY, among=among)
        found[name] = ("no", "?", "yes")[one.verdict]
        assert verdict_of_a_sweep(code, one) == [one.verdict], (
            "a family that is asked for and a whole county give the same"
        )
    return found


@pytest.mark.django_db  # each line within the county's transaction
@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("line", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_family(line):
    she, admitted = register(line)
    for kind, *cells in line.lists:
        take(kind, *cells)
    for kind, values, about in line.papers:
        show_paper(person_called(about), kind, values, line.elsewhere)
    home = Household.objects.get(number=line.home)
    assert {
        "parents": relatives(admitted, "parents"),
        "guardians": relatives(admitted, "guardians"),
        "home": household_of(she, on=DAY),
        "facts": {name: believed(admitted, name) for name in line.facts},
        "verdicts": verdicts(she, home),
        "doubts": tuple(Doubt.objects.filter(settled_on=None).values_list("kind", flat=True)),
    } == {
        "parents": line.parents,
        "guardians": line.guardians,
        "home": home,
        "facts": line.facts,
        "verdicts": {"award": line.award, "medical": line.medical, "housing": line.housing},
        "doubts": line.doubts,
    }
    living = {who_is(one.pk) for one in parents_on([she.pk], DAY)[she.pk]}
    assert set(line.parents.split()) - {"?"} <= living  # the family's page says the same


@pytest.mark.django_db
@pytest.mark.usefixtures("county")
def test_what_is_kept_of_a_right_names_the_certificate_of_her_parents_booklet():
    line = FAMILIES[
        "not on her parents' booklet: their certificate counts for her, not for her grandfather's house"
    ]
    she, _ = register(line)
    home = Household.objects.get(number=line.home)
    (judged,) = judge(
        active("college-award", DAY), on=TODAY, among=Among(people=[she.pk], households=[home.pk])
    )
    (kept,) = frozen_fields([judged])
    theirs = Fact.objects.get(kind="certificate")
    assert theirs.household.number == "H2"
    assert [one["fact"] for one in kept["facts"] if one["kind"] == "certificate"] == [theirs.pk]
    frozen = frozen_row(judged.gathered.table, judged.row)
    with otherwise():
        Fact.objects.filter(pk=theirs.pk).update(superseded_by=theirs)
    assert replay(judged.loaded.program, frozen) == (2, 200_000)
