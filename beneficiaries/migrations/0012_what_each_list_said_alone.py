"""A fact is what a list said alone, or worked out from several. Rows of before stay what they are: each its list's word."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('beneficiaries', '0011_only_memberships'),
    ]

    operations = [
        migrations.AddField(
            model_name='fact',
            name='is_derived',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
