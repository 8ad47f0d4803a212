"""What a checked list would bring, for its page: who is gone, what its totals say, a few rows as they will be taken."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from beneficiaries.lists.headers import UnknownColumn
from beneficiaries.models import Coverage
from beneficiaries.queries.family import value_words
from beneficiaries.services.evidence import period_of_list
from beneficiaries.services.outcome import Taking
from beneficiaries.services.staging import select
from facts.catalogue import Column, Field, Kind, load_catalogue
from standards import bank_card, citizen_id, phone
from standards.divisions import scope_prefix

ROWS_SHOWN = 3
NAMES_SHOWN = 5


def preview_of(taking: Taking) -> dict[str, Any]:
    """The part of a checked list's counts that only its page needs."""
    table = taking.whole.checked.table
    return {
        "gone": gone(taking),
        "totals": told_totals(taking),
        "examples": _examples(taking),
        "unknown": told_columns(table.unknown.values()),
        "found": sorted(table.texts),
    }


def told_columns(unknown: Iterable[UnknownColumn]) -> list[dict[str, Any]]:
    """Unknown columns as a list keeps them: their header and first cells, masked."""
    return [{"header": one.header, "samples": list(one.samples)} for one in unknown]


def told_totals(taking: Taking) -> list[dict[str, Any]]:
    """Control totals as a list keeps them."""
    return [
        {"cell": one.cell, "zh": one.words.zh, "en": one.words.en, "stated": one.stated, "found": one.found}
        for one in taking.whole.totals
    ]


def gone(taking: Taking) -> dict[str, Any] | None:
    """Who stood on the last complete list of this kind and division and is not on this one; None: none to compare.

    A register is compared with who is registered there now. Events are only compared with a list of the same days:
    nobody admitted last year is missing this year.
    """
    kind = load_catalogue().kind(taking.evidence.kind)
    if not taking.evidence.is_complete or kind.stores == "accounts":
        return None
    if kind.stores == "register":
        return _gone_from_register(taking)
    last = _last_complete(taking, kind)
    return _gone_since(taking, kind, last) if last else None


def _gone_from_register(taking: Taking) -> dict[str, Any]:
    found = select(
        """SELECT p.name FROM (SELECT id FROM beneficiaries_person WHERE division LIKE %s
               INTERSECT SELECT person_id FROM beneficiaries_membership WHERE valid_until IS NULL
               EXCEPT SELECT unnest(%s::bigint[])) AS gone
           CROSS JOIN LATERAL (SELECT id, name FROM beneficiaries_person WHERE id = gone.id OFFSET 0) p ORDER BY p.id""",
        f"{scope_prefix(taking.evidence.division)}%",
        sorted(set(taking.people.values())),
    )
    return _told_gone(found, "")


def _last_complete(taking: Taking, kind: Kind) -> Coverage | None:
    """The coverage of the complete list to compare with."""
    period = period_of_list(taking)
    if period is None:
        return None
    before = Coverage.objects.filter(
        kind=kind.name,
        code=taking.evidence.code or taking.whole.code,
        scope=scope_prefix(taking.evidence.division),
        is_complete=True,
        list__state="taken",
        valid_from__lte=period.first,
    ).exclude(list=taking.evidence)
    if kind.dated == "event":
        before = before.filter(valid_from=period.first, valid_until=period.last)
    return before.order_by("-valid_from", "-pk").first()


def _gone_since(taking: Taking, kind: Kind, last: Coverage) -> dict[str, Any]:
    """Whose facts counted in the days of that list, and who is not on this one."""
    who = "f.person_id" if kind.about == "person" else "h.head_id"
    home = "" if kind.about == "person" else "JOIN beneficiaries_household h ON h.id = f.household_id"
    until = "f.valid_from" if kind.dated == "event" else "coalesce(f.valid_until, 'infinity')"
    code = "AND f.values -> %s ? %s" if last.code else ""
    found = select(
        f"""SELECT DISTINCT p.id, p.name FROM beneficiaries_fact f {home} JOIN beneficiaries_person p ON p.id = {who}
            WHERE f.kind = %s AND f.superseded_by_id IS NULL AND f.list_id IS NOT NULL AND f.list_id <> %s
              AND f.valid_from <= %s AND {until} >= %s {code} AND p.division LIKE %s
              AND NOT EXISTS (SELECT 1 FROM unnest(%s::bigint[]) AS here(id) WHERE here.id = f.{kind.about}_id)
            ORDER BY p.id""",  # noqa: S608  # fixed words
        kind.name,
        taking.evidence.pk,
        last.valid_until,
        last.valid_from,
        *([kind.list_of, last.code] if last.code else []),
        f"{last.scope}%",
        sorted(_subjects(taking, kind.about)),
    )
    return _told_gone(
        [(name,) for _, name in found], f"{last.valid_from:%Y-%m-%d} – {last.valid_until:%Y-%m-%d}"
    )


def _subjects(taking: Taking, about: str) -> set[int]:
    """The people of the list that were found, or their households of today."""
    people = set(taking.people.values())
    if about == "person":
        return people
    rows = select(
        "SELECT DISTINCT household_id FROM beneficiaries_membership WHERE person_id = ANY(%s) AND valid_until IS NULL",
        sorted(people),
    )
    return {household for (household,) in rows}


def _told_gone(found: Sequence[tuple[Any, ...]], days: str) -> dict[str, Any]:
    return {"count": len(found), "days": days, "names": [name for (name,) in found[:NAMES_SHOWN]]}


def _examples(taking: Taking) -> dict[str, Any]:
    """The first rows of each outcome as they will be taken, with numbers of people masked."""
    checked = taking.whole.checked
    columns = [column for column in checked.table.kind.listed if column.key in checked.values]
    doubted = {problem.row for problem in checked.problems if problem.is_doubt}
    good = taking.good_rows()
    picked = {
        "new": (row for row in good if row not in taking.same | taking.changed | doubted),
        "changed": (row for row in good if row in taking.changed - doubted),
        "doubtful": (row for row in good if row in doubted),
        "same": (row for row in good if row in taking.same - doubted),
    }
    rows = {
        name: [
            {"row": checked.table.row_of[row] + 1, "cells": [_said(one, checked.values[one.key][row]) for one in columns]}
            for row in islice(of, ROWS_SHOWN)
        ]
        for name, of in picked.items()
    }  # fmt: skip
    return {"columns": [[column.words.zh, column.words.en] for column in columns], "rows": rows}


def _said(column: Field | Column, value: Any) -> list[str]:
    """A value in Chinese and English, as the page shows it."""
    if value is None:
        return ["", ""]
    if isinstance(column, Field) and column.type != "person":
        words = value_words(column, value)
        return [words.zh, words.en]
    masks = {"citizen_id": citizen_id.mask, "account": bank_card.mask, "phone": phone.mask}
    check = "citizen_id" if isinstance(column, Field) else column.check
    text = masks[check](str(value)) if check in masks else str(value)
    named = next((one.words for one in column.values if one.code == value), None)
    return [named.zh, named.en] if named else [text, text]
