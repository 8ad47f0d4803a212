"""Whole names, pinyin and initials are told apart from beginnings; a certificate is found by its number."""

from typing import Any

import django.db.models.fields.json
from django.db import migrations, models

from beneficiaries.terms import terms_of

ROWS_AT_ONCE = 5000

def find_again(apps: Any, schema_editor: Any) -> None:
    """The terms of everybody on the register anew."""
    person = apps.get_model("beneficiaries", "Person")
    changed = []
    for one in person.objects.only("pk", "name", "terms").iterator(ROWS_AT_ONCE):
        one.terms = terms_of(one.name)
        changed.append(one)
        if len(changed) == ROWS_AT_ONCE:
            person.objects.bulk_update(changed, ["terms"])
            changed = []
    person.objects.bulk_update(changed, ["terms"])

class Migration(migrations.Migration):

    dependencies = [("beneficiaries", "0005_headers_that_people_taught")]

    operations = [
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                django.db.models.fields.json.KeyTransform("number", "values"),
                condition=models.Q(("kind", "certificate"), ("superseded_by", None)),
                name="fact_certificate_number",
            ),
        ),
        migrations.RunPython(find_again, migrations.RunPython.noop),
    ]
