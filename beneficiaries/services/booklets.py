"""A family that stands on no list, read off its booklet at the counter: a register list of one household.

It goes the road of every list: checked whole, and taken by a second person at the county. Nobody puts a family on
the register alone.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from audit.actor import Actor
from beneficiaries.models import EvidenceList
from beneficiaries.services.lists import CoveringLetter, upload_list
from facts.catalogue import load_catalogue
from standards import citizen_id

REGISTER = "register"


@dataclass(frozen=True, slots=True)
class BookletRow:
    """One member: an ID number of 18 characters, the relation as a GB/T 4761 code."""

    citizen_id: str
    name: str
    relation: str
    phone: str = ""


def send_booklet(
    rows: Sequence[BookletRow],
    *,
    number: str,
    village: str,
    is_rural: bool,
    division: str,
    by: Actor,
    on: date,
) -> EvidenceList:
    """Put a family's booklet in line for the check. ``village`` and ``division`` are codes of 12 digits."""
    kind = load_catalogue().kind(REGISTER)
    rural = kind.fields["rural"]
    cards = [citizen_id.read(row.citizen_id, on) for row in rows]
    lines = [
        {
            "household_number": number,
            "residence": village,
            "rural": (rural.printed_yes if is_rural else rural.printed_no)[0],
            "relation": row.relation,
            "subject_name": row.name,
            "subject": row.citizen_id,
            "sex": kind.fields["sex"].value(card.sex).words.zh,
            "born_on": card.born_on.isoformat(),
            "phone": row.phone,
        }
        for row, card in zip(rows, cards, strict=True)
    ]
    headers = {"subject": kind.subject, "subject_name": kind.subject_name, **kind.columns, **kind.fields}
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([found.headers[0] for key in lines[0] if (found := headers[key])])
    writer.writerows(line.values() for line in lines)
    letter = CoveringLetter(kind=REGISTER, file_name=f"户口簿-{number}.csv", division=division)
    return upload_list(text.getvalue().encode("utf-8-sig"), letter, by=by, on=on)
