"""What stands of a girl and her household is what is said of them, whoever said it first and whatever came and went."""

import random
from datetime import date, timedelta

import pytest
from django.db import transaction

from beneficiaries import services
from beneficiaries.lists.periods import Period
from beneficiaries.models import Doubt, Fact
from beneficiaries.queries import edited_facts, edited_lists
from beneficiaries.queries.differing import contradict, is_state_of_register
from beneficiaries.queries.together import Word, together
from beneficiaries.services import settle_doubt
from beneficiaries.services.because import because
from facts.catalogue import load_catalogue
from oversight.verify.evidence import CHECKS
from tests import factories as make
from tests.beneficiaries.test_order_of_arrival import FATHER, GIRL, MOTHER, OTHER, TODAY, arrive, people, year
from tests.beneficiaries.test_register_rules import live
from tests.beneficiaries.test_withdrawing import register

__all__ = ["people"]
FIRST, LATER = date(2024, 1, 1), date(2025, 1, 1)
CERT = ("双女户", "ZZ-1", "2012-05-16", "")


def word(key, first, values, last=None):
    return Word(first, last, values, False, key, key, 1, False, False)


# What lists may say of one subject: kind, and the words they are drawn from.
SAYINGS = {
    "certificate": [{"kind": "two_daughter"}, {"kind": "two_daughter", "number": "ZZ-1"}, {"kind": "only_daughter"}],
    "poverty": [{"state": "registered"}, {"state": "alleviated"}],
    "vehicle": [{"kind": "car", "model": "一", "used": True}, {"kind": "car", "model": "一"}, {"kind": "truck"}],
}  # fmt: skip


@pytest.mark.parametrize("name", SAYINGS)
def test_in_whatever_order_the_same_stands_and_each_word_is_behind_one_of_it(name):
    kind = load_catalogue().kind(name)
    dice = random.Random(name)
    for _ in range(300):
        words = [
            word(key, dice.choice((FIRST, LATER)), dice.choice(SAYINGS[name]), dice.choice((None, None, date(2026, 1, 1))))
            for key in range(1, dice.randint(2, 6))
        ]  # fmt: skip
        stands = together(kind, words)
        shown = sorted((one.first, str(one.last), str(one.values), one.is_disputed) for one in stands)
        dice.shuffle(words)
        again = together(kind, words)
        assert shown == sorted((one.first, str(one.last), str(one.values), one.is_disputed) for one in again)
        assert sorted(one.id for it in stands for one in it.words) == sorted(one.id for one in words)
        counting = [one for one in stands if not one.is_disputed]
        assert not any(one is not two and contradict(kind, one, two) for one in counting for two in counting)
        if is_state_of_register(kind):  # on no day two states of one thing
            days = [(one.first, one.last or date.max, str(one.values)) for one in counting]
            assert not any(
                a[0] < b[0] <= a[1] and a[2] != b[2] and not kind.apart for a in days for b in days
            )


