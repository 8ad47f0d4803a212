"""Real families, one line each: what comes in, whose child she is on the day, and what the real policies say.

Read a line as: where people are registered, what departments' lists and papers at the counter say beside that, and then
what is believed on the day of her admission. ``?`` is somebody or something that is not known.
"""

from dataclasses import dataclass, field
from datetime import date

import pytest
from django.db import transaction

from applications.gathering import EVERYBODY, Among, complete_lists
from applications.gathering.base import subjects_of
from applications.gathering.columns import ask
from applications.gathering.copying import copy_all
from applications.gathering.relatives import Whose, ask_members, members_of
from applications.judging import judge
from beneficiaries import services
from beneficiaries.models import Doubt, Household, Parentage, Person
from beneficiaries.queries import household_of
from beneficiaries.queries.kin import parents_on
from facts.catalogue import load_catalogue
from programs.queries import active
from tests import factories as make
from tests.beneficiaries.workbooks import csv_bytes, number_of
from tests.otherwise import otherwise

TODAY = date(2026, 8, 18)
DAY = date(2026, 7, 20)  # of her admission; the enrolment is judged on the first of January, the house on DAY

# Who: name, born, sex digit's serial, rural.
PEOPLE = {
    "girl": ("赵雨桐", "20080203", 24, True),
    "twin": ("赵雨欣", "20080203", 26, True),
    "sister": ("赵小满", "20130405", 28, True),
    "father": ("赵文斌", "19790302", 11, True),
    "mother": ("李秀梅", "19810506", 22, True),
    "grandfather": ("赵老汉", "19520101", 31, True),
    "stepfather": ("王强", "19780708", 33, True),
    "townsman": ("周明", "19760910", 35, False),
    "adopter": ("钱正", "19750405", 37, True),
    "adoptress": ("孙兰", "19770607", 42, True),
}
NUMBER = {who: number_of(born, serial) for who, (_, born, serial, _) in PEOPLE.items()}

HEADERS = {
    "parentage": [
        "子女身份证号",
        "关系类别",
        "父亲身份证号",
        "母亲身份证号",
        "起始日期",
        "终止日期",
        "终止原因",
    ],
    "marriage": ["男方身份证号", "女方身份证号", "结婚登记日期", "离婚登记日期", "终止原因"],
    "custody": ["子女身份证号", "抚养人身份证号", "抚养依据", "起始日期", "终止日期"],
    "living": ["身份证号", "是否共同生活", "实际居住地", "共同生活人身份证号", "起始日期", "终止日期"],
    "certificate": ["持证人身份证号", "证件类型", "发证日期", "注销日期", "注销原因"],
    "death": ["身份证号", "死亡日期"],
}

AT_HOME = {"H1": "father 02, mother 10, girl 20, sister 20"}
DIVORCED = ("marriage", "father", "mother", "2005-05-01", "2018-03-01", "离婚")
REMARRIED = ("marriage", "stepfather", "mother", "2019-05-01", "", "")
WITH_MOTHER = ("custody", "girl", "mother", "判决", "2018-03-01", "")
GIVEN_AWAY = ("parentage", "girl", "亲生", "father", "mother", "2008-02-03", "2010-06-01", "送养")
ADOPTED = ("parentage", "girl", "收养", "adopter", "adoptress", "2010-06-01", "", "")
ADOPTERS = {"H1": "adopter 02, adoptress 10, girl 37"}
STEPFAMILY = {"H1": "stepfather 02, mother 10, girl 37", "H2": "father 02"}
ELSEWHERE = {"H1": "grandfather 02, girl 42", "H2": "father 02, mother 10"}


@dataclass(frozen=True)
class Line:
    """One family. ``born_to``: what columns of the register say of her parents, where no relation says it."""

    homes: dict[str, str] = field(default_factory=lambda: AT_HOME)
    lists: tuple[tuple[str, ...], ...] = ()
    papers: tuple[tuple[str, dict[str, str]], ...] = ()
    born_to: str = ""
    certified: str = "H1"
    of: str = "girl"
    parents: str = "father mother"
    guardians: str = "father mother"
    home: str = "H1"
    facts: dict[str, object] = field(default_factory=dict)
    award: str = "yes"
    medical: str = "yes"
    housing: str = "yes"
    doubts: tuple[str, ...] = ()


