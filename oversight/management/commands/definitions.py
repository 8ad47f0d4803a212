"""Write down what the database enforces, after a migration changed it."""

from typing import Any

from django.core.management.base import BaseCommand

from oversight import definitions


class Command(BaseCommand):
    """From a freshly migrated database into ``oversight/definitions.txt``, for review with the migration."""

    help = "Write oversight/definitions.txt from this database: what verify compares the database with."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        count = definitions.write()
        self.stdout.write(f"{definitions.FILE}: {count} 条 / {count} definitions")
