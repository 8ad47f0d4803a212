"""Taking stock: a keyed digest of every row that must stay, kept where it is sealed by the trail.

A stage is a table and the columns of it that stay (:mod:`oversight.kept`). :func:`take` digests the rows that are not in
the stock yet and writes one trail row with the seal of the newest part, so that the trail's chain holds the stock.
:func:`changed` reads all of them again and names each row that was edited or is gone. The key is outside the database.
"""

import hashlib
import hmac
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge

from django.db import connection, transaction

from audit.actor import SYSTEM
from audit.door import record
from oversight.kept import KEPT, Stage, stages
from oversight.models import Stock
from vault.digests import keyed_digest
from vault.keys import derived_key

TAKER_LOCK = 610_124_002  # any fixed number: one at a time
DIGEST_BYTES = 8
VERB, RETIRE = "take_stock", "retire"
RETIRED = "retired"  # the stage of parts that name what was deleted by rule
# COPY writes values as text: the text must not depend on the settings of a session.
_PLAIN = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL bytea_output = 'hex'"


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that is not what it was. ``is_gone``: it was deleted."""

    table: str
    id: int | str
    columns: Sequence[str]
    is_gone: bool


def take(*, on: date) -> int:
    """Digest what is not in the stock yet; gives how many rows of how many stages. Nothing new writes nothing."""
    taken = parts = 0
    newest = None
    with transaction.atomic():
        _one_at_a_time()
        for stage in stages():
            ids, digests = _digested(
                stage, f"NOT coalesce({_key(stage)} <@ ({_covered(stage)}), false)", stage.when
            )
            if not ids:
                continue
            newest = _write(stage, ids, digests)
            taken += len(ids)
            parts += 1
        if newest is not None:
            detail = {"rows": taken, "parts": parts, "seal": bytes(newest.seal).hex()}
            record(VERB, newest, by=SYSTEM, on=on, detail=detail)
    return taken


def retire(table: str, ids: Sequence[int], *, on: date, detail: Mapping[str, str]) -> None:
    """Name rows that are deleted by rule, sealed like the rest: what is not named here and is gone was removed.

    In the caller's transaction, before the rows go; ``ids`` ascend. Only rows that are there are named.
    """
    _one_at_a_time()
    newest = _write(Stage(table, RETIRED, ()), ids, b"")
    seal = bytes(newest.seal).hex()
    record(
        RETIRE, newest, by=SYSTEM, on=on, detail={**detail, "table": table, "rows": len(ids), "seal": seal}
    )


def changed() -> Iterator[Changed]:
    """Every row in the stock that is not what it was when it was taken, or is gone."""
    for stage in stages():
        with transaction.atomic():
            found = _changed_of(stage)
        yield from found


def broken_parts() -> list[int]:
    """Parts of the stock that were edited, or that the trail knows and that are gone or another."""
    before, broken, seals = bytes(32), [], {}
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT id, "table", stage, columns, ids::text, rows, digests, previous, seal FROM oversight_stock ORDER BY id'
        )
        for key, table, stage, columns, ids, rows, digests, previous, seal in cursor.fetchall():
            written = json.loads(columns) if isinstance(columns, str) else columns
            found = _seal(table, stage, written, ids, rows, bytes(digests), before)
            if bytes(previous) != before or not hmac.compare_digest(found, bytes(seal)):
                broken.append(key)
            before = seals[key] = bytes(seal)
        cursor.execute(
            """SELECT object_id, detail ->> 'seal' FROM audit_trailrow
               WHERE "table" = 'oversight_stock' AND verb = ANY(%s)""",
            [[VERB, RETIRE]],
        )
        broken += [key for key, seal in cursor.fetchall() if key not in seals or seals[key].hex() != seal]
    return sorted(set(broken))


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TAKER_LOCK])


def _key(stage: Stage) -> str:
    """The number of a row: its key, or for a division its code, which is a number of twelve digits."""
    return "code::bigint" if stage.table == "officials_division" else "id"


def _covered(stage: Stage) -> str:
    columns = json.dumps(list(stage.columns))
    return (
        f"""SELECT range_agg(r) FROM oversight_stock s, unnest(s.ids) r WHERE s."table" = '{stage.table}'"""  # noqa: S608 - our names
        f" AND s.stage = '{stage.name}' AND s.columns = '{columns}'::jsonb"
    )


def _digested(stage: Stage, where: str, when: str = "") -> tuple[list[int], bytes]:
    ids: list[int] = []
    digests = bytearray()
    for key, digest in _live(stage, where, when):
        ids.append(key)
        digests += digest
    return ids, bytes(digests)


def _live(stage: Stage, where: str, when: str = "") -> Iterator[tuple[int, bytes]]:
    """(key, digest) of the rows of a stage as they stand, by key."""
    key, columns = _key(stage), ", ".join(f'"{column}"' for column in stage.columns)
    source = f'"{stage.table}"'
    if stage.is_first:
        columns, source = _first(stage)
    asked = f"({where}) AND ({when})" if when else where
    secret, blake = _secret(stage), hashlib.blake2b
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        with cursor.copy(
            f"COPY (SELECT {key}, {columns} FROM {source} WHERE {asked} ORDER BY 1) TO STDOUT"  # noqa: S608 - our names
        ) as copy:
            for chunk in copy:
                for line in bytes(chunk).split(b"\n")[:-1]:
                    yield (
                        int(line[: line.index(b"\t")]),
                        blake(line, key=secret, digest_size=DIGEST_BYTES).digest(),
                    )


def _first(stage: Stage) -> tuple[str, str]:
    """The columns as they were before their first change, which the database kept, and where to read them."""
    columns = ", ".join(
        f"""CASE WHEN b.held ? '{column}' THEN b.held ->> '{column}' ELSE t."{column}"::text END"""
        for column in stage.columns
    )
    before = f"""SELECT "row", jsonb_object_agg(key, value) AS held FROM (
        SELECT DISTINCT ON (c."row", e.key) c."row", e.key, e.value FROM beneficiaries_change c, jsonb_each(c.old) e
        WHERE c."table" = '{stage.table}' ORDER BY c."row", e.key, c.id) o GROUP BY 1"""  # noqa: S608 - our names
    return columns, f'"{stage.table}" t LEFT JOIN ({before}) b ON b."row" = t.id'


def otherwise_than_said() -> Iterator[tuple[str, int]]:
    """(table, key) of the rows whose columns do not hold what their last change, kept by the database, left there."""
    for stage in stages():
        if stage.is_first:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"""SELECT DISTINCT t.id FROM "{stage.table}" t JOIN (
                          SELECT DISTINCT ON (c."row", e.key) c."row", e.key, e.value
                          FROM beneficiaries_change c, jsonb_each(c.new) e WHERE c."table" = %s
                          ORDER BY c."row", e.key, c.id DESC) l ON l."row" = t.id
                        WHERE to_jsonb(t) -> l.key IS DISTINCT FROM l.value ORDER BY t.id""",  # noqa: S608 - our names
                    [stage.table],
                )
                yield from ((stage.table, key) for (key,) in cursor.fetchall())


def _secret(stage: Stage) -> bytes:
    """A key for each stage: a digest of one is no digest of another."""
    return hmac.digest(
        derived_key("stock"), json.dumps([stage.table, stage.name, *stage.columns]).encode(), "sha256"
    )


def _write(stage: Stage, ids: Sequence[int], digests: bytes) -> Stock:
    newest = Stock.objects.order_by("-pk").only("seal").first()
    previous = bytes(newest.seal) if newest else bytes(32)
    ranges = _ranges(ids)
    columns = list(stage.columns)
    seal = _seal(stage.table, stage.name, columns, ranges, len(ids), digests, previous)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO oversight_stock ("table", stage, columns, ids, rows, digests, previous, seal)
               VALUES (%s, %s, %s::jsonb, %s::int8multirange, %s, %s, %s, %s) RETURNING id""",
            [stage.table, stage.name, json.dumps(columns), ranges, len(ids), digests, previous, seal],
        )
        key = cursor.fetchone()[0]
    return Stock(pk=key, seal=seal)


