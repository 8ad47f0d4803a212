"""Restoring an archive into an empty place."""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils._os import safe_join

from config.archive import programs
from config.archive.manifest import DATABASE, FILES, MANIFEST, Manifest, damaged, read_manifest
from config.archive.writing import blocks_of
from config.database.roles import as_owner
from standards.words import Refusal
from vault import sealed_file

_MANIFEST_BYTES_MAX = 200 << 20  # a million files
_MADE_BY_MIGRATE = {"django_migrations", "django_content_type", "auth_permission"}  # no data of a county


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    manifest: Manifest
    files: int


def restore_archive(path: Path) -> Restored:
    """Bring a backup back into a database and a folder for files without data. Raises Refusal and leaves both so.

    The whole archive is read and compared with its manifest before anything is written. The roles must be there:
    the embedded server makes them when it is first reached, a server of your own as docs/operations.md says.
    """
    with _opened(path) as archive:
        manifest = _manifest_of(archive)
        _compare(archive, manifest)
        _require_known(manifest)
        _require_roles()
        _require_empty()
        with _staged(archive, manifest) as folder:
            _clear_tables()
            programs.load(blocks_of(_dump_in(archive)))
            shutil.rmtree(
                settings.FILES_ROOT, ignore_errors=True
            )  # empty folders at most, as was asked above
            folder.rename(settings.FILES_ROOT)
    connection.close()
    call_command("migrate", verbosity=0, interactive=False)
    return Restored(manifest, len(manifest.members) - 1)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        archive = tarfile.open(path, "r:")  # noqa: SIM115 - closed below
    except (tarfile.TarError, EOFError):
        raise damaged() from None
    except OSError as error:
        raise Refusal(
            f"备份 {path} 读不到（{error.strerror}）",
            f"The backup {path} cannot be read ({error.strerror})",
            code="no_backup",
        ) from None
    with archive:
        yield archive


def _manifest_of(archive: tarfile.TarFile) -> Manifest:
    try:
        entry = archive.getmember(MANIFEST)
        if entry.size > _MANIFEST_BYTES_MAX:
            raise damaged()
        return read_manifest(_content(archive, entry).read())
    except (KeyError, tarfile.TarError, EOFError, OSError):
        raise damaged() from None


def _compare(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Every part is there once, with the bytes its digest was taken of, and nothing else is."""
    entries = {entry.name: entry for entry in archive.getmembers()}
    wanted = {member.name: member for member in manifest.members}
    if (
        len(entries) != len(archive.getmembers())
        or set(entries) != {*wanted, MANIFEST}
        or DATABASE not in wanted
    ):
        raise damaged()
    for name, member in wanted.items():
        digest = hashlib.sha256()
        try:
            for block in blocks_of(_content(archive, entries[name])):
                digest.update(block)
        except (tarfile.TarError, EOFError, OSError):
            raise damaged() from None
        if digest.hexdigest() != member.sha256:
            raise Refusal(
                f"备份中的 {name} 与清单不符，没有恢复",
                f"{name} in the backup does not match its manifest; nothing was restored",
                code="backup_changed",
            )


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(entry) if entry.isreg() else None
    if content is None:
        raise damaged()
    return content


def _dump_in(archive: tarfile.TarFile) -> IO[bytes]:
    reader = sealed_file.SealedReader(_content(archive, archive.getmember(DATABASE)), name=DATABASE)
    return io.BufferedReader(reader, sealed_file.CHUNK_BYTES)


@contextmanager
def _staged(archive: tarfile.TarFile, manifest: Manifest) -> Iterator[Path]:
    """The stored files in a folder beside their place; the folder is gone when anything fails."""
    root = Path(settings.FILES_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    folder = root.with_name(f".{root.name}.restoring")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        for member in manifest.members:
            if not member.name.startswith(FILES):
                continue
            target = Path(safe_join(str(folder), member.name.removeprefix(FILES)))
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = _content(archive, archive.getmember(member.name))
            with open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _require_known(manifest: Manifest) -> None:
    """A newer program's tables cannot be served by this one; an older one's are migrated afterwards."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    unknown = [name for name in manifest.migrations if name not in known]
    if unknown:
        raise Refusal(
            f"备份来自更新的程序（{unknown[0]}），请先升级程序",
            f"The backup comes from a newer program ({unknown[0]}): upgrade this one first",
            code="backup_newer",
        )


def _require_roles() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [settings.APP_ROLE])
        if cursor.fetchone()[0]:
            return
    raise Refusal(
        f"数据库中没有角色 {settings.APP_ROLE}，请先建立两个角色",
        f"The database has no role {settings.APP_ROLE}: make the two roles first",
        code="no_roles",
    )


def _require_empty() -> None:
    root = Path(settings.FILES_ROOT)
    if any(not path.is_dir() for path in root.rglob("*")):
        raise Refusal(
            f"{settings.FILES_ROOT} 中已有文件：只能恢复到空的地方",
            f"{settings.FILES_ROOT} holds files: a backup is restored into an empty place only",
            code="not_empty",
        )
    with as_owner(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in _MADE_BY_MIGRATE:
                continue
            cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")  # noqa: S608 - a table's name
            if cursor.fetchone()[0]:
                raise Refusal(
                    "数据库里已有数据：只能恢复到空的数据库。请用 GUANAI_VAR 指定一个新目录，或另建一个空库",
                    "The database holds data: a backup is restored into an empty one only. Name a new folder in"
                    " GUANAI_VAR, or make an empty database",
                    code="not_empty",
                )


def _clear_tables() -> None:
    """Take away the empty tables of a prepared place: those of the backup may be of an older program."""
    with as_owner(), connection.cursor() as cursor:
        tables = [connection.ops.quote_name(table) for table in connection.introspection.table_names(cursor)]
        if tables:
            cursor.execute(f"DROP TABLE {', '.join(tables)} CASCADE")
        cursor.execute(
            """SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")
        # Left standing, these would give the application more on the restored tables than the backup says.
        app = connection.ops.quote_name(settings.APP_ROLE)
        for things in ("TABLES", "SEQUENCES"):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {things} FROM {app}")
