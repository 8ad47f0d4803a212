"""The vault as Django knows it."""

from django.apps import AppConfig
from django.core.checks import register


class VaultConfig(AppConfig):
    """Registers the check of the key file."""

    name = "vault"

    def ready(self) -> None:
        """Tell Django what to look at before it serves."""
        from vault.checks import check_key_file  # noqa: PLC0415 - settings must be ready first

        register(check_key_file)
