"""The digests of every row that stays."""

import django.db.models.functions.datetime
from django.db import migrations, models

import audit.constraints
import audit.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("audit", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="Stock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=60)),
                ("stage", models.CharField(max_length=30)),
                ("columns", models.JSONField()),
                ("ids", audit.models.MultiRangeField()),
                ("rows", models.BigIntegerField()),
                ("digests", models.BinaryField()),
                ("previous", models.BinaryField(max_length=32)),
                ("seal", models.BinaryField(max_length=32)),
                ("taken_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"constraints": [audit.constraints.AppendOnly(name="stock_append_only")]},
        ),
    ]
