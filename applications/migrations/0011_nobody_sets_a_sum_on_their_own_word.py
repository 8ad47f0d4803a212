"""Who corrected what an application rests on sets no sum of it either: the database holds it."""

from django.db import migrations

BY_ANOTHER = """
CREATE FUNCTION applications_sum_by_another() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF EXISTS (
    SELECT FROM applications_application a,
           LATERAL beneficiaries_correctors(a.household_id, a.person_id, a.applied_on) c (number)
     WHERE a.id = NEW.application_id AND c.number = NEW.set_by
  ) THEN
    RAISE EXCEPTION 'guanai: application % rests on what one of its officials entered', NEW.application_id
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER by_another_than_who_corrected BEFORE INSERT ON applications_setsum FOR EACH ROW
  EXECUTE FUNCTION applications_sum_by_another();
"""
BY_ANYBODY = """
DROP TRIGGER by_another_than_who_corrected ON applications_setsum;
DROP FUNCTION applications_sum_by_another();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0010_by_another_than_who_corrected'),
    ]

    operations = [migrations.RunSQL(BY_ANOTHER, BY_ANYBODY)]
