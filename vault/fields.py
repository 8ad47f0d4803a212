"""A text column that is encrypted in the database and clear in Python."""

from typing import Any

from django.db import models

from vault import crypto


class EncryptedField(models.Field):  # type: ignore[type-arg]  # str in Python, bytea in the database
    """Text, stored as SM4-GCM ciphertext bound to ``column`` ("table.column"): moved elsewhere it is refused."""

    def __init__(self, *args: Any, column: str, **kwargs: Any) -> None:
        self.bound_to = column
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "column": self.bound_to}

    def db_type(self, connection: Any) -> str:
        return "bytea"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> bytes | None:
        return None if value is None else crypto.encrypt_many([str(value)], column=self.bound_to)[0]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else crypto.decrypt_many([bytes(value)], column=self.bound_to)[0]
