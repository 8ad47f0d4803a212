"""Two rows of the register side by side, as a person compares them: masked numbers only."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from beneficiaries.models import Account, Fact, Membership, Person
from officials.models import Division
from standards import bank_card, citizen_id, phone
from standards.code_lists import RELATION


@dataclass(frozen=True, slots=True)
class Side:
    """One row: who, where, which household, which accounts, and how much is said of it on which lists.

    ``homes`` are "relation · booklet number" of the open households, ``lists`` titles with the number of facts.
    """

    person: Person
    masked_id: str
    masked_phone: str
    place: str
    homes: tuple[str, ...]
    accounts: tuple[str, ...]
    lists: tuple[tuple[str, int], ...]


def sides_of(people: Iterable[Person]) -> dict[int, Side]:
    """The side of each person. Four queries, whatever their number."""
    rows = {person.pk: person for person in people}
    codes = {code for each in rows.values() for code in (each.division, f"{each.division[:9]}000")}
    names = dict(Division.objects.filter(code__in=codes).values_list("code", "name"))
    homes: dict[int, list[str]] = {}
    standing = Membership.objects.filter(person__in=rows, valid_until=None).select_related("household")
    for one in standing.order_by("pk"):
        home = (RELATION.names.get(one.relation, ""), one.household.number)
        homes.setdefault(one.person_id, []).append(" · ".join(filter(None, home)))
    accounts: dict[int, list[str]] = {}
    for account in Account.objects.filter(owner__in=rows, state__in=["entered", "verified"]).order_by("pk"):
        accounts.setdefault(account.owner_id, []).append(f"{account.bank} {bank_card.mask(account.number)}")
    facts = (
        Fact.objects.filter(person__in=rows, superseded_by=None)
        .values("person", "list__title", "list__file_name")
        .annotate(count=Count("pk"))
        .order_by("person", "-count")
    )
    lists: dict[int, list[tuple[str, int]]] = {}
    for said in facts:
        source = said["list__title"] or said["list__file_name"] or ""
        lists.setdefault(said["person"], []).append((source, said["count"]))
    return {
        key: Side(
            person=person,
            masked_id=citizen_id.mask(person.citizen_id),
            masked_phone=phone.mask(person.phone) if person.phone else "",
            place=f"{names.get(f'{person.division[:9]}000', '')} {names.get(person.division, '')}".strip(),
            homes=tuple(homes.get(key, ())),
            accounts=tuple(accounts.get(key, ())),
            lists=tuple(lists.get(key, ())),
        )
        for key, person in rows.items()
    }