TOLD = {
    "certificate": [
        (GIRL, *CERT), (MOTHER, "双女户", "", "2012-05-16", ""), (GIRL, "双女户", "", "2012-05-16", "2020-01-31"),
        (GIRL, "独女户", "", "2012-05-16", ""), (GIRL, "双女户", "", "2021-05-16", ""),
    ],
    "poverty": [
        (GIRL, state, date(day, 1, 1)) for day in (2024, 2025, 2026) for state in ("脱贫户", "建档立卡")
    ],
    "medical": [(GIRL, said, year(day)) for day in (2025, 2026) for said in ("是", "否")],
    "death": [(GIRL, "2026-07-19"), (GIRL, "2026-07-22"), (MOTHER, "2026-07-22")],
    "marriage": [
        (FATHER, MOTHER, "2005-05-01", ""), (FATHER, MOTHER, "2005-05-01", "2018-03-01"),
        (OTHER, MOTHER, "2019-05-01", ""), (FATHER, MOTHER, "2020-05-01", ""),
    ],
    "parentage": [
        (GIRL, "亲生", FATHER, MOTHER, "2008-02-03", ""), (GIRL, "亲生", FATHER, "", "2008-02-03", ""),
        (GIRL, "亲生", OTHER, MOTHER, "2008-02-03", ""), (GIRL, "亲生", OTHER, "", "2008-02-03", ""),
    ],
    "custody": [
        (GIRL, MOTHER, "2018-03-01", ""), (GIRL, FATHER, "2018-03-01", ""), (GIRL, FATHER, "2020-01-01", ""),
        (GIRL, MOTHER, "2018-03-01", "2019-12-31"),
    ],
    "hardship": [
        (whose, category, Period(date(2026, month, 1), date(2026, month, last)))
        for whose in (FATHER, MOTHER) for category in ("低保户", "监测户") for month, last in ((2, 28), (3, 31))
    ],
    "living": [
        (GIRL, "是", "2024-09-01", ""), (GIRL, "否", "2024-09-01", ""), (GIRL, "是", "2022-01-01", "2024-08-31"),
    ],
}  # fmt: skip


def standing():
    facts = Fact.objects.filter(superseded_by=None)
    return sorted(
        (one.kind, one.valid_from, str(one.valid_until), str(one.values), one.is_disputed) for one in facts
    )


def come_and_go(seed):
    """Lists of one kind come and go; what is left is what those that stay say when they come alone, and when all of them
    have gone every table is as it was."""
    dice = random.Random(seed)
    kind = sorted(TOLD)[seed % len(TOLD)]
    told = [dice.choice(TOLD[kind]) for _ in range(dice.randint(2, 6))]
    with transaction.atomic():
        before, taken, gone = register(), [], set()
        for number, one in enumerate(told):
            taken.append(arrive(kind, one))
            if dice.random() < 0.4:
                going = dice.choice([key for key in range(number + 1) if key not in gone])
                services.withdraw_list(taken[going], by=make.actor("county_checker", "two"), on=TODAY)
                gone.add(going)
        left, doubted = standing(), Doubt.objects.filter(settled_on=None).exists()
        assert (edited_facts(), edited_lists(), list(CHECKS[0].find())) == ([], [], [])
        stay = [one for number, one in enumerate(taken) if number not in gone]
        for one in dice.sample(stay, len(stay)):
            services.withdraw_list(one, by=make.actor("county_checker", "two"), on=TODAY)
        assert (seed, register()) == (seed, before)
        assert (edited_facts(), edited_lists(), list(CHECKS[0].find())) == ([], [], [])
        transaction.set_rollback(True)
    with transaction.atomic():
        for number, one in enumerate(told):
            if number not in gone:
                arrive(kind, one)
        alone = (standing(), Doubt.objects.filter(settled_on=None).exists())
        transaction.set_rollback(True)
    assert (seed, left, doubted) == (seed, *alone)


@pytest.mark.django_db
def test_lists_come_and_go_and_the_others_say_what_stands(people):
    for seed in range(len(TOLD)):
        come_and_go(seed)


@pytest.mark.django_db
def test_a_birth_against_the_register_stays_in_dispute_where_a_list_that_says_less_is_left(people):
    """Father and mother, then the same father alone: the first list goes, and he is still not the register's."""
    first = arrive("parentage", (GIRL, "亲生", OTHER, MOTHER, "2008-02-03", ""))
    arrive("parentage", (GIRL, "亲生", OTHER, "", "2008-02-03", ""))
    services.withdraw_list(first, by=make.actor("county_checker", "two"), on=TODAY)
    assert [is_disputed for *_, is_disputed in standing()] == [True]
    assert Doubt.objects.filter(settled_on=None, kind="lists_differ").count() == 1


@pytest.mark.long
@pytest.mark.django_db
def test_many_lists_come_and_go(people):
    for seed in range(len(TOLD), 400):
        come_and_go(seed)


