"""Accounts that are no longer what was entered."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from beneficiaries.account_digests import DIGESTED, digests_of
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


def _opens(row: tuple[Any, ...]) -> bool:
    try:
        (number,) = decrypt_many([row[-1]], column=_NUMBER)
    except KeysUnusable:
        return False
    return blind.index(number, purpose="account") == bytes(row[_INDEX])
