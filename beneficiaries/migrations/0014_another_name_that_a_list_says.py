"""What a list calls somebody whom another list brought under another name: it counts when that list goes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0013_other_writings_are_found'),
    ]

    operations = [
        migrations.AddField(
            model_name='alsosaid',
            name='name',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
    ]
