"""A thing may happen again: taken back and submitted anew, sent back and approved with other lines."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("letters", "0003_letter_data")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="happening",
            field=models.CharField(max_length=40, blank=True, default=""),
        ),
        migrations.RemoveConstraint(model_name="letter", name="one_letter_about_one_thing"),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                fields=("kind", "happening", "application", "decision", "attempt", "notice", "batch"),
                nulls_distinct=False,
                name="one_letter_about_one_happening",
            ),
        ),
    ]
