"""Deleting what a rule names, on record: in the stock, in the trail, and then the files."""

from dataclasses import dataclass
from datetime import date

from django.core.files.storage import default_storage
from django.db import transaction

from audit.actor import SYSTEM
from audit.door import record_all
from oversight import stock
from oversight.retention.finding import Part, parts_of
from oversight.retention.rules import Rule

VERB = "retire"
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
    """The next rows in a transaction of their own; None where none is left. Files go once it holds."""
    table = part.model._meta.db_table
    with transaction.atomic():
        ids = list(part.rows.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if not ids:
            return None
        chosen = part.model._base_manager.filter(pk__in=ids)
        names = _names(Part(chosen, part.deletes, part.files))
        detail = {"rule": rule.name}
        if part.deletes:
            stock.retire(table, ids, on=on, detail=detail)
            chosen._raw_delete(chosen.db)
        else:
            record_all(VERB, chosen, by=SYSTEM, on=on, detail=detail)
            chosen.update(**dict.fromkeys(part.files))
        transaction.on_commit(lambda: _remove(names))
    return (len(ids) if part.deletes else 0), len(names)


def _names(part: Part) -> list[str]:
    if not part.files:
        return []
    return [name for row in part.rows.order_by("pk").values_list(*part.files) for name in row if name]


def _remove(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
