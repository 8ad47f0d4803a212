"""Two departments disagree: whatever came first or last, the same is believed, and what is in doubt is not known.

A story is a few lists, each with what it says of one girl or her household. Every order in which they can arrive must
leave the same believed on every day that matters, and the same open doubts; one list withdrawn afterwards must leave
what the others say alone.
"""

from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import transaction

from applications.gathering.columns import ask
from applications.gathering.copying import copy_all
from applications.gathering.coverage import complete_lists
from beneficiaries import services
from beneficiaries.lists.check import Stated, check_file
from beneficiaries.lists.periods import Period
from beneficiaries.models import Doubt
from beneficiaries.services.because import because
from beneficiaries.services.evidence import take_evidence
from beneficiaries.services.list_rows import write_doubts
from beneficiaries.services.outcome import Taking
from facts.catalogue import load_catalogue
from tests import factories as make
from tests.beneficiaries.workbooks import csv_bytes, number_of

TODAY = date(2026, 8, 18)
GIRL, MOTHER, FATHER, OTHER = (
    number_of("20080203", 24), number_of("19810506", 22), number_of("19790302", 11), number_of("19780708", 33),
)  # fmt: skip
HEADERS = {
    "certificate": ["持证人身份证号", "证件类型", "证件编号", "发证日期", "注销日期"],
    "marriage": ["男方身份证号", "女方身份证号", "结婚登记日期", "离婚登记日期"],
    "custody": ["子女身份证号", "抚养人身份证号", "起始日期", "终止日期"],
    "parentage": ["子女身份证号", "关系类别", "父亲身份证号", "母亲身份证号", "起始日期", "终止日期"],
    "living": ["身份证号", "是否共同生活", "起始日期", "终止日期"],
    "death": ["身份证号", "死亡日期"],
    "poverty": ["身份证号", "建档立卡情况"],
    "medical": ["身份证号", "是否参保"],
    "hardship": ["户主身份证号", "困难类别"],
    "housing": ["户主身份证号", "鉴定等级", "改造方式", "房屋地址", "鉴定日期"],
}


def year(number):
    return Period(date(number, 1, 1), date(number, 12, 31))


