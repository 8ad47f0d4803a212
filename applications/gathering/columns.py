"""Facts of a base as columns, each judged on that row's day: one query, however many kinds.

Every kind is a LEFT JOIN, so a row with several records of one kind comes several times. Rows are put in order by
their key, and each group becomes one: equal values are one value, different ones are not known, codes are joined.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from applications.gathering.base import as_of, is_everybodys
from applications.gathering.copying import NOTHING, Copied, Query, words_of
from applications.gathering.coverage import Covered
from beneficiaries.queries.called import stands, who
from beneficiaries.queries.differing import is_state_of_register
from facts.catalogue import Field, Kind, load_catalogue
from programs.language.columns import ABSENT, DTYPES, Column

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
EPOCH = "DATE '2000-01-01'"
DAY = f"coalesce((b.day - {EPOCH})::bigint, {NOTHING})"
DIVISION = "coalesce(nullif(b.division, ''), '0')::bigint"
_HIGHEST = np.int64(2**63 - 1)
ENDED = -1  # the state of a row whose only records ended before its day
DISPUTED = 2
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
class _Groups:
    """Rows sorted by key: ``order`` puts them so, ``starts`` says where each group begins."""

    order: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]

    def one(self, values: Longs) -> Longs:
        """The value of each group: its rows say the same, or 0 where they have none."""
        return np.maximum.reduceat(values[self.order], self.starts) if len(values) else values


@dataclass(frozen=True, slots=True)
class Reading:
    """A base with the facts asked of it: its query, and how to make columns of what the query gives: ``places`` says
    which of its columns each expression is, for what is asked twice comes once."""

    query: Query
    places: list[int]
    keys: int
    extra: int
    carried: list[Field]
    kinds: "list[_Joined]"

    def made(self, copied: Copied, covered: Covered) -> Read:
        """Status and yearly facts are those valid on the row's day; of events the first on or after that day counts,
        else the last before. A fact that two lists dispute, or that two different records state, is not known. A fact
        that no record states is known to be absent where a complete list covers that division and day.
        """
        taken = iter([copied.columns[place] for place in self.places])
        key_columns = [next(taken) for _ in range(self.keys)]
        groups = _group(key_columns)
        extras = [groups.one(next(taken)) for _ in range(self.extra)]
        where = _Places(*(groups.one(next(taken)) for _ in _PLACES))
        columns = {field.name: _one_value(field, field.codes, groups, next(taken)) for field in self.carried}
        for kind in self.kinds:
            values = [next(taken) for _ in kind.expressions()]
            columns |= kind.columns(groups, values, copied.words, covered, where)
        return Read([groups.one(column) for column in key_columns], extras, columns)


_PLACES = (DIVISION, DAY, "coalesce(b.person, 0)", "coalesce(b.household, 0)")


def ask(
    base: str,
    names: Iterable[str],
    *,
    keys: Sequence[str] = ("b.k",),
    extra: Sequence[str] = (),
    record_kind: str = "",
) -> Reading:
    """The query for the facts ``names`` of every row of ``base`` and the bigint expressions ``extra``."""
    facts = load_catalogue().facts
    fields = [facts[name] for name in names]
    carried = [field for field in fields if field.name in _CARRIED]
    kinds, words = _kinds([field for field in fields if field.name not in _CARRIED], base, record_kind)
    expressions = [*keys, *extra, *_PLACES, *(_CARRIED[field.name] for field in carried)]
    for kind in kinds:
        expressions += kind.expressions()
    joins = " ".join(kind.join for kind in kinds)
    place = {expression: n for n, expression in enumerate(dict.fromkeys(expressions))}
    query = Query(f"SELECT {', '.join(place)} FROM ({base}) b {joins}", len(place), tuple(words))
    return Reading(query, [place[one] for one in expressions], len(keys), len(extra), carried, kinds)


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

    @property
    def can_end(self) -> bool:
        """Whether a record of this kind names its own last day, after which it is known not to hold."""
        return _can_end(self.kind)

    @property
    def is_newest_only(self) -> bool:
        """Whether of several states of a register the one told as of the newest day counts, however they came in."""
        return is_state_of_register(self.kind) and not self.kind.apart

    def expressions(self) -> list[str]:
        """Whether there is a record (0, 1; 2 disputed, -1 ended), how far an event lies from the day or since when a
        state holds, and each field."""
        alias = self.alias
        ended = f"{alias}.valid_until < b.day" if self.can_end else "false"
        state = (
            f"CASE WHEN {alias}.id IS NULL THEN 0 WHEN {alias}.is_disputed THEN {DISPUTED} "
            f"WHEN {ended} THEN {ENDED} ELSE 1 END::bigint"
        )
        rank = [
            f"coalesce(2 * abs({alias}.valid_from - b.day) + ({alias}.valid_from < b.day)::int * 1000000, 0)::bigint"
        ]
        if self.is_newest_only:
            rank = [f"coalesce(({alias}.valid_from - {EPOCH})::bigint, {NOTHING})"]
        values = [
            f"CASE WHEN {ended} THEN {NOTHING} ELSE "
            f"coalesce({_value(self.kind, field, self._listed(field), alias)}, {NOTHING}) END"
            for field in self.fields
        ]
        return [state, *(rank if self.is_event or self.is_newest_only else []), *values]

    def _listed(self, field: Field) -> str:
        """SQL for the array of words whose places stand for the field's values."""
        if field.name in self.texts:
            return words_of(self.texts[field.name])
        quoted = ("'" + word.replace("'", "''").replace("%", "%%") + "'" for word in field.codes)
        return f"ARRAY[{', '.join(quoted)}]::text[]"

    def columns(
        self,
        groups: _Groups,
        copied: list[Longs],
        texts: list[tuple[str, ...]],
        covered: Covered,
        where: _Places,
    ) -> dict[str, Column]:
        """The columns of this kind, one value per group."""
        state, *values = copied
        if self.is_event:
            rank, *values = values
            groups = _nearest_first(groups, rank)
            values = [_only_first(groups, column) for column in values]
        elif self.is_newest_only:
            rank, *values = values
            older = _older(groups, rank)
            state = np.where(older, 0, state)
            values = [np.where(older, NOTHING, column) for column in values]
        disputed = state == DISPUTED
        state = np.maximum.reduceat(state[groups.order], groups.starts) if len(state) else state
        found = {}
        for field, column in zip(self.fields, values, strict=True):
            words = texts[self.texts[field.name]] if field.name in self.texts else field.codes
            if field.type == "codes":
                found[field.name] = _codes_with_absence(field, groups, column, disputed, covered, where)
                continue
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
        joined.append(_Joined(kind, alias, join, of_kind, texts, kind.dated == "event" and not is_record))
    return joined, words


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


