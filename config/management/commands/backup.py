"""Write a backup."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.archive import write_archive
from standards.words import Refusal


class Command(BaseCommand):
    """Database and stored files in one archive, apart from the keys."""

    help = "Write database and stored files into one encrypted archive. The key file is not in it: keep it elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and in which form to answer."""
        parser.add_argument(
            "file", nargs="?", type=Path, help="default: backups/ in the data folder, named by time"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say what is in it."""
        target: Path = options["file"] or _named(timezone.localtime())
        try:
            written = write_archive(target.absolute())
        except Refusal as refusal:
            raise CommandError(f"{refusal.words.zh} / {refusal.words.en}") from None
        if options["json"]:
            answer = {
                "file": str(written.path),
                "bytes": written.bytes,
                "files": written.files,
                "head": written.manifest.head,
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(
            f"已备份数据库和 {written.files} 个文件（{written.bytes:,} 字节）/ "
            f"The database and {written.files} files are saved ({written.bytes:,} bytes): {written.path}"
        )
        self.stdout.write(
            f"密钥不在其中，请分开保存 / The keys are not in it, keep them elsewhere: {settings.KEYS_FILE}"
        )


def _named(now: datetime) -> Path:
    return Path(settings.VAR) / "backups" / f"guanai-{now:%Y%m%d-%H%M%S}.tar"
