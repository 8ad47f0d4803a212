"""Whom a line is paid to: asked of the first in the order alone, and of the whole family, with one answer."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import connection, transaction

from beneficiaries.models import Account, Doubt, Fact, Parentage, Person
from beneficiaries.queries.changes import cooled_by
from payments.banks import load_profiles
from payments.models import Instalment
from payments.queries.due import find_waiting, profiles_of_banks
from tests import factories as make
from tests.otherwise import otherwise
from tests.payments.conftest import planned
from tests.payments.granting import DAY, accounts, allot, entitlements, girls

LINES = 120
COOLED = cooled_by(DAY)


def families(award, seed):
    """Girls with a mother each: accounts old, new or not yet verified, second rows of one person, deaths, doubts."""
    rng = random.Random(seed)
    allot("college-award", LINES * 200_000)
    people = girls(LINES)
    mothers = girls(LINES, first=LINES)
    seconds = girls(LINES // 4, first=2 * LINES)
    Parentage.objects.bulk_create(
        Parentage(child=girl, parent=mother, kind="birth")
        for girl, mother in zip(people, mothers, strict=True)
    )
    for n, days in enumerate((40, 9, 6, 1, 0)):
        owners = [one for one in (*people, *mothers, *seconds) if rng.random() < 0.12]
        accounts(owners, first=1000 * n, verified=DAY - timedelta(days=days))
    accounts(rng.sample(mothers, 20), first=9000, verified=None)
    for girl in rng.sample(people, 10):
        make.fact(girl, "death", DAY - timedelta(days=3))
    for mother in rng.sample(mothers, 10):
        make.fact(mother, "death", DAY - timedelta(days=3))
    for account in rng.sample(list(Account.objects.all()), 20):
        Doubt.objects.create(
            kind="account_name",
            division=account.owner.division,
            person=account.owner,
            account=account,
            words={},
        )
    listed = make.evidence_list("register")
    with otherwise():
        Account.objects.filter(pk__in=[one.pk for one in Account.objects.all() if rng.random() < 0.3]).update(
            list=listed
        )
        for second, one in zip(seconds, rng.choices([*people, *mothers], k=len(seconds)), strict=True):
            Person.objects.filter(pk=second.pk).update(merged_into=one)
    entitlements(people, award)
    planned()


def found():
    """Instalment, payee, account and reason of each line, as the program answers."""
    with transaction.atomic():
        find_waiting(on=DAY, banks=profiles_of_banks(load_profiles()))
        with connection.cursor() as cursor:
            cursor.execute("SELECT instalment, payee, account, reason FROM payable ORDER BY 1")
            return cursor.fetchall()


def meant():
    """The same, one line after another, in plain words."""
    rows = defaultdict(set)
    person = {one.pk: one.merged_into_id or one.pk for one in Person.objects.all()}
    for row, one in person.items():
        rows[one].add(row)
    died = {person[key] for key in Fact.objects.filter(kind="death").values_list("person_id", flat=True)}
    parents = {tie.child_id: tie.parent_id for tie in Parentage.objects.all()}
    owned = defaultdict(list)
    for account in Account.objects.exclude(state="closed"):
        owned[account.owner_id].append(account)
    doubted = set(Doubt.objects.values_list("account_id", flat=True))
    answers = []
    for line in Instalment.objects.select_related("entitlement").order_by("pk"):
        girl = line.entitlement.person_id
        own = [(1, account) for row in rows[person[girl]] for account in owned[row]]
        family = own + [(2, account) for row in rows[person[parents[girl]]] for account in owned[row]]
        known = [account for _, account in family if account.verified_on]
        best = min(((_why(account, known, died, doubted, person), rank, account) for rank, account in family),
                   key=_order, default=None)  # fmt: skip
        reason = "beneficiary_died" if person[girl] in died else best[0] if best else "no_account"
        answers.append((line.pk, best and best[2].owner_id, best and best[2].pk, reason))
    return answers


def _why(account, known, died, doubted, person):
    if person[account.owner_id] in died:
        return "payee_died"
    if account.state == "entered":
        return "account_not_verified"
    place = (account.verified_on, account.pk)
    before = [one for one in known if (one.verified_on, one.pk) < place]
    if account.verified_on > COOLED and any(
        account.list_id is None or one.list_id != account.list_id for one in before
    ):
        return "account_cooling"
    return "account_name" if account.pk in doubted else ""


def _order(found):
    reason, rank, account = found
    newest = -account.verified_on.toordinal() if account.verified_on else 0
    return reason not in {"", "account_cooling"}, rank, newest, -account.pk


@pytest.mark.parametrize("seed", range(2))
def test_every_line_goes_to_whom_the_order_means(award, seed):
    families(award, seed)
    assert found() == (wanted := meant())
    assert len({answer[-1] for answer in wanted}) >= 6, "most reasons are met"
    assert len({answer[1] for answer in wanted}) > LINES // 2
