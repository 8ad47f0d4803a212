"""Real processes that do one thing at the same moment, each with a connection of its own."""

import multiprocessing
from collections.abc import Callable
from typing import Any

from django.db import connections

from standards.words import Refusal

PROCESSES = 8
WAIT_SECONDS = 60


def together(work: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[str]:
    """Run ``work(*one)`` for each of ``arguments`` in a process of its own, all released at once.

    Returns "done" or the code of the Refusal of each; any other error is told by its name, and fails the test
    that compares. The caller's connections are closed first, so that no socket is shared.
    """
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(len(arguments)), context.Queue()
    processes = [context.Process(target=_one, args=(work, one, barrier, answers)) for one in arguments]
    for process in processes:
        process.start()
    outcomes = [answers.get(timeout=WAIT_SECONDS) for _ in processes]
    for process in processes:
        process.join(WAIT_SECONDS)
    return sorted(outcomes)


def _one(work: Callable[..., Any], arguments: tuple[Any, ...], barrier: Any, answers: Any) -> None:
    connections["default"].ensure_connection()
    barrier.wait(WAIT_SECONDS)
    try:
        work(*arguments)
        answers.put("done")
    except Refusal as refusal:
        answers.put(refusal.code)
    except Exception as error:
        answers.put(f"{type(error).__name__}: {error}")
    finally:
        connections.close_all()
