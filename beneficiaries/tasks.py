"""What the worker does for lists: look for those that wait, and call the service."""

from beneficiaries import queries, services
from beneficiaries.services.merging import follow_successors
from jobs.bell import answers
from jobs.work import work_through
from web.clock import today


@answers(every=5)
def work_on_lists() -> None:
    """Check what was uploaded; take and withdraw what somebody asked for."""
    work_through(queries.lists_cancelled(), services.refuse_cancelled)
    work_through(queries.lists_to_check(), services.check_waiting)
    work_through(queries.lists_to_take(), services.take_waiting)
    work_through(queries.lists_to_withdraw(), services.withdraw_waiting)


@answers(every=600)
def follow_mergers() -> None:
    """Families of a merged village go to the village that took its place."""
    follow_successors(on=today())
