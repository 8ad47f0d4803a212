"""Bring a backup back into an empty place, then verify it."""

import sys
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import Block
from audit.sealing import Head
from config.archive import restore_archive
from standards.words import Refusal
from vault.keys import KeysUnusable


class Command(BaseCommand):
    """Restore, migrate what is older, verify."""

    help = "Restore a backup into an empty database and file folder, with the key file it was made with; then verify."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing; exit 1 also when what came back does not hold together."""
        try:
            restored = restore_archive(options["file"].absolute())
        except (Refusal, KeysUnusable) as error:
            words = f"{error.words.zh} / {error.words.en}" if isinstance(error, Refusal) else str(error)
            raise CommandError(words) from None
        manifest = restored.manifest
        self.stdout.write(
            f"已恢复 {manifest.made_at} 的备份：数据库和 {restored.files} 个文件 / "
            f"Restored the backup of {manifest.made_at}: the database and {restored.files} files"
        )
        if not _has_head(manifest.head):
            self.stdout.write(
                self.style.ERROR(
                    f"链中没有备份时的摘要 / The chain lacks the head of the backup: {manifest.head}"
                )
            )
            sys.exit(1)
        call_command("verify", stdout=self.stdout)


def _has_head(head: str) -> bool:
    """Whether the restored chain goes through the head that stood when the backup was made."""
    n = int(head.split(maxsplit=1)[0].removeprefix("#").replace(",", ""))
    block = Block.objects.filter(n=n).first()
    return n == 0 if block is None else str(Head(n, bytes(block.digest), 0)) == head
