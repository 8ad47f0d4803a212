"""Limits: who is the holder of each row, in which period, and how many claims stand already.

A limit that holds the household is claimed for the booklet, for its head and the head's spouse (``householder``), and for
every grown-up who stood in it (``member``). Looking, a household is blocked by its own claims, by those of its head or the
head's spouse as householders, and by those of its head as a member: moved, split, or under the widow's name, it stays one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db import connection

from applications.gathering.base import array_of
from applications.gathering.copying import NOTHING
from applications.gathering.coverage import Covered
from applications.gathering.households import HEAD, MATE, People
from beneficiaries.queries.called import all_rows, stands, who
from beneficiaries.queries.kin import couples_on, is_booklets_word
from programs.language.columns import EPOCH, Column
from programs.language.forms import Limit, Policy

Longs = npt.NDArray[np.int64]
_IN_DOUBT = "in doubt"


@dataclass(frozen=True, slots=True)
class Holder:
    """One unit a claim is written for, or looked for."""

    kind: str  # person | household | householder | member
    id: int


def holders_of(
    limit: Limit,
    *,
    person: int | None,
    spouse: int | None,
    household: int | None,
    people: People | None = None,
) -> list[Holder]:
    """Every holder that one claim of ``limit`` blocks; ``people`` are those of the household on the day."""
    found: list[Holder] = []
    if "self" in limit.holds and person:
        found.append(Holder("person", person))
    if "couple" in limit.holds:
        found += [Holder("person", one) for one in sorted(filter(None, (person, spouse)))]
    if "household" in limit.holds and household:
        found.append(Holder("household", household))
    if "household" in limit.holds and people:
        found += [Holder("householder", one) for one in people.householders]
        found += [Holder("member", one) for one in people.grown_ups]
    return found


def blockers_of(holders: list[Holder], people: People | None) -> list[Holder]:
    """Of the holders of a claim those whose earlier claims stand against it: a member alone blocks no other household."""
    head = people.head if people else None
    return [one for one in holders if one.kind != "member" or one.id == head]


def period_of(limit: Limit, day: date | None, same: tuple[str, ...]) -> str:
    """The period text of a claim: "life" or the year, and after it what ``same`` narrows it to."""
    start = "life" if limit.period != "year" or day is None else str(day.year)
    return ":".join((start, *same))


@dataclass(frozen=True, slots=True)
class Rows:
    """The records, people, spouses, households, their heads and the heads' spouses (0: none), divisions and days."""

    records: Longs
    people: Longs
    spouses: Longs
    households: Longs
    heads: Longs
    mates: Longs
    divisions: Longs
    days: Longs


@dataclass(frozen=True, slots=True)
class Standing:
    """Claims that stand, by limit and kind of holder: by period the holders and how many each has; and whose payments
    are in doubt."""

    claims: dict[tuple[str, str], dict[str, tuple[Longs, Longs]]]
    in_doubt: Longs


