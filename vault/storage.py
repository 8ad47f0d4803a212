"""Stored files."""

from django.core.files.storage import FileSystemStorage


class EncryptedStorage(FileSystemStorage):
    """Encrypts what it stores."""
