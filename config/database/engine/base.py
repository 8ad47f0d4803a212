"""The backend Django loads for ``ENGINE = "config.database.engine"``."""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from config.database.running import ensure_running


class DatabaseWrapper(base.DatabaseWrapper):
    """Every new connection makes sure that the server runs, also after it was killed."""

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters with the place of the running server and the role's password."""
        info = ensure_running(Path(self.settings_dict["EMBEDDED_IN"]))
        params: dict[str, Any] = super().get_connection_params()
        params["host"] = info.host
        params["port"] = info.port
        params["password"] = info.passwords[self.settings_dict["USER"]]
        return params
