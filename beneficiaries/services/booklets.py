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
from facts.catalogue import Kind, load_catalogue

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
    lines = [
        {
            "household_number": number,
            "residence": village,
            "rural": _yes(kind) if is_rural else _no(kind),
            "relation": row.relation,
            "subject_name": row.name,
            "subject": row.citizen_id,
            "sex": kind.fields["sex"].value(_sex(row.citizen_id)).words.zh,
            "born_on": f"{row.citizen_id[6:10]}-{row.citizen_id[10:12]}-{row.citizen_id[12:14]}",
            "phone": row.phone,
        }
        for row in rows
    ]
    headers = {"subject": kind.subject, "subject_name": kind.subject_name, **kind.columns, **kind.fields}
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([found.headers[0] for key in lines[0] if (found := headers[key])])
    writer.writerows(line.values() for line in lines)
    letter = CoveringLetter(kind=REGISTER, file_name=f"户口簿-{number}.csv", division=division)
    return upload_list(text.getvalue().encode("utf-8-sig"), letter, by=by, on=on)


def _sex(number: str) -> str:
    return "male" if number[16] in "13579" else "female"


def _yes(kind: Kind) -> str:
    return kind.fields["rural"].printed_yes[0]


def _no(kind: Kind) -> str:
    return kind.fields["rural"].printed_no[0]
