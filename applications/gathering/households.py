"""Who a household is to a limit: its head, the head's spouse, and the grown-ups who stood in it on the day.

A right "once per household" follows these people (DESIGN §2.6, "the household and its successors"): a new booklet of the
same head or spouse is no new household, nor is one that a grown-up of it has opened since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from beneficiaries.queries.called import who

ADULT = 18  # years on the day: a child's own family, one day, is another household

# Of the base ``b``, with a household and a day. Where nobody is on record for that day, the first who is after it.
_FIRST = f"""(SELECT {who("m.person_id")} FROM beneficiaries_membership m
    WHERE m.household_id = b.household AND NOT m.is_disputed AND m.relation {{relation}}
      AND (m.valid_until IS NULL OR m.valid_until >= b.day) ORDER BY m.valid_from, m.id LIMIT 1)"""
HEAD = f"""coalesce({_FIRST.format(relation="IN ('01', '02')")},
    (SELECT {who("h.head_id")} FROM beneficiaries_household h WHERE h.id = b.household), 0)"""
MATE = f"""coalesce({_FIRST.format(relation="LIKE '1_'")}, 0)"""
GROWN_UPS = f"""ARRAY(SELECT DISTINCT coalesce(p.merged_into_id, p.id) FROM beneficiaries_membership m
    JOIN beneficiaries_person p ON p.id = m.person_id WHERE m.household_id = b.household
      AND NOT m.is_disputed AND (m.valid_until IS NULL OR m.valid_until >= b.day)
      AND m.valid_from <= greatest(b.day, (SELECT min(x.valid_from) FROM beneficiaries_membership x
                                           WHERE x.household_id = b.household))
      AND p.born_on <= b.day - interval '{ADULT} years' ORDER BY 1)"""


@dataclass(frozen=True, slots=True)
class People:
    """The head and the head's spouse (None: not on record), and every grown-up, these two included."""

    head: int | None
    mate: int | None
    grown_ups: tuple[int, ...]

    @property
    def householders(self) -> tuple[int, ...]:
        return tuple(sorted({one for one in (self.head, self.mate) if one}))


Stood = tuple[int, date]  # a household on a day


def people_of(households: Iterable[Stood]) -> dict[Stood, People]:
    """The people of each household on its day. One query."""
    wanted = sorted(set(households))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT b.household, b.day, {HEAD}, {MATE}, {GROWN_UPS}
                FROM unnest(%s::bigint[], %s::date[]) AS b(household, day)""",
            [[household for household, _ in wanted], [day for _, day in wanted]],
        )
        rows = cursor.fetchall()
    return {
        (household, day): People(
            head or None, mate or None, tuple(sorted({*grown_ups, *filter(None, (head, mate))}))
        )
        for household, day, head, mate, grown_ups in rows
    }
