"""Every suspected double of the register, with its reasons, beside the barest join that finds the plainest of them.

The people are those of the search (names as common as they are, real numbers); one in a thousand stands twice, with an
ID number that differs by a digit, a name that sounds alike, or nothing but the name and the birth date. A household has
one phone. The floor joins equal names and birth dates, and reads nothing.
"""

import time
from datetime import timedelta

from django.db import connection, transaction

from audit.actor import SYSTEM
from benchmarks.offices import COUNTY
from benchmarks.population import settle_statistics
from benchmarks.rows import Measured
from benchmarks.rows.search import populate as people_of_search
from beneficiaries.models import Person
from beneficiaries.queries.doubles import suspected
from beneficiaries.services.because import because
from beneficiaries.services.people import NewPerson, add_people
from officials.models import Official
from standards import citizen_id

ONE_IN = 1_000
_FLOOR = """SELECT a.id, b.id FROM beneficiaries_person a JOIN beneficiaries_person b
            ON a.name = b.name AND a.born_on = b.born_on AND a.id < b.id"""
_PHONES = """UPDATE beneficiaries_person SET phone_index = decode(md5('phone' || m.household_id), 'hex')
             FROM beneficiaries_membership m WHERE m.person_id = beneficiaries_person.id"""


def populate(people: int) -> None:
    """The search's people, a phone to a household, and doubles of one in a thousand."""
    people_of_search(people)
    with transaction.atomic(), because(SYSTEM, "benchmark"), connection.cursor() as cursor:
        cursor.execute(_PHONES)
    some = Person.objects.filter(pk__in=range(1, people, ONE_IN)).order_by("pk")
    add_people([_double(n, person) for n, person in enumerate(some)])
    settle_statistics()


def measure(people: int) -> Measured:
    """Seconds of the whole question for the county; the note says how many pairs, and what a township waits."""
    county = Official(number="b", division_id=COUNTY, roles=["county_checker"])
    township = Official(number="b", division_id="610124103000", roles=["township_reviewer"])
    started = time.perf_counter()
    found = suspected(county)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    of_township = suspected(township)
    alone = time.perf_counter() - started
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR)
        cursor.fetchall()
    floor = time.perf_counter() - started
    note = f"{len(found)} pairs, {len(of_township)} of a township in {alone:.2f} s"
    return Measured(people, seconds, floor, note=note)


def _double(n: int, person: Person) -> NewPerson:
    born_on = person.born_on + timedelta(days=1) if n % 3 == 0 else person.born_on
    first = f"{person.citizen_id[:6]}{born_on:%Y%m%d}{person.citizen_id[14:17]}"
    if n % 3:
        first = f"{'610111' if n % 3 == 1 else '622301'}{first[6:]}"
    return NewPerson(
        first + citizen_id.check_digit(first), person.name, person.sex, born_on, person.division, None
    )
