"""A text column that is encrypted in the database and clear in Python."""

from typing import TYPE_CHECKING, Any

from django.db import models

from vault import crypto

if TYPE_CHECKING:
    _Field = models.TextField[Any, Any]  # what it is in Python
else:
    _Field = models.Field


class EncryptedField(_Field):
    """Text, stored as SM4-GCM ciphertext bound to ``column`` ("table.column"): moved elsewhere it is refused.

    It cannot be searched or sorted (each value is encrypted with a nonce of its own): keep a blind index beside
    it, see ``vault.blind``. Whole columns are faster through ``vault.crypto``.
    """

    description = "Encrypted text"
    empty_strings_allowed = False

    def __init__(self, *args: Any, column: str, **kwargs: Any) -> None:
        self.bound_to = column
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """The field as migrations write it."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "column": self.bound_to}

    def get_internal_type(self) -> str:
        """Bytes, to the database."""
        return "BinaryField"

    def get_lookup(self, lookup_name: str) -> Any:
        """Only ``isnull``: an equal value has another ciphertext, so every comparison would find nothing."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The ciphertext for one value."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return connection.Database.Binary(crypto.encrypt(str(value), column=self.bound_to))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        """The text of one ciphertext. Raises ``KeysUnusable``."""
        return None if value is None else crypto.decrypt(value, column=self.bound_to)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuses: a dump would hold the value unencrypted."""
        raise TypeError(f"{self.bound_to} is encrypted and is not written to dumps; use manage.py backup")
