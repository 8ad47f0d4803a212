"""Facts of a base as columns, each judged on that row's day: one query, however many kinds.

Every kind is a LEFT JOIN, so a row with several records of one kind comes several times. Rows are put in order by
their key, and each group becomes one: equal values are one value, different ones are not known, codes are joined.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from applications.gathering.base import as_of, fixed_day, is_everybodys
from applications.gathering.copying import NOTHING, Copied, Query, words_of
from applications.gathering.coverage import Covered
from applications.gathering.groups import Groups, group, nearest_first, older, only_first
from applications.gathering.packing import DISPUTED, ENDED, EPOCH, Few, bits_of, fitting, packed, unpacked
from beneficiaries.models.people import NOWHERE
from beneficiaries.queries.called import stands, who
from beneficiaries.queries.differing import is_state_of_register
from facts.catalogue import Field, Kind, load_catalogue
from programs.language.columns import ABSENT, DTYPES, Column, day_number
from programs.language.forms import Policy

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
DAY = f"coalesce((b.day - {EPOCH})::bigint, {NOTHING})"
DIVISION = "coalesce(nullif(b.division, ''), '0')::bigint"
_HIGHEST = np.int64(2**63 - 1)
# Facts that the base itself carries, or that are counted: no record of a kind.
_CARRIED = {
    "sex": f"CASE b.sex WHEN 'female' THEN 0 WHEN 'male' THEN 1 ELSE {NOTHING} END::bigint",
    "born_on": f"coalesce((b.born_on - {EPOCH})::bigint, {NOTHING})",
    "household.size": f"""coalesce(nullif((SELECT count(DISTINCT {who("m.person_id")}) FROM beneficiaries_membership m
        WHERE m.household_id = b.household AND {stands("m", "b.day")}), 0), {NOTHING})""",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A base read once: its keys in order (unique together), what else was asked for, and the facts."""

    keys: list[Longs]
    extra: list[Longs]
    facts: dict[str, Column]


@dataclass(frozen=True, slots=True)
class Reading:
    """A base with the facts asked of it: its query, and how to make columns of what the query gives.

    ``places`` says which of its columns each expression is, for what is asked twice comes once; a whole number as text is
    what every row has, and is not asked for.
    """

    query: Query
    places: list[int | str]
    keys: int
    extra: int
    carried: list[Field]
    kinds: "list[_Joined]"

    def made(self, copied: Copied, covered: Covered) -> Read:
        """Status and yearly facts are those valid on the row's day; of events the first on or after that day counts,
        else the last before. A fact that two lists dispute, or that two different records state, is not known. A fact
        that no record states is known to be absent where a complete list covers that division and day.
        """
        n = len(copied.columns[0])
        taken = iter(
            [np.full(n, int(one)) if isinstance(one, str) else copied.columns[one] for one in self.places]
        )
        key_columns = [next(taken) for _ in range(self.keys)]
        groups = group(key_columns)
        extras = [groups.highest(next(taken)) for _ in range(self.extra)]
        places = [next(taken) for _ in _PLACES]
        where = _Places(*(groups.highest(column) for column in places))
        columns = {field.name: _one_value(field, field.codes, groups, next(taken)) for field in self.carried}
        for kind in self.kinds:
            values = [next(taken) for _ in range(1 + len(kind.wide))]
            columns |= kind.columns(groups, values, copied.words, covered, where, days=places[1])
        return Read([groups.highest(column) for column in key_columns], extras, columns)


RECORD, PERSON, HOUSEHOLD = (f"coalesce(b.{who}, 0)" for who in ("record", "person", "household"))
_PLACES = (DIVISION, DAY, PERSON, HOUSEHOLD)


