"""A doubt names the account or the entry it is about, and who raised it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from standards.names import same_person_name


def name_the_accounts(apps: Any, schema_editor: Any) -> None:
    """Each open doubt about an account's name goes to every account of that owner under another name."""
    doubt_of, account_of = apps.get_model("beneficiaries", "Doubt"), apps.get_model("beneficiaries", "Account")
    for doubt in doubt_of.objects.filter(kind="account_name", settled_on=None).select_related("person"):
        live = list(account_of.objects.filter(owner=doubt.person_id, state__in=["entered", "verified"]).order_by("pk"))
        other = [one for one in live if not same_person_name(one.account_name, doubt.person.name)]
        named = other or live
        if not named:
            last = account_of.objects.filter(owner=doubt.person_id).order_by("pk").last()
            day = last.closed_on or last.verified_on or last.entered_on if last else doubt.list.uploaded_on
            doubt.settled_by, doubt.settled_on, doubt.outcome = "system", day, "no_account"
        else:
            doubt.account = named[0]
        doubt.save()
        for account in named[1:]:
            doubt.pk, doubt.account = None, account
            doubt._state.adding = True
            doubt.save()
    # The constraints below wait for no deferred check of these rows.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0003_account_digest'),
    ]

    operations = [
        migrations.AddField(
            model_name='doubt',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='doubts', to='beneficiaries.account'),
        ),
        migrations.AddField(
            model_name='doubt',
            name='fact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='doubts', to='beneficiaries.fact'),
        ),
        migrations.AddField(
            model_name='doubt',
            name='raised_by',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
        migrations.AlterField(
            model_name='doubt',
            name='kind',
            field=models.CharField(choices=[('other_name', 'Other Name'), ('sex_differs', 'Sex Differs'), ('two_households', 'Two Households'), ('account_name', 'Account Name'), ('same_person', 'Same Person'), ('lists_differ', 'Lists Differ'), ('no_such_person', 'No Such Person'), ('paper_differs', 'Paper Differs'), ('entered_alone', 'Entered Alone'), ('withdrawal', 'Withdrawal'), ('other', 'Other')], max_length=20),
        ),
        migrations.RunPython(name_the_accounts, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='doubt',
            constraint=models.CheckConstraint(condition=models.Q(('raised_by', ''), ('settled_by', ''), models.Q(('raised_by', models.F('settled_by')), _negated=True), _connector='OR'), name='doubt_different_people'),
        ),
        migrations.AddConstraint(
            model_name='doubt',
            constraint=models.UniqueConstraint(condition=models.Q(('fact__isnull', False), ('settled_on', None)), fields=('fact', 'kind'), name='one_open_doubt_of_a_fact'),
        ),
        migrations.AddConstraint(
            model_name='doubt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'account_name'), ('settled_on', None), _negated=True), ('account__isnull', False), _connector='OR'), name='open_doubt_names_its_account'),
        ),
        migrations.AddConstraint(
            model_name='doubt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['paper_differs', 'entered_alone', 'withdrawal']), _negated=True), ('fact__isnull', False), _connector='OR'), name='doubt_of_an_entry_names_it'),
        ),
    ]
