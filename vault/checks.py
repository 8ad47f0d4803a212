"""What must be right before anything is served."""

from typing import Any

from django.core.checks import CheckMessage, Error

from vault.keys import KeysUnusable, key_ring


def check_key_file(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The key file is there, whole and private; else the process stops with the reason."""
    try:
        key_ring()
    except KeysUnusable as unusable:
        return [Error(str(unusable), id="vault.E001")]
    return []
