"""A withdrawn list leaves the register as if it had never come, compared table by table; what others say too stays."""

from datetime import date

import pytest
from django.apps import apps
from django.db import connection, transaction

from beneficiaries import services
from beneficiaries.models import Account, Doubt, EvidenceList, Fact, Household, Membership, Parentage, Person
from beneficiaries.queries import edited_facts, edited_lists, family, household_of, search
from beneficiaries.queries.accounts import edited_accounts
from beneficiaries.services.correcting import correct_name
from tests import factories as make
from tests.beneficiaries.test_register_rules import (
    COUPLE,
    FATHER,
    GIRL,
    GRANDFATHER,
    MOTHER,
    SISTER,
    certificate,
    live,
    row,
    take,
)
from tests.beneficiaries.workbooks import number_of

DAY = date(2026, 7, 15)
LATER = date(2027, 3, 1)
GRANDMOTHER = number_of("19540506", 40)

# Which rows of a table stand: what was taken back is on record, and is not on the register.
STANDS = {
    "beneficiaries_fact": "superseded_by_id IS NULL",
    "beneficiaries_membership": "valid_until IS NULL OR valid_until >= valid_from",
    "beneficiaries_parentage": "valid_until IS DISTINCT FROM DATE '0001-01-01'",
    "beneficiaries_person": "division <> ''",
    "beneficiaries_household": "division <> ''",
    "beneficiaries_account": "state IN ('entered', 'verified')",
    "beneficiaries_doubt": "settled_on IS NULL",
    "beneficiaries_coverage": "EXISTS (SELECT FROM beneficiaries_evidencelist e WHERE e.id = list_id AND e.state = 'taken')",
    "beneficiaries_listrow": "EXISTS (SELECT FROM beneficiaries_evidencelist e WHERE e.id = list_id AND e.state = 'taken')",
    "beneficiaries_alsosaid": "EXISTS (SELECT FROM beneficiaries_evidencelist e WHERE e.id = list_id AND e.state = 'taken')",
    "beneficiaries_evidencelist": "state <> 'withdrawn'",
}
# Worked out anew, so that its rows have other keys: compared by what they say. What says who did what is the trail's.
BY_CONTENT = {
    "beneficiaries_awaitedparent": "child_id, citizen_id_index, list_id",
    # without is_only, which says by which of two indexes the row is kept
    "beneficiaries_membership": "id, household_id, person_id, relation, valid_from, valid_until, is_disputed, list_id, "
    "entered_by, corrects_id, recorded_at",
}
ON_RECORD = ("beneficiaries_change",)


@pytest.fixture(autouse=True)
def _county(db):
    make.divisions()


