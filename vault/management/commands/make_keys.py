"""Make the key file once; a second run changes nothing."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.utils import OperationalError

from vault.fields import EncryptedField
from vault.keys import KeysUnusable, key_ring, make_key_file
from vault.storage import EncryptedStorage


class Command(BaseCommand):
    """Make the key file where there is none. Never replaces one: its data could not be read again."""

    help = "Make the key file (settings.KEYS_FILE) where there is none. Keep a copy of it apart from the backups."
    requires_system_checks = []  # the check of the key file would stop the command that makes it

    def add_arguments(self, parser: CommandParser) -> None:
        """One way past the refusal below."""
        parser.add_argument(
            "--despite-data",
            action="store_true",
            help="make new keys although encrypted data is there that they will not open",
        )

    def handle(self, *args: Any, despite_data: bool, **options: Any) -> None:
        """Make the file, or say that it stands."""
        path = Path(settings.KEYS_FILE)
        if path.exists():
            try:
                key_ring()
            except KeysUnusable as unusable:
                raise CommandError(str(unusable)) from None
            self.stdout.write(f"密钥文件已有，未作改动 / The key file stands, nothing changed: {path}")
            return
        owner_of_data = None if despite_data else _where_data_is()
        if owner_of_data:
            raise CommandError(
                f"{owner_of_data} 中已有加密数据，新密钥打不开它们：请放回原来的密钥文件 {path} / "
                f"Encrypted data stands in {owner_of_data}, new keys would not open it: put the old key file back"
            )
        try:
            make_key_file(path)
        except FileExistsError:  # another process was quicker
            key_ring()
        except OSError as error:
            raise CommandError(
                f"无法写入密钥文件 {path}（{error.strerror}） / The key file {path} cannot be written ({error.strerror})"
            ) from None
        self.stdout.write(f"已生成密钥文件，请另存一份 / The key file is made, keep a copy elsewhere: {path}")


def _where_data_is() -> str | None:
    """A place that holds encrypted data, if any; a database that is not there yet holds none."""
    if any(True for _ in EncryptedStorage().names()):
        return str(settings.FILES_ROOT)
    try:
        there = set(connection.introspection.table_names())
    except OperationalError:
        return None
    for model in apps.get_models():
        encrypted = any(isinstance(field, EncryptedField) for field in model._meta.local_fields)
        if encrypted and model._meta.db_table in there and model._default_manager.exists():
            return model._meta.db_table
    return None
