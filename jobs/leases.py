"""Claiming a row, keeping it, and writing the outcome only while it is still ours.

Every function is given the time or a clock; only the doors (tasks, commands) choose it.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connections, models, router, transaction
from django.db.models import F, Q
from django.utils import timezone

from jobs.models import TRIES_MAX, Leased
from standards.words import Words

M = TypeVar("M", bound=Leased)
Clock = Callable[[], datetime]

LEASE_SECONDS = 30.0  # a killed worker's row is taken up again after this long
WAIT_SECONDS_MAX = 300
GAVE_UP = Words(
    f"这项工作 {TRIES_MAX} 次都没有完成，已停下。请管理员查看运行日志后重新开始。",
    f"This work failed {TRIES_MAX} times and was stopped. An administrator should read the log and resume it.",
)


class LeaseLostError(Exception):
    """Another worker holds the row now; nothing this transaction wrote may be kept."""


def worker_name() -> str:
    """Who this is: machine, process and thread; for the page that shows who works on what."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def claim(
    queryset: "models.QuerySet[M]", *, worker: str, now: datetime, seconds: float = LEASE_SECONDS
) -> "Lease[M] | None":
    """Take the first free row of ``queryset`` (by primary key), or None.

    ``queryset`` says which rows are still to be done. Free means: not stopped, and no lease or one that
    has run out. Two workers never get the same row (SKIP LOCKED). A row whose tries are used up is
    stopped with `GAVE_UP` instead of given out.
    """
    free = queryset.filter(stopped_at=None).filter(Q(lease_until=None) | Q(lease_until__lte=now))
    manager = queryset.model._base_manager
    with transaction.atomic(using=router.db_for_write(queryset.model)):
        while True:
            row = free.order_by("pk").select_for_update(skip_locked=True, of=("self",)).first()
            if row is None:
                return None
            own = manager.filter(pk=row.pk)
            if row.tries >= TRIES_MAX:
                own.update(stopped_at=now, lease_until=None, error_zh=GAVE_UP.zh, error_en=GAVE_UP.en)
                continue
            taken = {
                "lease_until": now + timedelta(seconds=seconds),
                "leased_by": worker,
                "lease_number": row.lease_number + 1,
                "tries": row.tries + 1,
            }
            own.update(**taken, progress_done=0, progress_total=0, error_zh="", error_en="")
            for name, value in taken.items():
                setattr(row, name, value)
            return Lease(row=row, number=row.lease_number, seconds=seconds)


def resume(queryset: "models.QuerySet[M]") -> int:
    """Let stopped rows be taken up again; gives how many."""
    return queryset.exclude(stopped_at=None).update(
        stopped_at=None, lease_until=None, tries=0, error_zh="", error_en=""
    )


def revoke(queryset: "models.QuerySet[M]") -> int:
    """Take rows from whoever works on them now: nothing of that work is kept. Gives how many."""
    return queryset.update(
        lease_number=F("lease_number") + 1, lease_until=None, leased_by="", stopped_at=None, tries=0,
        progress_done=0, progress_total=0, error_zh="", error_en="",
    )  # fmt: skip


@dataclass(slots=True)
class Lease(Generic[M]):
    """One worker's hold on ``row``, which is as it was when claimed (do not save it whole)."""

    row: M
    number: int
    seconds: float
    done: int = 0
    total: int = 0
    is_over: bool = False
    is_lost: bool = False

    def progress(self, done: int, total: int) -> None:
        """Say how far the work is. Costs nothing: `kept` writes it with its next beat.

        Raises LeaseLostError where a beat has seen that the row is another's, or was revoked: no use going on.
        """
        self.done, self.total = done, total
        if self.is_lost:
            raise LeaseLostError

    def finish(self, **fields: Any) -> None:
        """The work is done; sets further ``fields`` of the row.

        Call it in the transaction that writes the outcome: raises LeaseLostError if the row is no longer
        ours, and everything is rolled back.
        """
        self._write(lease_until=None, leased_by="", tries=0, progress_done=F("progress_total"), **fields)

    def stop(self, words: Words, *, now: datetime, **fields: Any) -> None:
        """The work cannot be done, and another try would not help; a person reads ``words``."""
        self._write(
            lease_until=None, leased_by="", stopped_at=now, error_zh=words.zh, error_en=words.en, **fields
        )

    def give_back(self, *, now: datetime) -> None:
        """The try failed; the row is free again after 5, 10, 20 … seconds."""
        wait = min(WAIT_SECONDS_MAX, 5 * 2 ** (self.row.tries - 1))
        self._write(lease_until=now + timedelta(seconds=wait), leased_by="")

    def _write(self, **fields: Any) -> None:
        if self._mine().update(**fields) != 1:
            raise LeaseLostError
        self.is_over = True

    def _mine(self) -> "models.QuerySet[M]":
        rows: models.QuerySet[M] = type(self.row)._base_manager.filter(
            pk=self.row.pk, lease_number=self.number
        )
        return rows

    @contextmanager
    def kept(self, clock: Clock = timezone.now) -> Iterator["Lease[M]"]:
        """Renew the lease and write the progress from a thread of its own while the body works.

        The body may be one long transaction: the thread has its own connection, so the page sees the
        progress. Open it outside of `transaction.atomic`.
        """
        ended = threading.Event()
        thread = threading.Thread(target=self._beat, args=(ended, clock), name="lease", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            ended.set()
            thread.join()

    def _beat(self, ended: threading.Event, clock: Clock) -> None:
        """Every second, or three times in a lease; ends when the row is no longer ours.

        A row locked by the body's own last statement is skipped (one beat is not worth waiting for).
        """
        try:
            while not ended.wait(min(1.0, self.seconds / 3)):
                until = clock() + timedelta(seconds=self.seconds)
                with transaction.atomic():
                    held = self._mine().exclude(lease_until=None)  # given back, it is nobody's
                    mine = held.select_for_update(skip_locked=True, no_key=True)
                    for _row in mine.values_list("pk")[:1]:
                        self._mine().update(
                            lease_until=until, progress_done=self.done, progress_total=self.total
                        )
                if not self._mine().exists():
                    self.is_lost = True
                    return
        except DatabaseError:
            # The database went away: the body meets the same and its row is taken up again later.
            return
        finally:
            connections.close_all()
