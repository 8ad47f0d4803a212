"""``derive`` and ``figure`` tables over columns: the first row that matches.

A fact not known leaves the result not known unless every row it may hit says the same. A row that no
fact reaches gives nothing: not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from programs.language.columns import ABSENT, MAYBE, NO, YES, Bools, Column, Longs, Verdict8
from programs.language.forms import Cell, Derived, TableRow
from programs.language.views import View, verdict_of


@dataclass(slots=True)
class Hit:
    """One row of a table over all subjects: who may land here, and how each cell stands."""

    row: TableRow
    reach: Bools
    match: Verdict8
    cells: list[Verdict8]


def walk(table: Derived, view: View) -> Iterator[Hit]:
    """The rows in order, each with the subjects that no earlier row has taken for certain."""
    open_ = np.ones(view.n, dtype=bool)
    for row in table.rows:
        cells = [judge_cell(cell, name, view) for cell, name in zip(row.cells, table.inputs, strict=True)]
        match = reduce(np.minimum, cells)
        yield Hit(row, open_ & (match >= MAYBE), match, cells)
        open_ = open_ & (match != YES)


def judge_cell(cell: Cell, name: str, view: View) -> Verdict8:
    """One cell against one fact."""
    if cell.kind == "any":
        return np.full(view.n, YES, dtype=np.int8)
    column, type_ = view.column(name), view.names[name].type
    if type_ == "codes":
        bit = np.int64(sum(1 << at for at, word in enumerate(column.words) if word == cell.value))
        held, known = (column.values & bit) != 0, (column.known & bit) == bit
        return verdict_of(held, known if bit else np.zeros(view.n, dtype=bool))
    if type_ in ("text", "code"):
        at = column.words.index(str(cell.value)) if cell.value in column.words else len(column.words)
        return verdict_of(column.values == at, column.known)
    hit = column.values != ABSENT[type_]
    if cell.kind == "range":
        hit &= column.values >= cell.low if cell.low is not None else True
        hit &= column.values <= cell.high if cell.high is not None else True
    else:
        hit &= column.values == cell.value
    return verdict_of(hit, column.known)


def judge_table(table: Derived, view: View) -> Column:
    """The column a table gives; the inputs stand in ``view`` already."""
    words = table.values if table.type == "code" else ()
    nothing = -1
    position: Longs = np.full(view.n, nothing, dtype=np.int64)
    settled = np.zeros(view.n, dtype=bool)
    clash = np.zeros(view.n, dtype=bool)
    results = [row.result for row in table.rows]
    for hit in walk(table, view):
        at = results.index(hit.row.result)  # equal results share a position
        clash |= hit.reach & (position != nothing) & (position != at)
        position = np.where(hit.reach & (position == nothing), at, position)
        settled |= hit.reach & (hit.match == YES)
    known = settled & ~clash
    if table.type == "code":
        to_word = np.array([words.index(str(result)) for result in results], dtype=np.int32)
        return Column(np.where(known, to_word[position], NO).astype(np.int32), known, words)
    return Column(np.where(known, np.array(results, dtype=np.int64)[position], 0), known)
