"""The doorbell: tasks that look for work, woken after a commit and again by the clock."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celery import current_app, shared_task
from django.db import DEFAULT_DB_ALIAS, connections, transaction

logger = logging.getLogger(__name__)

RING_EXPIRES_SECONDS = 60  # an unanswered ring is worth nothing later: the clock rings too

_every: dict[str, float] = {}


def answers(*, every: float) -> Callable[[Callable[[], None]], Any]:
    """Make a task of a function without arguments; the clock rings it ``every`` so many seconds."""

    def register(look: Callable[[], None]) -> Any:
        name = f"{look.__module__}.{look.__name__}"
        _every[name] = every
        return shared_task(name=name, ignore_result=True)(look)

    return register


def schedule() -> dict[str, dict[str, Any]]:
    """Celery's beat schedule of every task known so far; a ring that comes late expires."""
    return {
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
        for name, seconds in _every.items()
    }


@dataclass(frozen=True, slots=True)
class _Ring:
    task: str

    def __call__(self) -> None:
        try:
            current_app.send_task(self.task, expires=RING_EXPIRES_SECONDS, ignore_result=True, retry=False)
        except Exception as error:
            logger.warning("bell not heard (%s); the clock will ring: %s", type(error).__name__, self.task)


def ring(task: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Wake the workers for ``task`` (its dotted name) after the commit, once however often it is called.

    Never fails because of the broker: the work stands in the database, and the clock rings anyway.
    """
    connection = connections[using]
    waiting = (entry[1] for entry in connection.run_on_commit)
    if _Ring(task) not in waiting:
        transaction.on_commit(_Ring(task), using=using, robust=True)
