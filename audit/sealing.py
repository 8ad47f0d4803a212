"""Sealing the trail into blocks, and recomputing the chain.

A block names the rows it seals. One sealer at a time (advisory lock) seals every visible row that is in no
block yet; a row that commits late joins a later block, so nobody waits and nothing slips in behind.
"""

import hashlib
import hmac
from dataclasses import dataclass

from django.db import connection, transaction

from audit.models import Block
from vault.keys import derived_key

SEALER_LOCK = 610_124_001  # any fixed number: one sealer at a time
# Rows older than this many ids before the newest block are looked at only by a full seal (daily, and in verify).
LOOK_BACK = 100_000

_ROW = """id, (extract(epoch from at) * 1000000)::bigint, day, actor_number, actor_name, role, division, verb, "table",
          object_id, source, target, detail::text"""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block: its number and digest, and how many rows wait for the next one."""

    n: int
    digest: bytes
    waiting: int

    def __str__(self) -> str:
        return f"#{self.n:,} {self.digest.hex()[:4]}…{self.digest.hex()[-4:]}"


def seal(*, full: bool = False) -> Head:
    """Seal what waits into one block and return the head. Seals nothing when nothing waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
        previous = _newest()
        since = 0 if full or previous is None else _highest_sealed() - LOOK_BACK
        cursor.execute(
            """SELECT (range_agg(int8range(id, id + 1)) - coalesce((SELECT range_agg(b.ids) FROM audit_block b
                       WHERE upper(b.ids) > %s), '{}'))::text FROM audit_trailrow WHERE id >= %s""",
            [since, since],
        )
        waiting = cursor.fetchone()[0]
        if waiting in (None, "{}"):
            return head()
        n = previous.n + 1 if previous else 1
        before = bytes(previous.digest) if previous else bytes(32)
        digest, rows = _digest(n, before, waiting)
        cursor.execute(
            "INSERT INTO audit_block (n, ids, rows, previous, digest) VALUES (%s, %s::int8multirange, %s, %s, %s)",
            [n, waiting, rows, before, digest],
        )
    return head()


def head() -> Head:
    """The newest sealed block and how many rows wait (0, zero digest where nothing was ever sealed)."""
    newest = _newest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_trailrow WHERE id >= %s",
            [_highest_sealed() if newest else 0],
        )
        waiting = int(cursor.fetchone()[0])
    return Head(newest.n, bytes(newest.digest), waiting) if newest else Head(0, bytes(32), waiting)


def broken_blocks() -> list[int]:
    """Numbers of the blocks whose rows, count or chain do not match their digest. Empty when all is intact."""
    broken = []
    before = bytes(32)
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, ids::text, rows, previous, digest FROM audit_block ORDER BY n")
        blocks = cursor.fetchall()
    for position, (n, ids, rows, previous, digest) in enumerate(blocks, start=1):
        found, count = _digest(n, before, ids)
        whole = n == position and count == rows and bytes(previous) == before
        if not whole or not hmac.compare_digest(found, bytes(digest)):
            broken.append(int(n))
        before = bytes(digest)
    return broken


def block_of(row: int) -> Block | None:
    """The block that seals this row of the trail; None while it waits."""
    return next(iter(Block.objects.raw("SELECT * FROM audit_block WHERE ids @> %s::bigint", [row])), None)


def is_whole(block: Block) -> bool:
    """Whether the rows that a block seals still give its digest. Its place in the chain is :func:`broken_blocks`' matter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ids::text FROM audit_block WHERE n = %s", [block.n])
        ids = cursor.fetchone()[0]
    found, rows = _digest(block.n, bytes(block.previous), ids)
    return rows == block.rows and hmac.compare_digest(found, bytes(block.digest))


def _newest() -> Block | None:
    return Block.objects.order_by("-n").first()


def _highest_sealed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(upper(ids)), 0) FROM audit_block")
        return int(cursor.fetchone()[0])


def _digest(n: int, before: bytes, ids: str) -> tuple[bytes, int]:
    """Keyed digest over the rows in ``ids`` as COPY writes them, and their count."""
    keyed = hmac.new(derived_key("trail"), before + n.to_bytes(8, "big"), hashlib.sha256)
    rows = 0
    low, high = _bounds(ids)
    query = (
        f"COPY (SELECT {_ROW} FROM audit_trailrow WHERE id >= {low} AND id < {high} "  # noqa: S608 - whole numbers
        f"AND id <@ '{ids}'::int8multirange ORDER BY id) TO STDOUT"
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for chunk in copy:
            keyed.update(chunk)
            rows += bytes(chunk).count(b"\n")
    return keyed.digest(), rows


def _bounds(ids: str) -> tuple[int, int]:
    """The lowest id and the one past the highest in a multirange literal such as {[1,5),[9,12)}."""
    numbers = [int(part) for part in ids.strip("{}").replace("[", "").replace(")", "").split(",")]
    return numbers[0], numbers[-1]
