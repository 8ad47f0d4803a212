"""Deleting what a rule names, on record: in the stock, in the trail, and then the files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet

from audit.actor import SYSTEM
from audit.door import record, record_all
from beneficiaries.models import EvidenceList, Fact
from beneficiaries.queries.facts import RETIRE, edited_lists, rows_digest
from oversight import stock
from oversight.retention.finding import Part, parts_of
from oversight.retention.rules import Rule
from standards.words import Refusal

ROWS_AT_ONCE = (
    20_000  # of one transaction: a run that is stopped has done what it has done, and goes on from there
)


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows and stored files of one table a rule took."""

    table: str
    rows: int
    files: int


def would_go(rule: Rule, *, on: date) -> list[Gone]:
    """What :func:`delete` would do now. Two queries for each table."""
    return [
        Gone(part.model._meta.db_table, part.rows.count() if part.deletes else 0, len(_names(part)))
        for part in parts_of(rule, on)
    ]


def delete(rule: Rule, *, on: date) -> list[Gone]:
    """Delete all that a rule names. Only the owner of the tables may: the application's role is refused."""
    found = []
    for part in parts_of(rule, on):
        rows = files = 0
        while gone := _some(part, rule, on=on):
            rows, files = rows + gone[0], files + gone[1]
        found.append(Gone(part.model._meta.db_table, rows, files))
    return found


def _some(part: Part, rule: Rule, *, on: date) -> tuple[int, int] | None:
    """The next rows in a transaction of their own; None where none is left.

    Files go last, before it holds: who is stopped in between finds the rows again, and the files that are left.
    """
    table = part.model._meta.db_table
    with transaction.atomic():
        ids = list(part.rows.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if not ids:
            return None
        chosen = part.model._base_manager.filter(pk__in=ids)
        names = _names(Part(chosen, part.deletes, part.files))
        detail = {"rule": rule.name}
        if part.deletes:
            with _lists_hold(chosen, rule, on=on):
                stock.retire(table, ids, on=on, detail=detail)
                chosen._raw_delete(chosen.db)
        else:
            record_all(RETIRE, chosen, by=SYSTEM, on=on, detail=detail)
            chosen.update(**dict.fromkeys(part.files))
        if names:
            connection.cursor().execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # nothing may refuse it after the files
            _remove(names)
    return (len(ids) if part.deletes else 0), len(names)


@contextmanager
def _lists_hold(rows: "QuerySet[Any]", rule: Rule, *, on: date) -> Iterator[None]:
    """Facts go: a row of the trail says what each of their lists holds from now on, for `verify`. Refusal where one does not
    hold what it was taken with: it would hide what somebody did to it.
    """
    lists: list[int] = []
    if rows.model is Fact:
        digested = EvidenceList.objects.filter(state="taken").exclude(rows_digest=None)
        lists = list(digested.filter(pk__in=rows.values("list")).order_by("pk").values_list("pk", flat=True))
    edited = edited_lists(lists) if lists else []
    if edited:
        named = ", ".join(map(str, edited))
        raise Refusal(
            f"名单的事实不是认定时的那些，没有删除。请先运行 verify，查明这些名单：{named}",
            f"Lists no longer hold the facts they were taken with; nothing was deleted. Run verify, look into lists {named}",
            code="lists_edited",
        )
    yield
    for one in EvidenceList.objects.filter(pk__in=lists).order_by("pk"):
        detail = {"rule": rule.name, "rows_digest": rows_digest(one.pk).hex()}
        record(RETIRE, one, by=SYSTEM, on=on, detail=detail)


def _names(part: Part) -> list[str]:
    if not part.files:
        return []
    return [name for row in part.rows.order_by("pk").values_list(*part.files) for name in row if name]


def _remove(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
