"""A table of leased rows that belongs to no room."""

import pytest
from django.db import connection, models

from config.database.roles import as_owner
from jobs.models import Leased


class Chore(Leased):
    """A row of work for these tests; its label is no installed room, so no migration knows it."""

    is_done = models.BooleanField(default=False)

    class Meta:
        app_label = "tests_jobs"
        db_table = "tests_jobs_chore"


@pytest.fixture
def chores(transactional_db):
    """The model, with an empty table that every process can see."""
    with as_owner():
        with connection.schema_editor() as editor:
            editor.create_model(Chore)
        with connection.cursor() as cursor:
            cursor.execute(
                "GRANT ALL ON tests_jobs_chore TO app; GRANT ALL ON SEQUENCE tests_jobs_chore_id_seq TO app"
            )
    yield Chore
    with as_owner(), connection.schema_editor() as editor:
        editor.delete_model(Chore)