def _value(kind: Kind, field: Field, listed: str, alias: str) -> str:
    """SQL for one fact as a bigint, NULL where it is not there; ``listed`` is the array of its words."""
    if field.key == kind.day:
        return f"({alias}.valid_from - {EPOCH})::bigint"
    text = f"({alias}.values->>'{field.key}')"
    if field.type == "date":
        return f"({text}::date - {EPOCH})::bigint"
    if field.type == "bool":
        return f"CASE {text} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END::bigint"
    if field.type in ("text", "code"):
        return f"(array_position({listed}, {text}) - 1)::bigint"
    if field.type == "codes":
        held = f"{alias}.values->'{field.key}'"
        bits = (
            f"CASE WHEN {held} ? '{code}' THEN {1 << bit} ELSE 0 END" for bit, code in enumerate(field.codes)
        )
        return f"CASE WHEN {alias}.id IS NOT NULL THEN {' + '.join(bits)} END::bigint"
    return f"{text}::bigint"


def _group(keys: list[Longs]) -> _Groups:
    order = np.lexsort(keys[::-1])
    changed = np.zeros(len(order), bool)
    for key in keys:
        ordered = key[order]
        changed[1:] |= ordered[1:] != ordered[:-1]
    changed[:1] = True
    return _Groups(order, np.flatnonzero(changed))


def _nearest_first(groups: _Groups, rank: Longs) -> _Groups:
    """The same groups with the record that counts at the head of each."""
    number = np.zeros(len(groups.order), np.int64)
    number[groups.starts] = 1
    number = np.cumsum(number)
    within = np.lexsort((rank[groups.order], number))
    return _Groups(groups.order[within], groups.starts)


def _older(groups: _Groups, since: Longs) -> Bools:
    """The rows whose state began before another of their group."""
    if not len(since):
        return np.zeros(0, bool)
    newest = np.maximum.reduceat(since[groups.order], groups.starts)
    counts = np.diff(np.append(groups.starts, len(since)))
    older = np.zeros(len(since), bool)
    older[groups.order] = since[groups.order] < np.repeat(newest, counts)
    return older


def _only_first(groups: _Groups, values: Longs) -> Longs:
    """``values`` with everything but the first of each group taken away."""
    kept = np.full(len(values), NOTHING, np.int64)
    first = groups.order[groups.starts]
    kept[first] = values[first]
    return kept


def _one_value(field: Field, words: tuple[str, ...], groups: _Groups, values: Longs) -> Column:
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
    field: Field, groups: _Groups, values: Longs, disputed: Bools, covered: Covered, where: _Places
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
