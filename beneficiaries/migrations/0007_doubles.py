"""Pairs of rows that may be one person, and the row that is read in another's place."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import audit.constraints

# One step and no more: who stands under another has nobody under them.
ONE_STEP = """
CREATE FUNCTION beneficiaries_one_step() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF EXISTS (SELECT FROM beneficiaries_person p WHERE p.id = NEW.merged_into_id AND p.merged_into_id IS NOT NULL)
     OR EXISTS (SELECT FROM beneficiaries_person p WHERE p.merged_into_id = NEW.id) THEN
    RAISE EXCEPTION 'a merged person is no survivor' USING ERRCODE = 'check_violation', CONSTRAINT = 'merged_one_step';
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER merged_one_step BEFORE INSERT OR UPDATE OF merged_into_id ON beneficiaries_person FOR EACH ROW
  WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION beneficiaries_one_step();
"""
ONE_STEP_GONE = "DROP TRIGGER merged_one_step ON beneficiaries_person; DROP FUNCTION beneficiaries_one_step()"


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0006_search_by_whole_names_and_certificates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Double',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(editable=False, max_length=24)),
                ('found', models.JSONField(default=list)),
                ('reason', models.CharField(max_length=200)),
                ('asked_by', models.CharField(max_length=40)),
                ('asked_on', models.DateField()),
                ('settled_by', models.CharField(blank=True, default='', max_length=40)),
                ('settled_on', models.DateField(null=True)),
                ('against', models.JSONField(default=list)),
                ('part_reason', models.CharField(blank=True, default='', max_length=200)),
                ('part_asked_by', models.CharField(blank=True, default='', max_length=40)),
                ('part_asked_on', models.DateField(null=True)),
                ('parted_by', models.CharField(blank=True, default='', max_length=40)),
                ('parted_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='beneficiaries.person'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='person_merged_into'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('pk')), _negated=True), _connector='OR'), name='merged_into_another'),
        ),
        migrations.AddField(
            model_name='double',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='doubles_of', to='beneficiaries.person'),
        ),
        migrations.AddField(
            model_name='double',
            name='stays',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='doubles', to='beneficiaries.person'),
        ),
        migrations.AddConstraint(
            model_name='double',
            constraint=audit.constraints.GuardedMoves(first=['apart', 'asked'], name='double_moves', pairs=[('apart', 'refused'), ('asked', 'merged'), ('asked', 'refused'), ('merged', 'to_part'), ('to_part', 'merged'), ('to_part', 'parted')]),
        ),
        migrations.AddConstraint(
            model_name='double',
            constraint=models.CheckConstraint(condition=models.Q(('asked_by', ''), ('settled_by', ''), models.Q(('asked_by', models.F('settled_by')), _negated=True), _connector='OR'), name='double_different_people'),
        ),
        migrations.AddConstraint(
            model_name='double',
            constraint=models.CheckConstraint(condition=models.Q(('part_asked_by', ''), ('parted_by', ''), models.Q(('part_asked_by', models.F('parted_by')), _negated=True), _connector='OR'), name='parting_different_people'),
        ),
        migrations.AddConstraint(
            model_name='double',
            constraint=models.CheckConstraint(condition=models.Q(('stays', models.F('other')), _negated=True), name='double_of_two'),
        ),
        migrations.AddConstraint(
            model_name='double',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Least('stays', 'other'), django.db.models.functions.comparison.Greatest('stays', 'other'), condition=models.Q(('state__in', ['apart', 'asked', 'merged', 'to_part'])), name='one_word_about_a_pair'),
        ),
        migrations.AddConstraint(
            model_name='double',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'merged', 'to_part'])), fields=('other',), name='one_merge_of_a_person'),
        ),
        migrations.RunSQL(ONE_STEP, ONE_STEP_GONE),
    ]