def register():
    """Every row that stands in every table of the room, all columns."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("beneficiaries").get_models():
            table = model._meta.db_table
            if table in ON_RECORD:
                continue
            columns = BY_CONTENT.get(table, "*")
            cursor.execute(f"SELECT {columns} FROM {table} WHERE {STANDS.get(table, 'true')} ORDER BY 1")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def withdraw(evidence, on=DAY):
    return services.withdraw_list(
        EvidenceList.objects.get(pk=evidence.pk), by=make.actor("county_checker", "two"), on=on
    )


def accounts(*rows):
    header = ["开户人身份证号", "户名", "开户银行", "银行账号"]
    return take([list(one) for one in rows], kind="account", header=header)


FAMILY = [*COUPLE, row("长女", "赵雨桐", GIRL)]


# What stood before, and what the withdrawn list said.
LISTS = {
    "an empty register": (lambda: None, lambda: take(FAMILY)),
    "new people and households": (lambda: take(FAMILY), lambda: take([row("户主", "钱一", GRANDFATHER, "H9")])),
    "the same once more": (lambda: take(FAMILY), lambda: take(FAMILY)),
    "a newer phone": (
        lambda: take([row("户主", "赵文斌", FATHER, phone="13800138000")]),
        lambda: take([row("户主", "赵文斌", FATHER, phone="13900139000")]),
    ),
    "a first phone": (lambda: take(FAMILY), lambda: take([row("户主", "赵文斌", FATHER, phone="13900139000")])),
    "another relation": (lambda: take(FAMILY), lambda: take([row("次女", "赵雨桐", GIRL)])),
    "a second household": (lambda: take(FAMILY), lambda: take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)])),
    "a later state": (
        lambda: take(FAMILY),
        lambda: take([row("户主", "赵文斌", FATHER, rural="非农业")], on=LATER),
    ),
    "another member": (lambda: take(FAMILY), lambda: take([row("次女", "赵小雨", SISTER)])),
    "parents named": (lambda: take([FAMILY[2]]), lambda: take([FAMILY[2]], parents={GIRL: [FATHER, MOTHER]})),
    "a parent who was awaited": (
        lambda: take([FAMILY[2]], parents={GIRL: ["", MOTHER]}),
        lambda: take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)]),
    ),
    "a head": (lambda: take([FAMILY[2]]), lambda: take([COUPLE[0]])),
    "another name": (lambda: take(FAMILY), lambda: take([row("户主", "赵文武", FATHER)])),
    "another sex": (lambda: take(COUPLE[1:]), lambda: take([row("户主", "赵文斌", FATHER, sex="女")])),
    "a double": (lambda: take(FAMILY), lambda: take([row("次女", "赵雨桐", number_of("20080203", 68), "H7")])),
    "certificates": (lambda: take(FAMILY), lambda: certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")),
    "another certificate": (
        lambda: (take(FAMILY), certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")),
        lambda: certificate(MOTHER, "独女户", "ZZ-1", "2012-05-16", ""),
    ),
    "more of a certificate": (
        lambda: (take(FAMILY), certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")),
        lambda: certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "2025-01-31"),
    ),
    "accounts": (lambda: take(FAMILY), lambda: accounts([FATHER, "赵文斌", "农商行", "6217000010001234566"])),
}  # fmt: skip


@pytest.mark.parametrize(("before", "listed"), LISTS.values(), ids=LISTS)
def test_as_if_it_had_never_come(before, listed):
    before()
    stood = register()
    taken = listed()
    assert (taken.state, taken.counts.get("refused")) == ("taken", 0)
    assert register() != stood
    withdraw(taken)
    assert register() == stood
    assert (edited_facts(), edited_lists()) == ([], [])


def said(*lists):
    """The register after these lists were taken, as people read it: no keys, no lists, no times."""
    for one in lists:
        one()
    return {
        "people": sorted(Person.objects.exclude(division="").values_list("name", "division", "phone_last4")),
        "homes": sorted(
            Membership.objects.values_list(
                "household__number",
                "household__head__name",
                "person__name",
                "relation",
                "valid_from",
                "is_disputed",
            )
        ),
        "parents": sorted(Parentage.objects.values_list("child__name", "parent__name")),
        "facts": sorted(
            (fact.kind, fact.valid_from, str(fact.valid_until), str(fact.values), fact.is_disputed)
            for fact in Fact.objects.filter(superseded_by=None)
        ),
        "accounts": Account.objects.filter(state__in=["entered", "verified"]).count(),
        "doubts": sorted(Doubt.objects.filter(settled_on=None).values_list("kind", flat=True)),
    }


def both(first, second):
    """Both lists taken, the first withdrawn."""
    taken = first()
    second()
    withdraw(taken)
    return said()


FAMILY_WITH_PHONE = [row("户主", "赵文斌", FATHER, phone="13800138000"), *FAMILY[1:]]
# What the second list says when the first one goes. Each begins with the family on the register by an older list.
SAME = {
    "a family": (lambda: take(FAMILY_WITH_PHONE), lambda: take(FAMILY_WITH_PHONE)),
    "a new family": (
        lambda: take([row("户主", "钱一", GRANDFATHER, "H9")]), lambda: take([row("户主", "钱一", GRANDFATHER, "H9")]),
    ),
    "a family, the next year": (
        lambda: take([row("户主", "钱一", GRANDFATHER, "H9")]),
        lambda: take([row("户主", "钱一", GRANDFATHER, "H9")], on=LATER),
    ),
    "a certificate": (
        lambda: certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", ""),
        lambda: certificate(FATHER, "双女户", "ZZ-1", "2012-05-16", ""),
    ),
    "less of a certificate": (
        lambda: certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "2025-01-31"),
        lambda: certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", ""),
    ),
    "another household": (
        lambda: take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)]),
        lambda: take([row("户主", "李秀梅", MOTHER, "H2", make.HUAIHUA)]),
    ),
    "another relation": (
        lambda: take([row("次女", "赵雨桐", GIRL)]), lambda: take([row("次女", "赵雨桐", GIRL)]),
    ),
    "another name": (
        lambda: take([row("户主", "钱一", GRANDFATHER, "H9")]), lambda: take([row("户主", "钱二", GRANDFATHER, "H9")]),
    ),
    "an account": (
        lambda: accounts([FATHER, "赵文斌", "农商行", "6217000010001234566"]),
        lambda: accounts([FATHER, "赵文斌", "农商行", "6217000010001234566"]),
    ),
    "somebody new, in another village": (
        lambda: take([row("父亲", "赵老", GRANDFATHER, "H2", make.HUAIHUA)]),
        lambda: take([row("父亲", "赵老", GRANDFATHER)]),
    ),
    "a household, under another head": (
        lambda: take([row("户主", "赵文斌", FATHER, "H2", make.HUAIHUA), row("次女", "赵小雨", SISTER, "H2", make.HUAIHUA)]),
        lambda: take([row("次女", "赵小雨", SISTER, "H2", make.HUAIHUA)]),
    ),
    "a parent not there yet": (
        lambda: take([row("次女", "赵小雨", SISTER)], parents={SISTER: [FATHER, GRANDMOTHER]}),
        lambda: take([row("次女", "赵小雨", SISTER)], parents={SISTER: [FATHER, GRANDMOTHER]}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second"), SAME.values(), ids=SAME)
def test_what_another_list_says_too_stays(first, second):
    take(FAMILY)
    with transaction.atomic():
        alone = said(second)
        transaction.set_rollback(True)
    assert both(first, second) == alone
    assert (edited_facts(), edited_lists()) == ([], [])


def test_nobody_finds_a_family_that_stands_nowhere_until_a_list_says_it_again():
    clerk = make.officials()["clerk"]
    wrong = take(FAMILY)
    girl, home = Person.objects.get(name="赵雨桐"), Household.objects.get()
    withdraw(wrong)
    assert (search("赵雨桐", official=clerk).hits, household_of(girl, on=DAY)) == ((), None)
    assert family(home.pk, official=clerk, on=DAY) is None
    refused = certificate(MOTHER, "双女户", "ZZ-1", "2012-05-16", "")
    assert refused.counts["refused"] == 1
    take([row("户主", "赵文斌", FATHER), row("长女", "赵雨彤", GIRL)])
    (hit,) = search("赵雨彤", official=clerk).hits
    assert (hit.person, household_of(girl, on=DAY), Person.objects.count()) == (girl, home, 3)
    assert len(live("register")) == 2


def test_withdrawing_one_after_another_leaves_nothing():
    stood = register()
    lists = [take(FAMILY), take(FAMILY), take([row("次女", "赵小雨", SISTER)])]
    for evidence in lists:
        withdraw(evidence)
    assert register() == stood


def test_a_name_that_another_list_says_too_or_a_person_corrected_stays():
    """Three lists, one name twice: it stays while one says it. The booklet was seen: no list says it better."""
    first = take([row("户主", "钱一", GRANDFATHER, "H9")])
    second = take([row("户主", "钱一", GRANDFATHER, "H9")], on=LATER)
    take([row("户主", "钱二", GRANDFATHER, "H9")], on=LATER)
    withdraw(first)
    assert Person.objects.get().name == "钱一"
    with transaction.atomic():
        correct_name(Person.objects.get(), "钱三", by=make.actor("county_checker"), on=DAY, reason="户口本")
        withdraw(second)
        assert Person.objects.get().name == "钱三"
        transaction.set_rollback(True)
    withdraw(second)
    assert (Person.objects.get().name, Doubt.objects.filter(settled_on=None).count()) == ("钱二", 0)
    (hit,) = search("钱二", official=make.officials()["clerk"]).hits
    assert hit.person == Person.objects.get()


def test_a_child_with_two_fathers_is_asked_about_until_one_of_them_goes():
    """No fact of hers is in dispute: that there is nothing left to differ about does not follow from that."""
    take(FAMILY)
    home = [
        row("户主", "钱一", GRANDFATHER, "H2", make.HUAIHUA),
        row("次女", "赵雨桐", GIRL, "H2", make.HUAIHUA),
    ]
    second = take(home, on=LATER)
    asked = Doubt.objects.filter(kind="lists_differ", person__name="赵雨桐", settled_on=None)
    assert asked.count() == 1
    header = ["姓名", "身份证号", "录取年份", "录取批次", "录取层次", "录取日期"]
    admitted = [["赵雨桐", GIRL, "2026", "本科批", "本科", "2026-07-10"]]
    withdraw(take(admitted, kind="admission", header=header))
    assert asked.count() == 1
    withdraw(second)
    assert asked.count() == 0


def test_relation_and_phone_are_those_that_the_lists_say_that_are_left():
    """The withdrawn list brought her first; of two later ones each calls her otherwise, and none has a phone."""
    head = row("户主", "赵文斌", FATHER, "H7")
    wrong = take([head, row("孙女", "赵雨桐", GIRL, "H7", phone="13800138000")])
    later = [take([head, row(relation, "赵雨桐", GIRL, "H7")]) for relation in ("次女", "长女")]
    withdraw(wrong)
    stands = Membership.objects.filter(person__name="赵雨桐", valid_until=None)
    assert [one.relation for one in stands] == ["32"]
    girl = Person.objects.get(name="赵雨桐")
    assert (girl.phone, girl.phone_index, girl.phone_last4) == (None, None, None)
    withdraw(later[1])
    assert [one.relation for one in stands.all()] == ["33"]


def test_an_account_stands_as_the_next_list_says_it_and_waits_to_be_verified_again():
    take(FAMILY)
    number = "6217000010001234566"
    wrong = accounts([FATHER, "赵文斌", "农商行", number])
    second, third = (
        accounts([FATHER, "赵大明", "信用社", number]),
        accounts([FATHER, "赵文斌", "农商行", number]),
    )
    old = Account.objects.get()
    services.verify_account(old, by=make.actor("township_reviewer"), on=DAY)
    withdraw(wrong)
    old.refresh_from_db()
    new = Account.objects.exclude(pk=old.pk).get()
    assert (old.state, old.account_name) == ("closed", "赵文斌")
    assert (new.state, new.account_name, new.bank, new.number, new.list) == (
        "entered",
        "赵大明",
        "信用社",
        number,
        second,
    )
    assert list(
        Doubt.objects.filter(settled_on=None, kind="account_name").values_list("account", "list")
    ) == [(new.pk, second.pk)]
    assert edited_accounts([old.pk, new.pk]) == []
    withdraw(second)
    last = Account.objects.latest("pk")
    assert (last.state, last.account_name, last.bank, last.list) == ("entered", "赵文斌", "农商行", third)
    assert not Doubt.objects.filter(settled_on=None, kind="account_name").exists()
