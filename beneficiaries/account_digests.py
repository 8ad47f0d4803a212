"""The proof on every account: a keyed digest over whose it is, which number, and where it came from.

Whoever can write the table but not read the key cannot move a number from one account to another.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from vault.digests import keyed_digest_many

# The columns of an account that its digest covers. They are never changed.
DIGESTED = (
    "id", "owner_id", "number_index", "account_name", "bank", "cnaps", "kind", "list_id", "entered_by", "entered_on",
)  # fmt: skip
PURPOSE = "beneficiaries_account"


def digests_of(rows: Iterable[Sequence[Any]]) -> list[bytes]:
    """The digest of each account, given its columns in the order of ``DIGESTED``."""
    return keyed_digest_many(rows, purpose=PURPOSE)
