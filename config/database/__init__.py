"""The database: a real PostgreSQL that starts with the first caller and stops after the last.

Who uses what:

- ``config.settings`` calls `settings_for`: the application's login for Django, the owner's beside it;
- every connection goes through `config.database.engine`, which calls `ensure_running`;
- ``migrate`` and ``flush`` run inside `config.database.roles.as_owner`.

``DATABASE_URL`` and ``DATABASE_OWNER_URL`` name a server instead; then nothing here is started.
"""

from config.database.login import OwnerLogin, settings_for
from config.database.running import ConnectionInfo, ensure_running

__all__ = ["ConnectionInfo", "OwnerLogin", "ensure_running", "settings_for"]
