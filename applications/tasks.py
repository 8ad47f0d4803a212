"""What the worker looks for here: sweeps, simulations, comparisons that were asked for, notices whose last day is over."""

from applications.models import Sweep
from applications.services import comparing, simulations, sweep, township
from applications.services.merging import follow_successors
from audit.actor import SYSTEM
from jobs.bell import answers
from jobs.leases import Lease
from jobs.work import work_through
from programs.queries import simulated
from web.clock import today


@answers(every=30)
def do_sweeps() -> None:
    """Every sweep that nobody has finished."""
    work_through(Sweep.objects.filter(finished_at=None), _sweep)


def _sweep(lease: Lease[Sweep]) -> None:
    sweep.assess(lease.row, progress=lease.progress)


@answers(every=3)
def do_simulations() -> None:
    """Every simulation that nobody has finished: asked for on a page of the room below, so the clock is the bell."""
    work_through(simulated.to_do(), simulations.do)


@answers(every=30)
def do_comparisons() -> None:
    """Every comparison of a later version with what was decided that nobody has finished."""
    work_through(comparing.to_do(), comparing.do)


@answers(every=600)
def close_notices() -> None:
    """Take down the notices that are over."""
    township.close_due_notices(on=today(), by=SYSTEM)


@answers(every=600)
def follow_mergers() -> None:
    """What is under way in a merged village goes on in the township of the one that took its place."""
    follow_successors(on=today())
