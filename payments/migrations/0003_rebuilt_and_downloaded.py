"""A failed line may be rebuilt again once its rebuilding was pulled back; a downloaded file binds its batch."""

import django.db.models.deletion
from django.db import migrations, models

import audit.constraints

_ANSWERED = [
    ("paid", "returned"),
    ("planned", "pulled_back"),
    ("planned", "sent"),
    ("sent", "failed"),
    ("sent", "paid"),
    ("sent", "unknown"),
    ("unknown", "failed"),
    ("unknown", "paid"),
]
_DOWNLOADED = """
    DELETE FROM payments_bankfile f USING payments_batch b
    WHERE b.id = f.batch_id AND b.state IN ('draft', 'prepared', 'checked', 'dropped');
    UPDATE payments_batch b SET downloaded_on = d.day
    FROM (SELECT f.batch_id, min(t.day) AS day FROM audit_trailrow t JOIN payments_bankfile f ON f.id = t.object_id
          WHERE t."table" = 'payments_bankfile' AND t.verb = 'download' GROUP BY 1) d
    WHERE d.batch_id = b.id;
"""  # files of an approval that was taken back, and downloads as the trail has them


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_initial"),
        ("payments", "0002_profile_source"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="rebuilds",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rebuilt_by",
                to="payments.attempt",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "pulled_back"), _negated=True), fields=("rebuilds",), name="rebuilt_once"
            ),
        ),
        migrations.RemoveConstraint(model_name="attempt", name="attempt_moves"),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=audit.constraints.GuardedMoves(
                first=["planned"], name="attempt_moves", pairs=sorted([*_ANSWERED, ("failed", "paid")])
            ),
        ),
        migrations.AddField(model_name="batch", name="downloaded_on", field=models.DateField(null=True)),
        migrations.RunSQL(_DOWNLOADED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("downloaded_on", None),
                    ("state__in", ["approved", "sent", "answered", "closed"]),
                    _connector="OR",
                ),
                name="downloaded_goes_forward",
            ),
        ),
    ]
