"""Other writings of a name that somebody confirmed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0009_nothing_is_overwritten'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('confirmed_by', models.CharField(max_length=40)),
                ('confirmed_on', models.DateField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='beneficiaries.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'name'), name='one_alias')],
            },
        ),
    ]
