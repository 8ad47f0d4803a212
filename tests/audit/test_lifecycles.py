"""The diagram in the documents is the table in the code."""

from pathlib import Path

from audit.management.commands.lifecycles import drawn


def test_the_document_draws_the_tables(settings):
    assert (Path(settings.BASE_DIR) / "docs" / "lifecycles.md").read_text() == drawn()
