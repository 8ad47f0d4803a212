"""Who changes what stands on the register, and why: the database keeps it with what the row held before."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from audit.actor import Actor
from beneficiaries.models import EvidenceList

REASON_CHARACTERS = 200
_SET = "SELECT set_config('guanai.by', %s, true), set_config('guanai.reason', %s, true), set_config('guanai.list', %s, true)"
_ASK = """SELECT coalesce(current_setting('guanai.by', true), ''), coalesce(current_setting('guanai.reason', true), ''),
                 coalesce(current_setting('guanai.list', true), '')"""


@contextmanager
def because(by: Actor, reason: str = "", *, source: EvidenceList | None = None) -> Iterator[None]:
    """Within it, changes of people, households, memberships, parentages and facts are this person's.

    ``source`` is the list that says so, else ``reason`` holds the words of whoever decided. Needs a transaction; what
    was said before counts again afterwards. Without it the database refuses the change.
    """
    assert connection.in_atomic_block, "who and why are said for one transaction"
    with connection.cursor() as cursor:
        cursor.execute(_ASK)
        before = cursor.fetchone()
        cursor.execute(_SET, [by.number, reason[:REASON_CHARACTERS], str(source.pk) if source else ""])
    yield
    with connection.cursor() as cursor:
        cursor.execute(_SET, before)
