"""The logins Django gets: the application's for every connection, the owner's beside it."""

from pathlib import Path
from typing import Any, TypedDict

import environ
from django.core.exceptions import ImproperlyConfigured

from config.database.cluster import APP, DATABASE, OWNER

CONNECTION_SECONDS = 600  # a connection of the web server is kept this long between requests


class OwnerLogin(TypedDict):
    """Who owns the tables; not a second alias, so nothing can be routed to it by mistake."""

    USER: str
    PASSWORD: str


def settings_for(env: environ.Env, var: Path) -> tuple[dict[str, dict[str, Any]], OwnerLogin | None]:
    """``DATABASES`` and the owner's login.

    Without ``DATABASE_URL`` the embedded server of ``var`` is meant; it is started by the first connection,
    not here, so that reading the settings has no effect. With it, the owner comes from
    ``DATABASE_OWNER_URL`` (same server and database); without that one nothing can be migrated.
    """
    common: dict[str, Any] = {"CONN_MAX_AGE": CONNECTION_SECONDS, "CONN_HEALTH_CHECKS": True}
    if not env.str("DATABASE_URL", default=""):
        embedded = {
            "ENGINE": "config.database.engine",
            "NAME": DATABASE,
            "USER": APP,
            "EMBEDDED_IN": str(var),
        }
        return {"default": embedded | common}, OwnerLogin(USER=OWNER, PASSWORD="")
    server: dict[str, Any] = env.db_url("DATABASE_URL")
    if server["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL server: postgres://app:…@host/guanai")
    if not env.str("DATABASE_OWNER_URL", default=""):
        return {"default": server | common}, None
    owner: dict[str, Any] = env.db_url("DATABASE_OWNER_URL")
    if (owner["HOST"], owner["PORT"], owner["NAME"]) != (server["HOST"], server["PORT"], server["NAME"]):
        raise ImproperlyConfigured(
            "DATABASE_OWNER_URL must name the same server and database as DATABASE_URL"
        )
    if owner["USER"] == server["USER"]:
        raise ImproperlyConfigured("DATABASE_OWNER_URL must log in as another role than DATABASE_URL")
    return {"default": server | common}, OwnerLogin(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
