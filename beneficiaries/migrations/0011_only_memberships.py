"""The one open membership of a person, as nearly all are, is kept by a unique index; the dear exclusion compares the rest."""

import django.contrib.postgres.constraints
from django.db import migrations, models

import audit.constraints
import beneficiaries.models.people

# A row that is the only one stays apart until another one of the same person comes, ends it, or puts it in doubt. Both
# kinds of writers stand in one line (the lock of `beneficiaries.services.line`), so that neither misses the other.
ONLY = """
CREATE FUNCTION beneficiaries_no_longer_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  PERFORM pg_advisory_xact_lock(610124003);
  UPDATE beneficiaries_membership SET is_only = false WHERE person_id = NEW.person_id AND is_only;
  RETURN NEW;
END
$body$;
CREATE FUNCTION beneficiaries_not_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  NEW.is_only := false;
  RETURN NEW;
END
$body$;
CREATE FUNCTION beneficiaries_really_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF EXISTS (SELECT FROM came WHERE is_only) THEN
    PERFORM pg_advisory_xact_lock(610124003);
    IF EXISTS (SELECT FROM came c JOIN beneficiaries_membership m ON m.person_id = c.person_id AND m.id <> c.id
               WHERE c.is_only) THEN
      RAISE EXCEPTION 'not the only membership of a person' USING ERRCODE = 'check_violation', CONSTRAINT = 'really_only';
    END IF;
  END IF;
  RETURN NULL;
END
$body$;
CREATE TRIGGER no_longer_only BEFORE INSERT ON beneficiaries_membership FOR EACH ROW WHEN (NOT NEW.is_only)
  EXECUTE FUNCTION beneficiaries_no_longer_only();
CREATE TRIGGER not_only BEFORE UPDATE ON beneficiaries_membership FOR EACH ROW
  WHEN (NEW.is_only AND (NOT OLD.is_only OR NEW.valid_until IS NOT NULL OR NEW.is_disputed))
  EXECUTE FUNCTION beneficiaries_not_only();
CREATE TRIGGER really_only AFTER INSERT ON beneficiaries_membership REFERENCING NEW TABLE AS came FOR EACH STATEMENT
  EXECUTE FUNCTION beneficiaries_really_only();
"""
NOT_ONLY = """
DROP TRIGGER no_longer_only ON beneficiaries_membership;
DROP TRIGGER not_only ON beneficiaries_membership;
DROP TRIGGER really_only ON beneficiaries_membership;
DROP FUNCTION beneficiaries_no_longer_only();
DROP FUNCTION beneficiaries_not_only();
DROP FUNCTION beneficiaries_really_only();
"""
ARE_ONLY = """
UPDATE beneficiaries_membership m SET is_only = true WHERE m.valid_until IS NULL AND NOT m.is_disputed
  AND NOT EXISTS (SELECT FROM beneficiaries_membership o WHERE o.person_id = m.person_id AND o.id <> m.id);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0010_aliases'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membership',
            name='one_household_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_keeps_before',
        ),
        migrations.AddField(
            model_name='membership',
            name='is_only',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(ARE_ONLY, migrations.RunSQL.noop, elidable=True),
        migrations.AddConstraint(
            model_name='membership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_disputed', False), ('is_only', False), models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR')), expressions=[('person', '='), (beneficiaries.models.people.Days('valid_from', 'valid_until', models.Value('[]')), '&&')], name='one_household_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('is_only', True)), fields=('person',), name='one_only_membership'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('is_only', False), models.Q(('is_disputed', False), ('valid_until', None)), _connector='OR'), name='only_membership_is_open'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=audit.constraints.KeepsBefore(name='membership_keeps_before', without=['is_only']),
        ),
        migrations.RunSQL(ONLY, NOT_ONLY),
    ]
