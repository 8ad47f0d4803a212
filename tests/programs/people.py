"""Random people with missing facts, as the oracle reads them and as columns."""

from datetime import date
from fractions import Fraction

import numpy as np

from programs.language import NO_DAY, NO_NUMBER, Column, Members, Table, day_number
from tests.programs.oracle_words import NONE

DAYS = [
    date(1979, 3, 1), date(2008, 1, 1), date(2008, 1, 2), date(2008, 2, 29), date(2015, 3, 8),
    date(2024, 5, 31), date(2024, 6, 1), date(2024, 7, 20), date(2024, 8, 31), date(2025, 2, 28),
    date(2025, 7, 20), date(2026, 1, 1), date(2026, 2, 28), date(2026, 5, 8), date(2026, 11, 8),
    date(2026, 12, 31), date(2027, 1, 1), date(2027, 7, 20), date(2027, 7, 21),
]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 17, 18, 99, 100, 199, 200, 240, 360, 480, 2023, 2024, 2025, 2026]
TEXTS = ["本科一批", "本科二批", "本科批", "提前批"]
SHARE_UNKNOWN, SHARE_NONE = 0.18, 0.06


class Maker:
    """Makes people with the facts one program needs, from one seed."""

    def __init__(self, program, catalogue, rng, *, unknown=SHARE_UNKNOWN):
        self.program, self.catalogue, self.rng, self.unknown = program, catalogue, rng, unknown

    def value(self, name):
        field, rng = self.catalogue.facts[name], self.rng
        if field.type == "codes":
            return {code: rng.random() < 0.3 for code in field.codes if rng.random() > self.unknown}
        if rng.random() < SHARE_NONE:
            return NONE
        if field.type == "code":
            return rng.choice(field.codes)
        if field.type == "bool":
            return rng.random() < 0.7
        if field.type == "date":
            return rng.choice(DAYS)
        if field.type == "money":
            return Fraction(rng.choice([0, 1, 333, 50_000, 100_001]), 100)
        return rng.choice(TEXTS if field.type == "text" else NUMBERS)

    def facts(self, names):
        return {name: self.value(name) for name in names if self.rng.random() > self.unknown}

    def person(self):
        needed, rng = self.program.needed, self.rng
        sets = {}
        for name, facts in needed.sets.items():
            size = 2 if name == "parents" else rng.choice([0, 0, 1, 1, 2, 3])
            complete = name == "parents" or rng.random() < 0.8
            sets[name] = {"complete": complete, "members": [self.facts(facts) for _ in range(size)]}
        claims = {name: rng.choice([0, 0, 0, 0, 1, None]) for name in needed.claims}
        return {
            "facts": self.facts((*needed.subject, *needed.household)),
            "sets": sets,
            "applied_on": rng.choice([None, rng.choice(DAYS)]),
            "claims": claims,
            "holder": rng.randrange(6),
            "set_yuan": rng.choice([None, 20, 50, 120, 250]),
            "places_given": rng.choice([0, 0, 1, 2, None]),
            "yuan_given": rng.choice([0, 0, 100, None]),
            "queued": rng.random() < 0.9,
        }


def column_of(name, rows, catalogue):
    """The same facts as a column."""
    field = catalogue.facts[name]
    if field.type == "codes":
        bits = [1 << at for at in range(len(field.codes))]
        held, known = [], []
        for row in rows:
            found = row.get(name, {})
            held.append(sum(bit for bit, code in zip(bits, field.codes, strict=False) if found.get(code)))
            known.append(sum(bit for bit, code in zip(bits, field.codes, strict=False) if code in found))
        return Column(np.array(held, np.int64), np.array(known, np.int64), field.codes)
    words = ()
    if field.type in ("code", "text"):
        words = tuple(sorted({row[name] for row in rows if row.get(name, NONE) != NONE}))
    values = np.array([_number(row.get(name), field.type, words) for row in rows], _dtype(field.type))
    return Column(values, np.array([name in row for row in rows], bool), words)


def _dtype(type_):
    return {"code": np.int32, "text": np.int32, "bool": np.int8, "date": np.int32}.get(type_, np.int64)


def _number(value, type_, words):
    if value is None:
        return 0
    if value == NONE:
        return {"date": NO_DAY, "code": -1, "text": -1, "bool": -1}.get(type_, NO_NUMBER)
    if type_ == "date":
        return day_number(value)
    if type_ == "money":
        return int(value * 100)
    return words.index(value) if words else int(value)


def table_of(people, program, catalogue):
    """All people as one table."""
    needed, policy = program.needed, program.policy
    facts = {
        name: column_of(name, [each["facts"] for each in people], catalogue)
        for name in (*needed.subject, *needed.household)
    }
    applied = [each["applied_on"] for each in people]
    applied_on = Column(
        np.array([day_number(day) if day else 0 for day in applied], np.int32),
        np.array([day is not None for day in applied], bool),
    )
    judged_on = facts.get(policy.judged_on, applied_on)
    sets = {name: _members(name, names, people, catalogue) for name, names in needed.sets.items()}
    claims = {
        name: np.array([-1 if each["claims"][name] is None else each["claims"][name] for each in people])
        for name in needed.claims
    }
    holder = np.array([each["holder"] for each in people], np.int64)
    set_yuan = [each["set_yuan"] for each in people]
    return Table(
        len(people), judged_on, applied_on, facts, sets, claims, dict.fromkeys(needed.claims, holder),
        places_given=_given([each["places_given"] for each in people]),
        fen_given=_given([each["yuan_given"] for each in people], 100),
        queued=np.array([each["queued"] for each in people], bool),
        set_fen=Column(_given(set_yuan, 100), np.array([each is not None for each in set_yuan], bool)),
    )  # fmt: skip


def _given(numbers, unit=1):
    return np.array([-1 if number is None else number * unit for number in numbers], np.int64)


def _members(name, names, people, catalogue):
    found = [each["sets"][name] for each in people]
    members = [member for one in found for member in one["members"]]
    sizes = [len(one["members"]) for one in found]
    return Members(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        {fact: column_of(fact, members, catalogue) for fact in names},
        np.array([one["complete"] for one in found], bool),
    )
