"""Nothing is overwritten: every change is kept by the database, and one person stands in one household at a time."""

import datetime

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import audit.constraints
import beneficiaries.models.people

KEEP = """
CREATE FUNCTION guanai_keep_before() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $body$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
  held jsonb;
  holds jsonb;
  who text := coalesce(current_setting('guanai.by', true), '');
BEGIN
  SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, after -> o.key) INTO held, holds
    FROM jsonb_each(before) o WHERE o.key <> ALL (coalesce(TG_ARGV, '{}')) AND after -> o.key IS DISTINCT FROM o.value;
  IF held IS NULL THEN
    RETURN NULL;
  END IF;
  IF who = '' THEN
    RAISE EXCEPTION 'guanai: % %: a change says who makes it and why', TG_TABLE_NAME, NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
  END IF;
  INSERT INTO beneficiaries_change ("table", "row", old, new, "by", list_id, reason)
  VALUES (TG_TABLE_NAME, NEW.id, held, holds, who, nullif(current_setting('guanai.list', true), '')::bigint,
          coalesce(current_setting('guanai.reason', true), ''));
  RETURN NULL;
END
$body$
"""

# Whom and what earlier lists brought, as far as their facts and memberships tell.
KNOWN = """
UPDATE beneficiaries_person p SET list_id = f.list_id, recorded_at = f.recorded_at
  FROM (SELECT DISTINCT ON (person_id) person_id, list_id, recorded_at FROM beneficiaries_fact
        WHERE kind = 'register' AND person_id IS NOT NULL ORDER BY person_id, id) f WHERE f.person_id = p.id;
UPDATE beneficiaries_household h SET list_id = m.list_id, recorded_at = m.recorded_at
  FROM (SELECT DISTINCT ON (household_id) household_id, list_id, recorded_at FROM beneficiaries_membership
        ORDER BY household_id, id) m WHERE m.household_id = h.id;
UPDATE beneficiaries_parentage p SET recorded_at = l.recorded_at
  FROM beneficiaries_evidencelist l WHERE l.id = p.list_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0008_search_terms_in_the_order_of_hits'),
    ]

    operations = [
        BtreeGistExtension(),  # for the exclusion below; another room's may come later
        migrations.CreateModel(
            name='AlsoSaid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(blank=True, default='', max_length=2)),
                ('valid_from', models.DateField(null=True)),
                ('phone_index', models.BinaryField(max_length=16, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('row', models.BigIntegerField()),
                ('old', models.JSONField()),
                ('new', models.JSONField()),
                ('by', models.CharField(max_length=40)),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='one_open_household',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='one_membership',
        ),
        migrations.RemoveConstraint(
            model_name='parentage',
            name='one_parentage',
        ),
        migrations.AddField(
            model_name='household',
            name='list',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.evidencelist'),
        ),
        migrations.AddField(
            model_name='household',
            name='recorded_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='membership',
            name='corrects',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.membership'),
        ),
        migrations.AddField(
            model_name='membership',
            name='entered_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='parentage',
            name='corrects',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.parentage'),
        ),
        migrations.AddField(
            model_name='parentage',
            name='entered_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='parentage',
            name='recorded_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='person',
            name='list',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.evidencelist'),
        ),
        migrations.AddField(
            model_name='person',
            name='recorded_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.RunSQL(KEEP, "DROP FUNCTION guanai_keep_before()"),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop, elidable=True),
        migrations.AddConstraint(
            model_name='fact',
            constraint=audit.constraints.KeepsBefore(name='fact_keeps_before', without=[]),
        ),
        migrations.AddConstraint(
            model_name='household',
            constraint=audit.constraints.KeepsBefore(name='household_keeps_before', without=[]),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_disputed', False), models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR')), expressions=[('person', '='), (beneficiaries.models.people.Days('valid_from', 'valid_until', models.Value('[]')), '&&')], name='one_household_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), fields=('household', 'person', 'valid_from'), name='one_membership'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=audit.constraints.KeepsBefore(name='membership_keeps_before', without=[]),
        ),
        migrations.AddConstraint(
            model_name='parentage',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_until', None), models.Q(('valid_until', datetime.date(1, 1, 1)), _negated=True), _connector='OR'), fields=('child', 'parent', 'kind'), name='one_parentage'),
        ),
        migrations.AddConstraint(
            model_name='parentage',
            constraint=audit.constraints.KeepsBefore(name='parentage_keeps_before', without=[]),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=audit.constraints.KeepsBefore(name='person_keeps_before', without=['terms']),
        ),
        migrations.AddField(
            model_name='alsosaid',
            name='household',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.household'),
        ),
        migrations.AddField(
            model_name='alsosaid',
            name='list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.evidencelist'),
        ),
        migrations.AddField(
            model_name='alsosaid',
            name='parent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.person'),
        ),
        migrations.AddField(
            model_name='alsosaid',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.person'),
        ),
        migrations.AddField(
            model_name='change',
            name='list',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.evidencelist'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['table', 'row'], name='change_of_row'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('list__isnull', False)), fields=['list'], name='change_by_list'),
        ),
        migrations.AddField(
            model_name='alsosaid',
            name='account',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='beneficiaries.account'),
        ),
        migrations.RemoveConstraint(
            model_name='awaitedparent',
            name='one_awaited_parent',
        ),
        migrations.AddConstraint(
            model_name='awaitedparent',
            constraint=models.UniqueConstraint(fields=('child', 'citizen_id_index', 'list'), name='one_awaited_parent'),
        ),
    ]