def ask(
    base: str,
    names: Iterable[str],
    *,
    keys: Sequence[str] = ("b.k",),
    extra: Sequence[str] = (),
    record_kind: str = "",
    same: Mapping[str, str] = MappingProxyType({}),
) -> Reading:
    """The query for the facts ``names`` of every row of ``base`` and the bigint expressions ``extra``.

    ``same`` gives for an expression another that says the same in this base, or the whole number that every row has.
    """
    facts = load_catalogue().facts
    fields = [facts[name] for name in names]
    carried = [field for field in fields if field.name in _CARRIED]
    kinds, words = _kinds([field for field in fields if field.name not in _CARRIED], base, record_kind)
    asked = [*keys, *extra, *_PLACES, *(_CARRIED[field.name] for field in carried)]
    for kind in kinds:
        asked += kind.expressions()
    expressions = [same.get(one, one) for one in asked]
    place = {one: n for n, one in enumerate(dict.fromkeys(one for one in expressions if not _is_number(one)))}
    joins = " ".join(kind.join for kind in kinds)
    query = Query(f"SELECT {', '.join(place)} FROM ({base}) b {joins}", len(place), tuple(words))
    places = [one if _is_number(one) else place[one] for one in expressions]
    return Reading(query, places, len(keys), len(extra), carried, kinds)


def same_in(policy: Policy, on: date) -> dict[str, str]:
    """For :func:`ask`, what need not be asked in the base of ``policy``: its key is the record's, the person's or the
    household's; a day that is fixed is the same for all."""
    if policy.for_each == "person":
        same = {RECORD: "0", PERSON: "b.k"}
    elif policy.for_each == "household":
        same = {RECORD: "0", PERSON: "0", HOUSEHOLD: "b.k"}
    elif load_catalogue().kinds[policy.for_each].about == "household":
        same = {RECORD: "b.k", PERSON: "0"}
    else:
        same = {RECORD: "b.k"}
    day = fixed_day(policy, on)
    return same if day is None else {**same, DAY: str(day_number(day))}


def _is_number(expression: str) -> bool:
    return expression.removeprefix("-").isdecimal()


@dataclass(frozen=True, slots=True)
class _Places:
    """Of each row: its division (12 digits as a number), its day, its person and household (0: none)."""

    divisions: Longs
    days: Longs
    people: Longs
    households: Longs

    def has(self, about: str) -> Bools:
        return (self.people if about == "person" else self.households) > 0


@dataclass(frozen=True, slots=True)
class _Joined:
    """One kind joined to the base as ``alias``."""

    kind: Kind
    alias: str
    join: str
    fields: list[Field]
    texts: dict[str, int]  # fields of text: which of the query's words they are
    is_event: bool
    is_newest_only: (
        bool  # of several states of a register the one told as of the newest day counts, however they came in
    )
    is_dated: bool  # somebody looks at the day of the record
    few: list[Field]  # answered in the record's own column
    wide: list[Field]  # with a column of their own

    def expressions(self) -> list[str]:
        """The record's own column, and those of its wide fields."""
        ended = f"{self.alias}.valid_until < b.day" if _can_end(self.kind) else ""
        few = [Few(field.name, self._value(field), bits_of(field)) for field in self.few]
        own = packed(self.alias, ended, few, is_dated=self.is_dated, ruled_out=_ruled_out(self.kind))
        values = [f"coalesce({self._value(field)}, {NOTHING})" for field in self.wide]
        return [
            own,
            *(f"CASE WHEN {ended} THEN {NOTHING} ELSE {one} END" if ended else one for one in values),
        ]

    def _value(self, field: Field) -> str:
        """SQL for one fact as a number, NULL where it is not there."""
        if field.name in self.texts:
            return _number(field, words_of(self.texts[field.name]), self.alias)
        quoted = ("'" + word.replace("'", "''").replace("%", "%%") + "'" for word in field.codes)
        return _number(field, f"ARRAY[{', '.join(quoted)}]::text[]", self.alias)

    def columns(
        self,
        groups: Groups,
        copied: list[Longs],
        texts: list[tuple[str, ...]],
        covered: Covered,
        where: _Places,
        *,
        days: Longs,
    ) -> dict[str, Column]:
        """The columns of this kind, one value per group; ``days`` are those of each row."""
        own, *wide = copied
        state, since, values = unpacked(own, self.few, is_dated=self.is_dated)
        values |= {field.name: column for field, column in zip(self.wide, wide, strict=True)}
        values |= {
            field.name: np.where(state == ENDED, NOTHING, since)
            for field in self.fields
            if field.key == self.kind.day
        }
        if self.is_event:
            groups = nearest_first(groups, since, days)
            values = {name: only_first(groups, column) for name, column in values.items()}
        elif self.is_newest_only:
            gone = older(groups, since)
            state[gone] = 0
            values = {name: np.where(gone, NOTHING, column) for name, column in values.items()}
        disputed, state = state == DISPUTED, groups.highest(state)
        found = {}
        for field in self.fields:
            column = values[field.name]
            if field.type == "codes":
                found[field.name] = _codes_with_absence(field, groups, column, disputed, covered, where)
                continue
            words = texts[self.texts[field.name]] if field.name in self.texts else field.codes
            made = _one_value(field, words, groups, column)
            made.known[state == DISPUTED] = 0
            if field.type in ABSENT:
                # What ended before the day, with nothing in its place, does not hold: a cancelled certificate.
                made.values[state == ENDED] = ABSENT[field.type]
                made.known[state == ENDED] = True
            if field.when_absent == "no_if_listed":
                _absent_is_no(made, field, covered, where, (state == 0) & where.has(field.about))
            found[field.name] = made
        return found


