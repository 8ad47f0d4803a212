"""Changing what is kept behind the program's back, and asking ``verify`` what it makes of it."""

import pytest
from django.db import connection, transaction

from config.database.roles import as_owner
from oversight.verify import verify

HOLDING = ("guanai_refuse_change", "guanai_keep_before")
as_two_roles = pytest.mark.django_db(transaction=True)  # the owner's connection is another one


def broken():
    """{check: the rows it names} of the checks that do not hold."""
    return {
        finding.check.name: [(culprit.table, culprit.id) for culprit in finding.culprits]
        for finding in verify()
        if not finding.holds
    }


def run(statement, *parameters):
    """One statement, as whoever is logged in."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.rowcount


def _words_of(function):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [function])
        return cursor.fetchone()[0]


def behind_the_back(statement, *parameters):
    """What verify says when the owner of the tables has run a statement; then it is undone.

    The owner is not held up by a trigger: the functions are emptied for the statement and put back after it.
    """
    with as_owner(), transaction.atomic():
        whole = [_words_of(name) for name in HOLDING]
        for name in HOLDING:
            run(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
                " AS $body$ BEGIN RETURN NEW; END $body$"
            )
        run(statement, *parameters)
        for words in whole:
            run(words)
        found = broken()
        transaction.set_rollback(True)
    return found
