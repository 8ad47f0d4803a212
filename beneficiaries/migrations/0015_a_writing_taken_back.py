"""A confirmed other writing of a name is taken back with a reason and stays on record."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0014_another_name_that_a_list_says'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alias',
            name='one_alias',
        ),
        migrations.AddField(
            model_name='alias',
            name='taken_back_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='alias',
            name='taken_back_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='alias',
            name='taken_back_why',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_on', None)), fields=('person', 'name'), name='one_alias'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_by', ''), ('taken_back_on', None), ('taken_back_why', '')), models.Q(('taken_back_on__isnull', False), ('terms', []), models.Q(('taken_back_by', ''), _negated=True), models.Q(('taken_back_why', ''), _negated=True)), _connector='OR'), name='alias_taken_back_with_a_reason'),
        ),
    ]
