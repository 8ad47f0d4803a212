"""The search box's index is a table of its own, in the order in which hits are shown; triggers keep it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from beneficiaries.terms import terms_of

FIRST_ROWS = """
INSERT INTO beneficiaries_searchterm (township, term, name, person_id)
  SELECT left(division, 9), unnest(terms), name, id FROM beneficiaries_person ORDER BY 1, 2, 3, 4;
"""

# In the order of the index: so many rows at once find their pages far quicker.
TRIGGERS = """
CREATE FUNCTION guanai_find_new() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO beneficiaries_searchterm (township, term, name, person_id)
    SELECT left(division, 9), unnest(terms), name, id FROM came ORDER BY 1, 2, 3, 4;
  RETURN NULL;
END
$body$;
CREATE FUNCTION guanai_find_anew() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  DELETE FROM beneficiaries_searchterm WHERE township = left(OLD.division, 9) AND term = ANY(OLD.terms)
    AND name = OLD.name AND person_id = OLD.id;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO beneficiaries_searchterm (township, term, name, person_id)
      SELECT left(NEW.division, 9), unnest(NEW.terms), NEW.name, NEW.id;
  END IF;
  RETURN NULL;
END
$body$;
CREATE TRIGGER find_new_people AFTER INSERT ON beneficiaries_person REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION guanai_find_new();
CREATE TRIGGER find_people_anew AFTER UPDATE OF division, name, terms ON beneficiaries_person FOR EACH ROW
  WHEN (OLD.terms IS DISTINCT FROM NEW.terms OR OLD.name IS DISTINCT FROM NEW.name
        OR left(OLD.division, 9) IS DISTINCT FROM left(NEW.division, 9))
  EXECUTE FUNCTION guanai_find_anew();
CREATE TRIGGER find_people_no_more AFTER DELETE ON beneficiaries_person FOR EACH ROW
  EXECUTE FUNCTION guanai_find_anew();
"""
NO_TRIGGERS = """
DROP TRIGGER find_new_people ON beneficiaries_person;
DROP TRIGGER find_people_anew ON beneficiaries_person;
DROP TRIGGER find_people_no_more ON beneficiaries_person;
DROP FUNCTION guanai_find_new();
DROP FUNCTION guanai_find_anew();
"""


def find_again(apps: Any, schema_editor: Any) -> None:
    """The terms of everybody on the register anew, name by name: a county has far fewer names than people."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT name FROM beneficiaries_person")
        named = [name for (name,) in cursor.fetchall()]
        cursor.execute("CREATE TEMPORARY TABLE named (name text, terms text[]) ON COMMIT DROP")
        with cursor.copy("COPY named FROM STDIN") as copy:
            for name in named:
                copy.write_row((name, terms_of(name)))
        cursor.execute("UPDATE beneficiaries_person p SET terms = n.terms FROM named n WHERE n.name = p.name")


class Migration(migrations.Migration):

    dependencies = [('beneficiaries', '0007_doubles')]

    operations = [
        migrations.RemoveIndex(model_name='person', name='person_terms'),
        migrations.RemoveIndex(model_name='household', name='household_by_division'),
        migrations.AddIndex(model_name='household', index=models.Index(fields=['division', 'id'], name='household_by_division')),
        migrations.RunPython(find_again, migrations.RunPython.noop),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('pk', models.CompositePrimaryKey('township', 'term', 'name', 'person', blank=True, editable=False, primary_key=True, serialize=False)),
                ('township', models.CharField(db_collation='C', max_length=9)),
                ('term', models.TextField(db_collation='C')),
                ('name', models.CharField(db_collation='C', max_length=60)),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='beneficiaries.person')),
            ],
        ),
        migrations.RunSQL(FIRST_ROWS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
