"""``manage.py import_register FILE``: people and households from a register workbook."""

from typing import Any

from beneficiaries.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Take people and households from a register list (.xlsx, .xls, .csv)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.import_file("register", options)
