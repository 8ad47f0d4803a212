"""Bank accounts: entered by one person or a list, verified by another; money goes to a verified one only."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from audit.actor import Actor
from audit.door import create, perform, perform_all, record
from beneficiaries.account_digests import digests_of
from beneficiaries.models import Account, Doubt, EvidenceList, Person
from beneficiaries.services.again import Again
from beneficiaries.services.evidence import match_people
from beneficiaries.services.outcome import Taking
from beneficiaries.services.staging import copy_columns, next_keys, octets, plain, select, texts
from facts.catalogue import Kind
from standards.names import same_person_name
from standards.words import Words
from vault import blind
from vault.crypto import encrypt_many

OTHER_NAME = Words("户名与户籍姓名不一致", "The account name differs from the register's")
SAID = ("account_name", "bank", "cnaps", "kind")  # columns that a list says of an account besides its number


def take_accounts(taking: Taking, kind: Kind) -> int:
    """The accounts of a list, each waiting to be verified; one on record already changes nothing."""
    match_people(taking, kind)
    values = taking.values
    rows = taking.good_rows()
    numbers = [values["number"][row] for row in rows]
    indexes = dict(zip(rows, blind.index_many(numbers, purpose="account"), strict=True))
    _doubt_other_names(taking)
    taking.accounts = {row: (taking.people[row], index) for row, index in indexes.items()}
    live = {
        (owner, bytes(index)): (pk, said)
        for owner, index, pk, *said in select(
            """SELECT owner_id, number_index, id, account_name, bank, cnaps, kind FROM beneficiaries_account
               WHERE owner_id = ANY(%s) AND state IN ('entered', 'verified')""",
            list({taking.people[row] for row in rows}),
        )
    }
    new = [row for row in rows if (taking.people[row], indexes[row]) not in live]
    taking.same |= set(rows) - set(new)
    said_of = _said_of(values)
    again: dict[int, tuple[int, int, dict[str, str] | None]] = {}
    for row in rows:
        account, stands = live.get((taking.people[row], indexes[row]), (0, []))
        if account:
            said = said_of(row)
            again.setdefault(
                account, (taking.people[row], account, said if [*said.values()] != stands else None)
            )
    Again(accounts=list(again.values())).write(taking.evidence.pk)
    if not new:
        return 0
    sealed = encrypt_many([values["number"][row] for row in new], column="beneficiaries_account.number")
    evidence, keys, told = taking.evidence, next_keys(Account, len(new)), [said_of(row) for row in new]
    digests = digests_of(
        (key, taking.people[row], indexes[row], *said.values(), evidence.pk, evidence.uploaded_by, taking.on)
        for key, row, said in zip(keys, new, told, strict=True)
    )
    return copy_columns(
        Account,
        {
            "id": plain(keys),
            "state": "entered",
            "digest": octets(digests),
            "owner": plain(taking.people[row] for row in new),
            "number": octets(sealed),
            "number_index": octets(indexes[row] for row in new),
            "account_name": texts(said["account_name"] for said in told),
            "bank": texts(said["bank"] for said in told),
            "cnaps": plain(said["cnaps"] for said in told),
            "kind": plain(said["kind"] for said in told),
            "list": evidence.pk,
            "entered_by": evidence.uploaded_by,
            "entered_on": taking.on.isoformat(),
            "verified_by": "",
            "closed_by": "",
        },
    )


def _said_of(values: Mapping[str, list[Any]]) -> Callable[[int], dict[str, str]]:
    """What a row says of its account besides the number, in the order of :data:`SAID`."""
    kinds, cnaps = values.get("kind"), values.get("cnaps")

    def said(row: int) -> dict[str, str]:
        return {
            "account_name": values["account_name"][row],
            "bank": values["bank"][row],
            "cnaps": (cnaps[row] if cnaps else None) or "",
            "kind": str((kinds[row] if kinds else None) or Account.Kind.CARD),
        }

    return said


def _doubt_other_names(taking: Taking) -> None:
    """The account's name against the register's: an account of somebody else, or a rare character spelled otherwise."""
    people = list(set(taking.people.values()))
    names = dict(select("SELECT id, name FROM beneficiaries_person WHERE id = ANY(%s)", people))
    told = {problem.row for problem in taking.whole.checked.problems if problem.code == "account_name"}
    for row in taking.good_rows():
        name = taking.values["account_name"][row]
        if row not in told and not same_person_name(name, names[taking.people[row]]):
            taking.doubt(row, "account_name", OTHER_NAME, "account_name")


def enter_account(
    owner: Person, *, number: str, account_name: str, bank: str, cnaps: str, kind: str, by: Actor, on: date
) -> Account:
    """Enter an account at the counter. The number is in its normal form. Raises Refusal where it is on record."""
    account = Account(
        state="entered",
        owner=owner,
        number=number,
        number_index=blind.index(number, purpose="account"),
        account_name=account_name,
        bank=bank,
        cnaps=cnaps,
        kind=kind,
        entered_by=by.number,
        entered_on=on,
    )
    with transaction.atomic():
        account = create(account, by=by, on=on, detail={"owner": owner.pk, "bank": bank, "kind": kind})
        if not same_person_name(account_name, owner.name):
            words = {
                "zh": f"户名“{account_name}”与姓名“{owner.name}”不一致",
                "en": f"The account name “{account_name}” differs from “{owner.name}”",
            }
            Doubt.objects.create(
                kind=Doubt.Kind.ACCOUNT_NAME,
                division=owner.division,
                person=owner,
                account=account,
                words=words,
                raised_by=by.number,
            )
    return account


def verify_account(account: Account, *, by: Actor, on: date) -> Account:
    """Another person has compared the account with the card or passbook. Settles the doubt about this one's name."""
    with transaction.atomic():
        verified = perform(account, "verify", by=by, on=on)
        _settle(account, by=by, on=on, outcome="verified")
        return verified


def refuse_account(account: Account, *, by: Actor, on: date, reason: str) -> Account:
    """The account is not the owner's, or its number is wrong."""
    with transaction.atomic():
        refused = perform(account, "refuse", by=by, on=on, detail={"reason": reason})
        _settle(account, by=by, on=on, outcome="refused")
        return refused


def _settle(account: Account, *, by: Actor, on: date, outcome: str) -> None:
    """The doubts about this account alone: another one of the same owner stays in doubt."""
    for doubt in Doubt.objects.filter(account=account, settled_on=None):
        doubt.settled_by, doubt.settled_on, doubt.outcome = by.number, on, outcome
        doubt.save(update_fields=["settled_by", "settled_on", "outcome"])
        record("settle", doubt, by=by, on=on, detail={"kind": doubt.kind, "outcome": outcome})


def close_account(account: Account, *, by: Actor, on: date, reason: str) -> Account:
    """Money goes to this account no more; the row stays."""
    return perform(account, "close", by=by, on=on, detail={"reason": reason})


def verify_listed_accounts(evidence: EvidenceList, *, by: Actor, on: date) -> int:
    """Verify all accounts of a taken list about which there is no doubt, in one step; gives how many."""
    doubted = Doubt.objects.filter(account=OuterRef("pk"), settled_on=None)
    waiting = Account.objects.filter(~Exists(doubted), list=evidence, state="entered")
    with transaction.atomic():
        return perform_all(waiting, "verify", by=by, on=on, expected=waiting.count())
