"""Finding in the database what a sample file names by ID number: people, their households, their applications."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from applications.gathering import Among
from applications.judging import Judged, judge
from applications.models import Application
from beneficiaries.models import Household, Membership, Person
from programs.queries import active
from vault import blind

OF_HOUSEHOLDS = ("housing-subsidy",)  # programs whose log lines name the head


def person_of(number: str) -> Person | None:
    """The person with that ID number, or None where the register refused her."""
    index = blind.index(number, purpose="citizen_id")
    return Person.objects.filter(citizen_id_index=index).first()


def household_of(person: Person) -> Household | None:
    """Where the person is registered now, unless that is in dispute."""
    membership = (
        Membership.objects.filter(person=person, valid_until=None, is_disputed=False)
        .select_related("household")
        .first()
    )
    return membership.household if membership else None


def judged_for(line: dict[str, Any], person: Person, on: date) -> Judged | None:
    """What the program says of the record that a log line is about; None where no list has that record."""
    loaded = active(line["program"], on)
    household = household_of(person)
    if loaded is None or household is None:
        return None
    is_household = line["program"] in OF_HOUSEHOLDS
    among = Among(households=[household.pk]) if is_household else Among(people=[person.pk])
    day = date.fromisoformat(line["record"])
    return next((one for one in judge(loaded, on=on, among=among) if one.judged_on == day), None)


def applications_of(line: dict[str, Any], person: Person) -> QuerySet[Application]:
    """Every application for the record that a log line is about, whatever became of it."""
    rows = Application.objects.filter(program=line["program"], record__valid_from=line["record"])
    if line["program"] in OF_HOUSEHOLDS:
        return rows.filter(household__head=person)
    return rows.filter(person=person)
