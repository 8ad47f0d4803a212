"""What a list says that is on record already: kept as said by this list too, so that it stands when the first one goes."""

import json
from dataclasses import dataclass, field
from datetime import date

from beneficiaries.models import AlsoSaid
from beneficiaries.services.staging import copy_columns, octets, plain, texts


@dataclass
class Again:
    """Memberships as (person, household, relation, first day), phones as (person, index), accounts as (owner, account,
    what the list says of it otherwise, or None); ``names`` that differ from the person's as (person, name)."""

    memberships: list[tuple[int, int, str, date]] = field(default_factory=list)
    phones: list[tuple[int, bytes]] = field(default_factory=list)
    accounts: list[tuple[int, int, dict[str, str] | None]] = field(default_factory=list)
    names: list[tuple[int, str]] = field(default_factory=list)

    def write(self, source: int) -> None:
        """Keep them as said by the list ``source`` too."""
        if self.memberships:
            people, homes, relations, days = zip(*self.memberships, strict=True)
            columns = {"household": plain(homes), "relation": plain(relations), "valid_from": plain(days)}
            copy_columns(AlsoSaid, {"list": source, "person": plain(people), **columns})
        if self.phones:
            people, indexes = zip(*self.phones, strict=True)
            copy_columns(
                AlsoSaid,
                {"list": source, "person": plain(people), "relation": "", "phone_index": octets(indexes)},
            )
        if self.accounts:
            people, accounts, otherwise = zip(*self.accounts, strict=True)
            told = texts(json.dumps(one, ensure_ascii=False) if one else None for one in otherwise)
            columns = {"person": plain(people), "account": plain(accounts), "otherwise": told}
            copy_columns(AlsoSaid, {"list": source, "relation": "", **columns})
        if self.names:
            people, names = zip(*self.names, strict=True)
            copy_columns(
                AlsoSaid,
                {"list": source, "person": plain(people), "relation": "", "name": texts(names)},
            )
