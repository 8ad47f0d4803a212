"""Whom the rows of a list speak about: by ID number alone, and households as of a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from beneficiaries.models.people import NOWHERE
from beneficiaries.services.staging import select
from vault import blind


@dataclass(frozen=True, slots=True)
class Known:
    """A registered person as lists are compared with."""

    id: int
    name: str
    division: str


def find_people(
    numbers: Iterable[str], *, also_nowhere: bool = False, also_elsewhere: bool = False
) -> dict[str, Known]:
    """The registered people with these ID numbers. One query.

    ``also_nowhere``: those too that were brought by lists which have all been withdrawn, and those of another county;
    ``also_elsewhere``: the latter alone, whom a row or a paper may name beside its own person.
    """
    wanted = list(dict.fromkeys(numbers))
    indexes = blind.index_many(wanted, purpose="citizen_id")
    by_index = dict(zip(indexes, wanted, strict=True))
    rows = select(
        """SELECT citizen_id_index, id, name, division, elsewhere FROM beneficiaries_person
           WHERE citizen_id_index = ANY(%s)""",
        indexes,
    )
    return {
        by_index[bytes(index)]: Known(pk, name, division)
        for index, pk, name, division, elsewhere in rows
        if division != NOWHERE or also_nowhere or (also_elsewhere and elsewhere)
    }


def households_of(people: Sequence[tuple[int, date]], today: date) -> list[int | None]:
    """The household of each person on a day; where none is on record for it, the one of today, else the first.

    The register tells since when it knows a family, not since when the family is one: a certificate of 2010
    belongs to the household that stands there now. Disputed memberships do not count.
    """
    spans: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    rows = select(
        """SELECT person_id, household_id, valid_from, valid_until FROM beneficiaries_membership
           WHERE person_id = ANY(%s) AND NOT is_disputed ORDER BY valid_from, id""",
        list({person for person, _ in people}),
    )
    for person, household, first, last in rows:
        spans[person].append((first, last or date.max, household))
    return [_household_on(spans.get(person, []), day, today) for person, day in people]


def _household_on(spans: list[tuple[date, date, int]], day: date, today: date) -> int | None:
    for when in (day, today):
        for first, last, household in spans:
            if first <= when <= last:
                return household
    return spans[0][2] if spans else None
