"""Lists in random orders, one of them withdrawn: the register reads as if it had never come. The seed is the test's."""

import random

import pytest
from django.db import transaction

from beneficiaries.models import Account, Doubt, Fact, Household, Membership, Parentage, Person
from beneficiaries.models.people import NEVER, NOWHERE
from tests import factories as make
from tests.beneficiaries.test_register_rules import (
    FATHER,
    GIRL,
    GRANDFATHER,
    MOTHER,
    SISTER,
    certificate,
    row,
    take,
)
from tests.beneficiaries.test_withdrawing import DAY, GRANDMOTHER, LATER, accounts, withdraw
from tests.beneficiaries.workbooks import HEADER, number_of

TWIN = number_of("20080203", 68)
PEOPLE = {
    FATHER: ("赵文斌", ("户主", "子")),
    MOTHER: ("李秀梅", ("妻", "儿媳")),
    GIRL: ("赵雨桐", ("长女", "次女", "孙女")),
    SISTER: ("赵小雨", ("次女", "女")),
    TWIN: ("赵雨桐", ("次女",)),
    GRANDFATHER: ("赵老", ("父亲", "户主")),
    GRANDMOTHER: ("钱奶", ("母亲",)),
}
FAMILY = (FATHER, MOTHER, GIRL, SISTER, TWIN)


@pytest.fixture(autouse=True)
def _county(db):
    make.divisions()


def everybody():
    return take([row(PEOPLE[one][1][0], PEOPLE[one][0], one) for one in FAMILY])


def register(dice):
    """Some of them, in one of two households, perhaps under another name, relation, phone or kind of registration."""
    home, village = dice.choice([("H1", make.JIAOLOU), ("H1", make.JIAOLOU), ("H2", make.HUAIHUA)])
    rows, has_head = [], False
    for one in dice.sample(list(PEOPLE), dice.randint(1, 5)):
        name, relations = PEOPLE[one]
        relation = dice.choice([each for each in relations if each != "户主" or not has_head])
        has_head = has_head or relation == "户主"
        more = {"phone": dice.choice(["", "13800138000", "13900139000"])}
        more |= {"rural": "非农业"} if dice.random() < 0.2 else {}
        rows.append(
            row(relation, name if dice.random() < 0.85 else f"{name[0]}文武", one, home, village, **more)
        )
    children = [one[4] for one in rows if one[4] in (GIRL, SISTER, TWIN)]
    parents = {one: [dice.choice(["", FATHER]), dice.choice([MOTHER, GRANDMOTHER])] for one in children}
    parents, on = parents if dice.random() < 0.4 else None, dice.choice([DAY, LATER])
    return lambda: take(rows, parents=parents, on=on)


def certificates(dice):
    whose, kind, number = (
        dice.choice([FATHER, MOTHER]),
        dice.choice(["双女户", "独女户"]),
        dice.choice(["Z-1", "Z-2"]),
    )
    issued, cancelled = dice.choice(["2012-05-16", "2013-01-01"]), dice.choice(["", "2025-01-31"])
    return lambda: certificate(whose, kind, number, issued, cancelled)


def admissions(dice):
    said = [
        "赵雨桐",
        dice.choice([GIRL, TWIN]),
        "2026",
        "本科批",
        dice.choice(["本科", "专科"]),
        "2026-07-10",
    ]
    return lambda: take([said], kind="admission", header=HEADER)


def bank(dice):
    whose, number = dice.choice([FATHER, MOTHER]), dice.choice(["6217000010001234566", "6217000010001234567"])
    name, at = dice.choice([PEOPLE[whose][0], PEOPLE[whose][0], "赵大明"]), dice.choice(["农商行", "信用社"])
    return lambda: accounts([whose, name, at, number])


def any_list(dice):
    return dice.choice([register, register, register, certificates, admissions, bank])(dice)


def read():
    """The register as people read it: numbers in place of keys, no lists and no times."""
    who = {one.pk: one.citizen_id for one in Person.objects.all()} | {None: ""}
    homes = dict(Household.objects.values_list("pk", "number")) | {None: ""}
    facts = Fact.objects.filter(superseded_by=None)
    return {
        "people": sorted((who[one.pk], one.name, one.division, one.phone or "")
                         for one in Person.objects.exclude(division=NOWHERE)),
        "homes": sorted((one.number, who[one.head_id], one.division)
                        for one in Household.objects.exclude(division=NOWHERE)),
        "members": sorted((homes[one.household_id], who[one.person_id], one.relation, str(one.valid_from),
                           str(one.valid_until), one.is_disputed) for one in Membership.objects.all()),
        "parents": sorted((who[one.child_id], who[one.parent_id], one.kind)
                          for one in Parentage.objects.exclude(valid_until=NEVER)),
        "facts": sorted((one.kind, who[one.person_id], homes[one.household_id], str(one.valid_from),
                         str(one.valid_until), str(sorted(one.values.items())), one.is_disputed) for one in facts),
        "accounts": sorted((who[one.owner_id], one.number, one.account_name, one.bank, one.state)
                           for one in Account.objects.filter(state__in=["entered", "verified"])),
        "doubts": sorted((one.kind, who[one.person_id]) for one in Doubt.objects.filter(settled_on=None)),
    }  # fmt: skip


def after(before, wrong, later):
    """What is read when these lists came, and ``wrong``, where there is one, was withdrawn at the end."""
    with transaction.atomic():
        for one in before:
            one()
        taken = wrong() if wrong else None
        refused = [one().counts["refused"] for one in later]
        if taken is not None and taken.state == "taken":
            withdraw(taken, on=LATER)
        found = read()
        transaction.set_rollback(True)
    return found, refused


def as_if_it_had_never_come(seed):
    dice = random.Random(seed)
    before = [everybody, *(any_list(dice) for _ in range(dice.randint(0, 2)))]
    wrong, later = any_list(dice), [any_list(dice) for _ in range(dice.randint(0, 2))]
    told, refused = after(before, wrong, later)
    expected, without = after(before, None, later)
    if refused == without:  # a row that was refused because of the wrong list is sent again
        assert told == expected, f"seed {seed}"


@pytest.mark.parametrize("seed", [17, 19, 34, 134, 170, 172])
def test_a_withdrawn_list_among_others(seed):
    as_if_it_had_never_come(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", [*range(100, 140), *range(150, 180)])
def test_more_withdrawn_lists_among_others(seed):
    as_if_it_had_never_come(seed)
