"""Claims on limits: looked at and written in one line per limit, so that two grants cannot pass each other."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from applications.gathering.base import array_of
from applications.gathering.claims import HOUSEHOLD, STANDS, USES, Holder
from beneficiaries.queries.called import rows_of, together
from standards.words import Words

PROMISED_ONCE = Words(
    "这一项已经定给过（本人、配偶或同户），不能再定一次",
    "This right has been granted before (to this person, the spouse or the household) and cannot be granted again",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One use of a limit by a holder; ``source`` is the entitlement or the fact of an earlier payment.

    ``is_blocked``: whether earlier claims of this holder stand against it (a grown-up in the house blocks nobody else).
    """

    limit: str
    holder: Holder
    period: str
    times: int
    source: int
    is_blocked: bool = True


def in_line(limits: Iterable[str]) -> None:
    """Hold the line of each limit to the end of the transaction, always in the same order. No merge comes between."""
    together()
    with connection.cursor() as cursor:
        for limit in sorted(set(limits)):
            number = int.from_bytes(hashlib.sha256(f"limit:{limit}".encode()).digest()[:8], signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def used_up(claims: Sequence[Claim]) -> bool:
    """Whether any of these would be one use too many, by what stands or by each other. Needs the line."""
    return any(_used(claims)) or _members_meet(claims)


def unclaimed(claims: Sequence[Claim]) -> list[Claim]:
    """Those whose holder has no standing claim in that period yet, each holder once. Needs the line."""
    once = {(claim.limit, claim.holder, claim.period): claim for claim in reversed(claims)}
    first = sorted(
        once.values(), key=lambda claim: (claim.limit, claim.source, claim.holder.kind, claim.holder.id)
    )
    held = _standing(first)
    return [claim for claim, count in zip(first, held, strict=True) if not count]


def write_claims(claims: Sequence[Claim], column: str) -> int:
    """Insert claims; gives how many. ``column`` names their source. The database lets no use through twice.

    A use taken back stays on record with its number; the next one has the next.
    """
    rows = [(one.limit, one.holder.kind, one.holder.id, one.period, one.source) for one in claims]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO applications_limitclaim ("limit", holder_kind, holder_id, period, nth, {column})
                SELECT n.name, n.kind, n.holder, n.period, 1 + (SELECT count(*) FROM applications_limitclaim c
                    WHERE c."limit" = n.name AND c.holder_kind = n.kind AND c.holder_id = n.holder
                      AND c.period = n.period), n.source
                FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[])
                  AS n(name, kind, holder, period, source)
                ON CONFLICT DO NOTHING""",  # noqa: S608  # the column is one of two names of our own
            columns,
        )
        return int(cursor.rowcount)


def _used(claims: Sequence[Claim]) -> list[bool]:
    held = _standing(claims)
    return [claim.is_blocked and count >= claim.times for claim, count in zip(claims, held, strict=True)]


def _standing(claims: Sequence[Claim]) -> list[int]:
    """How many claims stand for each holder in its period, under whichever row of the register. Two queries."""
    same = _same_holders(claims)
    rows = [(one.limit, one.holder.kind, same(one.holder), one.period) for one in claims]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT (SELECT {USES} FROM applications_limitclaim c WHERE c."limit" = n.name
                  AND c.holder_kind = n.kind AND c.holder_id = ANY(n.holders::bigint[]) AND c.period = n.period AND {STANDS})
                FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
                  WITH ORDINALITY AS n(name, kind, holders, period, place) ORDER BY n.place""",  # noqa: S608  # a condition of our own
            columns,
        )
        return [count for (count,) in cursor.fetchall()]


def _same_holders(claims: Sequence[Claim]) -> Callable[[Holder], str]:
    """For each holder the array of the ids that are it: of a person every row of the register."""
    of_row = rows_of(one.holder.id for one in claims if one.holder.kind != HOUSEHOLD)
    rows: dict[int, list[int]] = defaultdict(list)
    for row, person in of_row.items():
        rows[person].append(row)

    def ids(holder: Holder) -> str:
        person = of_row.get(holder.id) if holder.kind != HOUSEHOLD else None
        return array_of(rows[person] if person else [holder.id])

    return ids


def _members_meet(claims: Sequence[Claim]) -> bool:
    """Whether the head of one household of this grant stood in another of it."""
    sources: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    members = [one for one in claims if one.holder.kind == "member"]
    for one in members:
        sources[(one.limit, one.period, one.holder.id)].add(one.source)
    return any(
        one.is_blocked and len(sources[(one.limit, one.period, one.holder.id)] - {one.source}) >= one.times
        for one in members
    )
