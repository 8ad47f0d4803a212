"""One row of a judged table as JSON, and back: a frozen row replays to the same verdict whatever the register says later."""

from typing import Any

import numpy as np

from facts.catalogue import load_catalogue
from programs.language import Program
from programs.language.columns import ABSENT, DTYPES, Column, Members, QueueColumns, Table


def frozen_row(table: Table, row: int, queue: QueueColumns | None = None) -> dict[str, Any]:
    """Row ``row`` of ``table`` as plain JSON: what a decision keeps to be replayed. Of the list (``queue``) it keeps
    what stood before the row, so that the row alone is judged as it was among the others."""
    return {
        "judged_on": _cell(table.judged_on, row),
        "applied_on": _cell(table.applied_on, row) if table.applied_on else None,
        "facts": {name: _cell(column, row) for name, column in table.facts.items()},
        "sets": {
            name: {
                "complete": bool(members.complete[row]),
                "names": list(members.facts),
                "members": [
                    {fact: _cell(column, member) for fact, column in members.facts.items()}
                    for member in range(int(members.offsets[row]), int(members.offsets[row + 1]))
                ],
            }
            for name, members in table.sets.items()
        },
        "claims": {name: int(held[row]) for name, held in table.claims.items()},
        **({"set_fen": _cell(table.set_fen, row)} if table.set_fen else {}),
        **({"before": [int(queue.before[row]), int(queue.fen_before[row])]} if queue else {}),
    }


def thawed_table(frozen: dict[str, Any]) -> Table:
    """The one-row table that :func:`frozen_row` wrote."""
    types = {name: field.type for name, field in load_catalogue().facts.items()}
    before = [np.array([kept], np.int64) for kept in frozen.get("before", ())]
    return Table(
        n=1,
        judged_on=_column([frozen["judged_on"]], "date"),
        applied_on=_column([frozen["applied_on"]], "date") if frozen["applied_on"] else None,
        facts={name: _column([cell], types[name]) for name, cell in frozen["facts"].items()},
        sets={name: _members(kept, types) for name, kept in frozen["sets"].items()},
        claims={name: np.array([held], np.int64) for name, held in frozen["claims"].items()},
        places_given=before[0] if before else None,
        fen_given=before[1] if before else None,
        set_fen=_column([frozen["set_fen"]], "money") if "set_fen" in frozen else None,
    )


def replay(program: Program, frozen: dict[str, Any]) -> tuple[int, int]:
    """Verdict and fen that ``program`` gives for a frozen row today: equal to what was decided, or something changed."""
    verdicts = program.judge(thawed_table(frozen))
    return int(verdicts.verdict[0]), int(verdicts.amount_fen[0]) if verdicts.verdict[0] else 0


def _cell(column: Column, row: int) -> dict[str, Any]:
    value, known = int(column.values[row]), int(column.known[row])
    cell: dict[str, Any] = {"value": value, "known": known}
    if column.words and column.known.dtype == np.int64:
        cell["codes"] = list(column.words)
    elif column.words:
        cell["word"] = column.words[value] if known and value >= 0 else None
    return cell


def _column(cells: list[dict[str, Any]], fact_type: str) -> Column:
    known_type = np.int64 if fact_type == "codes" else bool
    known = np.array([cell["known"] for cell in cells], known_type)
    if fact_type in ("text", "code"):
        words = tuple(dict.fromkeys(cell["word"] for cell in cells if cell.get("word") is not None))
        values = [
            words.index(cell["word"]) if cell.get("word") is not None else ABSENT[fact_type] for cell in cells
        ]
        return Column(np.array(values, DTYPES[fact_type]), known, words)
    codes = tuple(cells[0]["codes"]) if cells and "codes" in cells[0] else ()
    return Column(np.array([cell["value"] for cell in cells], DTYPES[fact_type]), known, codes)


def _members(kept: dict[str, Any], types: dict[str, str]) -> Members:
    members = kept["members"]
    return Members(
        offsets=np.array([0, len(members)], np.int64),
        facts={name: _column([member[name] for member in members], types[name]) for name in kept["names"]},
        complete=np.array([kept["complete"]]),
    )
