"""What her parents hold, put beside what her own booklet says: the columns alone."""

import numpy as np
import pytest

from applications.gathering.columns import Read
from applications.gathering.coverage import Covered
from applications.gathering.parents_papers import with_parents
from applications.gathering.relatives import Whose
from programs.language.columns import NO_DAY, Column

NUMBER, DAY = "certificate.number", 9697
NO_WORD = -1


def column(values, known, words=()):
    return Column(np.array(values, np.int32), np.array(known, bool), words)


def of_parents(*said):
    """Two parents of the second of three girls: ``said`` are the words of each, ``?`` nothing known, ``-`` none."""
    words = tuple(dict.fromkeys(one for one in said if one not in ("?", "-")))
    values = [words.index(one) if one in words else NO_WORD for one in said]
    n = len(said)
    facts = {
        NUMBER: column(values, [one != "?" for one in said], words),
        "death.died_on": column([NO_DAY] * n, [True] * n),
    }
    keys = [np.full(n, 20, np.int64), np.arange(n, dtype=np.int64)]
    return Read(keys, [np.full(n, DAY, np.int64), np.zeros(n, np.int64)], facts)


def read(own, parents):
    """What is known of the three girls: a word, ``-`` none, ``?`` not known."""
    words = ("A", "B")
    values = [words.index(one) if one in words else NO_WORD for one in own]
    facts = {NUMBER: column(values, [one != "?" for one in own], words)}
    numbers = np.array([DAY] * 3, np.int64)
    whose = Whose(np.array([10, 20, 30], np.int64), numbers, numbers, numbers)
    with_parents(facts, whose, of_parents(*parents), [NUMBER], Covered({}))
    made = facts[NUMBER]
    said = [made.words[value] if value >= 0 else "-" for value in made.values]
    return "".join(word if known else "?" for word, known in zip(said, made.known, strict=True))


@pytest.mark.parametrize(
    ("own", "parents", "found"),
    [
        ("A?B", "CC", "ACB"), ("A?B", "BB", "ABB"), ("A?B", "CB", "A?B"), ("A?B", "C?", "A?B"), ("A?B", "C", "A?B"),
        ("A?B", "--", "A?B"), ("A?B", "-C", "A?B"), ("A-B", "CC", "ACB"), ("A-B", "--", "A-B"), ("A-B", "C?", "A?B"),
        ("A-B", "CB", "A?B"), ("A-B", "??", "A?B"),
    ],
)  # fmt: skip
def test_only_what_all_parents_say_counts_and_of_nobody_else_anything_changes(own, parents, found):
    assert read(own, parents) == found