def _seal(
    table: str, stage: str, columns: Sequence[str], ids: str, rows: int, digests: bytes, previous: bytes
) -> bytes:
    return keyed_digest([table, stage, list(columns), ids, rows, digests, previous], purpose="stock")


def _ranges(ids: Sequence[int]) -> str:
    """Ascending numbers as PostgreSQL writes a multirange: {[1,4),[7,8)}."""
    ranges: list[list[int]] = []
    for one in ids:
        if ranges and ranges[-1][1] == one:
            ranges[-1][1] = one + 1
        else:
            ranges.append([one, one + 1])
    return "{" + ",".join(f"[{first},{end})" for first, end in ranges) + "}"


def _changed_of(stage: Stage) -> list[Changed]:
    expected = merge(
        *_expected(stage)
    )  # asked for first: while COPY runs, its connection takes no other statement
    live = _live(stage, f"{_key(stage)} <@ ({_covered(stage)})")
    found = []
    retired = _Retired(stage.table)
    stands = next(live, None)
    for key, digest in expected:
        while stands is not None and stands[0] < key:
            stands = next(live, None)
        if stands is None or stands[0] != key:
            if not KEPT[stage.table].deletes and not retired.has(key):
                found.append(Changed(stage.table, key, stage.columns, is_gone=True))
        elif stands[1] != digest:
            found.append(Changed(stage.table, key, stage.columns, is_gone=False))
    for _ in live:  # to the end: leaving COPY early would undo the transaction
        pass
    return found


class _Retired:
    """The rows of a table that were deleted by rule. A row is deleted once, so the ranges lie apart."""

    def __init__(self, table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT lower(r), upper(r) FROM oversight_stock s, unnest(s.ids) r
                   WHERE s."table" = %s AND s.stage = %s ORDER BY 1""",
                [table, RETIRED],
            )
            self._ranges = cursor.fetchall()
        self._firsts = [first for first, _end in self._ranges]

    def has(self, key: int) -> bool:
        at = bisect_right(self._firsts, key) - 1
        return at >= 0 and key < self._ranges[at][1]


def _expected(stage: Stage) -> list[Iterator[tuple[int, bytes]]]:
    """(key, digest) of each part of a stage, by key; a part of other columns is of an older program."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT ids::text, digests FROM oversight_stock WHERE "table" = %s AND stage = %s AND columns = %s::jsonb
               ORDER BY id""",
            [stage.table, stage.name, json.dumps(list(stage.columns))],
        )
        return [_unpacked(ids, bytes(digests)) for ids, digests in cursor.fetchall()]


def _unpacked(ids: str, digests: bytes) -> Iterator[tuple[int, bytes]]:
    numbers = [int(part) for part in ids.strip("{}").replace("[", "").replace(")", "").split(",") if part]
    keys = (key for first, end in zip(numbers[::2], numbers[1::2], strict=True) for key in range(first, end))
    for place, key in enumerate(keys):
        yield key, digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]
