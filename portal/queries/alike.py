"""People of one name in one village: what tells them apart on a page."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext

from beneficiaries.models import Person
from standards.names import normal_form


def told_apart(shown: Iterable[tuple[int | None, str, str]]) -> dict[int, str]:
    """For whoever shares name and village with another person of the page: birth year and the ID's last four.

    ``shown`` are (person, name, division) of each row. One query where anybody does, else none.
    """
    alike: dict[tuple[str, str], set[int]] = defaultdict(set)
    for person, name, division in shown:
        if person:
            alike[normal_form(name), division].add(person)
    keys = [person for people in alike.values() if len(people) > 1 for person in people]
    if not keys:
        return {}
    people = Person.objects.filter(pk__in=keys).only("born_on", "citizen_id")
    return {
        one.pk: gettext("born %(year)s, ID %(last4)s")
        % {"year": one.born_on.year, "last4": one.citizen_id[-4:]}
        for one in people
    }
