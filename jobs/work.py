"""Doing the rows that wait, one after another."""

import logging
from collections.abc import Callable
from functools import partial

from django.db import models, transaction
from django.utils import timezone

from jobs.leases import LEASE_SECONDS, Clock, Lease, LeaseLostError, M, claim, worker_name
from standards.words import Refusal

logger = logging.getLogger(__name__)


def work_through(
    rows: "models.QuerySet[M]",
    work: Callable[[Lease[M]], None],
    *,
    clock: Clock = timezone.now,
    seconds: float = LEASE_SECONDS,
) -> int:
    """Claim and do every free row of ``rows``; gives how many were finished.

    ``work`` gets the lease and calls `Lease.finish` in its last transaction (else that is done here).
    A Refusal stops the row with its words; any other error gives it back for a later try. Errors are
    logged by their class and place alone, because their text may hold personal data.
    """
    finished = 0
    while True:
        lease = claim(rows.all(), worker=worker_name(), now=clock(), seconds=seconds)
        if lease is None:
            return finished
        finished += _do(lease, work, clock)


def _do(lease: Lease[M], work: Callable[[Lease[M]], None], clock: Clock) -> bool:
    """One row; whether it was finished."""
    try:
        with lease.kept(clock):
            work(lease)
            if not lease.is_over:
                lease.finish()
            return True
    except LeaseLostError:
        logger.warning("lease lost: %s %s", type(lease.row).__name__, lease.row.pk)
    except Refusal as refusal:
        _after_failure(lease, partial(lease.stop, refusal.words, now=clock()))
    except Exception as error:
        logger.error("work failed: %s %s: %s", type(lease.row).__name__, lease.row.pk, where(error))
        _after_failure(lease, partial(lease.give_back, now=clock()))
    return False


def _after_failure(lease: Lease[M], write: Callable[[], None]) -> None:
    """Write the failure unless the row is already another's."""
    try:
        with transaction.atomic():
            write()
    except LeaseLostError:
        logger.warning("lease lost: %s %s", type(lease.row).__name__, lease.row.pk)


def where(error: BaseException) -> str:
    """Class and place of an error, without its text."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