FAMILIES = {
    "both parents and their booklet": Line(),
    # --- birth -----------------------------------------------------------------------------------------------------
    "a father alone, nobody knows the mother": Line(
        {"H1": "father 02, girl 20"}, parents="father ?", guardians="father ?", award="?"
    ),
    "a paper at the counter names the mother, and a second person has seen it": Line(
        {"H1": "father 02, girl 20", "H2": "mother 02"},
        papers=(("parentage", {"kind": "birth", "mother": "mother", "since_on": "2008-02-03"}),),
        facts={"parentage.kind": "birth"},
    ),
    "parents registered in two townships": Line(
        {"H1": "father 02, girl 20", "H2 next": "mother 02"}, born_to="father mother"
    ),
    "a mother registered in another county is on no list here": Line(
        {"H1": "father 02, girl 20"}, born_to="father", parents="father ?", guardians="father ?", award="?"
    ),
    "twins, one of them": Line({"H1": "father 02, mother 10, girl 20, twin 20"}),
    "twins, the other": Line({"H1": "father 02, mother 10, girl 20, twin 20"}, of="twin"),
    "not on her parents' booklet, whose certificate is not her household's": Line(
        ELSEWHERE, born_to="father mother", certified="H2", award="?", medical="?", housing="?"
    ),
    "not on her parents' booklet, the certificate shown for her household": Line(
        ELSEWHERE, born_to="father mother", certified="H1 H2"
    ),
    # --- adoption, given away ----------------------------------------------------------------------------------------
    "adopted, the booklet says so and no list by whom": Line(
        ADOPTERS, parents="? ?", guardians="? ?", award="?"
    ),
    "adopted, registered by civil affairs": Line(
        ADOPTERS, (ADOPTED,), parents="adopter adoptress", guardians="adopter adoptress",
        facts={"parentage.kind": "adopted"},
    ),
    "adopted, and the register still knows who bore her": Line(
        {**ADOPTERS, "H2": "father 02, mother 10"}, (ADOPTED,), born_to="father mother",
        parents="adopter adoptress", guardians="adopter adoptress",
    ),
    "given away, to whom is on no list": Line(
        {"H1": "adopter 02, girl 97", "H2": "father 02, mother 10"}, (GIVEN_AWAY,), born_to="father mother",
        parents="? ?", guardians="? ?", award="?", facts={"parentage.kind": None},
    ),
    "given away and adopted": Line(
        {**ADOPTERS, "H2": "father 02, mother 10"}, (GIVEN_AWAY, ADOPTED), born_to="father mother",
        parents="adopter adoptress", guardians="adopter adoptress", facts={"parentage.kind": "adopted"},
    ),
    "adopted after the day: on it she was still her parents'": Line(
        {**AT_HOME, "H2": "adopter 02, adoptress 10"},
        (("parentage", "girl", "收养", "adopter", "adoptress", "2026-07-21", "", ""),),
    ),
    "the adoption was dissolved before the day": Line(
        {**AT_HOME, "H2": "adopter 02, adoptress 10"}, ((*ADOPTED[:6], "2024-01-31", "解除收养"),)
    ),
    "two lists name two adoptive mothers": Line(
        {**ADOPTERS, "H2": "mother 02"}, (ADOPTED, (*ADOPTED[:4], "mother", *ADOPTED[5:])),
        parents="? ?", guardians="? ?", award="?", facts={"parentage.kind": None}, doubts=("lists_differ",),
    ),
    # --- step-parents, divorce, custody ------------------------------------------------------------------------------
    "divorced, nobody says who has her": Line(lists=(DIVORCED,), facts={"marriage.registered": None}),
    "divorced, she is with her mother": Line(lists=(DIVORCED, WITH_MOTHER), guardians="mother"),
    "custody moved to the father before the day": Line(
        lists=(DIVORCED, (*WITH_MOTHER[:5], "2024-12-31"), ("custody", "girl", "father", "协议", "2025-01-01", "")),
        guardians="father", facts={"custody.basis": "agreement"},
    ),
    "two papers on custody that differ": Line(
        lists=(WITH_MOTHER, ("custody", "girl", "father", "判决", "2018-03-01", "")), guardians="? ?",
        doubts=("lists_differ",),
    ),
    "her grandfather was named her guardian": Line(
        ELSEWHERE, (("custody", "girl", "grandfather", "指定", "2020-01-01", ""),), born_to="father mother",
        certified="H1 H2", guardians="grandfather", facts={"custody.basis": "appointed"},
    ),
    "her mother remarried; he does not raise her": Line(
        STEPFAMILY, (DIVORCED, REMARRIED, WITH_MOTHER), born_to="father mother", guardians="mother"
    ),
    "her mother remarried, and the step-father raises her": Line(
        STEPFAMILY, (DIVORCED, REMARRIED, ("parentage", "girl", "继子女", "stepfather", "", "2019-05-01", "", "")),
        born_to="father mother", parents="father mother stepfather", guardians="father mother stepfather",
    ),
    "the step-father who raises her is of the town": Line(
        {"H1": "townsman 02, mother 10, girl 37", "H2": "father 02"},
        (("parentage", "girl", "继子女", "townsman", "", "2019-05-01", "", ""),),
        born_to="father mother", parents="father mother townsman", guardians="father mother townsman", award="no",
    ),
    "her mother's husband adopted her: the mother stays, the father is none": Line(
        STEPFAMILY, (DIVORCED, REMARRIED, ("parentage", "girl", "收养", "stepfather", "", "2020-01-01", "", "")),
        born_to="father mother", parents="mother stepfather", guardians="mother stepfather",
    ),
    # --- living apart from where one is registered -------------------------------------------------------------------
    "registered with her parents, living with her grandfather": Line(
        {**AT_HOME, "H2": "grandfather 02"},
        (("living", "girl", "否", "外村", "grandfather", "2024-09-01", ""),),
        facts={"living.together": False, "living.place": "county", "household.size": 4},
    ),
    "registered with her grandfather, living with her parents": Line(
        ELSEWHERE, (("living", "girl", "否", "外村", "mother", "2015-09-01", ""),), born_to="father mother",
        certified="H1 H2", facts={"living.together": False, "household.size": 2},
    ),
    "she lived apart until last year": Line(
        lists=(("living", "girl", "否", "县外", "", "2022-09-01", "2025-06-30"),),
        facts={"living.together": None, "living.place": None},
    ),
    "the village's statement at the counter": Line(
        papers=(("living", {"together": True, "since_on": "2020-01-01"}),), facts={"living.together": True}
    ),
    # --- deaths --------------------------------------------------------------------------------------------------------
    "her father died before the day": Line(lists=(("death", "father", "2020-01-01"),), parents="mother", guardians="mother"),
    "a child of the family died": Line(lists=(("death", "sister", "2020-01-01"),)),
    "she died the day before": Line(
        lists=(("death", "girl", "2026-07-19"),), award="no"
    ),
    "two lists name two days of her death": Line(
        lists=(("death", "girl", "2026-07-19"), ("death", "girl", "2026-07-22")), facts={"death.died_on": None}, award="?",
        medical="?", doubts=("lists_differ",),
    ),
    # --- the certificate -----------------------------------------------------------------------------------------------
    "no certificate on record": Line(certified="", award="?", medical="?", housing="?"),
    "the certificate was cancelled in time, and why": Line(
        certified="", lists=(("certificate", "mother", "双女户", "2012-05-16", "2026-06-30", "不再符合条件"),),
        facts={"certificate.kind": "none"}, award="no", housing="no",
    ),
    "the certificate was replaced by a new one": Line(
        certified="", lists=(
            ("certificate", "mother", "双女户", "2012-05-16", "2020-06-30", "换发新证"),
            ("certificate", "mother", "双女户", "2020-07-01", "", ""),
        ), facts={"certificate.kind": "two_daughter"},
    ),
    "two lists name two kinds of certificate": Line(
        lists=(("certificate", "mother", "独女户", "2012-05-16", "", ""),), facts={"certificate.kind": None},
        award="?", medical="?", housing="?", doubts=("lists_differ",),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
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
    make.fact(she, "medical", date(2026, 1, 1), date(2026, 12, 31), year=2026, enrolled=True)
    make.fact(home, "hardship", date(2026, 7, 1), date(2026, 7, 31), kinds=["dibao"])
    make.fact(home, "housing", DAY, grade="D", work="rebuild", surveyed_on=DAY.isoformat())
    for number in line.certified.split():
        certificate = make.evidence_list("certificate", complete=False)
        make.fact(homes[number], "certificate", date(2012, 5, 16), source=certificate, kind="two_daughter",
                  issued_on="2012-05-16")  # fmt: skip
    return she, admitted


def take(kind, *cells):
    """A list of one row, uploaded by one and taken by another."""
    named = [NUMBER.get(cell, cell) for cell in cells]
    letter = services.CoveringLetter(kind, f"{kind}.csv", make.COUNTY)
    source = csv_bytes([HEADERS[kind], named], "utf-8-sig")
    evidence = services.upload_list(source, letter, by=make.actor("county_checker", "one"), on=TODAY)
    taken = services.import_list(evidence, by=make.actor("county_checker", "two"), on=TODAY)
    assert (taken.state, taken.counts["refused"]) == ("taken", 0), taken.counts["reasons"]


def show_paper(she, kind, values):
    """A paper read off by a clerk; where its kind asks for it, another person has seen it too."""
    known = load_catalogue().kinds[kind]
    entry = services.enter_fact(
        she, kind=kind, values={key: NUMBER.get(value, value) for key, value in values.items()},
        paper=next(iter(known.papers)), by=make.actor("clerk"), on=TODAY,
    )  # fmt: skip
    for doubt in Doubt.objects.filter(fact=entry, kind="entered_alone"):
        services.settle_doubt(
            doubt, by=make.actor("township_reviewer"), on=TODAY, outcome="材料已看", keep=entry.pk
        )


def relatives(admitted, which):
    """The members of a set on the day of admission, by who they are; ``?`` for one that is not known. A family that is
    asked for and a whole county give the same."""
    said = {relatives_among(among, admitted, which) for among in (Among(records=[admitted.pk]), EVERYBODY)}
    assert len(said) == 1, said
    return said.pop()


def relatives_among(among, admitted, which):
    lists = complete_lists(set(load_catalogue().kinds))
    base = subjects_of(active("college-award", DAY).program.policy, on=DAY, among=among)
    reading, own = ask_members(base, which, ["sex"]), ask(base, [], extra=("coalesce(b.household, 0)",))
    copied, about = copy_all([reading.query, own.query], among.parameters)
    read, found = reading.made(copied, lists), own.made(about, lists)
    hers = found.keys[0] == admitted.pk
    home = found.extra[0][hers]
    whose = Whose(found.keys[0][hers], *(home * 0 + one for one in (610124103201, 9697)), home)
    members = members_of(which, whose, read, lists)
    dead = set(
        Person.objects.filter(facts__kind="death", facts__is_disputed=False).values_list("pk", flat=True)
    )
    of_hers = zip(read.keys[0].tolist(), read.keys[1].tolist(), strict=True)
    known = [pk for key, pk in of_hers if key == admitted.pk and pk not in dead]
    unknown = len(members.facts["sex"].known) - len(known)
    return " ".join(sorted(who_is(pk) for pk in known) + ["?"] * unknown)


def who_is(pk):
    number = Person.objects.get(pk=pk).citizen_id
    return next(who for who, its in NUMBER.items() if its == number)


def believed(admitted, name):
    """One fact of the girl as a policy is given it; None: not known."""
    among = Among(records=[admitted.pk])
    base = subjects_of(active("college-award", DAY).program.policy, on=DAY, among=among)
    reading = ask(base, [name], record_kind="admission")
    (copied,) = copy_all([reading.query], among.parameters)
    column = reading.made(copied, complete_lists(set(load_catalogue().kinds))).facts[name]
    if not column.known[0]:
        return None
    value = int(column.values[0])
    if load_catalogue().facts[name].type == "bool":
        return bool(value)
    return (column.words[value] if value >= 0 else "none") if column.words else value


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
    return found


@pytest.mark.django_db  # each line within the county's transaction
@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("line", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_family(line):
    she, admitted = register(line)
    for kind, *cells in line.lists:
        take(kind, *cells)
    for kind, values in line.papers:
        show_paper(she, kind, values)
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
