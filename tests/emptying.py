"""What tests that commit leave behind is emptied after each: only the tables that hold a row.

Django's own way empties all of them, and then writes anew which tables there are, three hundred times a run.
"""

from typing import Any

from django.db import connection
from django.test import TransactionTestCase

from config.database.roles import as_owner

STAY = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
)  # say what the program is, not what was done


def empty() -> None:
    """Every table of ours without a row, as its owner."""
    with as_owner(), connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in STAY]
        asked = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables
        )
        cursor.execute(asked)
        held = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
        if held:
            cursor.execute(f"TRUNCATE {held} CASCADE")


def _after_the_test(_case: Any) -> None:
    empty()


def take_over() -> None:
    """From now on Django's tests that commit are cleaned up after in this way."""
    TransactionTestCase._fixture_teardown = _after_the_test
