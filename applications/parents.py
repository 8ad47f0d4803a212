"""What is asked and seen of somebody's parents beyond hers: papers on one of another county, their booklets."""

from collections.abc import Iterable
from datetime import date

from beneficiaries.models import Person
from beneficiaries.queries.called import rows_of
from beneficiaries.queries.family import household_of
from beneficiaries.queries.kin import parents_on
from facts.catalogue import load_catalogue


def papers_of_another_county(unknown: Iterable[str], person: int | None, day: date | None) -> list[str]:
    """The papers that settle what is ``unknown`` of a parent of another county, of whom no list of this one speaks.

    Nothing is looked up where no such paper could settle anything.
    """
    catalogue = load_catalogue()
    names = [name.removeprefix("parents.") for name in unknown if name.startswith("parents.")]
    facts = [catalogue.facts[name] for name in names if name in catalogue.facts]
    papers = dict.fromkeys(paper for fact in facts for paper in catalogue.papers_ruling_out(fact.kind))
    if not papers or person is None or day is None:
        return []
    return list(papers) if any(one.is_elsewhere for one in _parents(person, day)) else []


def homes_of_parents(person: int, day: date) -> set[int]:
    """The households in which the parents stood on a day."""
    return {home.pk for one in _parents(person, day) if (home := household_of(one, on=day))}


def _parents(person: int, day: date) -> list[Person]:
    return [one for those in parents_on(rows_of([person]), day).values() for one in those]
