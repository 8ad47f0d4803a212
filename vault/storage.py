"""Where uploads, bank files and letters are kept: encrypted, under names that say nothing."""

import io
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils import timezone
from django.utils._os import safe_join
from django.utils.deconstruct import deconstructible

from vault import sealed_file

_FOLDER = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


@deconstructible(path="vault.storage.EncryptedStorage")
class EncryptedStorage(Storage):
    """Django storage in ``settings.FILES_ROOT``. A file is written whole or not at all and never replaced.

    The folder is the program's (``upload_to``), the name is random, the suffix is kept: the name a person gave
    the file often holds another person's name or number, so it stays out of the file system. There is no
    address: files are handed out by views that ask who is reading.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A new random name in the folder of ``name``."""
        wanted = PurePosixPath(name)
        folder = str(wanted.parent)
        if folder != "." and _FOLDER.fullmatch(folder) is None:
            raise SuspiciousFileOperation("A folder for stored files has lower-case letters and digits only.")
        suffix = wanted.suffix.lower() if _SUFFIX.fullmatch(wanted.suffix.lower()) else ""
        chosen = f"{secrets.token_hex(16)}{suffix}"
        available = chosen if folder == "." else f"{folder}/{chosen}"
        if max_length is not None and len(available) > max_length:
            raise SuspiciousFileOperation(
                f"A stored name needs {len(available)} characters, not {max_length}."
            )
        return available

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]  # Django's File is not subscriptable
        target = self._place(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = target.with_name(f".{target.name}.part")
        try:
            with open(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                for piece in sealed_file.seal(_blocks(content), name=name):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.link(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        return name

    def _open(self, name: str, mode: str = "rb") -> File:  # type: ignore[type-arg]  # as above
        if mode != "rb":
            raise ValueError("a stored file is read, never changed")
        reader = sealed_file.SealedReader(self._place(name).open("rb"), name=name)
        return File(io.BufferedReader(reader, sealed_file.CHUNK_BYTES), name)

    def delete(self, name: str) -> None:
        """Remove a file; nothing happens when it is gone already."""
        self._place(name).unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        """Whether a file of that stored name is there."""
        return self._place(name).is_file()

    def size(self, name: str) -> int:
        """Bytes of the content, without its encryption."""
        return sealed_file.clear_size(self._place(name).stat().st_size, name=name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files in a folder."""
        entries = sorted(self._place(path).iterdir())
        folders = [entry.name for entry in entries if entry.is_dir()]
        return folders, [
            entry.name for entry in entries if entry.is_file() and not entry.name.startswith(".")
        ]

    def get_modified_time(self, name: str) -> datetime:
        """When the file was written."""
        moment = datetime.fromtimestamp(self._place(name).stat().st_mtime, tz=timezone.get_default_timezone())
        return moment if settings.USE_TZ else timezone.make_naive(moment)

    def names(self) -> Iterator[str]:
        """Every stored name, in order; for backup and verify."""
        root = Path(settings.FILES_ROOT)
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(root).as_posix()

    def _place(self, name: str) -> Path:
        return Path(safe_join(str(settings.FILES_ROOT), name))


def _blocks(content: Any) -> Iterator[bytes]:
    """The content in pieces, whether it is Django's file, an open file, or text."""
    if isinstance(content, File):
        for chunk in content.chunks():
            yield chunk.encode() if isinstance(chunk, str) else chunk
        return
    file: IO[bytes] = content
    while block := file.read(sealed_file.CHUNK_BYTES):
        yield block
