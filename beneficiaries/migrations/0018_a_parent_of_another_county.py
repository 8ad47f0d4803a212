"""Who is registered in another county and named by a paper beside a family of this one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0017_pairs_counted'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='elsewhere',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
    ]
