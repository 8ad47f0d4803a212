"""A confirmed other writing of a name is found by the search box too; triggers keep its terms beside those of the name."""

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

from beneficiaries.terms import terms_of

# Of one person: whoever has no terms is not found, and a writing that became the name itself is found as the name.
ALIASES = """
CREATE FUNCTION guanai_find_alias() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM beneficiaries_searchterm s USING beneficiaries_person p
      WHERE p.id = OLD.person_id AND OLD.name <> p.name AND s.township = left(p.division, 9) AND s.term = ANY(OLD.terms)
        AND s.name = OLD.name AND s.person_id = p.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO beneficiaries_searchterm (township, term, name, person_id)
      SELECT left(p.division, 9), unnest(NEW.terms), NEW.name, p.id FROM beneficiaries_person p
      WHERE p.id = NEW.person_id AND NEW.name <> p.name AND p.terms <> '{}';
  END IF;
  RETURN NULL;
END
$body$;
CREATE TRIGGER find_alias AFTER INSERT OR DELETE OR UPDATE OF name, terms ON beneficiaries_alias FOR EACH ROW
  EXECUTE FUNCTION guanai_find_alias();
"""
NO_ALIASES = """
DROP TRIGGER find_alias ON beneficiaries_alias;
DROP FUNCTION guanai_find_alias();
"""
ANEW = """
CREATE OR REPLACE FUNCTION guanai_find_anew() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  DELETE FROM beneficiaries_searchterm WHERE township = left(OLD.division, 9) AND term = ANY(OLD.terms)
    AND name = OLD.name AND person_id = OLD.id;{less}
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO beneficiaries_searchterm (township, term, name, person_id)
      SELECT left(NEW.division, 9), unnest(NEW.terms), NEW.name, NEW.id;{more}
  END IF;
  RETURN NULL;
END
$body$;
"""
LESS = """
  DELETE FROM beneficiaries_searchterm s USING beneficiaries_alias a
    WHERE a.person_id = OLD.id AND a.name <> OLD.name AND s.township = left(OLD.division, 9) AND s.term = ANY(a.terms)
      AND s.name = a.name AND s.person_id = OLD.id;"""
MORE = """
    INSERT INTO beneficiaries_searchterm (township, term, name, person_id)
      SELECT left(NEW.division, 9), unnest(a.terms), a.name, NEW.id FROM beneficiaries_alias a
      WHERE a.person_id = NEW.id AND a.name <> NEW.name AND NEW.terms <> '{}';"""


def find_aliases(apps: Any, schema_editor: Any) -> None:
    """The terms of what was confirmed before; the trigger brings them into the search."""
    alias = apps.get_model("beneficiaries", "Alias")
    for one in alias.objects.all():
        one.terms = terms_of(one.name)
        one.save(update_fields=["terms"])


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0012_what_each_list_said_alone'),
    ]

    operations = [
        migrations.AddField(
            model_name='alias',
            name='terms',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.RunSQL(ALIASES, NO_ALIASES),
        migrations.RunSQL(ANEW.format(less=LESS, more=MORE), ANEW.format(less="", more="")),
        migrations.RunPython(find_aliases, migrations.RunPython.noop),
    ]
