"""New people on the register: numbers encrypted in whole columns, names made findable."""

from collections.abc import Sequence
from dataclasses import dataclass

from beneficiaries.models import Person
from beneficiaries.services.staging import (
    NULL,
    ROWS_AT_ONCE,
    arrays,
    copy_columns,
    next_keys,
    octets,
    plain,
    texts,
)
from beneficiaries.terms import terms_of
from vault import blind
from vault.crypto import encrypt_many


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What the register says about somebody it has not named before."""

    citizen_id: str
    name: str
    sex: str
    born_on: str
    division: str
    phone: str | None


def add_people(people: Sequence[NewPerson], *, source: int | None = None) -> dict[str, int]:
    """Register the new people of a list (``source``); gives the primary key of each ID number."""
    keys: dict[str, int] = {}
    for start in range(0, len(people), ROWS_AT_ONCE):
        keys |= _add(people[start : start + ROWS_AT_ONCE], source)
    return keys


def _add(people: Sequence[NewPerson], source: int | None) -> dict[str, int]:
    """One portion: encrypted, with its terms and as text a person takes two kilobytes."""
    numbers = [person.citizen_id for person in people]
    terms = {name: terms_of(name) for name in {person.name for person in people}}
    phone, phone_index, phone_last4 = phone_columns([person.phone for person in people])
    keys = next_keys(Person, len(people))
    copy_columns(
        Person,
        {
            "id": plain(keys),
            "name": texts(person.name for person in people),
            "sex": plain(person.sex for person in people),
            "born_on": plain(person.born_on for person in people),
            "division": plain(person.division for person in people),
            "citizen_id": octets(encrypt_many(numbers, column="beneficiaries_person.citizen_id")),
            "citizen_id_index": octets(blind.index_many(numbers, purpose="citizen_id")),
            "citizen_id_last4": octets(blind.index_many(numbers, purpose="citizen_id_last4")),
            "phone": octets(phone),
            "phone_index": octets(phone_index),
            "phone_last4": octets(phone_last4),
            "terms": arrays(terms[person.name] for person in people),
            "list": NULL if source is None else source,
        },
    )
    return dict(zip(numbers, keys, strict=True))


def bring_back(people: dict[int, NewPerson]) -> None:
    """Register people anew who stand nowhere since the lists that brought them were withdrawn."""
    rows = list(Person.objects.filter(pk__in=people))
    for row in rows:
        said = people[row.pk]
        row.name, row.division, row.terms = said.name, said.division, terms_of(said.name)
        set_phone(row, said.phone)
    columns = ["name", "division", "terms", "phone", "phone_index", "phone_last4"]
    Person.objects.bulk_update(rows, columns, batch_size=1000)


def set_phone(person: Person, phone: str | None) -> None:
    """The number, encrypted by its field, with its indexes; does not save."""
    person.phone = phone
    person.phone_index = blind.index(phone, purpose="phone") if phone else None
    person.phone_last4 = blind.index(phone, purpose="phone_last4") if phone else None


def phone_columns(phones: Sequence[str | None]) -> list[list[bytes | None]]:
    """Ciphertext, index, and index of the last four of each number; None where there is none."""
    there = [phone for phone in phones if phone]
    sealed = iter(encrypt_many(there, column="beneficiaries_person.phone"))
    whole = iter(blind.index_many(there, purpose="phone"))
    last = iter(blind.index_many(there, purpose="phone_last4"))
    return [[next(values) if phone else None for phone in phones] for values in (sealed, whole, last)]


def change_phones(phones: dict[int, str]) -> None:
    """Keep newer telephone numbers of known people."""
    people = list(Person.objects.filter(pk__in=phones))
    for person in people:
        set_phone(person, phones[person.pk])
    Person.objects.bulk_update(people, ["phone", "phone_index", "phone_last4"], batch_size=1000)
