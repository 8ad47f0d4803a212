"""Writing an archive."""

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from audit.sealing import seal
from config.archive import programs
from config.archive.manifest import DATABASE, FILES, MANIFEST, Manifest, Member
from oversight import stock
from standards.words import Refusal
from vault import sealed_file
from vault.storage import EncryptedStorage
from web.clock import today

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    """A finished archive."""

    path: Path
    bytes: int
    files: int
    manifest: Manifest


def write_archive(path: Path) -> Written:
    """Write a backup to ``path``, which must not exist yet; it appears there when it is whole. Raises Refusal.

    The dump is one snapshot and comes first: a stored file is written before its row and never replaced, so every
    file the dump names is there afterwards; younger ones do no harm.
    """
    if path.exists():
        raise Refusal(f"{path} 已存在，不会覆盖", f"{path} exists and is not replaced", code="backup_exists")
    partial = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        opened = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise Refusal(
            f"{path} 正由另一个备份写入，或上次没有写完：确认没有备份在进行后删除 {partial} 再试",
            f"Another backup is writing {path}, or one was cut short: when none is running, remove {partial} and try again",
            code="backup_exists",
        ) from None
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        with open(opened, "wb") as file:
            manifest = _write(file, partial.parent)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        partial.unlink(missing_ok=True)
    return Written(path, path.stat().st_size, len(manifest.members) - 1, manifest)


def _not_written(path: Path, error: OSError) -> Refusal:
    return Refusal(
        f"备份没有写成（{error.strerror}）：{path.parent}",
        f"The backup was not written ({error.strerror}): {path.parent}",
        code="backup_not_written",
    )


def _write(file: IO[bytes], beside: Path) -> Manifest:
    stock.take(on=today())  # what the backup holds is digested before it leaves
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        county=settings.COUNTY_CODE,
        head=str(seal(full=True)),
        postgresql=_server_major(),
        migrations=sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
    )
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        with tempfile.TemporaryFile(dir=beside) as dumped:  # tar wants the size first
            dumped.writelines(sealed_file.seal(programs.dump(), name=DATABASE))
            manifest.members.append(_add(archive, DATABASE, dumped))
        for name in EncryptedStorage().names():
            with (Path(settings.FILES_ROOT) / name).open("rb") as stored:
                manifest.members.append(_add(archive, FILES + name, stored))
        _add(archive, MANIFEST, io.BytesIO(manifest.to_bytes()))
    return manifest


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> Member:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, io.SEEK_END)
    entry.mode = 0o600
    content.seek(0)
    reader = _Digesting(content)
    archive.addfile(entry, reader)
    return Member(name, entry.size, reader.sha256.hexdigest())


class _Digesting(io.RawIOBase):
    """Passes bytes on and digests them on their way."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__()
        self._content = content
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._content.read(size)
        self.sha256.update(block)
        return block


def blocks_of(content: IO[bytes]) -> Iterable[bytes]:
    """The content in blocks of one megabyte."""
    while block := content.read(_BLOCK):
        yield block


def _server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000
