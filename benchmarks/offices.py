"""The people and policies that a measured county needs, through the program's own services."""

from datetime import date
from pathlib import Path

from applications.services import simulations
from audit.actor import Actor
from programs import services
from programs.models import PolicyVersion

COUNTY = "610124000000"
CHECKER = Actor("b-checker", "复核", "county_checker", COUNTY)
APPROVER = Actor("b-approver", "审批", "county_approver", COUNTY)
OFFICER = Actor("b-officer", "政策", "policy_officer", COUNTY)
PREPARER = Actor("b-preparer", "制单", "batch_preparer", COUNTY)
BATCH_CHECKER = Actor("b-batch-checker", "财复", "batch_checker", COUNTY)
BATCH_APPROVER = Actor("b-batch-approver", "财审", "batch_approver", COUNTY)
POLICIES = Path(__file__).parent.parent / "programs" / "policies"
ON = date(2026, 7, 1)
ANSWER = "A measured county: what the policies cost there is what is being measured"


def active_policies() -> dict[str, int]:
    """The four sample policies in force; version ids by code."""
    found = dict(PolicyVersion.objects.filter(state="active").values_list("code", "pk"))
    for file in sorted(POLICIES.glob("*.toml")):
        if file.stem not in found:
            found[file.stem] = in_force(file.read_bytes(), file.name)
    return found


def in_force(source: bytes, file_name: str) -> int:
    """A policy simulated on everybody there is, looked through and activated; the id of its version."""
    version = services.load(source, file_name=file_name, by=OFFICER, on=ON)
    version = services.propose(version, by=OFFICER, on=ON)
    simulation = simulations.simulate_now(version, by=OFFICER, on=ON)
    services.look_through(simulation, by=APPROVER, on=ON, answer=ANSWER)
    return services.activate(version, by=APPROVER, on=ON).pk