@pytest.mark.django_db
def test_what_was_settled_is_settled_until_the_chosen_list_goes(people):
    """Two kinds of certificate, and a third list's word is chosen: when that list goes, the two differ again."""
    for told in ((GIRL, *CERT), (GIRL, "独女户", "", "2012-05-16", "")):
        arrive("certificate", told)
    chosen = arrive("certificate", (GIRL, "双女户", "ZZ-9", "2012-05-16", ""))
    (doubt,) = Doubt.objects.filter(settled_on=None)
    keep = Fact.objects.get(list=chosen).pk
    settle_doubt(doubt, by=make.actor("county_checker"), on=TODAY, outcome="看了证", keep=keep)
    assert [(values["number"], is_disputed) for values, is_disputed, _ in live("certificate")] == [
        ("ZZ-9", False)
    ]
    arrive(
        "certificate", (MOTHER, "双女户", "ZZ-9", "2012-05-16", "")
    )  # says so too: the choice outlives the first
    services.withdraw_list(chosen, by=make.actor("county_checker", "two"), on=TODAY)
    assert [is_disputed for *_, is_disputed in standing()] == [False]
    last = Fact.objects.get(superseded_by=None).list
    services.withdraw_list(last, by=make.actor("county_checker", "two"), on=TODAY)
    assert [is_disputed for *_, is_disputed in standing()] == [True, True]
    assert Doubt.objects.filter(settled_on=None, kind="lists_differ").count() == 1
    assert list(CHECKS[0].find()) == []


@pytest.mark.django_db
def test_a_wife_of_two_men_is_one_doubt_that_verify_finds_for_all_three(people):
    """The doubt is about her: the other side of each marriage waits for it and goes with it, and has no doubt of its own."""
    arrive("marriage", (FATHER, MOTHER, "2005-05-01", ""))
    arrive("marriage", (OTHER, MOTHER, "2019-05-01", ""))
    assert [is_disputed for *_, is_disputed in standing()] == [True] * 4
    assert list(CHECKS[0].find()) == []
    (doubt,) = Doubt.objects.filter(settled_on=None)
    keep = Fact.objects.get(person=doubt.person, valid_from=date(2019, 5, 1), superseded_by=None).pk
    settle_doubt(doubt, by=make.actor("county_checker"), on=TODAY, outcome="看了证", keep=keep)
    assert [(one[1].year, one[-1]) for one in standing()] == [(2019, False)] * 2
    assert list(CHECKS[0].find()) == []
    with because(make.actor("county_checker"), "试"):
        Fact.objects.filter(pk=keep).update(is_disputed=True)  # nobody is asked about it now
    assert [one.id for one in CHECKS[0].find()] == [keep]


@pytest.mark.django_db
def test_an_entry_that_says_more_takes_nothing_from_the_lists_when_it_is_taken_back(people):
    """Two lists say what a paper said with a number: the paper's word goes, what the lists say stands once."""
    arrive("certificate", (GIRL, "双女户", "", "2012-05-16", ""))
    home = people[2].memberships.get().household
    entry = services.enter_fact(
        home, kind="certificate", values={"kind": "two_daughter", "number": "ZZ-1", "issued_on": "2012-05-16"},
        paper="certificate", by=make.actor("clerk"), on=TODAY,
    )  # fmt: skip
    arrive("certificate", (MOTHER, "双女户", "", "2012-05-16", ""))
    entry.refresh_from_db()
    assert entry.superseded_by_id is None
    doubt = services.ask_to_withdraw(entry, by=make.actor("clerk"), on=TODAY, reason="看错了")
    settle_doubt(
        doubt, by=make.actor("county_checker"), on=TODAY + timedelta(days=1), outcome="看错了", keep=0
    )
    assert [(values, is_disputed) for values, is_disputed, _ in live("certificate")] == [
        ({"kind": "two_daughter", "issued_on": "2012-05-16"}, False)
    ]
