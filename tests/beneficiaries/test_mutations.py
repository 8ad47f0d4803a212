"""Good lists spoiled at random: read right, refused with the place, or taken with the change listed; never silent.

Cells and columns are spoiled, and single bytes of text files in every encoding. The seed stands in the test's name or
its message; ``--long`` runs a thousand of each and prints what became of them.
"""

import random
import re
import sys
from collections import Counter

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


# ---- single bytes of text files: what a bad disk, a broken download or a wrong program leaves


def flip_bit(dice, source):
    """One bit of one byte."""
    at = dice.randrange(len(source))
    return source[:at] + bytes([source[at] ^ 1 << dice.randrange(8)]) + source[at + 1 :]


def cut_end(dice, source):
    """The file ends early."""
    return source[: dice.randrange(len(source))]


def cut_inside(dice, source):
    """Some bytes are missing."""
    at = dice.randrange(len(source))
    return source[:at] + source[at + dice.randint(1, 40) :]


def swap_bytes(dice, source):
    """Two neighbouring bytes change places."""
    at = dice.randrange(len(source) - 1)
    return source[:at] + source[at + 1 : at + 2] + source[at : at + 1] + source[at + 2 :]


def double_bytes(dice, source):
    """Some bytes stand twice."""
    at = dice.randrange(len(source))
    return source[:at] + source[at : at + dice.randint(1, 40)] + source[at:]


SLIPS = (flip_bit, flip_bit, cut_end, cut_inside, swap_bytes, double_bytes)
ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16")


def says(source, encoding):
    """The rows of a spoiled file as whoever wrote it would read it: its own encoding, lines, commas. None: he could not."""
    try:
        text = source.decode(
            encoding.replace("gbk", "gb18030")
        )  # nothing in a file says which of the two it is
    except UnicodeDecodeError:
        return None
    return [line.split(",") for line in re.split(r"\r\n|\r|\n", text)]


def unlike(rows, checked):
    """Rows taken with another value than the file says, told nowhere; and rows of the file that nothing is said of."""
    table, told = checked.table, told_rows(checked)
    wrong = []
    for row in range(len(table)):
        places = {key: table.place(row, key) for key in KEYS}
        for key, (_, at, column) in places.items():
            if column < 0 or row in told:
                continue
            value = checked.values[key][row]
            cell = rows[at][column] if at < len(rows) and column < len(rows[at]) else ""
            if str(value if value is not None else "") != cell:
                wrong.append((at, key, cell, value))
    known = set(table.row_of) | {row for layout in table.layouts for row in layout.header_rows}
    notes = " ".join(note.en for note in table.notes)
    above = min(table.row_of, default=0)
    lost = [
        (at, row)
        for at, row in enumerate(rows)
        if at > above and any(row) and at not in known and not re.search(rf"\bRow {at + 1}\b", notes)
    ]
    missing = [key for key in KEYS if key not in table.texts and "Kept as received only" not in notes]
    return wrong + lost + missing


def slip_and_check(seed):
    """Spoil one text file; gives what became of it."""
    dice = random.Random(seed)
    encoding, slip = dice.choice(ENCODINGS), dice.choice(SLIPS)
    source = slip(dice, csv_bytes(people(12, seed), encoding))
    try:
        checked = check(source).checked
    except Refusal as refusal:
        assert refusal.words.zh  # noqa: PT017 - the whole file is refused, with its sentence
        return "the file refused"
    rows = says(source, encoding)
    assert rows is not None, f"seed {seed}: {slip.__name__} in {encoding} was read, and nobody could"
    assert unlike(rows, checked) == [], f"seed {seed}: {slip.__name__} in {encoding}"
    if checked.refused:
        return "rows refused"
    return "told" if told_rows(checked) else "right as it now stands"


def slips(seeds):
    """Many slips in one test: each takes milliseconds."""
    found = Counter(map(slip_and_check, seeds))
    sys.stdout.write(f"{sum(found.values())} slips of bytes: {dict(sorted(found.items()))}\n")
    assert found["the file refused"]
    assert found["rows refused"]


def test_no_slip_of_a_byte_is_taken_silently():
    slips(range(150))


@pytest.mark.long
def test_a_thousand_slips_of_bytes():
    slips(range(150, 1150))
