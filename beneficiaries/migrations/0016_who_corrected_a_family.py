"""Who entered, confirmed, corrected or moved what an application of a family rests on: asked of the trail."""

from django.db import migrations

# Of the household, of everybody who ever stood in it, of the beneficiary and her parents, and of the households where the
# parents stand now, under every row of the register that is one of them. A phone number is no such word, and neither is
# what a list brought or a withdrawn list took with it. Each row is looked up by the trail's index of objects.
CORRECTORS = """
CREATE FUNCTION beneficiaries_correctors(home bigint, whose bigint, applied_on date) RETURNS SETOF text
LANGUAGE sql STABLE AS $body$
WITH parents AS (
    SELECT parent_id AS id FROM beneficiaries_parentage WHERE child_id = whose
    UNION SELECT (f.values ->> role.name)::bigint FROM beneficiaries_fact f
      CROSS JOIN (VALUES ('father'), ('mother')) role (name)
      WHERE f.person_id = whose AND f.kind = 'parentage' AND f.values ? role.name),
named AS (
    SELECT whose AS id WHERE whose IS NOT NULL UNION SELECT id FROM parents
    UNION SELECT person_id FROM beneficiaries_membership WHERE household_id = home),
people AS (
    SELECT id FROM named
    UNION SELECT p.merged_into_id FROM beneficiaries_person p JOIN named n ON n.id = p.id WHERE p.merged_into_id IS NOT NULL
    UNION SELECT p.id FROM beneficiaries_person p JOIN named n ON n.id = p.merged_into_id),
homes AS (
    SELECT home AS id UNION SELECT m.household_id FROM beneficiaries_membership m JOIN parents r ON r.id = m.person_id
    WHERE m.valid_until IS NULL),
rows_of AS (
    SELECT 'beneficiaries_household' AS name, id FROM homes
    UNION ALL SELECT 'beneficiaries_person', id FROM people
    UNION ALL SELECT 'beneficiaries_membership', m.id FROM beneficiaries_membership m JOIN people p ON p.id = m.person_id
    UNION ALL SELECT 'beneficiaries_parentage', k.id FROM beneficiaries_parentage k JOIN people p ON p.id = k.child_id
    UNION ALL SELECT 'beneficiaries_fact', f.id FROM beneficiaries_fact f JOIN people p ON p.id = f.person_id
    UNION ALL SELECT 'beneficiaries_fact', f.id FROM beneficiaries_fact f JOIN homes h ON h.id = f.household_id
    UNION ALL SELECT 'beneficiaries_doubt', d.id FROM beneficiaries_doubt d JOIN people p ON p.id = d.person_id
      WHERE d.kind IN ('entered_alone', 'withdrawal', 'paper_differs', 'lists_differ', 'two_households'))
SELECT DISTINCT t.actor_number::text FROM rows_of r
  CROSS JOIN LATERAL (SELECT * FROM audit_trailrow t WHERE t."table" = r.name AND t.object_id = r.id) t
  WHERE t.day >= applied_on - interval '1 year'
    AND t.verb IN ('enter_fact', 'ask_to_withdraw', 'withdraw_fact', 'settle', 'correct', 'move_in', 'move_out',
                   'take_back_move')
    AND coalesce(t.detail ->> 'column', '') <> 'phone'
$body$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0015_a_writing_taken_back'),
        ('audit', '0002_initial'),
    ]

    operations = [
        migrations.RunSQL(CORRECTORS, "DROP FUNCTION beneficiaries_correctors(bigint, bigint, date)"),
    ]
