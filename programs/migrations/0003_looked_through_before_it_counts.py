"""The database itself holds activation to a look: no version counts before whoever activates it has looked it through."""

from django.db import migrations

# The bytes are hashed again: a look at a simulation of other bytes is none, whatever the version's own digest says.
LOOKED_THROUGH = """
CREATE FUNCTION programs_looked_through() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NOT EXISTS (
    SELECT FROM programs_simulation s JOIN programs_simulationlook l ON l.simulation_id = s.id
     WHERE s.version_id = NEW.id AND s.policy_sha256 = encode(sha256(NEW.source), 'hex')
       AND s.finished_at IS NOT NULL AND l.looked_by = NEW.activated_by
  ) THEN
    RAISE EXCEPTION 'guanai: policy version % was not looked through by who activates it', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER version_looked_through BEFORE UPDATE OF state, activated_by ON programs_policyversion FOR EACH ROW
  WHEN (NEW.state = 'active') EXECUTE FUNCTION programs_looked_through();
"""
NOT_HELD = """
DROP TRIGGER version_looked_through ON programs_policyversion;
DROP FUNCTION programs_looked_through();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0002_simulations'),
    ]

    operations = [
        migrations.RunSQL(LOOKED_THROUGH, NOT_HELD),
    ]
