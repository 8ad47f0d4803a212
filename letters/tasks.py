"""The worker looks for letters that are missing."""

from jobs.bell import answers
from letters import services
from web.clock import today


@answers(every=20)
def write_letters() -> None:
    """Decisions, receipts, payments, notices and batches without their letter."""
    services.write_letters(on=today())
