"""The worker's part: one leased list checked, or taken in the name of the person who asked."""

from datetime import date

from audit.actor import Actor
from beneficiaries.models import EvidenceList
from beneficiaries.services.lists import check_list, take_list
from jobs.leases import Lease


def check_waiting(lease: Lease[EvidenceList]) -> None:
    """Check a list as of the day it was uploaded."""
    check_list(lease.row, on=lease.row.uploaded_on, lease=lease)


def take_waiting(lease: Lease[EvidenceList]) -> None:
    """Take a list as asked: the wish names the person, the role, the day, and whether the good rows are enough."""
    wish = lease.row.parameters["take"]
    by = Actor(wish["number"], wish["name"], wish["role"], wish["division"])
    on = date.fromisoformat(wish["on"])
    take_list(lease.row, by=by, on=on, take_good=wish["good"], lease=lease)
