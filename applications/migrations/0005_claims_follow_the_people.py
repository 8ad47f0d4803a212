"""A claim of a household is a claim of its people too: what was granted before gets the rows of heads and grown-ups."""

from typing import Any

from django.db import migrations, models

# As they were when this was written: what the register looks like now is no matter of a migration.
_FIRST = """(SELECT m.person_id FROM beneficiaries_membership m WHERE m.household_id = b.household AND NOT m.is_disputed
    AND m.relation {relation} AND (m.valid_until IS NULL OR m.valid_until >= b.day) ORDER BY m.valid_from, m.id LIMIT 1)"""
HEAD = f"""coalesce({_FIRST.format(relation="IN ('01', '02')")},
    (SELECT h.head_id FROM beneficiaries_household h WHERE h.id = b.household), 0)"""  # noqa: S608  # fragments of our own
MATE = f"""coalesce({_FIRST.format(relation="LIKE '1_'")}, 0)"""
GROWN_UPS = """ARRAY(SELECT m.person_id FROM beneficiaries_membership m JOIN beneficiaries_person p ON p.id = m.person_id
    WHERE m.household_id = b.household AND NOT m.is_disputed AND (m.valid_until IS NULL OR m.valid_until >= b.day)
      AND m.valid_from <= greatest(b.day, (SELECT min(x.valid_from) FROM beneficiaries_membership x
                                           WHERE x.household_id = b.household))
      AND p.born_on <= b.day - interval '18 years' ORDER BY m.person_id)"""

CLAIM_FOR_PEOPLE = f"""
INSERT INTO applications_limitclaim ("limit", holder_kind, holder_id, period, nth, entitlement_id, earlier_id)
SELECT b."limit", who.kind, who.id, b.period, b.nth, b.entitlement_id, b.earlier_id
FROM (SELECT c.*, c.holder_id AS household,
             coalesce(e.valid_from, r.valid_from, t.granted_on) AS day
      FROM applications_limitclaim c LEFT JOIN beneficiaries_fact e ON e.id = c.earlier_id
      LEFT JOIN applications_entitlement t ON t.id = c.entitlement_id
      LEFT JOIN applications_application a ON a.id = t.application_id
      LEFT JOIN beneficiaries_fact r ON r.id = a.record_id
      WHERE c.holder_kind = 'household') b
CROSS JOIN LATERAL (
  SELECT 'householder' AS kind, x.id FROM (SELECT {HEAD} AS id UNION SELECT {MATE}) x WHERE x.id > 0
  UNION SELECT 'member', x.id FROM (SELECT unnest({GROWN_UPS}) AS id UNION SELECT {HEAD} UNION SELECT {MATE}) x
        WHERE x.id > 0) who
ORDER BY b.id
ON CONFLICT DO NOTHING
"""  # noqa: S608  # fragments of our own


def claim_for_people(apps: Any, schema_editor: Any) -> None:
    """The people of every household that used up a limit, as they stood on the day of the right."""
    schema_editor.execute(CLAIM_FOR_PEOPLE)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0004_moves_of_objections'),
        ('beneficiaries', '0004_doubts_name_what_they_are_about'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='limitclaim',
            name='promised_once',
        ),
        migrations.AlterField(
            model_name='limitclaim',
            name='holder_kind',
            field=models.CharField(max_length=11),
        ),
        migrations.AddIndex(
            model_name='limitclaim',
            index=models.Index(condition=models.Q(('holder_kind', 'member')), fields=['holder_id', 'limit'], name='claims_of_members'),
        ),
        migrations.AddConstraint(
            model_name='limitclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('holder_kind', 'member'), _negated=True), fields=('limit', 'holder_kind', 'holder_id', 'period', 'nth'), name='promised_once'),
        ),
        migrations.RunPython(claim_for_people, migrations.RunPython.noop, elidable=True),
    ]
