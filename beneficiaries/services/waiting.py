"""The worker's part: one leased list checked, or taken or withdrawn in the name of the person who asked."""

from collections.abc import Mapping
from datetime import date

from audit.actor import Actor
from beneficiaries.models import EvidenceList
from beneficiaries.services.lists import check_list, take_list
from beneficiaries.services.withdrawing import withdraw_list
from jobs.leases import Lease


def check_waiting(lease: Lease[EvidenceList]) -> None:
    """Check a list as of the day it was uploaded."""
    check_list(lease.row, on=lease.row.uploaded_on, lease=lease)


def take_waiting(lease: Lease[EvidenceList]) -> None:
    """Take a list as asked: the wish names the person, the role, the day, and whether the good rows are enough."""
    wish = lease.row.parameters["take"]
    by, on = _asked_by(wish)
    take_list(lease.row, by=by, on=on, take_good=wish["good"], lease=lease)


def withdraw_waiting(lease: Lease[EvidenceList]) -> None:
    """Withdraw a list as asked: the wish names the person, the role and the day."""
    by, on = _asked_by(lease.row.parameters["withdraw"])
    withdraw_list(lease.row, by=by, on=on, lease=lease)


def _asked_by(wish: Mapping[str, str]) -> tuple[Actor, date]:
    by = Actor(wish["number"], wish["name"], wish["role"], wish["division"])
    return by, date.fromisoformat(wish["on"])
