"""One line for everything that changes which facts count: lists, entries from papers, doubts settled."""

from django.db import connection

TAKING_LOCK = 610_124_003


def in_line() -> None:
    """Wait until nobody else takes a list or enters a fact, and hold the line to the end of the transaction.

    Two who speak about the same people cannot pass each other: the second sees what the first wrote.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TAKING_LOCK])
