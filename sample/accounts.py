"""Accounts at banks that do not know these people: who owns them, and what the bank will say."""

import random
from datetime import date

from sample.identity import Numbers
from sample.names import pen_slip
from sample.people import Household, Person
from sample.plans import Plan
from sample.records import Account

# Name, first seven digits of the branch number (bank, city), start of the card number.
RURAL = ("陕西周至农村商业银行", "4027910", "623063")
FARMERS = ("中国农业银行周至县支行", "1037910", "622848")
POSTAL = ("中国邮政储蓄银行周至县支行", "4037910", "621799")
OWN_ACCOUNT_FROM = 16  # years; a younger child is paid through a parent
MENDED_ON = date(2026, 10, 9)


def branch_number(first7: str, branch: int) -> str:
    """A CNAPS number of 12 digits with its check digit (ISO 7064 MOD 11,10).

    >>> branch_number("3136510", 2701)
    '313651027012'
    """
    digits = f"{first7}{branch:04d}"
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return digits + str((11 - rest) % 10)


def open_account(dice: random.Random, numbers: Numbers, person: Person) -> Account:
    """A good account in the person's own name."""
    bank, branch, prefix = _bank(person.name, person.household.village.township)
    kind = dice.choices(("social_security", "card", "passbook"), (55, 33, 12))[0]
    if bank != RURAL[0] and kind == "passbook":
        kind = "card"
    number = numbers.passbook() if kind == "passbook" else numbers.card(prefix)
    cnaps = branch_number(branch, dice.randint(1, 40))
    return Account(person, number, person.name, person.name, bank, cnaps, kind)


def _bank(name: str, township: str) -> tuple[str, str, str]:
    """The bank that issues the township's one-card; a name that GBK cannot hold goes where files are in GB18030."""
    if _is_beyond_gbk(name):
        return RURAL
    return {3: FARMERS, 5: POSTAL}.get(int(township) % 7, RURAL)


def _is_beyond_gbk(name: str) -> bool:
    try:
        name.encode("gbk")
    except UnicodeEncodeError:
        return True
    return False


def open_accounts(dice: random.Random, numbers: Numbers, household: Household, plan: Plan) -> list[Account]:
    """The accounts of a family: the head's, the father's, and often the eldest girl's own."""
    if plan.account == "none":
        return []
    owners = [household.head, *household.parents[:1]]
    births = household.members[-len(plan.births) :] if plan.births else []
    grown = [child for child in births if child.age_on(date(2026, 7, 15)) >= OWN_ACCOUNT_FROM]
    owners = list(dict.fromkeys([*owners, *(grown if plan.name_ends or dice.random() < 0.6 else [])]))
    accounts = [open_account(dice, numbers, owner) for owner in owners]
    for account in accounts:
        account.closed = plan.account == "closed"
        account.silent = plan.silent_bank
        if plan.account in ("other_name", "lost_name"):
            account.bank_name_of_holder = pen_slip(account.name)
        if plan.account == "unwritable":
            account.bank, account.cnaps = FARMERS[0], branch_number(FARMERS[1], 1)
    if plan.mended and plan.account != "good":
        fresh = [open_account(dice, numbers, owner) for owner in owners]
        for account in fresh:
            account.brought_on = MENDED_ON
        accounts += fresh
    return accounts
