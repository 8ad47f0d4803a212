"""Backup and restore: the database and the stored files in one archive, apart from the keys.

The archive is a tar file: ``database.sealed`` (a dump in PostgreSQL's own format, encrypted like every stored file),
``files/…`` as they lie in the store (encrypted already), and last ``manifest.json`` with the digest of each and a
keyed digest over itself. Without the key file it opens nothing; with it, any changed byte is noticed.
"""

from config.archive.restoring import Restored, restore_archive
from config.archive.writing import Written, write_archive

__all__ = ["Restored", "Written", "restore_archive", "write_archive"]
