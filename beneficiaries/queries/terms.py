"""The best people for what was typed, read from an index that stands in the order in which they are shown.

For each township of the scope and each beginning, the first rows of ``beneficiaries_searchterm``: what is read grows with
what is asked for, never with how many people answer to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from officials.models import Official

LAST = "\U0010ffff"  # sorts behind everything that can be typed
TOWNSHIP_DIGITS = 9
TERMS_EACH = 2  # of one person that begin alike; where that does not do, more are asked for


@dataclass(frozen=True, slots=True)
class Beginning:
    """A term, or the beginning of one; the ranks of who has it whole and of who has more (0 is best)."""

    term: str
    whole: int
    begun: int


@dataclass(frozen=True, slots=True)
class Found:
    """A person, and the rank by which; ``writing``: the other writing of the name that answers, "" for the name."""

    person: int
    rank: int
    writing: str = ""


_IN_VILLAGE = """
    AND EXISTS (SELECT 1 FROM beneficiaries_person p WHERE p.id = s.person_id AND p.division LIKE %(scope)s || '%%')"""

# The townships are looked for one by one (as many probes of the index as there are), so that none is forgotten that
# people are registered in, whatever became of it.
_BEST = """
    WITH RECURSIVE place (township) AS (
      (SELECT township FROM beneficiaries_searchterm WHERE township >= %(first)s AND township < %(last)s
       ORDER BY township LIMIT 1)
      UNION ALL
      SELECT (SELECT s.township FROM beneficiaries_searchterm s
              WHERE s.township > place.township AND s.township < %(last)s ORDER BY s.township LIMIT 1)
      FROM place WHERE place.township IS NOT NULL)
    SELECT coalesce(w.merged_into_id, hit.person_id), hit.rank, CASE WHEN hit.name = w.name THEN '' ELSE hit.name END
    FROM (
      SELECT found.*, CASE WHEN found.term = b.term THEN b.whole ELSE b.begun END AS rank
      FROM place CROSS JOIN unnest(%(terms)s::text[], %(wholes)s::int[], %(beguns)s::int[]) AS b (term, whole, begun)
      CROSS JOIN LATERAL (
        SELECT s.term, s.name, s.person_id FROM beneficiaries_searchterm s
        WHERE s.township = place.township AND s.term >= b.term AND s.term < b.term || %(past)s{village}
        ORDER BY s.term, s.name, s.person_id LIMIT %(rows)s) AS found
      ORDER BY rank, found.term, found.name, found.person_id LIMIT %(rows)s) AS hit
    JOIN beneficiaries_person w ON w.id = hit.person_id
    ORDER BY hit.rank, hit.term, hit.name, hit.person_id"""


def best(beginnings: Sequence[Beginning], *, official: Official, most: int) -> list[Found]:
    """The first ``most`` people in scope by rank, term, name and key, each once by the best rank. One query.

    Two rows that are one person are the row that stays, which may stand in another township.
    """
    rows = most * TERMS_EACH
    while True:
        read = _read(beginnings, official.scope, rows)
        found: dict[int, Found] = {}
        for one in read:
            found.setdefault(one.person, one)
        if len(found) >= most or len(read) < rows:
            return list(found.values())[:most]
        rows *= 2  # so many people who are read in several ways that a second look is needed


def _read(beginnings: Sequence[Beginning], scope: str, rows: int) -> list[Found]:
    first = scope[:TOWNSHIP_DIGITS]
    named: dict[str, Any] = {
        "scope": scope,
        "first": first,
        "last": f"{first}{LAST}",
        "past": LAST,
        "rows": rows,
        "terms": [one.term for one in beginnings],
        "wholes": [one.whole for one in beginnings],
        "beguns": [one.begun for one in beginnings],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEST.format(village=_IN_VILLAGE if len(scope) > TOWNSHIP_DIGITS else ""), named)
        return [Found(*row) for row in cursor.fetchall()]
