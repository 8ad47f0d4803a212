"""Two roles: the application's for everything, the owner's for the shape of the tables.

The application cannot change or delete a row of the trail or a transfer, and makes no tables; otherwise
append-only would be a wish. Only ``migrate``, ``flush`` and ``restore`` become the owner.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import TransactionManagementError

Login = dict[str, str]


@contextmanager
def as_owner(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Run the body as the owner of the tables, then as before.

    Closes the connection of this thread on both ways. Raises TransactionManagementError inside a
    transaction, whose work would be lost without a word. Django's threads share one login: other threads
    that connect meanwhile are the owner too, so only commands and test fixtures call this.
    """
    connection = connections[using]
    before = become_owner(connection)
    try:
        yield
    finally:
        log_in(connection, before)


def become_owner(connection: BaseDatabaseWrapper) -> Login:
    """Log ``connection`` in as the owner; gives the login before, for `log_in`."""
    owner = settings.OWNER_LOGIN
    if owner is None:
        raise CommandError(
            "DATABASE_URL names a server, so DATABASE_OWNER_URL must name the role that owns the tables."
            " / 已用 DATABASE_URL 指定数据库，还须用 DATABASE_OWNER_URL 指定表的所有者。"
        )
    return log_in(connection, {"USER": owner["USER"], "PASSWORD": owner["PASSWORD"]})


def log_in(connection: BaseDatabaseWrapper, login: Login) -> Login:
    """Log ``connection`` in with another user and password; gives the login before."""
    if connection.in_atomic_block:
        raise TransactionManagementError("The database role cannot change inside a transaction.")
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.settings_dict.update(USER=login["USER"], PASSWORD=login["PASSWORD"])
    return before
