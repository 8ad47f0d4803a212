"""Accounts that are no longer what was entered, and what a person should look at in one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from beneficiaries.account_digests import DIGESTED, digests_of
from beneficiaries.models import Account
from beneficiaries.queries.called import rows_of
from officials.models import Official
from standards import bank_card
from standards.words import Words
from vault import blind
from vault.crypto import decrypt_many
from vault.keys import KeysUnusable

COLUMNS = ", ".join(f"a.{column}" for column in (*DIGESTED, "digest", "number"))
"""What :func:`wrong_among` reads, of a table ``a``."""
_NUMBER = "beneficiaries_account.number"
_INDEX = DIGESTED.index("number_index")


def edited_accounts(among: Iterable[int] | None = None) -> list[int]:
    """The accounts whose columns do not give their digest, or whose number is not the one that was entered.

    ``among``: only these; without it the whole table is read once.
    """
    where = "" if among is None else "WHERE a.id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM beneficiaries_account a {where} ORDER BY a.id",  # noqa: S608 - our columns
            None if among is None else [list(among)],
        )
        return wrong_among(cursor.fetchall())


def wrong_among(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Of rows (the columns of :data:`COLUMNS`): the ids of those that do not hold together."""
    found = digests_of(row[:-2] for row in rows)
    wrong = {row[0] for row, digest in zip(rows, found, strict=True) if bytes(row[-2]) != digest}
    sound = [row for row in rows if row[0] not in wrong]
    try:
        indexes = blind.index_many(
            decrypt_many((row[-1] for row in sound), column=_NUMBER), purpose="account"
        )
    except KeysUnusable:  # one of them does not open: find which
        return sorted(wrong | {row[0] for row in sound if not _opens(row)})
    wrong |= {row[0] for row, index in zip(sound, indexes, strict=True) if bytes(row[_INDEX]) != index}
    return sorted(wrong)


def to_look_at(account: Account, official: Official) -> list[Words]:
    """What the person at the counter, and who compares it with the card, should see of an account that waits: a digit
    that cannot be right, and others who have it. Those of another scope are not named. Two queries."""
    told = bank_card.warnings(account.number) if account.kind == Account.Kind.CARD else []
    others = Account.objects.filter(number_index=account.number_index, state__in=("entered", "verified"))
    found = others.exclude(owner__in=list(rows_of([account.owner_id]))).select_related("owner").order_by("pk")
    scope = official.scope
    names = dict.fromkeys(one.owner.name for one in found if one.owner.division.startswith(scope))
    if names:
        zh, en = "、".join(names), ", ".join(names)
        told.append(
            Words(f"这个账号也登记在 {zh} 名下：看清是谁的", f"{en} has the same account: see whose it is")
        )
    elif found:
        told.append(
            Words(
                "这个账号也登记在别处的人名下：看清是谁的",
                "Somebody elsewhere has the same account: see whose it is",
            )
        )
    return told


def _opens(row: tuple[Any, ...]) -> bool:
    try:
        (number,) = decrypt_many([row[-1]], column=_NUMBER)
    except KeysUnusable:
        return False
    return blind.index(number, purpose="account") == bytes(row[_INDEX])
