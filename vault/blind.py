"""Blind indexes: find an encrypted value without reading it.

The index is HMAC-SHA256 with a key outside the database, cut to 16 bytes. A plain hash would be no secret: all
identity numbers of a county can be tried in seconds. The index of the last four characters names a small group
(at most two dozen people of 100,000); the caller decrypts and compares.
"""

import hmac
from collections.abc import Iterable

from vault.keys import derived_key

INDEX_BYTES = 16
LAST_FOUR = frozenset({"citizen_id_last4", "phone_last4"})
PURPOSES = LAST_FOUR | {"citizen_id", "phone", "account"}


def index_many(values: Iterable[str], *, purpose: str) -> list[bytes]:
    """The index of each value, in its normal form; for ``…_last4`` of its last four characters."""
    if purpose not in PURPOSES:
        raise ValueError(f"a blind index is for one of {sorted(PURPOSES)}")
    key, digest = derived_key(f"index/{purpose}"), hmac.digest
    if purpose in LAST_FOUR:
        return [digest(key, value[-4:].encode(), "sha256")[:INDEX_BYTES] for value in values]
    return [digest(key, value.encode(), "sha256")[:INDEX_BYTES] for value in values]


def index(value: str, *, purpose: str) -> bytes:
    """The index of one value."""
    return index_many([value], purpose=purpose)[0]
