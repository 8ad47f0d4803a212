"""Who corrected what an application rests on takes none of the office's steps of it: the database holds it."""

from django.db import migrations

BY_ANOTHER = """
CREATE FUNCTION applications_by_another() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF EXISTS (
    SELECT FROM beneficiaries_correctors(NEW.household_id, NEW.person_id, NEW.applied_on) c (number)
     WHERE c.number IN (NEW.reviewed_by, NEW.rechecked_by, NEW.decided_by)
  ) THEN
    RAISE EXCEPTION 'guanai: application % rests on what one of its officials entered', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER by_another_than_who_corrected BEFORE UPDATE OF reviewed_by, rechecked_by, decided_by
  ON applications_application FOR EACH ROW
  WHEN (NEW.reviewed_by <> '' AND NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by
     OR NEW.rechecked_by <> '' AND NEW.rechecked_by IS DISTINCT FROM OLD.rechecked_by
     OR NEW.decided_by <> '' AND NEW.decided_by IS DISTINCT FROM OLD.decided_by)
  EXECUTE FUNCTION applications_by_another();
"""
BY_ANYBODY = """
DROP TRIGGER by_another_than_who_corrected ON applications_application;
DROP FUNCTION applications_by_another();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0009_decisions_compared'),
        ('beneficiaries', '0016_who_corrected_a_family'),
    ]

    operations = [migrations.RunSQL(BY_ANOTHER, BY_ANYBODY)]