def claims_standing(limits: Sequence[Limit], rows: Sequence[Rows], *, is_narrow: bool) -> Standing:
    """The claims under ``limits``, in one query; ``is_narrow`` asks for those of the rows' holders alone."""
    of_holder, of_person = "", "AND e.person_id IS NOT NULL"
    if is_narrow:
        columns = [ids for one in rows for ids in (one.people, one.spouses, one.heads, one.mates)]
        people = np.unique(np.concatenate(columns)).tolist() if columns else []
        holders = {*people, *(home for one in rows for home in one.households.tolist())}
        of_holder = f"AND c.holder_id = ANY({all_rows(_quoted(holders))})"
        of_person = f"AND e.person_id = ANY({all_rows(_quoted(people))})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT name, kind, period, array_agg(holder), array_agg(uses) FROM (
                SELECT c."limit", c.holder_kind, c.period, {HOLDER}, {USES}
                FROM applications_limitclaim c LEFT JOIN beneficiaries_person o ON {OTHER_ROW}
                WHERE c."limit" = ANY(%s) {of_holder} AND {STANDS} GROUP BY 1, 2, 3, 4
                UNION ALL
                SELECT DISTINCT '', '{_IN_DOUBT}', '', {who("e.person_id")}, 0::bigint FROM beneficiaries_fact e
                WHERE e.kind = 'earlier_payment' AND e.is_disputed AND e.superseded_by_id IS NULL {of_person}
                ) AS standing(name, kind, period, holder, uses) GROUP BY 1, 2, 3""",
            [sorted({limit.name for limit in limits})],
        )
        found = cursor.fetchall()
    claims: dict[tuple[str, str], dict[str, tuple[Longs, Longs]]] = defaultdict(dict)
    for limit, kind, period, holders_here, uses in found:
        claims[limit, kind][period] = np.array(holders_here, np.int64), np.array(uses, np.int64)
    in_doubt = claims.pop(("", _IN_DOUBT), {}).get("", (np.zeros(0, np.int64),))[0]
    return Standing(dict(claims), in_doubt)


def _quoted(ids: Iterable[int]) -> str:
    return f"'{array_of(ids)}'"


def held_claims(
    policy: Policy, rows: Rows, facts: dict[str, Column], standing: Standing, covered: Covered
) -> tuple[dict[str, Longs], dict[str, Longs]]:
    """Per limit: the claims already held by each row (-1: not known), and a number for its holder.

    Earlier payments count once their list covers the division; before that nobody knows what was paid.
    """
    counts: dict[str, Longs] = {}
    numbers: dict[str, Longs] = {}
    in_doubt = np.zeros(len(rows.people), bool)
    for column in (rows.people, rows.spouses, rows.heads, rows.mates):
        in_doubt |= np.isin(column, standing.in_doubt)
    known = covered.holds("earlier_payment", "", rows.divisions, rows.days) & ~in_doubt
    for limit in policy.limits:
        period, texts = _periods(limit, rows, facts)
        units = _units(limit, rows)
        held = np.zeros(len(rows.people), np.int64)
        for kind, ids in units:
            taken = _taken(standing.claims.get((limit.name, kind), {}), ids, period, texts)
            held = np.maximum(held, taken)
        held[~known & (held < limit.times)] = -1
        counts[limit.name] = held
        numbers[limit.name] = _numbers(units, period, len(texts))
    return counts, numbers


def _units(limit: Limit, rows: Rows) -> list[tuple[str, Longs]]:
    """The holder units of a limit as columns, as :func:`blockers_of` has them for one row."""
    units = []
    if "self" in limit.holds or "couple" in limit.holds:
        units.append(("person", rows.people))
    if "couple" in limit.holds:
        units.append(("person", rows.spouses))
    if "household" in limit.holds:
        units += [("household", rows.households), ("householder", rows.heads), ("householder", rows.mates)]
        units.append(("member", rows.heads))
    return units


def _periods(limit: Limit, rows: Rows, facts: dict[str, Column]) -> tuple[Longs, list[str]]:
    """For each row a number of its period, and the period's text as :func:`period_of` writes it."""
    years = np.zeros(len(rows.days), np.int64)
    if limit.period == "year":
        there = rows.days != NOTHING
        since = np.where(there, rows.days, 0).astype("timedelta64[D]")
        years = np.where(
            there, (np.datetime64(EPOCH) + since).astype("datetime64[Y]").astype(np.int64) + 1970, 0
        )
    columns = [years, *(np.where(facts[name].known, facts[name].values, NOTHING) for name in limit.same)]
    found, period = _together(columns)
    texts = []
    for year, *same in found:
        values = (narrowing_text(facts[name], value) for name, value in zip(limit.same, same, strict=True))
        texts.append(":".join((str(year) if year else "life", *values)))
    return period, texts