def _kinds(fields: list[Field], base: str, record_kind: str) -> tuple[list[_Joined], list[str]]:
    """The kinds joined to the base, and queries of the words of their fields of text."""
    catalogue = load_catalogue()
    joined, words = [], list[str]()
    for number, name in enumerate(dict.fromkeys(field.kind for field in fields)):
        is_record = name == record_kind
        kind, alias = catalogue.kinds[name], "b" if is_record else f"f{number}"
        of_kind = [field for field in fields if field.kind == name]
        condition = _condition(kind, alias)
        join = "" if is_record else f"LEFT JOIN beneficiaries_fact {alias} ON {condition}"
        texts = {}
        for field in of_kind:
            if field.type == "text":
                texts[field.name] = len(words)
                words.append(_words(base, field, alias, join))
        joined.append(
            _joined(kind, alias, join, of_kind, texts, is_event=kind.dated == "event" and not is_record)
        )
    return joined, words


def _joined(
    kind: Kind, alias: str, join: str, fields: list[Field], texts: dict[str, int], *, is_event: bool
) -> _Joined:
    is_newest_only = is_state_of_register(kind) and not kind.apart
    days = [field for field in fields if field.key == kind.day]
    is_dated = is_event or is_newest_only or bool(days)
    few = fitting(fields, is_dated=is_dated)
    wide = [field for field in fields if field not in few and field not in days]
    return _Joined(kind, alias, join, fields, texts, is_event, is_newest_only, is_dated, few, wide)


def _ruled_out(kind: Kind) -> str:
    """SQL: of somebody of another county a paper says that there is no record of ``kind`` up to the day; empty where no
    paper can. Of residents it asks nothing."""
    papers = " OR ".join(
        f"""EXISTS (SELECT FROM beneficiaries_fact w WHERE w.kind = '{one.name}' AND w.person_id = b.named
            AND w.superseded_by_id IS NULL AND NOT w.is_disputed
            AND w.valid_from + interval '{one.lasts_months} months' >= b.day)"""
        for one in load_catalogue().ruling_out(kind.name)
    )
    return f"b.division = '{NOWHERE}' AND ({papers})" if papers else ""


def _can_end(kind: Kind) -> bool:
    return kind.dated == "status" and bool(kind.until) and not kind.is_open_after


