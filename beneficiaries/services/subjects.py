"""Whom the rows of a list speak about: by ID number alone, and households as of a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from beneficiaries.models import Membership, Person
from vault import blind

CHUNK = 20_000  # numbers asked for at once: an array of 320 KB


@dataclass(frozen=True, slots=True)
class Known:
    """A registered person as lists are compared with."""

    id: int
    name: str
    division: str


def find_people(numbers: Iterable[str]) -> dict[str, Known]:
    """The registered people with these ID numbers. One query for each 20,000."""
    wanted = list(dict.fromkeys(numbers))
    found: dict[str, Known] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        by_index = dict(zip(blind.index_many(part, purpose="citizen_id"), part, strict=True))
        rows = Person.objects.filter(citizen_id_index__in=list(by_index)).values_list(
            "citizen_id_index", "pk", "name", "division"
        )
        for index, pk, name, division in rows:
            found[by_index[bytes(index)]] = Known(pk, name, division)
    return found


def households_of(people: Sequence[tuple[int, date]], today: date) -> list[int | None]:
    """The household of each person on a day; where none is on record for it, the one of today, else the first.

    The register tells since when it knows a family, not since when the family is one: a certificate of 2010
    belongs to the household that stands there now. Disputed memberships do not count.
    """
    spans: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    rows = Membership.objects.filter(person__in={person for person, _ in people}, is_disputed=False)
    for person, household, first, last in rows.order_by("valid_from").values_list(
        "person", "household", "valid_from", "valid_until"
    ):
        spans[person].append((first, last or date.max, household))
    return [_household_on(spans.get(person, []), day, today) for person, day in people]


def _household_on(spans: list[tuple[date, date, int]], day: date, today: date) -> int | None:
    for when in (day, today):
        for first, last, household in spans:
            if first <= when <= last:
                return household
    return spans[0][2] if spans else None
