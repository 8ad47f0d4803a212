"""The rows of a list as received, what became of each, and the doubts a person must settle."""

import json
from collections.abc import Sequence
from typing import Any

from beneficiaries.lists.table import Layout, Table
from beneficiaries.models import Doubt, ListRow, Person
from beneficiaries.services.outcome import DOUBTS, Taking
from beneficiaries.services.staging import ROWS_AT_ONCE, copy_columns, execute, octets, plain, select, texts
from facts.catalogue import load_catalogue
from vault.crypto import encrypt_many

SHEET_CHARACTERS = 60
PROBLEMS_KEPT = 20  # of one row
_encode = json.JSONEncoder(ensure_ascii=False).encode


def write_rows(taking: Taking) -> None:
    """Keep every row (encrypted) with its outcome and problems; where they are kept already, the outcome alone."""
    problems = _problems(taking)
    outcomes = taking.outcomes()
    if ListRow.objects.filter(list=taking.evidence).exists():
        _update(taking, outcomes, problems)
        return
    first = 0
    for layout in taking.whole.checked.table.layouts:
        for start in range(
            0, len(layout.rows), ROWS_AT_ONCE
        ):  # as text, a whole list takes hundreds of megabytes
            places = layout.rows[start : start + ROWS_AT_ONCE]
            rows = range(first + start, first + start + len(places))
            copy_columns(
                ListRow,
                {
                    "list": taking.evidence.pk,
                    "sheet": texts([layout.sheet.name[:SHEET_CHARACTERS]] * len(places)),
                    "row": plain(place + 1 for place in places),
                    "raw": octets(
                        encrypt_many(_received(layout, places), column="beneficiaries_listrow.raw")
                    ),
                    "outcome": plain(outcomes[rows.start : rows.stop]),
                    "problems": texts(problems.get(row) for row in rows),
                },
            )
        first += len(layout.rows)


def received(table: Table) -> list[str]:
    """Every row as it came, as JSON: header (or column letter) to text, empty cells left out.

    As one ``json.dumps(table.raw(row))`` after the other writes it, column by column in a quarter of the time.
    """
    return [line for layout in table.layouts for line in _received(layout, layout.rows)]


def _received(layout: Layout, places: Sequence[int]) -> list[str]:
    """The rows of one sheet at these places."""
    columns = []
    for header, cells in zip(layout.other_headers, layout.sheet.columns, strict=True):
        name = f"{_encode(header)}: "
        texts = [cells[at] for at in places]
        written = {text: name + _encode(text) if text else "" for text in dict.fromkeys(texts)}
        columns.append([written[text] for text in texts])
    return [f"{{{', '.join(filter(None, row))}}}" for row in zip(*columns, strict=True)]


def _problems(taking: Taking) -> dict[int, str]:
    found: dict[int, list[dict[str, Any]]] = {}
    table = taking.whole.checked.table
    for problem in taking.whole.checked.problems:
        told = found.setdefault(problem.row, [])
        if len(told) < PROBLEMS_KEPT:
            cell = table.cell(problem.row, problem.key)
            told.append({"column": problem.key, "cell": cell, "zh": problem.words.zh, "en": problem.words.en})
    return {row: json.dumps(told, ensure_ascii=False) for row, told in found.items()}


def _update(taking: Taking, outcomes: list[str], problems: dict[int, str]) -> None:
    table = taking.whole.checked.table
    names = [layout.sheet.name[:SHEET_CHARACTERS] for layout in table.layouts]
    rows = range(len(table))
    execute(
        """UPDATE beneficiaries_listrow t SET outcome = v.outcome, problems = v.problems::jsonb
           FROM (SELECT unnest(%s::text[]) AS sheet, unnest(%s::int[]) AS row, unnest(%s::text[]) AS outcome,
                        unnest(%s::text[]) AS problems) v
           WHERE t.list_id = %s AND t.sheet = v.sheet AND t.row = v.row
             AND (t.outcome <> v.outcome OR t.problems IS DISTINCT FROM v.problems::jsonb)""",
        [names[table.sheet_of[row]] for row in rows],
        [table.row_of[row] + 1 for row in rows],
        [str(outcome) for outcome in outcomes],
        [problems.get(row) for row in rows],
        taking.evidence.pk,
    )


def write_doubts(taking: Taking) -> int:
    """One open doubt for each kind, person and account, however often lists say the same; gives how many are new.

    An account that another person has verified under its name is in no doubt any more.
    """
    checked, table = taking.whole.checked, taking.whole.checked.table
    refused = checked.refused
    odd = [problem for problem in checked.problems if problem.is_doubt and problem.row not in refused]
    doubted = _doubted(taking)
    rows = {problem.row for problem in odd}
    people = {pk for found in (taking.people, doubted) for row, pk in found.items() if row in rows}
    divisions = dict(Person.objects.filter(pk__in=people).values_list("pk", "division"))
    accounts = _accounts(taking)
    known = set(
        Doubt.objects.filter(person__in=people, settled_on=None).values_list("kind", "person", "account")
    )
    made: list[Doubt] = []
    for problem in odd:
        person = taking.people.get(problem.row)
        if problem.code == "lists_differ":
            person = doubted.get(problem.row, person)
        kind = DOUBTS.get(problem.code, Doubt.Kind.OTHER)
        account = accounts.get(problem.row) if kind == Doubt.Kind.ACCOUNT_NAME else None
        if person is not None and (kind, person, account) in known:
            continue
        if kind == Doubt.Kind.ACCOUNT_NAME and account is None:
            continue
        known.add((kind, person or 0, account))
        made.append(
            Doubt(
                kind=kind,
                division=divisions.get(person or 0, taking.evidence.division),
                person_id=person,
                account_id=account,
                list=taking.evidence,
                sheet=table.layouts[table.sheet_of[problem.row]].sheet.name[:SHEET_CHARACTERS],
                row=table.row_of[problem.row] + 1,
                words={"zh": problem.words.zh, "en": problem.words.en}
                | _listed_name(taking, problem.row, kind),
            )
        )
    Doubt.objects.bulk_create(made, batch_size=1000)
    return len(made)


def _doubted(taking: Taking) -> dict[int, int]:
    """Row → the person in dispute, where that may be the other one of the row (a wife whom two rows marry)."""
    kind = load_catalogue().kind(taking.evidence.kind)
    return taking.in_doubt if kind.mutual else {}


def _listed_name(taking: Taking, row: int, kind: str) -> dict[str, str]:
    """The name as the list has it, where the doubt is about the name: what a person may confirm as an alias."""
    return {"name": taking.values["subject_name"][row]} if kind == Doubt.Kind.OTHER_NAME else {}


def _accounts(taking: Taking) -> dict[int, int]:
    """Row → the account it names, where that waits to be verified."""
    owners = list({owner for owner, _ in taking.accounts.values()})
    rows = select(
        """SELECT owner_id, number_index, id FROM beneficiaries_account
           WHERE owner_id = ANY(%s) AND state = 'entered'""",
        owners,
    )
    waiting = {(owner, bytes(index)): pk for owner, index, pk in rows}
    return {row: waiting[named] for row, named in taking.accounts.items() if named in waiting}
