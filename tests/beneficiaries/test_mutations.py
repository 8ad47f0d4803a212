"""Good lists spoiled at random: read right, refused with the place, or taken with the change listed; never silent.

The seed stands in the test's name; ``--long`` runs a thousand.
"""

import random

import pytest

from standards.words import Refusal
from tests.beneficiaries.workbooks import check, csv_bytes, people, xlsx

KEYS = ("subject", "subject_name", "year", "batch", "level", "admitted_on")
ORDER = ("subject_name", "subject", "year", "batch", "level", "admitted_on")


def truth(rows):
    """What a good list says: a tuple per row."""
    return [dict(zip(ORDER, [row[0], row[1], int(row[2]), *row[3:]], strict=True)) for row in rows[1:]]


def flip(dice, rows):
    """One character of one cell becomes another."""
    row, column = dice.randrange(1, len(rows)), dice.randrange(6)
    text = rows[row][column]
    at = dice.randrange(len(text))
    rows[row][column] = text[:at] + dice.choice("0123456789X王-／ ") + text[at + 1 :]


def cut(dice, rows):
    """A cell loses its end."""
    row, column = dice.randrange(1, len(rows)), dice.randrange(6)
    rows[row][column] = rows[row][column][: dice.randrange(len(rows[row][column]))]


def swap_cells(dice, rows):
    """Two cells of a row change places."""
    row = dice.randrange(1, len(rows))
    one, other = dice.sample(range(6), 2)
    rows[row][one], rows[row][other] = rows[row][other], rows[row][one]


def swap_columns(dice, rows):
    """Two columns change places under the old header."""
    one, other = dice.sample(range(6), 2)
    for row in rows[1:]:
        row[one], row[other] = row[other], row[one]


def double_row(dice, rows):
    """A row stands twice."""
    row = dice.randrange(1, len(rows))
    rows.insert(dice.randrange(1, len(rows)), list(rows[row]))


def decorate(dice, rows):
    """Spaces, full width, a quote mark or another way of writing a day: the meaning stays."""
    row, column = dice.randrange(1, len(rows)), dice.randrange(6)
    text = rows[row][column]
    rows[row][column] = dice.choice(
        [
            f" {text}",
            f"{text}\u3000",
            "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
            f"\u200b{text}",
        ]
    )


MUTATIONS = (flip, cut, swap_cells, swap_columns, double_row, decorate)


def told_rows(checked):
    """Rows that a problem, a change or a doubt names."""
    rows = {problem.row for problem in checked.problems}
    for change in checked.changes:
        rows |= set(change.rows)
    return rows


def silent(spoiled, checked):
    """Rows taken with another value than the cell says, and told nowhere.

    A cell that was spoiled into another good value (a level, a name) is what the list now says: that is right.
    """
    told = told_rows(checked)
    wrong = []
    for number, row in enumerate(spoiled[1:]):
        if number in told or number >= len(checked.table):
            continue
        says = dict(zip(ORDER, row, strict=True))
        for key in KEYS:
            value = checked.values[key][number]
            if str(value if value is not None else "") != says[key]:
                wrong.append((number, key, says[key], value))
    return wrong


def spoil_and_check(seed):
    dice = random.Random(seed)
    rows = people(12, seed)
    spoiled = [list(row) for row in rows]
    mutation = dice.choice(MUTATIONS)
    mutation(dice, spoiled)
    source = csv_bytes(spoiled) if dice.random() < 0.75 else xlsx(spoiled)
    try:
        checked = check(source).checked
    except Refusal as refusal:
        assert refusal.words.zh  # noqa: PT017 - the whole file is refused, with its sentence
        return
    assert silent(spoiled, checked) == [], mutation.__name__
    if mutation is decorate:
        assert not checked.refused


def taken(checked):
    out = checked.refused | checked.left_out
    columns = [checked.values[key] for key in KEYS]
    return [line for n, line in enumerate(zip(*columns, strict=True)) if n not in out]


def test_a_good_list_is_read_as_it_stands():
    rows = people(12, 1)
    lines = [dict(zip(KEYS, line, strict=True)) for line in taken(check(xlsx(rows)).checked)]
    assert lines == [{key: line[key] for key in KEYS} for line in truth(rows)]


@pytest.mark.parametrize("seed", range(120))
def test_a_spoiled_list_is_never_taken_silently(seed):
    spoil_and_check(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(120, 1000))
def test_a_thousand_spoiled_lists(seed):
    spoil_and_check(seed)
