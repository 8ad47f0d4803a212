"""``migrate`` as the owner of the tables: the application's role has no right to."""

from typing import Any

from django.core.management.commands import migrate

from config.database.roles import as_owner
from oversight import grants


class Command(migrate.Command):
    """Django's own command, inside the owner's role; then the application's role gets what it may do, and no more."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it as the owner."""
        with as_owner(options["database"]):
            super().handle(*args, **options)
            if not options["plan"] and not options["check_unapplied"]:
                grants.hold()