def _condition(kind: Kind, alias: str) -> str:
    subject = "b.named" if kind.about == "person" else "b.household"
    same = f"{alias}.{kind.about}_id = {subject} AND {alias}.superseded_by_id IS NULL"
    condition = f"{alias}.kind = '{kind.name}' AND {same}"
    if _can_end(kind):
        return f"{condition} AND ({as_of(alias, 'b.day')} OR {alias}.valid_until < b.day)"
    return f"{condition} AND {as_of(alias, 'b.day')}" if kind.dated in ("status", "yearly") else condition


def _words(base: str, field: Field, alias: str, join: str) -> str:
    """SQL for every text that occurs in a column of text; for everybody every text of the kind, which asks for no base."""
    if is_everybodys(base):
        kind, text = f"f.kind = '{field.kind}' AND f.superseded_by_id IS NULL", f"f.values->>'{field.key}'"
        return f"SELECT {text} FROM beneficiaries_fact f WHERE {kind} AND {text} IS NOT NULL"
    text = f"{alias}.values->>'{field.key}'"
    return f"SELECT {text} FROM ({base}) b {join} WHERE {text} IS NOT NULL"


def _number(field: Field, listed: str, alias: str) -> str:
    """SQL for one fact as a number, NULL where it is not there; ``listed`` is the array of its words."""
    text = f"({alias}.values->>'{field.key}')"
    if field.type == "date":
        return f"({text}::date - {EPOCH})::bigint"
    if field.type == "bool":
        return f"CASE {text} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
    if field.type in ("text", "code"):
        return f"(array_position({listed}, {text}) - 1)::bigint"
    if field.type == "codes":
        held = f"{alias}.values->'{field.key}'"
        bits = (
            f"CASE WHEN {held} ? '{code}' THEN {1 << bit} ELSE 0 END" for bit, code in enumerate(field.codes)
        )
        return f"({' + '.join(bits)})"
    return f"{text}::bigint"


def _one_value(field: Field, words: tuple[str, ...], groups: Groups, values: Longs) -> Column:
    """One value per group: known where there is one and no other."""
    column = _empty(field, len(groups.starts), words)
    if len(values):
        ordered = values[groups.order]
        highest = np.maximum.reduceat(ordered, groups.starts)
        lowest = np.minimum.reduceat(np.where(ordered == NOTHING, _HIGHEST, ordered), groups.starts)
        known = (highest != NOTHING) & (highest == lowest)
        column.values[known] = highest[known].astype(column.values.dtype)
        column.known[known] = True
    return column


def _codes_with_absence(
    field: Field, groups: Groups, values: Longs, disputed: Bools, covered: Covered, where: _Places
) -> Column:
    """Every code that a record states is known; one that only a disputed record states is not, whatever lists say.

    Each code is known or not known on its own: a dispute about one category leaves the others as they are.
    """
    column = _empty(field, len(groups.starts), field.codes)
    if not len(values):
        return column
    held = np.where(values == NOTHING, 0, values)
    column.values[:] = np.bitwise_or.reduceat(np.where(disputed, 0, held)[groups.order], groups.starts)
    column.known[:] = column.values
    open_codes = np.bitwise_or.reduceat(np.where(disputed, held, 0)[groups.order], groups.starts)
    if field.when_absent == "no_if_listed":
        there = where.has(field.about)
        for bit, code in enumerate(column.words):
            listed = (
                there
                & (open_codes >> bit & 1 == 0)
                & covered.holds(field.kind, code, where.divisions, where.days)
            )
            column.known = np.bitwise_or(column.known, np.where(listed, 1 << bit, 0))
    return column


def _absent_is_no(column: Column, field: Field, covered: Covered, where: _Places, silent: Bools) -> None:
    """What no record states, and a complete list would have stated, is known to be absent."""
    absent = silent & covered.holds(field.kind, "", where.divisions, where.days)
    column.values[absent] = ABSENT[field.type]
    column.known[absent] = True


def _empty(field: Field, n: int, words: tuple[str, ...]) -> Column:
    known = np.zeros(n, np.int64 if field.type == "codes" else bool)
    return Column(np.zeros(n, DTYPES[field.type]), known, words)
