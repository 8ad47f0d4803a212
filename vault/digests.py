"""Keyed digests: proof that a row was not edited, by whoever holds the key, and no hint to anyone else."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any

from vault.keys import derived_key

# A JSON column is a dictionary or list; its keys may stand in any order.
Part = str | bytes | memoryview | int | bool | date | datetime | dict[str, Any] | list[Any] | None
_BLOCK = 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def keyed_digest(parts: Iterable[Part], *, purpose: str = "rows") -> bytes:
    """32 bytes that change when any part, its kind, its place or the number of parts changes."""
    return hmac.digest(derived_key(f"digest/{purpose}"), _written(parts), "sha256")


def keyed_digest_many(rows: Iterable[Sequence[Part]], *, purpose: str = "rows") -> list[bytes]:
    """The digest of each row."""
    key = derived_key(f"digest/{purpose}")
    return [hmac.digest(key, _written(parts), "sha256") for parts in rows]


def sha256_of(file: IO[bytes]) -> str:
    """SHA-256 in hex of an open file's content from where it stands, without holding it whole in memory."""
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _written(parts: Iterable[Part]) -> bytes:
    """Each part with its kind and length before it, so that no two lists of parts are written alike."""
    writers = _WRITERS
    return b"".join([writers[type(part)](part) if type(part) in writers else _other(part) for part in parts])


def _none(_: object) -> bytes:
    return b"n0:"


def _text(part: str) -> bytes:
    data = part.encode()
    return b"s%d:%b" % (len(data), data)


def _bytes(part: bytes) -> bytes:
    return b"b%d:%b" % (len(part), part)


def _number(part: int) -> bytes:
    data = b"%d" % part
    return b"i%d:%b" % (len(data), data)


def _day(part: date) -> bytes:
    return b"d10:" + part.isoformat().encode()


# By exact type, which is found faster than by asking one kind after another: a batch digests a million parts.
_WRITERS: dict[type, Callable[[Any], bytes]] = {
    type(None): _none,
    str: _text,
    bytes: _bytes,
    int: _number,
    date: _day,
}


def _other(part: Part) -> bytes:
    """What is written less often, and subclasses."""
    if isinstance(part, str):
        return _text(part)
    if isinstance(part, bytes | memoryview):
        return _bytes(bytes(part))
    if isinstance(part, bool):
        return b"t1:1" if part else b"t1:0"
    if isinstance(part, int):
        return _number(part)
    if isinstance(part, datetime):
        # Microseconds since 1970, exact: a time's text depends on the zone it is shown in.
        kind, data = b"m", str(_microseconds(part)).encode()
    elif isinstance(part, date):
        return _day(part)
    else:
        kind, data = (
            b"j",
            json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(),
        )
    return kind + str(len(data)).encode() + b":" + data


def _microseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be digested")
    return (moment - _EPOCH) // timedelta(microseconds=1)
