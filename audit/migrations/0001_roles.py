"""The two database roles: the owner migrates, the application's role runs with less.

Runs before every other migration, so that default privileges hold for each table that follows. A later
GRANT on all tables would undo a REVOKE, so this is the only one.
"""

from typing import Any

from django.conf import settings
from django.db import migrations

FORWARD = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app};
CREATE FUNCTION guanai_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'guanai: % % is not a move through the door: % -> %', TG_TABLE_NAME, NEW.id,
    CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE '(new)' END, NEW.state
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END
$body$;
"""


def grant(apps: Any, schema_editor: Any) -> None:
    """Give the application's role what it may do everywhere."""
    schema_editor.execute(FORWARD.replace("{app}", f'"{settings.APP_ROLE}"'), params=None)


class Migration(migrations.Migration):
    initial = True
    run_before = [("contenttypes", "0001_initial")]
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
