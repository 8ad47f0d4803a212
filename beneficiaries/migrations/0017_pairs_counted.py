"""How many pairs may be one person is kept from the last look; the newest change of a person is found at once."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0016_who_corrected_a_family'),
    ]

    operations = [
        migrations.CreateModel(
            name='PairCount',
            fields=[
                ('scope', models.CharField(db_collation='C', max_length=12, primary_key=True, serialize=False)),
                ('seen', models.JSONField()),
                ('places', models.JSONField()),
                ('counted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('table', 'beneficiaries_person')), fields=['id'], name='change_of_a_person'),
        ),
    ]
