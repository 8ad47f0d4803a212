"""Changing what is kept behind the program's back, and asking ``verify`` what it makes of it."""

import pytest
from django.db import connection, transaction

from config.database.roles import as_owner
from oversight import grants
from oversight.verify import verify

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


def behind_the_back(statement, *parameters):
    """What verify says when the owner of the tables has run a statement; then it is undone.

    The owner is not held up by a trigger: its function is emptied for the statement and put back after it.
    """
    with as_owner(), transaction.atomic():
        run(
            "CREATE OR REPLACE FUNCTION guanai_refuse_change() RETURNS trigger LANGUAGE plpgsql"
            " AS $body$ BEGIN RETURN NEW; END $body$"
        )
        run(statement, *parameters)
        run(grants.REFUSE)
        found = broken()
        transaction.set_rollback(True)
    return found