# Story: kind, its lists (cells of the one row; a period where the list is of one), and what is believed of a field:
# day → value, None for not known.
CERT = ("双女户", "", "2012-05-16", "")
STORIES = {
    "two kinds of certificate": (
        "certificate", [(GIRL, *CERT), (GIRL, "独女户", "", "2012-05-16", "")], "kind", {"2026-07-20": None}
    ),
    "the same certificate, one list knows its number": (
        "certificate", [(GIRL, *CERT), (GIRL, "双女户", "ZZ-1", "2012-05-16", "")], "kind",
        {"2012-05-15": None, "2026-07-20": "two_daughter"},
    ),
    "the third list agrees with the first, the second stays in the way": (
        "certificate", [(GIRL, *CERT), (GIRL, "独女户", "", "2012-05-16", ""), (MOTHER, *CERT)], "kind",
        {"2026-07-20": None},
    ),
    "three kinds of knowing more": (
        "certificate",
        [(GIRL, *CERT), (GIRL, "双女户", "ZZ-1", "2012-05-16", ""), (GIRL, "双女户", "", "2012-05-16", "2020-01-31")],
        "kind", {"2015-01-01": "two_daughter", "2026-07-20": "none"},
    ),
    "two certificates of two days that overlap": (
        "certificate", [(GIRL, *CERT), (GIRL, "双女户", "", "2015-03-03", "")], "kind",
        {"2013-01-01": None, "2026-07-20": None},
    ),
    "two certificates one after the other": (
        "certificate", [(GIRL, "双女户", "", "2012-05-16", "2015-03-02"), (GIRL, "独女户", "", "2015-03-03", "")], "kind",
        {"2013-01-01": "two_daughter", "2026-07-20": "only_daughter"},
    ),
    "two days of one cancelling": (
        "certificate", [(GIRL, *CERT[:3], "2020-01-31"), (GIRL, *CERT[:3], "2021-01-31")], "kind", {"2026-07-20": None}
    ),
    "one wife, two husbands": (
        "marriage", [(FATHER, MOTHER, "2005-05-01", ""), (OTHER, MOTHER, "2019-05-01", "")], "registered",
        {"2026-07-20": None},
    ),
    "married, divorced, and a list that knows both": (
        "marriage", [(FATHER, MOTHER, "2005-05-01", ""), (FATHER, MOTHER, "2005-05-01", "2018-03-01")], "registered",
        {"2010-01-01": 1, "2026-07-20": "none"},
    ),
    "two guardians": (
        "custody", [(GIRL, MOTHER, "2018-03-01", ""), (GIRL, FATHER, "2018-03-01", ""), (GIRL, MOTHER, "2018-03-01", "")],
        "since_on", {"2026-07-20": None},
    ),
    "two guardians since different days": (
        "custody", [(GIRL, MOTHER, "2018-03-01", ""), (GIRL, FATHER, "2020-01-01", "")], "since_on", {"2026-07-20": None}
    ),
    "custody that moved": (
        "custody", [(GIRL, MOTHER, "2018-03-01", "2019-12-31"), (GIRL, FATHER, "2020-01-01", "")], "since_on",
        {"2019-01-01": 6634, "2026-07-20": 7305},
    ),
    "two fathers by birth": (
        "parentage", [(GIRL, "亲生", FATHER, "", "2008-02-03", ""), (GIRL, "亲生", OTHER, "", "2008-02-03", "")], "kind",
        {"2026-07-20": None},
    ),
    "a list names the father, another the mother, a third both": (
        "parentage",
        [(GIRL, "亲生", FATHER, "", "2008-02-03", ""), (GIRL, "亲生", FATHER, MOTHER, "2008-02-03", ""),
         (GIRL, "亲生", FATHER, "", "2008-02-03", "")], "kind", {"2026-07-20": "birth"},
    ),
    "living together or not": (
        "living", [(GIRL, "是", "2024-09-01", ""), (GIRL, "否", "2024-09-01", ""), (GIRL, "是", "2022-01-01", "2024-08-31")],
        "together", {"2023-01-01": 1, "2026-07-20": None},
    ),
    "two days of death": ("death", [(GIRL, "2026-07-19"), (GIRL, "2026-07-22")], "died_on", {"2026-07-20": None}),
    "enrolled in one list, not in another": (
        "medical", [(GIRL, "是", year(2026)), (GIRL, "否", year(2026)), (GIRL, "是", year(2025))], "enrolled",
        {"2025-07-20": 1, "2026-07-20": None},
    ),
    "a state of a later year": (
        "poverty", [(GIRL, "脱贫户", date(2025, 1, 1)), (GIRL, "建档立卡", date(2026, 1, 1))], "state",
        {"2025-07-20": "alleviated", "2026-07-20": "registered"},
    ),
    "a state of three years": (
        "poverty",
        [(GIRL, "脱贫户", date(2024, 1, 1)), (GIRL, "建档立卡", date(2025, 1, 1)), (GIRL, "脱贫户", date(2026, 1, 1))],
        "state", {"2024-07-20": "alleviated", "2025-07-20": "registered", "2026-07-20": "alleviated"},
    ),
    "two lists of one year differ, the next year's is clear": (
        "poverty",
        [(GIRL, "脱贫户", date(2025, 1, 1)), (GIRL, "建档立卡", date(2025, 1, 1)), (GIRL, "脱贫户", date(2026, 1, 1))],
        "state", {"2025-07-20": None, "2026-07-20": "alleviated"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def people(nothing_stands, django_db_blocker):
    """The girl, her parents and another man, each known, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        make.divisions()
        made = [
            make.person(name, date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}"),
                        female=int(number[16]) % 2 == 0, number=number)
            for name, number in (("赵文斌", FATHER), ("李秀梅", MOTHER), ("赵雨桐", GIRL), ("王强", OTHER))
        ]  # fmt: skip
        make.household("H1", *zip(made[:3], ("02", "10", "20"), strict=True), since=date(2005, 1, 1))
        make.household("H2", (made[3], "02"), since=date(2005, 1, 1))
        yield made
        transaction.set_rollback(True)


def arrive(kind, told):
    """One list is taken: the real reading, comparing and writing, without the worker's road."""
    *cells, when = told if isinstance(told[-1], (date, Period)) else (*told, TODAY)
    source = csv_bytes([HEADERS[kind], cells], "utf-8-sig")
    evidence = make.evidence_list(kind, complete=False)
    known = load_catalogue().kind(kind)
    period = when if isinstance(when, Period) else None
    if period:
        evidence.covers_from, evidence.covers_until = period.first, period.last
    else:
        evidence.covers_from = evidence.covers_until = None
    evidence.uploaded_on = when if isinstance(when, date) else TODAY
    taking = Taking(evidence, check_file(source, known, today=TODAY, stated=Stated(period=period)), TODAY)
    with because(make.actor("county_checker", "two"), source=evidence):
        take_evidence(taking, known)
    assert not taking.whole.checked.refused, taking.whole.checked.problems
    write_doubts(taking)
    return evidence


def believed(kind, days):
    """Every fact of the kind about everybody, on each day, as policies are given it: nothing there is not known."""
    fields = [name for name, one in load_catalogue().facts.items() if one.kind == kind]
    who = " UNION ALL ".join(
        f"""SELECT p.id * 100 + {number} AS k, NULL::bigint AS record, p.id AS person, m.household_id AS household,
                   DATE '{day}' AS day, p.division, p.sex, p.born_on, p.id AS named
            FROM beneficiaries_person p JOIN beneficiaries_membership m ON m.person_id = p.id"""
        for number, day in enumerate(days)
    )
    reading = ask(who, fields)
    (copied,) = copy_all([reading.query], {})
    read = reading.made(copied, complete_lists({kind}))
    found = {}
    for row, key in enumerate(read.keys[0].tolist()):
        person, number = divmod(key, 100)
        for name, column in read.facts.items():
            value = int(column.values[row])
            said = (
                (column.words[value] if value >= 0 else "none")
                if column.words
                else value
                if value != -1
                else "none"
            )
            found[person, days[number], name.partition(".")[2]] = said if column.known[row] else None
    return found


def days_of(story):
    """The days on which something begins or ends, the day before and after each, and one in between."""
    told = {
        date.fromisoformat(cell) for one in story for cell in one if isinstance(cell, str) and len(cell) == 10
    }
    told |= {day for one in story if isinstance(one[-1], Period) for day in (one[-1].first, one[-1].last)}
    told |= {one[-1] for one in story if isinstance(one[-1], date)} | {date(2026, 7, 20)}
    return sorted({(day + timedelta(days=by)).isoformat() for day in told for by in (-1, 0, 1)})


def in_every_order(kind, story, days, *, then=None):
    """What is believed, and about whom doubts are open, for each order of arrival; ``then`` is withdrawn at the end."""
    found = []
    for order in permutations(range(len(story))):
        with transaction.atomic():
            lists = {number: arrive(kind, story[number]) for number in order}
            if then is not None:
                services.withdraw_list(lists[then], by=make.actor("county_checker", "two"), on=TODAY)
            open_ones = Doubt.objects.filter(settled_on=None)
            who = "person" if load_catalogue().kind(kind).about == "person" else "kind"
            doubts = set(
                open_ones.values_list("kind", who)
            )  # about a household: by whichever member the row names it
            found.append((order, believed(kind, days), doubts))
            transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "story", "field", "expected"), STORIES.values(), ids=STORIES.keys())
def test_whatever_order_the_lists_come_in_the_same_is_believed(people, kind, story, field, expected):
    days = sorted({*days_of(story), *expected})
    (_, first, doubts), *others = in_every_order(kind, story, days)
    girl = people[1 if kind == "marriage" else 2].pk
    assert {day: first[girl, day, field] for day in expected} == expected
    for order, said, open_doubts in others:
        differing = {key: (first[key], said[key]) for key in first if said[key] != first[key]}
        assert (order, differing, open_doubts) == (order, {}, doubts)
    is_doubted = None in {expected[day] for day in expected if day > "2013"}
    assert bool(doubts) == is_doubted


IN_DOUBT = [
    name for name, (_, story, _, told) in STORIES.items() if len(story) == 2 and told["2026-07-20"] is None
]
OTHERS = [name for name in STORIES if name not in IN_DOUBT]  # three lists in every order take long


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", [*IN_DOUBT, *(pytest.param(name, marks=pytest.mark.long) for name in OTHERS)]
)
def test_what_the_others_say_is_believed_when_one_list_is_withdrawn(people, name):
    kind, story, _, _ = STORIES[name]
    days = days_of(story)
    for gone in range(len(story)):
        left = [one for number, one in enumerate(story) if number != gone]
        (_, alone, doubts), *_ = in_every_order(kind, left, days)
        for order, said, open_doubts in in_every_order(kind, story, days, then=gone):
            differing = {key: (alone[key], said[key]) for key in said if said[key] != alone[key]}
            assert (gone, order, differing, open_doubts) == (gone, order, {}, doubts)
