"""The proof on every fact: a keyed digest over what it says and where it came from."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from audit.models import TrailRow
from beneficiaries.models import EvidenceList, Fact
from vault.digests import keyed_digest, keyed_digest_many

Parts = tuple[int | None, int | None, str, date, date | None, dict[str, Any], int | None, int | None]
RETIRE = "retire"  # the trail's verb for what is deleted by rule
PURPOSE = "beneficiaries_fact"
ROWS_AT_ONCE = 10_000
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode


def digests_of(facts: Iterable[Parts]) -> list[bytes]:
    """The digest of each (person, household, kind, first day, last day, values, list, row).

    They are written as one JSON array, which no other parts share; days as ISO text.
    """
    return keyed_digest_many(((_written(*parts),) for parts in facts), purpose=PURPOSE)


def _written(
    person: int | None,
    household: int | None,
    kind: str,
    first: date,
    last: date | None,
    values: dict[str, Any],
    source: int | None,
    row: int | None,
) -> str:
    return (
        f"[{_number(person)},{_number(household)},{_encode(kind)},{_day(first)},{_day(last)},{_encode(values)},"
        f"{_number(source)},{_number(row)}]"
    )


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def _day(value: date | None) -> str:
    return "null" if value is None else f'"{value.isoformat()}"'


def edited_facts() -> list[int]:
    """The facts whose columns are no longer what was written: for ``verify``. Reads the whole table once."""
    rows = Fact.objects.values_list(
        "person", "household", "kind", "valid_from", "valid_until", "values", "list", "row", "digest", "pk"
    )
    wrong: list[int] = []
    batch: list[Any] = []
    for row in rows.iterator(ROWS_AT_ONCE):
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            wrong += _wrong(batch)
            batch = []
    return wrong + _wrong(batch)


def _wrong(batch: list[Any]) -> list[int]:
    digests = digests_of(row[:8] for row in batch)
    return [row[9] for row, digest in zip(batch, digests, strict=True) if bytes(row[8]) != digest]


def rows_digest(evidence: int) -> bytes:
    """The digest over all that a list says, in its order: a fact that was taken out or slipped in changes it.

    Without what was worked out from it and others, which comes and goes with them.
    """
    digests = (
        Fact.objects.filter(list=evidence, is_derived=False)
        .order_by("row", "pk")
        .values_list("digest", flat=True)
    )
    return keyed_digest((bytes(digest) for digest in digests), purpose="beneficiaries_list")


def edited_lists(among: Iterable[int] | None = None) -> list[int]:
    """The taken lists whose facts are no longer those that were taken, of all or of some: for ``verify``.

    Of a list whose facts went by rule, those that the last such deletion left: it says so in the trail.
    """
    taken = EvidenceList.objects.filter(state="taken").exclude(rows_digest=None)
    left = TrailRow.objects.filter(
        table=EvidenceList._meta.db_table, verb=RETIRE, detail__has_key="rows_digest"
    )
    if among is not None:
        ids = list(among)
        taken, left = taken.filter(pk__in=ids), left.filter(object_id__in=ids)
    said = dict(left.order_by("pk").values_list("object_id", "detail__rows_digest"))
    wrong = []
    for pk, digest in taken.values_list("pk", "rows_digest"):
        expected = bytes.fromhex(said[pk]) if pk in said else bytes(digest)
        if expected != rows_digest(pk):
            wrong.append(pk)
    return wrong
