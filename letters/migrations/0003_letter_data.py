"""Keep what a letter was drawn from. No letter was ever written before this."""

from django.db import migrations, models
from django.db.models import Q

import vault.fields


class Migration(migrations.Migration):

    dependencies = [("letters", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="data",
            field=vault.fields.EncryptedField(column="letters_letter.data", default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="letter",
            name="template_sha256",
            field=models.CharField(max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="letter",
            name="file",
            field=models.FileField(max_length=120, null=True, upload_to="letters"),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                fields=["division", "kind"], condition=Q(printed_on=None), name="letters_not_printed"
            ),
        ),
    ]
