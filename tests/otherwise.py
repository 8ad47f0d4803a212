"""A world that was otherwise, for a test's story: rows that the application itself may never change or delete."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

# Made once by the owner in the test database (conftest.py), in a schema of its own.
OWNER_RUNS = """
CREATE SCHEMA IF NOT EXISTS stories;
CREATE OR REPLACE FUNCTION stories.run(statement text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE touched bigint;
BEGIN
  EXECUTE statement;
  GET DIAGNOSTICS touched = ROW_COUNT;
  RETURN touched;
END
$body$;
"""


@contextmanager
def otherwise() -> Iterator[None]:
    """Run the UPDATEs and DELETEs of the body as the owner of the tables, in one transaction."""
    with transaction.atomic():  # who makes a change is said for one transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('guanai.by', 'story', true)")
        with connection.execute_wrapper(_as_owner):
            yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('guanai.by', '', true)")


def _as_owner(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if not sql.lstrip().startswith(("UPDATE", "DELETE")):
        return execute(sql, params, many, context)
    written = context["cursor"].cursor.mogrify(sql, params) if params else sql
    return execute("SELECT stories.run(%s)", [written], many, context)