def _together(columns: list[Longs]) -> tuple[list[list[int]], Longs]:
    """The different rows of these columns in order, and which of them each row is: sorted one by one, which is quicker."""
    values, number = np.unique(columns[0], return_inverse=True)
    rows = [[value] for value in values.tolist()]
    for column in columns[1:]:
        values, place = np.unique(column, return_inverse=True)
        pairs, number = np.unique(number * len(values) + place, return_inverse=True)
        rows = [[*rows[pair // len(values)], int(values[pair % len(values)])] for pair in pairs.tolist()]
    return rows, number.astype(np.int64)


def narrowing_text(column: Column, value: int) -> str:
    """One value of a ``same`` fact as a claim's period writes it; "?" where not known."""
    if value == NOTHING:
        return "?"
    return column.words[value] if column.words and value >= 0 else str(value)


def _taken(claims: dict[str, tuple[Longs, Longs]], ids: Longs, period: Longs, texts: list[str]) -> Longs:
    """How many of the claims each row's holder has in its period."""
    place = {text: n for n, text in enumerate(texts)}
    found = [(place[text], *held) for text, held in claims.items() if text in place]
    if not found:
        return np.zeros(len(ids), np.int64)
    keys = np.concatenate([holders * len(texts) + number for number, holders, _ in found])
    order = np.argsort(keys)
    keys, counts = keys[order], np.concatenate([counts for _, _, counts in found])[order]
    wanted = ids * len(texts) + period
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where((keys[at] == wanted) & (ids > 0), counts[at], 0)


def _numbers(units: list[tuple[str, Longs]], period: Longs, periods: int) -> Longs:
    """One number for who is blocked in which period; a row whose holder is not known stands alone.

    Rows that share a booklet or a householder are one: their numbers spread until nothing changes.
    """
    if any(kind == "household" for kind, _ in units):
        return _shared([(kind, ids) for kind, ids in units if kind != "member"], period)
    holder = np.zeros(len(period), np.int64)
    for _, ids in units:
        holder = np.where((holder > 0) & ((ids == 0) | (holder < ids)), holder, ids)
    alone = -1 - np.arange(len(period))
    return np.where(holder > 0, holder * periods + period, alone)


def _shared(units: list[tuple[str, Longs]], period: Longs) -> Longs:
    number = np.arange(len(period))
    nodes = []
    for kind in dict.fromkeys(kind for kind, _ in units):
        columns = [ids for of, ids in units if of == kind]
        rows = np.tile(np.arange(len(period)), len(columns))
        ids = np.concatenate(columns)
        there = ids > 0
        if there.any():
            nodes.append((rows[there], _together([ids[there], np.tile(period, len(columns))[there]])[1]))
    while True:
        before = number.copy()
        for rows, node in nodes:
            least = np.full(int(node.max()) + 1, len(period))
            np.minimum.at(least, node, number[rows])
            np.minimum.at(number, rows, least[node])
        if (number == before).all():
            return number


# A claim whose holder's row was merged into another is the other's. One source is one use, though both rows had it.
HOUSEHOLD = "household"
HOUSEHOLD = "household"
OTHER_ROW = "o.id = c.holder_id AND o.merged_into_id IS NOT NULL AND c.holder_kind <> 'household'"
HOLDER = "coalesce(o.merged_into_id, c.holder_id)"
USES = "count(DISTINCT coalesce(c.entitlement_id, -c.earlier_id))"

# What was paid before uses up nothing once it is taken back: an entry that was wrong, a list withdrawn.
STANDS = """NOT EXISTS (SELECT 1 FROM beneficiaries_fact e WHERE e.id = c.earlier_id AND e.superseded_by_id = e.id)"""

SPOUSE = f"""coalesce((SELECT {who("c.spouse_id")} FROM {couples_on("b.named", "b.day")} LIMIT 1),
    (SELECT {who("y.person_id")} FROM beneficiaries_membership x JOIN beneficiaries_membership y
    ON y.household_id = x.household_id AND y.person_id <> x.person_id AND {stands("y", "b.day")}
    WHERE x.person_id = b.named AND {stands("x", "b.day")}
    AND ((x.relation = '02' AND y.relation LIKE '1_') OR (x.relation LIKE '1_' AND y.relation = '02'))
    AND {is_booklets_word("x.person_id", "y.person_id", "b.day")}
    LIMIT 1), 0)"""


def spouse_sql(policy: Policy) -> str:
    """SQL for the spouse of a base's row, looked for only where a limit holds the couple."""
    return SPOUSE if any("couple" in limit.holds for limit in policy.limits) else "0"


def householders_sql(policy: Policy) -> tuple[str, str]:
    """SQL for the head and the head's spouse of a base's household, looked for only where a limit holds households."""
    if any("household" in limit.holds for limit in policy.limits):
        return HEAD, MATE
    return "0", "0"
